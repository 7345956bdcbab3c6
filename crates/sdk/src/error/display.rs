//! Formats errors: one line, no secret, never the raw body of a response.

use std::fmt;

use super::{Error, Repr};

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.repr() {
            Repr::Configuration { setting, message } => {
                write!(formatter, "configuration: {setting}: {message}")
            }
            Repr::Input { field, message } => write!(formatter, "{field}: {message}"),
            Repr::NameNotFound { resource, name, available } => {
                write!(formatter, "there is no {resource} {name:?}")?;
                if !available.is_empty() {
                    write!(formatter, "; there is {}", plain(&available.join(", ")))?;
                }
                Ok(())
            }
            Repr::AmbiguousName { resource, name, ids } => {
                let ids = plain(&ids.join(", "));
                write!(
                    formatter,
                    "more than one {resource} is called {name:?}: use an id, one of {ids}"
                )
            }
            Repr::Status { operation, status, problem, redirect, is_html, .. } => {
                let message = plain(problem.message());
                write!(formatter, "{operation}: the server answered {status}: {message}")?;
                if let Some(target) = redirect {
                    let target = plain(target);
                    write!(
                        formatter,
                        "; it redirects to {target}: set ARIZE_BASE_URL to the address of the API"
                    )?;
                } else if *is_html {
                    formatter.write_str(
                        "; it answered HTML, so that was not the API but something in front of it",
                    )?;
                }
                Ok(())
            }
            Repr::Unreadable { operation, message } => {
                write!(formatter, "{operation}: the answer cannot be understood: {message}")
            }
            Repr::Timeout { operation, limit } => {
                write!(formatter, "{operation}: not done within {limit:?}")
            }
            Repr::Connect { operation, proxy: None, .. } => {
                write!(formatter, "{operation}: no connection to the server")
            }
            Repr::Connect { operation, proxy: Some(proxy), .. } => {
                write!(formatter, "{operation}: no connection to the server by the proxy {proxy}")
            }
            Repr::Transport { operation, .. } => {
                write!(
                    formatter,
                    "{operation}: the connection failed before the answer was complete"
                )
            }
        }
    }
}

/// What a server sent, with its control characters escaped: errors are printed on terminals.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut plain, letter| {
        if letter.is_control()
            || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            plain.extend(letter.escape_unicode());
        } else {
            plain.push(letter);
        }
        plain
    })
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Error");
        debug.field("kind", &self.kind()).field("message", &self.to_string());
        if let Some(problem) = self.problem() {
            debug.field("problem", problem);
        }
        if let Some(source) = std::error::Error::source(self) {
            debug.field("source", &source.to_string());
        }
        debug.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.repr() {
            Repr::Connect { source, .. } | Repr::Transport { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
