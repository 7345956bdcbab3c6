//! The server as a process: started on a data directory, killed without warning.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::HANG;
use crate::http::Client;

/// How to start the server.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// What the server keeps.
    pub(crate) data: PathBuf,
    /// Where what it says on standard error goes.
    pub(crate) log: PathBuf,
    /// More arguments.
    pub(crate) arguments: Vec<&'static str>,
    /// What `strace` does to system calls of the server, if it is to.
    pub(crate) injection: Option<String>,
    /// More environment.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// What a shell does before it becomes the server, such as to lower its limits.
    pub(crate) preparation: Option<String>,
}

/// A running server, killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Kept open: a server must not fail because nobody reads what it prints.
    _output: BufReader<ChildStdout>,
}

impl Launch {
    /// Starts the server and waits until it answers. If it does not start: what it says.
    pub(crate) fn start(&self) -> Result<Server, String> {
        let server = self.attempt()?;
        let answer =
            Client::connect(server.address).and_then(|mut client| client.verify("nothing"));
        assert_eq!(answer.unwrap().status, 401, "{}", self.said());
        Ok(server)
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn attempt(&self) -> Result<Server, String> {
        let mut child = self.spawn();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || found.send((read_address(&mut output), output)));
        let Ok((address, output)) = address.recv_timeout(HANG) else {
            child.kill().unwrap();
            panic!("the server hangs while it starts: {}", self.said());
        };
        let Some(address) = address else {
            child.wait().unwrap();
            return Err(format!("the server did not start: {}", self.said()));
        };
        Ok(Server { address, child, _output: output })
    }

    /// Starts the server and kills it after a while, whether it answers by then or not.
    pub(crate) fn interrupt(&self, after: Duration) {
        let mut child = self.spawn();
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn spawn(&self) -> Child {
        let log = File::options().append(true).create(true).open(&self.log).unwrap();
        let mut command = match (&self.injection, &self.preparation) {
            (None, None) => Command::new(env!("CARGO_BIN_EXE_claviger")),
            (None, Some(preparation)) => {
                let mut command = Command::new("sh");
                command.args(["-c", &format!("{preparation}; exec \"$@\""), "sh"]);
                command.arg(env!("CARGO_BIN_EXE_claviger"));
                command
            }
            (Some(injection), _) => {
                let mut command = Command::new("strace");
                command.args(["-D", "-f", "-qqq", "-o", "/dev/null", "-e", injection]);
                command.arg(env!("CARGO_BIN_EXE_claviger"));
                command
            }
        };
        command
            .args(["dev", "--listen", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(&self.data)
            .args(&self.arguments)
            .env("CLAVIGER_MINT_RATE", "0")
            .env("CLAVIGER_FAILURE_RATE", "0")
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The last lines that it said.
    pub(crate) fn last_said(&self) -> String {
        let said = self.said();
        let lines: Vec<_> = said.lines().rev().take(8).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// The first thing on standard output that is an address.
fn read_address(output: &mut BufReader<ChildStdout>) -> Option<SocketAddr> {
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        let mut words = line.split(|letter: char| letter.is_whitespace() || letter == '/');
        if let Some(address) = words.find_map(|word| word.parse().ok()) {
            return Some(address);
        }
        line.clear();
    }
    None
}

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until it has ended by itself, and answers its exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The administrator's key, as a development server leaves it for its user.
pub(crate) fn administrator_key(data: &Path) -> String {
    let settings = fs::read_to_string(data.join("dev.env")).unwrap();
    let key = settings.lines().find_map(|line| line.trim().split_once("ARIZE_API_KEY="));
    key.expect("dev.env has the key").1.trim_matches(['"', '\'']).to_owned()
}
