//! `claviger serve` with GitHub's list of signing keys: reports of leaked keys are taken, and what is wrong with the setting is said at
//! the start.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::installed::Installed;
use crate::process::Running;

const GITHUBS: &str = "/auth/v1/leaked-keys/github";

/// The example of GitHub's documentation: the list with its test key, a report, and its signature.
const LIST: &str = r#"{"public_keys":[{"key_identifier":"f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d","key":"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\nHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n-----END PUBLIC KEY-----\n","is_current":true}]}"#;
const REPORT: &str =
    r#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;
const HEADERS: &str = "Content-Type: application/json\r\n\
    Github-Public-Key-Identifier: f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d\r\n\
    Github-Public-Key-Signature: MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=\r\n";

/// A server that answers every request with this.
fn publishes(answer: String) -> String {
    answers(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", answer.len()), answer)
}

/// A server that answers every request with this head, to which it adds how the connection ends, and this body.
fn answers(head: String, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).unwrap() > 0);
            write!(stream, "{head}Connection: close\r\n\r\n{body}").unwrap();
        }
    });
    format!("http://{address}/meta/public_keys/secret_scanning")
}

fn serve(installed: &Installed, list: &str) -> Running {
    let data = installed.data.to_str().unwrap();
    let listen = ["--listen", "127.0.0.1:0", "--github-signing-keys", list];
    Running::start(&[&["serve", "--data-dir", data], &listen[..]].concat())
}

#[test]
fn githubs_documented_example_is_taken() {
    let installed = Installed::to_try("serve");
    let server = serve(&installed, &publishes(LIST.to_owned()));
    let (status, answer) = server.post_with(GITHUBS, &installed.key, HEADERS, REPORT);
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains(r#""token_type":"some_type","label":"false_positive""#), "{answer}");
    let (status, answer) = server.post_with(GITHUBS, &installed.key, HEADERS, "[]");
    assert_eq!(status, 400, "{answer}");
    assert_eq!(server.stop(), Some(0));
}

/// A redirection is not followed: it may lead to another host, in the clear (fault R26).
#[test]
fn a_list_that_is_elsewhere_is_not_read() {
    for (status, to) in
        [("301 Moved Permanently", "/"), ("302 Found", "/list"), ("308 Permanent Redirect", "/")]
    {
        let elsewhere = publishes(LIST.to_owned());
        let location = elsewhere.replace("/meta/public_keys/secret_scanning", to);
        let head = format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n");
        let installed = Installed::to_try("serve");
        let server = serve(&installed, &answers(head, String::new()));
        let (status, answer) = server.post_with(GITHUBS, &installed.key, HEADERS, REPORT);
        assert_eq!(status, 503, "{answer}");
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn a_list_that_cannot_be_read_is_503() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for list in [
        publishes("{}".to_owned()),
        publishes(" ".repeat(64 * 1024 + 1)),
        publishes("<html>".to_owned()),
        format!("http://{unused}/"),
    ] {
        let installed = Installed::to_try("serve");
        let server = serve(&installed, &list);
        let (status, answer) = server.post_with(GITHUBS, &installed.key, HEADERS, REPORT);
        assert_eq!(status, 503, "{answer}");
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn the_list_is_read_over_tls() {
    let installed = Installed::to_try("serve");
    for url in ["http://api.github.com/keys", "ftp://127.0.0.1/keys", "api.github.com", ""] {
        let text = installed.transcript(&["--listen", "127.0.0.1:0", "--github-signing-keys", url]);
        assert!(text.starts_with("exit 1") && text.contains("is not an https:// URL"), "{text}");
    }
}
