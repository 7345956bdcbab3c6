//! Prints results to stdout, everything else to stderr. A secret is printed once, and only on request.
//!
//! Rule: nothing here panics, as `println!` and `eprintln!` do where the output is closed or full. A result that cannot be printed is an
//! error, but silent if the reader has closed it. Messages on the side are dropped silently.

pub(crate) mod audit;
pub(crate) mod deletion;
mod dev;
pub(crate) mod failure;
pub(crate) mod keys;
pub(crate) mod policy;
pub(crate) mod records;
mod stdout;
mod table;

use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use arize::jiff::Timestamp;
use claviger_domain::{AuditVerdict, Permission};
use data_encoding::HEXLOWER;

pub(crate) use self::dev::{DevSummary, dev};
pub(crate) use self::stdout::Proven;

/// The exit code of a command whose reader has gone: 128 and the number of SIGPIPE, as a shell has it.
const CLOSED: u8 = 141;

/// The exit code, without a message, of a command that failed only because the reader closed its output.
pub(crate) fn closed(error: &anyhow::Error) -> Option<ExitCode> {
    error.is::<stdout::Closed>().then(|| ExitCode::from(CLOSED))
}

/// Prints the help that was asked for to stdout, or what is wrong with the arguments to stderr.
pub(crate) fn usage(usage: &clap::Error) -> ExitCode {
    let code = ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
    match usage.print() {
        Err(problem) if !usage.use_stderr() => {
            let problem = stdout::refused(problem);
            closed(&problem).unwrap_or_else(|| {
                error(&problem);
                ExitCode::FAILURE
            })
        }
        _ => code,
    }
}

/// Says that something failed, and what led to it.
pub(crate) fn error(error: &anyhow::Error) {
    aside(&format!("error: {}", printable(&error.to_string())));
    for cause in error.chain().skip(1) {
        aside(&format!("  caused by: {}", printable(&cause.to_string())));
    }
}

/// Says what could be done about a failure.
pub(crate) fn hint(hint: &str) {
    aside(&format!("hint: {hint}"));
}

/// Says that something is dangerous, and goes on.
pub(crate) fn warning(warning: &str) {
    aside(&format!("warning: {warning}"));
}

/// Says what was done, beside the result.
pub(crate) fn note(note: &str) {
    aside(note);
}

/// Prints a line to stderr. `eprintln!` would end the program where that is closed or full, in the middle of what it is doing.
fn aside(line: &str) {
    drop(std::io::stderr().write_all(format!("{line}\n").as_bytes()));
}

/// The text without what would move a cursor, end a line or turn the direction of writing: some of it comes from elsewhere.
pub(crate) fn printable(text: &str) -> String {
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if is_hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Says where `serve` listens.
pub(crate) fn listening(address: SocketAddr) {
    aside(&format!("Listening on http://{address}"));
}

/// Says what `init` made.
pub(crate) fn initialised(data_dir: &Path, organization_id: &str, space_id: &str) {
    let data_dir = data_dir.display();
    aside(&format!("Created {data_dir}: organization {organization_id}, space {space_id}"));
    aside(&format!("Start it with `claviger serve --data-dir {data_dir}`"));
}

/// Says what `recover` made.
pub(crate) fn recovered(email: &str, until: Timestamp) {
    aside(&format!(
        "Created a key for {email} that expires at {until}. Use it to create a permanent one"
    ));
}

/// The last record of an audit log that is what was written.
pub(crate) fn audit_is_whole(verdict: &AuditVerdict) -> anyhow::Result<()> {
    let (last, link) = verdict.tip;
    let records = verdict.records;
    let noun = if records == 1 { "record" } else { "records" };
    aside(&format!("Audit log intact: {records} {noun} verified."));
    stdout::write(&format!("{last}:{}", HEXLOWER.encode(&link.0)))
}

/// What is wrong with an audit log.
pub(crate) fn audit_is_not_whole(verdict: &AuditVerdict) {
    aside("Audit log damaged:");
    for fault in &verdict.faults {
        aside(&format!("- {fault}"));
    }
    let shown = u64::try_from(verdict.faults.len()).unwrap_or(u64::MAX);
    if verdict.fault_count > shown {
        aside(&format!("- and {} more", verdict.fault_count - shown));
    }
}

/// A place to print many lines to.
pub(crate) fn lines() -> impl Write {
    BufWriter::new(std::io::stdout().lock())
}

/// What printing many lines came to.
pub(crate) fn written(result: std::io::Result<()>) -> anyhow::Result<()> {
    result.map_err(stdout::refused)
}

/// The names of all permissions.
pub(crate) fn permissions(json: bool) -> anyhow::Result<()> {
    let names: Vec<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
    if json {
        return stdout::write(&serde_json::json!({ "permissions": names }).to_string());
    }
    stdout::write(&names.join("\n"))
}

/// A completion script.
pub(crate) fn completions(
    shell: clap_complete::Shell,
    command: &mut clap::Command,
) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "claviger", &mut script);
    stdout::write_all(&String::from_utf8_lossy(&script))
}
