//! Runs a server as a process, over TCP.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::http::{self, Client};
use crate::installation::Installation;
use crate::process::{self, Usage};

/// A running server. Killed if it is dropped without having been stopped.
#[derive(Debug)]
pub(crate) struct Server {
    pub address: SocketAddr,
    /// From spawning the process to the first 200 on `/readyz`.
    pub start_up: Duration,
    child: Child,
    /// Held, so that writing to it does not fail. At level `error` next to nothing is written.
    _log: BufReader<ChildStderr>,
}

impl Server {
    /// Starts a server without limits on how often, and waits until it is ready.
    pub(crate) async fn start(installation: &Installation) -> anyhow::Result<Self> {
        Self::start_limited(installation, "0").await
    }

    /// The same, with a limit on failures to authenticate.
    pub(crate) async fn start_limited(
        installation: &Installation,
        failure_rate: &str,
    ) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(&installation.server)
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--log", "error", "--shutdown-delay", "0"])
            .args(["--mint-rate", "0", "--failure-rate", failure_rate, "--data-dir"])
            .arg(&installation.data_dir)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut log = BufReader::new(child.stderr.take().context("no stderr")?);
        let mut line = String::new();
        log.read_line(&mut line)?;
        let address = line.trim().strip_prefix("Listening on http://");
        let address = address.with_context(|| format!("instead of an address: {line}"))?;
        let address = address.parse()?;
        let ready = http::get("/readyz", &installation.key);
        Client::connect(address).await?.send(&ready, 200).await?;
        Ok(Self { address, start_up: started.elapsed(), child, _log: log })
    }

    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The memory that it has in RAM, in MiB.
    pub(crate) fn resident_mib(&self) -> anyhow::Result<f64> {
        process::resident_mib(self.child.id())
    }

    /// The time that its threads have been running.
    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        Usage::of(&self.child.id().to_string())
    }

    /// Asks it to stop, and waits for it.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let process = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status()?;
        ensure!(asked.success(), "the server is gone already");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
