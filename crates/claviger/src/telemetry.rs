//! The log: structured, to stderr.
//!
//! Rule: logging never fails, delays or outgrows what it is about. Lines are written by a thread of their own ([`stderr`]): what cannot be
//! written is dropped and counted. Lines that outsiders can cause are bounded, kind by kind ([`line_limit`]).

mod line_limit;
mod stderr;

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::line_limit::LineLimit;
use self::stderr::LogWriter;
use crate::args::LogFormat;

/// The running log. What has been logged is written out when this is dropped.
#[derive(Debug)]
pub(crate) struct Log {
    limit: Arc<LineLimit>,
    writer: LogWriter,
}

/// Starts logging.
pub(crate) fn start(directives: &str, format: LogFormat) -> anyhow::Result<Log> {
    let filter = EnvFilter::try_new(directives).context("`--log` is not a log filter")?;
    let limit = Arc::new(LineLimit::default());
    let writer = LogWriter::start().context("the log cannot be started")?;
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        // Errors of writing would be printed to stderr, which is what has just failed.
        .log_internal_errors(false)
        .with_writer(writer.lines());
    let log = tracing_subscriber::registry().with(filter).with(Arc::clone(&limit).layer());
    let started = match format {
        LogFormat::Json => log.with(layer.json().flatten_event(true)).try_init(),
        LogFormat::Text => log.with(layer.with_target(false)).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(Log { limit, writer })
}

impl Log {
    /// Logs how many lines were left out since the last time, and why.
    pub(crate) fn report_left_out(&self) {
        for (kind, lines) in self.limit.take_left_out() {
            tracing::warn!(lines, kind, "dropped log lines of one kind: too many");
        }
        let lines = self.writer.take_lost();
        if lines > 0 {
            tracing::warn!(lines, "dropped log lines: could not write them in time");
        }
    }
}

/// Logs where a panic happened. Its message is left out, since it can quote what was being worked on.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, "a thread panicked");
}
