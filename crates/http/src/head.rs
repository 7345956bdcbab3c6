//! Judges one HTTP/1 request head, and says how its body is framed.
//!
//! Rule: a head passes only if it is grammatical to the letter (RFC 9112). The HTTP library reads it again with the parser that
//! is used here, so what passes here is not refused there.

use std::mem::MaybeUninit;

use crate::limits::Limits;
use crate::rejection::{Rejection, check_expectation, check_method, is_acceptable_value};
use crate::target;

/// As many headers as are ever looked at.
const MAX_HEADERS: usize = 100;
/// The two largest numbers mean something else to the HTTP library.
const MAX_CONTENT_LENGTH: u64 = u64::MAX - 2;

/// How the body of a request is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes; none if the head names no length.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
}

/// Judges a whole head, from the request line to the empty line.
pub(crate) fn examine(head: &[u8], limits: &Limits) -> Result<Framing, Rejection> {
    let line = RequestLine::read(head)?;
    line.check(limits)?;
    let authority = target::check(line.method, line.target)?;

    let mut slots = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(head, &mut slots) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Rejection::TooManyHeaders),
        Ok(_) | Err(_) => return Err(Rejection::HeaderLine),
    }
    if request.headers.len() > limits.max_headers {
        return Err(Rejection::TooManyHeaders);
    }
    let fields = Fields::read(request.headers)?;
    fields.check_host(line.is_http_11(), authority)?;
    fields.framing(line.is_http_11())
}

/// The three parts of the first line.
struct RequestLine<'h> {
    method: &'h [u8],
    target: &'h [u8],
    version: &'h [u8],
}

impl<'h> RequestLine<'h> {
    fn read(head: &'h [u8]) -> Result<Self, Rejection> {
        let length = head.iter().position(|byte| *byte == b'\r').unwrap_or(head.len());
        let mut parts = head[..length].split(|byte| *byte == b' ');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(method), Some(target), Some(version), None) => {
                Ok(Self { method, target, version })
            }
            _ => Err(Rejection::RequestLine),
        }
    }

    fn check(&self, limits: &Limits) -> Result<(), Rejection> {
        if !matches!(self.version, [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'])
            || self.method.is_empty()
            || !self.method.iter().all(|byte| is_token_byte(*byte))
        {
            return Err(Rejection::RequestLine);
        }
        if !self.is_http_11() && self.version != b"HTTP/1.0" {
            return Err(Rejection::Version);
        }
        check_method(self.method)?;
        if self.target.len() > limits.max_target_bytes {
            return Err(Rejection::TargetTooLong);
        }
        Ok(())
    }

    fn is_http_11(&self) -> bool {
        self.version == b"HTTP/1.1"
    }
}

/// Whether a byte may be part of a method or header name (RFC 9110 §5.6.2).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The header values that decide about a request, each of which may be there once.
#[derive(Default)]
struct Fields<'h> {
    host: Option<&'h [u8]>,
    length: Option<&'h [u8]>,
    coding: Option<&'h [u8]>,
    authorization: Option<&'h [u8]>,
    expectation: Option<&'h [u8]>,
}

impl<'h> Fields<'h> {
    fn read(headers: &[httparse::Header<'h>]) -> Result<Self, Rejection> {
        let mut fields = Self::default();
        for header in headers {
            if !is_acceptable_value(header.name, header.value) {
                return Err(Rejection::HeaderLine);
            }
            if let Some((slot, rejection)) = fields.slot(header.name)
                && slot.replace(header.value).is_some()
            {
                return Err(rejection);
            }
        }
        if let Some(value) = fields.expectation {
            check_expectation(value)?;
        }
        Ok(fields)
    }

    /// Where the value of a name goes, and what a second one means.
    fn slot(&mut self, name: &str) -> Option<(&mut Option<&'h [u8]>, Rejection)> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        match name.len() {
            4 if is("host") => Some((&mut self.host, Rejection::Host)),
            6 if is("expect") => Some((&mut self.expectation, Rejection::Expectation)),
            13 if is("authorization") => Some((&mut self.authorization, Rejection::Authorization)),
            14 if is("content-length") => Some((&mut self.length, Rejection::ContentLength)),
            17 if is("transfer-encoding") => Some((&mut self.coding, Rejection::TransferEncoding)),
            _ => None,
        }
    }

    /// RFC 9112 §3.2: one Host in HTTP/1.1. §3.2.2 lets the authority of the target win over it; here they must agree.
    fn check_host(&self, is_http_11: bool, authority: Option<&[u8]>) -> Result<(), Rejection> {
        let agrees = match (self.host, authority) {
            (Some(host), Some(authority)) => host.eq_ignore_ascii_case(authority),
            (Some(host), None) => target::is_host(host),
            (None, Some(_)) => false,
            (None, None) => !is_http_11,
        };
        if agrees { Ok(()) } else { Err(Rejection::Host) }
    }

    /// RFC 9112 §6.3, with everything refused that it allows to be repaired.
    fn framing(&self, is_http_11: bool) -> Result<Framing, Rejection> {
        match (self.length, self.coding) {
            (Some(_), Some(_)) => Err(Rejection::LengthAndCoding),
            (Some(length), None) => read_length(length).map(Framing::Length),
            // RFC 9112 §7: names of transfer codings are case-insensitive.
            (None, Some(coding)) if is_http_11 && coding.eq_ignore_ascii_case(b"chunked") => {
                Ok(Framing::Chunked)
            }
            (None, Some(_)) => Err(Rejection::TransferEncoding),
            (None, None) => Ok(Framing::Length(0)),
        }
    }
}

/// Reads `1*DIGIT` that the HTTP library can count to.
fn read_length(value: &[u8]) -> Result<u64, Rejection> {
    let text = str::from_utf8(value).map_err(|_| Rejection::ContentLength)?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rejection::ContentLength);
    }
    match text.parse() {
        Ok(length) if length <= MAX_CONTENT_LENGTH => Ok(length),
        Ok(_) | Err(_) => Err(Rejection::ContentLength),
    }
}
