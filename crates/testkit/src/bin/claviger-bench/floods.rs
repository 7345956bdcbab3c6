//! Measures how long a client waits while others flood the server.
//!
//! Rule: each flood is compared with an idle server of the same minute, measured just before it. The server has a processor of its own; the
//! flood takes what the client leaves of another, so that making a flood is not what the client waits for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use claviger_testkit::flood::{Flood, KINDS, Kind, Target};
use serde_json::{Value, json};

use crate::Extent;
use crate::figures::Latencies;
use crate::http::{self, Client};
use crate::installation::Installation;
use crate::process::{self, Processors};
use crate::report;
use crate::server::Server;

/// Measures under every kind of flood, and reports each as it ends.
///
/// With `names`, only under the floods of these names.
pub(crate) async fn measure(
    binary: &Path,
    directory: &Path,
    extent: Extent,
    names: &[String],
) -> anyhow::Result<()> {
    let (for_server, for_load) = (1, 0);
    process::pin(None, for_load)?;
    let installation = Installation::found(binary, directory.join("floods"))?;
    let server = Server::start_limited(&installation, "20").await?;
    process::pin(Some(server.process()), for_server)?;
    let key = key_of_another(&server, &installation.key).await?;
    let target = Target { address: server.address, key };
    let request = http::get("/v2/api-keys?limit=1", &installation.key);
    let duration = Duration::from_secs(extent.seconds);
    let wanted = |kind: &&Kind| names.is_empty() || names.iter().any(|name| name == kind.name);
    for kind in KINDS.iter().filter(wanted) {
        let before = Processors::now()?;
        let idle = latencies(&server, &request, duration).await?;
        let busy = Processors::now()?.busy_since(before);
        let flood = Flooding::begin(*kind, target.clone());
        let flooded = latencies(&server, &request, duration).await;
        let flood = flood.end().with_context(|| format!("the flood {}", kind.name))?;
        let (flooded, closed) = flooded?;
        let (idle, answered) = (idle.0.percentile(99), flooded.count());
        let flooded = flooded.percentile(99);
        report::progress(&format!(
            "{}: p99 {flooded:.2} ms of {answered}, idle {idle:.2} ms, ratio {:.1}; closed {closed} times; flood: {} connections, {} KiB; the processors were {:.0} % busy when idle",
            kind.name,
            flooded / idle,
            flood.made(),
            flood.sent_bytes() / 1024,
            busy * 100.0,
        ));
    }
    server.stop()
}

/// Creates a key for a bot that can read, so that a flood has not the key of the client that is measured.
async fn key_of_another(server: &Server, key: &str) -> anyhow::Result<String> {
    let mut client = Client::connect(server.address).await?;
    let mut made = async |path, body: Value| {
        let answer = client.send(&http::post(path, key, &body.to_string()), 201).await?;
        Ok::<Value, anyhow::Error>(serde_json::from_slice(answer)?)
    };
    let organization = made("/v2/organizations", json!({ "name": "floods" })).await?;
    let within = json!({ "name": "floods", "organization_id": organization["id"] });
    let space = made("/v2/spaces", within).await?;
    let binding = json!({ "org_id": organization["id"], "spaces": [{ "space_id": space["id"] }] });
    let service = json!({ "key_type": "SERVICE", "name": "flood", "organizations": [binding] });
    let service = made("/v2/api-keys", service).await?;
    Ok(service["key"].as_str().context("the new key has no secret")?.to_owned())
}

/// One client's latencies, and how often the server has closed its connection. It is made again; the time for it is the request's.
async fn latencies(
    server: &Server,
    request: &[u8],
    duration: Duration,
) -> anyhow::Result<(Latencies, usize)> {
    let mut closed = 0;
    let mut client = Client::connect(server.address).await?;
    client.send(request, 200).await?;
    let mut latencies = Vec::new();
    let mut now = Instant::now();
    let end = now + duration;
    while now < end {
        if client.send(request, 200).await.is_err() {
            closed += 1;
            client = Client::connect(server.address).await?;
            client.send(request, 200).await?;
        }
        let answered = Instant::now();
        latencies.push(answered - now);
        now = answered;
    }
    Ok((Latencies::of(latencies), closed))
}

/// A flood on a thread of its own.
struct Flooding {
    has_ended: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<std::io::Result<Flood>>,
}

impl Flooding {
    fn begin(kind: Kind, target: Target) -> Self {
        let has_ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&has_ended);
        let thread = std::thread::spawn(move || {
            process::yield_to_others()?;
            let mut flood = Flood::new(kind, target);
            while !told.load(Ordering::Relaxed) {
                flood.round()?;
            }
            Ok(flood)
        });
        Self { has_ended, thread }
    }

    fn end(self) -> anyhow::Result<Flood> {
        self.has_ended.store(true, Ordering::Relaxed);
        let ended = self.thread.join().map_err(|_| anyhow::anyhow!("its thread panicked"))?;
        Ok(ended?)
    }
}
