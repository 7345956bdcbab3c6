//! Confirms a destructive command.
//!
//! Rule: on a terminal, every destructive command lists what it removes and asks, unless `--yes` is given. Without a terminal, permanent
//! changes need `--yes`. Scripts can revoke keys without it, except the key in use and the last key of an administrator.

use std::io::{self, IsTerminal as _};

use super::failure::Misuse;
use crate::output;

/// What happens where nobody can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum WithoutTerminal {
    /// It is refused: `--yes` confirms it.
    Refuse,
    /// It is done.
    Proceed,
}

/// Whether somebody is there who can be asked.
pub(in crate::commands) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question on the terminal, and fails unless the answer is yes.
pub(in crate::commands) fn ask(
    question: &str,
    without_terminal: WithoutTerminal,
) -> anyhow::Result<()> {
    if !is_terminal() {
        return match without_terminal {
            WithoutTerminal::Refuse => {
                Err(Misuse("nothing was done: use `--yes` to confirm".to_owned()).into())
            }
            WithoutTerminal::Proceed => Ok(()),
        };
    }
    output::note(&format!("{question} [y/N]"));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Err(Misuse("nothing was done".to_owned()).into());
    }
    Ok(())
}
