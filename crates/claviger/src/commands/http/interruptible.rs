//! Runs calls until they are done or the command is interrupted.

use std::future::Future;
use std::process::ExitCode;

use crate::output;

/// What shells give for a command that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Runs it on this thread. Interrupted, it stops where it waits: drafts are removed, and a rotation can be taken up by the next run.
pub(in crate::commands) fn run(
    command: impl Future<Output = ExitCode>,
) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(async {
        tokio::select! {
            code = command => code,
            interrupted = tokio::signal::ctrl_c() => {
                match interrupted {
                    // The line that the terminal shows `^C` in is ended.
                    Ok(()) => output::note("\ninterrupted"),
                    Err(error) => output::error(&error.into()),
                }
                ExitCode::from(INTERRUPTED)
            }
        }
    }))
}
