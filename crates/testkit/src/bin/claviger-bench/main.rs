//! `claviger-bench`: measures the release binary from outside, beside the machine that it runs on.
//!
//! Rule: a figure means something beside another one of the same minute. What is compared is measured in turns, round by round, and
//! a ratio is formed within its round; the table shows the median of the rounds with the least and the most.

mod creates;
mod disk;
mod figures;
mod floods;
mod http;
mod installation;
mod lists;
mod load;
mod machine;
mod process;
mod report;
mod server;
mod starts;
mod stock;
mod timing;
mod turns;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::installation::Installation;
use crate::machine::Machine;
use crate::report::Results;

const USAGE: &str = "usage: claviger-bench SERVER DIRECTORY DOCUMENT [quick | floods [KIND…] | timing REQUESTS | turns OTHER_SERVER…]";

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// How often everything is measured.
    pub rounds: usize,
    /// How many keys the large installation has.
    pub keys: u32,
    /// How many seconds each load lasts.
    pub seconds: u64,
}

impl Extent {
    const FULL: Self = Self { rounds: 7, keys: 1_000_000, seconds: 3 };
    /// To see whether the benchmarks still work. Its figures are not worth keeping.
    const QUICK: Self = Self { rounds: 1, keys: 20_000, seconds: 1 };
    /// To see what a change does to creating keys.
    const TURNS: Self = Self { rounds: 3, keys: 0, seconds: 2 };
    /// To see what floods do to a client that behaves.
    const FLOODS: Self = Self { rounds: 1, keys: 0, seconds: 2 };
}

/// How many keys the small installation has.
pub(crate) const FEW_KEYS: u32 = 1_000;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next().context(USAGE);
    let (server, directory, document) = (next()?, next()?, next()?);
    let word = arguments.next();
    let extent = match word.as_deref().map(Path::to_str) {
        None => Extent::FULL,
        Some(Some("quick")) => Extent::QUICK,
        Some(Some("turns")) => Extent::TURNS,
        Some(Some("timing")) => {
            let requests = arguments.next().context(USAGE)?;
            let requests = requests.to_str().context(USAGE)?.parse()?;
            return runtime()?.block_on(timing::measure(&directory, &document, requests));
        }
        Some(Some("floods")) => Extent::FLOODS,
        Some(_) => anyhow::bail!(USAGE),
    };
    let runtime = runtime()?;
    let directory = tempfile::tempdir_in(&directory)
        .with_context(|| format!("there is no room in {}", directory.display()))?;
    if extent == Extent::FLOODS {
        let names = arguments.map(|name| name.to_str().map(str::to_owned).context(USAGE));
        let names: Vec<_> = names.collect::<Result<_, _>>()?;
        return runtime.block_on(floods::measure(&server, directory.path(), extent, &names));
    }
    if extent == Extent::TURNS {
        let binaries: Vec<_> = std::iter::once(server).chain(arguments).collect();
        return runtime.block_on(turns::measure(&binaries, directory.path(), extent));
    }
    let results = runtime.block_on(measure(&server, directory.path(), extent))?;
    report::write(&document, &results)
}

/// One thread: the client shares the machine with the server and must leave it what it can.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

async fn measure(server: &Path, directory: &Path, extent: Extent) -> anyhow::Result<Results> {
    let machine = Machine::look_at(directory)?;
    report::progress("filling the databases");
    let found = |name: &str| Installation::found(server, directory.join(name));
    let (none, few, many) = (found("none")?, found("few")?, found("many")?);
    stock::fill(&few, FEW_KEYS)?;
    stock::fill(&many, extent.keys)?;
    if extent.rounds > 1 {
        report::progress("waiting for a quiet machine");
        machine::quiet().await?;
    }
    report::progress("start-up");
    let starts = starts::measure(&none, &many, extent).await?;
    report::progress("lists");
    let lists = lists::measure(&few, &many, extent).await?;
    report::progress("creating keys");
    let creates = creates::measure(&none, &many, directory, extent).await?;
    Ok(Results { machine, extent, binary_bytes: server.metadata()?.len(), starts, lists, creates })
}
