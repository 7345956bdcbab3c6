//! `claviger serve` with a mail server: letters go out by SMTP, and what is wrong with the settings is said at the start.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use tempfile::TempDir;

use crate::process::{HANG, Running, claviger, transcript};

/// A mail server that takes one letter (RFC 5321), and the letter.
fn mail_server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (send, receive) = channel();
    std::thread::spawn(move || send.send(take_letter(&listener.accept().unwrap().0)));
    (address, receive)
}

/// Envelope and content of a letter.
fn take_letter(mut stream: &TcpStream) -> String {
    stream.write_all(b"220 mail.example.com\r\n").unwrap();
    let (mut letter, mut is_content) = (String::new(), false);
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        letter.push_str(&line);
        letter.push('\n');
        let reply: &[u8] = match line.split(' ').next().unwrap() {
            "." => {
                is_content = false;
                b"250 taken\r\n"
            }
            _ if is_content => continue,
            "DATA" => {
                is_content = true;
                b"354 go on\r\n"
            }
            "QUIT" => break,
            _ => b"250 yes\r\n",
        };
        stream.write_all(reply).unwrap();
        if reply == b"250 taken\r\n" {
            break;
        }
    }
    letter
}

/// A directory with an installation, and its administrator's key.
fn installed() -> (TempDir, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data").to_str().unwrap().to_owned();
    let output = claviger(&[
        "init",
        "--data-dir",
        &data,
        "--admin-email",
        "admin@example.com",
        "--print-admin-key",
    ])
    .output()
    .unwrap();
    let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    (directory, data, key)
}

#[test]
fn an_invitation_goes_out_by_smtp() {
    let (_directory, data, key) = installed();
    let (mail_host, letter) = mail_server();
    let server = Running::start(&[
        "serve",
        "--data-dir",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--smtp-host",
        &mail_host,
        "--smtp-security",
        "none",
        "--mail-from",
        "Keys <keys@example.com>",
        "--public-url",
        "https://keys.example.com",
    ]);
    let mut invite = claviger(&[
        "users",
        "invite",
        "ada@example.org",
        "--name",
        "Ada",
        "--invite-mode",
        "email-link",
    ]);
    let output = invite
        .env("ARIZE_API_HOST", &server.address)
        .env("ARIZE_API_SCHEME", "http")
        .env("ARIZE_API_KEY", &key)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", transcript(&output, std::path::Path::new("/nowhere")));
    // Long lines are folded on the way (RFC 2045, section 6.7).
    let letter = letter.recv_timeout(HANG).expect("a letter arrives").replace("=\n", "");
    for part in [
        "MAIL FROM:<keys@example.com>",
        "RCPT TO:<ada@example.org>",
        "Subject: Your invitation",
        "https://keys.example.com/auth/v1/sign-in",
    ] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    let secret = letter.split_whitespace().find(|word| word.starts_with("clvu_")).unwrap();
    assert!(!server.greeting.contains(secret));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn settings_of_mail_that_make_no_sense_are_refused_at_the_start() {
    let (directory, data, _) = installed();
    let refusal = |settings: &[&str]| {
        let mut arguments = vec!["serve", "--data-dir", &data, "--listen", "127.0.0.1:0"];
        arguments.extend(settings);
        let output = claviger(&arguments).output().unwrap();
        (output.status.code(), transcript(&output, directory.path()))
    };
    let complete = |host: &'static str, from: &'static str, url: &'static str| {
        ["--smtp-host", host, "--mail-from", from, "--public-url", url]
    };
    for (settings, code, named) in [
        (&["--smtp-host", "mail.example.com"][..], 2, "--mail-from"),
        (&["--mail-from", "keys@example.com"], 2, "--smtp-host"),
        (&complete("mail.example.com", "nobody", "https://keys.example.com"), 1, "--mail-from"),
        (&complete("mail.example.com", "keys@example.com", "keys.example.com"), 1, "--public-url"),
        (
            &complete("mail.example.com:smtp", "keys@example.com", "https://k.example.com"),
            1,
            "--smtp-host",
        ),
    ] {
        let (exit, text) = refusal(settings);
        assert_eq!(exit, Some(code), "{text}");
        assert!(text.contains(named), "{text}");
    }
    let file = directory.path().join("password");
    let mut settings =
        complete("mail.example.com", "keys@example.com", "https://keys.example.com").to_vec();
    settings.extend(["--smtp-user", "keys", "--smtp-password-file", file.to_str().unwrap()]);
    let (exit, text) = refusal(&settings);
    assert!(exit == Some(1) && text.contains("password cannot be read"), "{text}");
}
