//! Measures how long a client waits while others flood the server.
//!
//! Rule: each flood is compared with an idle server of the same minute, measured just before it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use claviger_testkit::flood::{Flood, KINDS, Kind, Target};

use crate::Extent;
use crate::figures::Latencies;
use crate::http::{self, Client};
use crate::installation::Installation;
use crate::process::Processors;
use crate::report;
use crate::server::Server;

/// Measures under every kind of flood, and reports each as it ends.
pub(crate) async fn measure(binary: &Path, directory: &Path, extent: Extent) -> anyhow::Result<()> {
    let installation = Installation::found(binary, directory.join("floods"))?;
    let server = Server::start_limited(&installation, "20").await?;
    let target = Target { address: server.address, key: installation.key.clone() };
    let request = http::get("/v2/api-keys?limit=1", &installation.key);
    let duration = Duration::from_secs(extent.seconds);
    for kind in KINDS {
        let before = Processors::now()?;
        let idle = latencies(&server, &request, duration).await?;
        let busy = Processors::now()?.busy_since(before);
        let flood = Flooding::begin(*kind, target.clone());
        let flooded = latencies(&server, &request, duration).await;
        flood.end().with_context(|| format!("the flood {}", kind.name))?;
        let (idle, flooded) = (idle.percentile(99), flooded?.percentile(99));
        report::progress(&format!(
            "{}: p99 {flooded:.2} ms, idle {idle:.2} ms, ratio {:.1}; the processors were {:.0} % busy when idle",
            kind.name,
            flooded / idle,
            busy * 100.0,
        ));
    }
    server.stop()
}

/// One client's latencies. A connection that the server has closed is made again; the time for it is the request's.
async fn latencies(
    server: &Server,
    request: &[u8],
    duration: Duration,
) -> anyhow::Result<Latencies> {
    let mut client = Client::connect(server.address).await?;
    client.send(request, 200).await?;
    let mut latencies = Vec::new();
    let mut now = Instant::now();
    let end = now + duration;
    while now < end {
        if client.send(request, 200).await.is_err() {
            client = Client::connect(server.address).await?;
            client.send(request, 200).await?;
        }
        let answered = Instant::now();
        latencies.push(answered - now);
        now = answered;
    }
    Ok(Latencies::of(latencies))
}

/// A flood on a thread of its own.
struct Flooding {
    has_ended: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<std::io::Result<()>>,
}

impl Flooding {
    fn begin(kind: Kind, target: Target) -> Self {
        let has_ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&has_ended);
        let thread = std::thread::spawn(move || {
            let mut flood = Flood::new(kind, target);
            while !told.load(Ordering::Relaxed) {
                flood.round()?;
            }
            Ok(())
        });
        Self { has_ended, thread }
    }

    fn end(self) -> anyhow::Result<()> {
        self.has_ended.store(true, Ordering::Relaxed);
        let ended = self.thread.join().map_err(|_| anyhow::anyhow!("its thread panicked"))?;
        Ok(ended?)
    }
}
