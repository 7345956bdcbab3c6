//! Measures the sync rate of a disk, which commits are compared with.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::figures::figure;

const PAGE: [u8; 4096] = [0x5A; 4096];
/// As large as a write-ahead log gets.
const PAGES: u64 = 8_192;
const PROBE: Duration = Duration::from_millis(500);

/// Files to write to.
#[derive(Debug)]
pub(crate) struct Disk {
    written: File,
    growing: PathBuf,
}

impl Disk {
    /// Makes the files in a directory.
    pub(crate) fn under(directory: &Path) -> anyhow::Result<Self> {
        let mut written = File::create(directory.join("written"))?;
        for _ in 0..PAGES {
            written.write_all(&PAGE)?;
        }
        written.sync_all()?;
        Ok(Self { written, growing: directory.join("growing") })
    }

    /// How many pages of a written file can be overwritten a second, each with `fdatasync`.
    pub(crate) fn overwrites(&self) -> anyhow::Result<f64> {
        let mut page = 0;
        rate(|| {
            self.written.write_all_at(&PAGE, page % PAGES * PAGE.len() as u64)?;
            page += 1;
            self.written.sync_data()
        })
    }

    /// How many pages can be appended to a file a second, each with `fsync`.
    pub(crate) fn appends(&self) -> anyhow::Result<f64> {
        let mut file = File::create(&self.growing)?;
        let rate = rate(|| file.write_all(&PAGE).and_then(|()| file.sync_all()));
        fs::remove_file(&self.growing)?;
        rate
    }
}

fn rate(mut step: impl FnMut() -> std::io::Result<()>) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut steps = 0;
    while started.elapsed() < PROBE {
        step()?;
        steps += 1;
    }
    Ok(figure(steps) / started.elapsed().as_secs_f64())
}
