//! A client with one keep-alive connection, and the four calls that the rounds consist of.
//!
//! Rule: an answer counts only when all of it was read. Whatever breaks before that is an error, and the call's fate is open.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use serde_json::{Value, json};

use crate::HANG;

/// Longer than any run, so that a key in its grace never dies of old age.
const GRACE_SECONDS: u32 = 86_400;

/// A key as it was answered, once.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    is_closing: bool,
    has_begun: bool,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(HANG))?;
        stream.set_write_timeout(Some(HANG))?;
        Ok(Self { stream: BufReader::new(stream), is_closing: false, has_begun: false })
    }

    pub(crate) fn create(&mut self, caller: &str, name: &str) -> io::Result<Response> {
        let body = json!({ "key_type": "USER", "name": name });
        self.call("POST", "/v2/api-keys", caller, Some(&body))
    }

    /// Creates a key that expires.
    pub(crate) fn create_until(
        &mut self,
        caller: &str,
        name: &str,
        until: &str,
    ) -> io::Result<Response> {
        let body = json!({ "key_type": "USER", "name": name, "expires_at": until });
        self.call("POST", "/v2/api-keys", caller, Some(&body))
    }

    /// Creates a service key of the space that `dev` has made.
    pub(crate) fn create_service(&mut self, caller: &str, data: &Path) -> io::Result<Response> {
        let settings = std::fs::read_to_string(data.join("dev.env"))?;
        let value = |name: &str| {
            settings.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap()
        };
        let spaces = json!([{ "space_id": value("CLAVIGER_SPACE_ID") }]);
        let organizations = json!([{ "org_id": value("CLAVIGER_ORG_ID"), "spaces": spaces }]);
        let body =
            json!({ "key_type": "SERVICE", "name": "flood", "organizations": organizations });
        self.call("POST", "/v2/api-keys", caller, Some(&body))
    }

    pub(crate) fn refresh(&mut self, caller: &str, id: &str, grace: bool) -> io::Result<Response> {
        let body = if grace { json!({ "grace_period_seconds": GRACE_SECONDS }) } else { json!({}) };
        self.call("POST", &format!("/v2/api-keys/{}/refresh", escaped(id)), caller, Some(&body))
    }

    pub(crate) fn revoke(&mut self, caller: &str, id: &str) -> io::Result<Response> {
        self.call("PUT", &format!("/v2/api-keys/{}/revoke", escaped(id)), caller, None)
    }

    /// A call that needs a working key and changes nothing.
    pub(crate) fn verify(&mut self, secret: &str) -> io::Result<Response> {
        self.call("GET", "/v2/api-keys?limit=1", secret, None)
    }

    /// All keys, as far as they are on one page.
    pub(crate) fn list(&mut self, caller: &str) -> io::Result<Response> {
        self.call("GET", "/v2/api-keys?limit=100", caller, None)
    }

    /// Whether the last answer said that the connection ends with it.
    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing
    }

    /// Whether a byte of an answer to the last call arrived.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Whether the server is ready.
    pub(crate) fn ready(&mut self) -> io::Result<Response> {
        self.call("GET", "/readyz", "nothing", None)
    }

    pub(crate) fn call(
        &mut self,
        method: &str,
        path: &str,
        secret: &str,
        body: Option<&Value>,
    ) -> io::Result<Response> {
        let (kind, body) = match body {
            Some(body) => ("Content-Type: application/json\r\n", body.to_string()),
            None => ("", String::new()),
        };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret}\r\n\
             {kind}Content-Length: {length}\r\n\r\n{body}"
        );
        self.has_begun = false;
        let answer = self.stream.get_mut().write_all(request.as_bytes()).and_then(|()| self.read());
        if let Err(error) = &answer {
            // What a socket fails with when its time is over.
            assert_ne!(
                error.kind(),
                io::ErrorKind::WouldBlock,
                "the server hangs: {method} {path}"
            );
        }
        answer
    }

    fn read(&mut self) -> io::Result<Response> {
        self.has_begun = !self.stream.fill_buf()?.is_empty();
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("connection") {
                self.is_closing = value.trim() == "close";
            }
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Response { status, body: String::from_utf8(body).map_err(io::Error::other)? })
    }

    /// A line of the answer's head, without its end.
    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let whole = line.strip_suffix("\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(whole.to_owned())
    }
}

impl Response {
    /// The key that a creation or a refresh answers.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        let text = |member: &str| Some(body.get(member)?.as_str()?.to_owned());
        Some(Credentials { id: text("id")?, secret: text("key")? })
    }
}

/// An id as a path segment: base64 has three characters that mean something else there.
pub(crate) fn escaped(id: &str) -> String {
    id.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D")
}
