//! Start-up and idle memory, with no keys and with many, in turns.

use crate::Extent;
use crate::installation::Installation;
use crate::server::Server;

/// One start of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From spawning the process to the first 200 on `/readyz`, in milliseconds.
    pub ms: f64,
    /// What it then had in RAM, in MiB.
    pub resident_mib: f64,
}

/// A start with no keys, and one with many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub none: Start,
    pub many: Start,
}

pub(crate) async fn measure(
    none: &Installation,
    many: &Installation,
    extent: Extent,
) -> anyhow::Result<Vec<Round>> {
    // The first starts load the binary and the files into the page cache.
    start(none).await?;
    start(many).await?;
    let mut rounds = Vec::with_capacity(extent.rounds);
    for _ in 0..extent.rounds {
        let none = start(none).await?;
        let many = start(many).await?;
        rounds.push(Round { none, many });
    }
    Ok(rounds)
}

async fn start(installation: &Installation) -> anyhow::Result<Start> {
    let server = Server::start(installation).await?;
    let start =
        Start { ms: server.start_up.as_secs_f64() * 1e3, resident_mib: server.resident_mib()? };
    server.stop()?;
    Ok(start)
}
