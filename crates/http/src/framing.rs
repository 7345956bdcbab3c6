//! Follows a request body to its end, so that it is known where the next head begins.
//!
//! Rule: content is counted, never looked at. Only the size lines and trailers of the chunked coding are read (RFC 9112 §7.1),
//! and whatever is not grammatical there ends the connection.

use crate::head::Framing;
use crate::lines::LineScan;
use crate::rejection::{is_acceptable_value, is_plain_value};

/// Bytes of one size line, with its extensions and line end.
const MAX_SIZE_LINE: usize = 256;
/// Digits of a chunk size: as many as a `u64` holds.
const MAX_SIZE_DIGITS: usize = 16;
/// Bytes of extensions in one body. The HTTP library has a limit of its own, and this one must be below it.
const MAX_EXTENSION_BYTES: usize = 4 * 1024;
/// Bytes and lines of a trailer section.
const MAX_TRAILER_BYTES: usize = 4 * 1024;
const MAX_TRAILERS: usize = 16;
/// Names that would change the meaning of the message if somebody merged trailers into the headers (RFC 9110 §6.5.1).
const NEVER_TRAILERS: [&str; 6] =
    ["authorization", "connection", "content-length", "host", "trailer", "transfer-encoding"];

/// The body is not grammatical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request body is not well-formed chunked coding")]
pub(crate) struct MalformedBody;

/// What to do with the bytes that have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// So many of them belong to the body and are in order.
    Take(usize),
    /// They do not say yet.
    Wait,
    /// The body ended before them.
    End,
}

/// Where in a body the reader is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Inside content; `chunked` if a chunk's, which ends with CR LF.
    Content {
        remaining: u64,
        chunked: bool,
    },
    ChunkEnd,
    SizeLine,
    Trailers(LineScan),
    End,
}

/// Follows one body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyScan {
    place: Place,
    extension_bytes: usize,
}

impl BodyScan {
    /// Begins at the first byte after a head.
    pub(crate) fn new(framing: Framing) -> Self {
        let place = match framing {
            Framing::Length(remaining) => Place::Content { remaining, chunked: false },
            Framing::Chunked => Place::SizeLine,
        };
        Self { place, extension_bytes: 0 }
    }

    /// How many bytes of content come next. They may bypass [`step`](Self::step) if [`passed`](Self::passed) hears of them.
    pub(crate) fn content_ahead(&self) -> u64 {
        match self.place {
            Place::Content { remaining, .. } => remaining,
            _ => 0,
        }
    }

    /// Counts content that has gone by.
    pub(crate) fn passed(&mut self, count: u64) {
        if let Place::Content { remaining, chunked } = self.place {
            self.place = match (remaining.saturating_sub(count), chunked) {
                (0, true) => Place::ChunkEnd,
                (0, false) => Place::End,
                (remaining, _) => Place::Content { remaining, chunked },
            };
        }
    }

    /// Looks at the bytes from the current place on.
    pub(crate) fn step(&mut self, available: &[u8]) -> Result<Step, MalformedBody> {
        match &mut self.place {
            Place::Content { remaining: 0, .. } | Place::End => {
                self.place = Place::End;
                Ok(Step::End)
            }
            Place::Content { remaining, .. } => {
                let count = usize::try_from(*remaining).unwrap_or(usize::MAX).min(available.len());
                self.passed(count as u64);
                Ok(if count == 0 { Step::Wait } else { Step::Take(count) })
            }
            Place::ChunkEnd => match available {
                [b'\r', b'\n', ..] => {
                    self.place = Place::SizeLine;
                    Ok(Step::Take(2))
                }
                [] | [b'\r'] => Ok(Step::Wait),
                _ => Err(MalformedBody),
            },
            Place::SizeLine => self.read_size_line(available),
            Place::Trailers(lines) => {
                let end = lines.advance(available, MAX_TRAILER_BYTES).map_err(|_| MalformedBody)?;
                let Some(end) = end else {
                    return Ok(Step::Wait);
                };
                check_trailers(&available[..end])?;
                self.place = Place::End;
                Ok(Step::Take(end))
            }
        }
    }

    fn read_size_line(&mut self, available: &[u8]) -> Result<Step, MalformedBody> {
        let window = available.get(..MAX_SIZE_LINE).unwrap_or(available);
        let Some(line_feed) = window.iter().position(|byte| *byte == b'\n') else {
            return if available.len() < MAX_SIZE_LINE {
                Ok(Step::Wait)
            } else {
                Err(MalformedBody)
            };
        };
        let line = window[..line_feed].strip_suffix(b"\r").ok_or(MalformedBody)?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (size, extensions) = line.split_at(digits);
        self.extension_bytes += extensions.len();
        if self.extension_bytes > MAX_EXTENSION_BYTES || !are_extensions(extensions) {
            return Err(MalformedBody);
        }
        self.place = match read_size(size)? {
            0 => Place::Trailers(LineScan::START),
            remaining => Place::Content { remaining, chunked: true },
        };
        Ok(Step::Take(line_feed + 1))
    }
}

fn read_size(digits: &[u8]) -> Result<u64, MalformedBody> {
    if digits.is_empty() || digits.len() > MAX_SIZE_DIGITS {
        return Err(MalformedBody);
    }
    let text = str::from_utf8(digits).map_err(|_| MalformedBody)?;
    u64::from_str_radix(text, 16).map_err(|_| MalformedBody)
}

/// Whether nothing follows the size, or something after a semicolon that no line end can hide in.
fn are_extensions(text: &[u8]) -> bool {
    text.is_empty() || (text[0] == b';' && is_plain_value(text))
}

fn check_trailers(section: &[u8]) -> Result<(), MalformedBody> {
    let mut slots = [httparse::EMPTY_HEADER; MAX_TRAILERS];
    match httparse::parse_headers(section, &mut slots) {
        Ok(httparse::Status::Complete((length, trailers))) if length == section.len() => {
            let forbidden =
                |name: &str| NEVER_TRAILERS.iter().any(|never| never.eq_ignore_ascii_case(name));
            let fine = trailers.iter().all(|field| {
                !forbidden(field.name) && is_acceptable_value(field.name, field.value)
            });
            if fine { Ok(()) } else { Err(MalformedBody) }
        }
        Ok(_) | Err(_) => Err(MalformedBody),
    }
}
