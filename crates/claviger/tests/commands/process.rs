//! Running the binary, and speaking to a server that it started.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long anything may take before it counts as hanging. The slowest machine stays far below it.
pub(crate) const HANG: Duration = Duration::from_mins(10);

/// The binary with these arguments, in an environment without settings.
pub(crate) fn claviger(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_claviger"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Exit code, stdout and stderr together, with the directory of the test cut out.
pub(crate) fn transcript(output: &Output, directory: &Path) -> String {
    let text =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(directory.to_str().unwrap(), "DIR");
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().map_or("by signal".to_owned(), |code| code.to_string()),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Status and body of a request with a key to whatever listens there.
pub(crate) fn request(
    address: &str,
    line: &str,
    key: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split("\r\n\r\n").nth(1).unwrap().to_owned())
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// What it had printed by then.
    pub(crate) greeting: String,
}

impl Running {
    /// Starts a server and waits for the line that says where it listens: on stdout for `dev`, on stderr for `serve`.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = claviger(arguments);
        // No load balancer has to notice the shutdown first.
        command.env("CLAVIGER_SHUTDOWN_DELAY", "0");
        let dev = arguments[0] == "dev";
        command.stdout(Stdio::piped()).stderr(if dev { Stdio::null() } else { Stdio::piped() });
        let mut child = command.spawn().unwrap();
        let mut reader: Box<dyn std::io::BufRead + Send> = if dev {
            Box::new(BufReader::new(child.stdout.take().unwrap()))
        } else {
            Box::new(BufReader::new(child.stderr.take().unwrap()))
        };
        let last = if dev { "API reference" } else { "istening on http://" };
        let (found, greeting) = mpsc::channel();
        std::thread::spawn(move || {
            let mut greeting = String::new();
            let is_whole = loop {
                match reader.read_line(&mut greeting) {
                    Ok(1..) if greeting.contains(last) => break true,
                    Ok(1..) => {}
                    _ => break false,
                }
            };
            // A test that has given up no longer listens.
            drop(found.send((is_whole, greeting)));
            reader.read_to_end(&mut Vec::new())
        });
        let Ok((is_whole, greeting)) = greeting.recv_timeout(HANG) else {
            child.kill().unwrap();
            panic!("the server hangs while it starts: {arguments:?}");
        };
        assert!(is_whole, "it ended early: {greeting}");
        let address = greeting.split("istening on http://").nth(1).unwrap();
        let address = address.lines().next().unwrap().to_owned();
        Self { child, address, greeting }
    }

    /// Status and body of a request.
    pub(crate) fn get(&self, path: &str, key: &str) -> (u16, String) {
        self.call(&format!("GET {path}"), key, "", "")
    }

    /// Status and body of a request with a JSON document.
    pub(crate) fn post(&self, path: &str, key: &str, document: &str) -> (u16, String) {
        let length = document.len();
        let headers = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        self.call(&format!("POST {path}"), key, &headers, document)
    }

    /// Status and body of a request with headers of its own.
    pub(crate) fn post_with(
        &self,
        path: &str,
        key: &str,
        headers: &str,
        document: &str,
    ) -> (u16, String) {
        let headers = format!("{headers}Content-Length: {}\r\n", document.len());
        self.call(&format!("POST {path}"), key, &headers, document)
    }

    /// Status of a deletion.
    pub(crate) fn delete(&self, path: &str, key: &str) -> u16 {
        self.call(&format!("DELETE {path}"), key, "", "").0
    }

    fn call(&self, line: &str, key: &str, headers: &str, body: &str) -> (u16, String) {
        request(&self.address, line, key, headers, body)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Aborts it, as a defect would.
    pub(crate) fn abort(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-ABRT", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// Asks it to stop, and waits for its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The variables of an environment file.
pub(crate) fn variables(file: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap();
    let pairs = text.lines().map(|line| line.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
