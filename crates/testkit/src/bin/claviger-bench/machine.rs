//! Description of the machine.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::process::Processors;

/// A machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub cores: usize,
    pub processor: String,
    pub memory_gib: f64,
    pub kernel: String,
    /// The kind of file system under the databases.
    pub file_system: String,
}

impl Machine {
    /// Describes this machine, and the file system of a directory.
    pub(crate) fn look_at(directory: &Path) -> anyhow::Result<Self> {
        let processors = fs::read_to_string("/proc/cpuinfo")?;
        let memory = fs::read_to_string("/proc/meminfo")?;
        let kib: f64 = value(&memory, "MemTotal")
            .and_then(|total| total.strip_suffix(" kB"))
            .context("no MemTotal")?
            .parse()?;
        Ok(Self {
            cores: std::thread::available_parallelism()?.get(),
            processor: value(&processors, "model name").unwrap_or("unknown").to_owned(),
            memory_gib: kib / f64::from(1 << 20),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            file_system: file_system(&directory.canonicalize()?)?,
        })
    }
}

/// The share of the processors that others may use while the machine counts as quiet.
const QUIET: f64 = 0.05;
const MAX_WAIT: Duration = Duration::from_mins(15);

/// Waits until others have left the machine alone for five seconds. What competes for the disk and the processors slows a sync far
/// more than a server that has many of them wait together, and makes the server look better than it is.
pub(crate) async fn quiet() -> anyhow::Result<()> {
    let started = Instant::now();
    while started.elapsed() < MAX_WAIT {
        let before = Processors::now()?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        if Processors::now()?.busy_since(before) < QUIET {
            return Ok(());
        }
    }
    bail!("the machine is busy with other things: figures from now would be worth nothing")
}

fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then_some(value.trim())
    })
}

/// The type of the mount that a directory is under.
fn file_system(directory: &Path) -> anyhow::Result<String> {
    let mounts = fs::read_to_string("/proc/mounts")?;
    // Of mounts on the same path, the last one is on top.
    let found = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((Path::new(words.next()?), words.next()?))
        })
        .filter(|(path, _)| directory.starts_with(path))
        .max_by_key(|(path, _)| path.components().count());
    let (_, kind) = found.context("no mount holds the directory")?;
    Ok(kind.to_owned())
}
