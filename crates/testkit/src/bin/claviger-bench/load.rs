//! Many clients that each send the same request again as soon as it is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::figures::{Latencies, figure};
use crate::http::Client;
use crate::process::{Processors, Usage};
use crate::server::Server;

/// What a load came to.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// Answers per second.
    pub rate: f64,
    pub latencies: Latencies,
    /// The server's CPU time for a request, in microseconds.
    pub server_us: f64,
    /// The server's writer thread's CPU time for a request, in microseconds.
    pub writer_us: f64,
    /// The clients' CPU time for a request, in microseconds.
    pub client_us: f64,
    /// Which share of the processors went to neither server nor clients. The kernel's own threads are in it.
    pub others: f64,
}

/// Lets so many clients send a request for so long. Every answer must be 201.
pub(crate) async fn creates(
    server: &Server,
    request: &Arc<[u8]>,
    clients: usize,
    duration: Duration,
) -> anyhow::Result<Load> {
    let mut connected = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut client = Client::connect(server.address).await?;
        client.send(request, 201).await?;
        connected.push(client);
    }
    let (server_before, client_before) = (server.usage()?, Usage::of("self")?);
    let processors_before = Processors::now()?;
    let started = Instant::now();
    let end = started + duration;
    let mut running = JoinSet::new();
    for client in connected {
        running.spawn(repeat(client, Arc::clone(request), end));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.append(&mut ended??);
    }
    let elapsed = started.elapsed().as_secs_f64();
    let server_used = server.usage()?.since(server_before);
    let client_used = Usage::of("self")?.since(client_before);
    let busy = Processors::now()?.busy_since(processors_before);
    let cores = figure(std::thread::available_parallelism()?.get());
    let ours = (server_used.total + client_used.total).as_secs_f64() / (elapsed * cores);
    let requests = figure(latencies.len());
    let micros_each = |used: Duration| used.as_secs_f64() * 1e6 / requests;
    Ok(Load {
        rate: requests / elapsed,
        latencies: Latencies::of(latencies),
        server_us: micros_each(server_used.total),
        writer_us: micros_each(server_used.writer),
        client_us: micros_each(client_used.total),
        others: (busy - ours).max(0.0),
    })
}

async fn repeat(
    mut client: Client,
    request: Arc<[u8]>,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut now = Instant::now();
    while now < end {
        client.send(&request, 201).await?;
        let answered = Instant::now();
        latencies.push(answered - now);
        now = answered;
    }
    Ok(latencies)
}
