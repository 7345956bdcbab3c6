//! Compares the keys created per second by several binaries, in turns.
//!
//! Rule: on a machine that is not quiet only the CPU times can be compared. What others had of the processors stands beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::Extent;
use crate::creates;
use crate::disk::Disk;
use crate::installation::Installation;
use crate::load;
use crate::report;
use crate::server::Server;

const CLIENTS: [usize; 2] = [1, 64];

/// Measures, and reports each load as it ends.
pub(crate) async fn measure(
    binaries: &[PathBuf],
    directory: &Path,
    extent: Extent,
) -> anyhow::Result<()> {
    let disk = Disk::under(directory)?;
    let mut servers: Vec<(Server, Arc<[u8]>)> = Vec::new();
    for (number, binary) in binaries.iter().enumerate() {
        let installation = Installation::found(binary, directory.join(number.to_string()))?;
        let request = creates::request(&installation);
        servers.push((Server::start(&installation).await?, request));
    }
    for _ in 0..extent.rounds {
        for clients in CLIENTS {
            for (binary, (server, request)) in binaries.iter().zip(&servers) {
                let before = disk.overwrites()?;
                let duration = Duration::from_secs(extent.seconds);
                let load = load::creates(server, request, clients, duration).await?;
                let overwrites = f64::midpoint(before, disk.overwrites()?);
                report::progress(&format!(
                    "{clients} clients: {:.0} keys/s, {:.2} to overwrites, {:.1} µs of the server's time for a key, of it {:.1} its \
                     writer's, others had {:.0} % of the processors: {}",
                    load.rate,
                    load.rate / overwrites,
                    load.server_us,
                    load.writer_us,
                    load.others * 100.0,
                    binary.display(),
                ));
            }
        }
    }
    servers.into_iter().try_for_each(|(server, _)| server.stop())
}
