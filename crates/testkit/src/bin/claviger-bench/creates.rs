//! Keys created per second, beside how often the disk can sync.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::Extent;
use crate::disk::Disk;
use crate::figures::figure;
use crate::http;
use crate::installation::Installation;
use crate::load::{self, Load};
use crate::server::Server;

/// The loads of a round: clients, and whether the installation is the one with many keys.
pub(crate) const LOADS: [(usize, bool); 4] = [(1, false), (16, false), (64, false), (64, true)];

/// What was measured in turns.
#[derive(Debug)]
pub(crate) struct Round {
    /// One of each of [`LOADS`], with the disk's overwrites per second just before and just after it, averaged.
    pub loads: Vec<(Load, f64)>,
    /// The disk's appends per second.
    pub appends: f64,
}

/// All rounds.
#[derive(Debug)]
pub(crate) struct Creates {
    pub rounds: Vec<Round>,
    /// How many keys were made in the installation that had none.
    pub made: usize,
    /// What its server had in RAM at the end, in MiB.
    pub resident_mib: f64,
}

pub(crate) async fn measure(
    none: &Installation,
    many: &Installation,
    directory: &Path,
    extent: Extent,
) -> anyhow::Result<Creates> {
    let disk = Disk::under(directory)?;
    let servers = (Server::start(none).await?, Server::start(many).await?);
    let requests = (request(none), request(many));
    let duration = Duration::from_secs(extent.seconds);
    let mut rounds = Vec::with_capacity(extent.rounds);
    for _ in 0..extent.rounds {
        let mut loads = Vec::with_capacity(LOADS.len());
        let mut before = disk.overwrites()?;
        for (clients, has_many) in LOADS {
            let (server, request) =
                if has_many { (&servers.1, &requests.1) } else { (&servers.0, &requests.0) };
            let load = load::creates(server, request, clients, duration).await?;
            let after = disk.overwrites()?;
            loads.push((load, f64::midpoint(before, after)));
            before = after;
        }
        let appends = disk.appends()?;
        rounds.push(Round { loads, appends });
    }
    let into_none = |round: &Round| -> usize {
        let loads = round.loads.iter().zip(LOADS);
        let counts = loads.filter(|(_, (_, has_many))| !has_many);
        counts.map(|((load, _), _)| load.latencies.count()).sum()
    };
    let made = rounds.iter().map(into_none).sum();
    let resident_mib = servers.0.resident_mib()?;
    servers.0.stop()?;
    servers.1.stop()?;
    Ok(Creates { rounds, made, resident_mib })
}

/// The request that makes a user key.
pub(crate) fn request(installation: &Installation) -> Arc<[u8]> {
    let body = r#"{"key_type":"USER","name":"bench"}"#;
    http::post("/v2/api-keys", &installation.key, body).into()
}

impl Creates {
    /// The keys made in the installation that had none, in thousands.
    pub(crate) fn made_thousands(&self) -> f64 {
        figure(self.made) / 1e3
    }
}
