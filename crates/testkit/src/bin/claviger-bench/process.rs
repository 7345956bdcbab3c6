//! Resource usage of a process (proc(5)).

use std::fs;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, setpriority_process};
use rustix::thread::{CpuSet, gettid, sched_setaffinity};

/// As nice as a thread can be.
const LOWEST_PRIORITY: i32 = 19;

/// The time that the threads of a process have been running.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// All threads.
    pub total: Duration,
    /// The thread of the server that writes to the database.
    pub writer: Duration,
}

impl Usage {
    /// Of a process, by its id or `self`.
    pub(crate) fn of(process: &str) -> anyhow::Result<Self> {
        let mut usage = Self::default();
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            let path = thread?.path();
            // A thread may have ended since; what it used is lost, and the threads of interest live as long as their process.
            let Ok(times) = fs::read_to_string(path.join("schedstat")) else {
                continue;
            };
            let running = times
                .split(' ')
                .next()
                .context("schedstat holds nothing")?
                .parse()
                .map(Duration::from_nanos)?;
            usage.total += running;
            if fs::read_to_string(path.join("comm"))?.trim() == "store-writer" {
                usage.writer += running;
            }
        }
        Ok(usage)
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            total: self.total.saturating_sub(earlier.total),
            writer: self.writer.saturating_sub(earlier.writer),
        }
    }
}

/// The time that all processors of the machine have spent, in ticks of the kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processors {
    all: f64,
    idle: f64,
}

impl Processors {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let statistics = fs::read_to_string("/proc/stat")?;
        let line = statistics.lines().next().context("/proc/stat holds nothing")?;
        // user nice system idle iowait irq softirq steal; what follows is contained in the first two.
        let ticks = line.split_whitespace().skip(1).take(8).map(str::parse);
        let ticks: Vec<f64> = ticks.collect::<Result<_, _>>()?;
        let waiting = ticks.get(3..5).context("/proc/stat has no idle time")?;
        Ok(Self { all: ticks.iter().sum(), idle: waiting.iter().sum() })
    }

    /// Which share of their time the processors were at work since then, from 0 to 1.
    pub(crate) fn busy_since(self, earlier: Self) -> f64 {
        1.0 - (self.idle - earlier.idle) / (self.all - earlier.all).max(1.0)
    }
}

/// Binds all threads of a process to a processor; nothing where there is only one. `None` is this process.
pub(crate) fn pin(process: Option<u32>, processor: usize) -> anyhow::Result<()> {
    if available_parallelism()?.get() <= processor {
        return Ok(());
    }
    let mut set = CpuSet::new();
    set.set(processor);
    let process = process.map_or_else(|| "self".to_owned(), |process| process.to_string());
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let id = thread?.file_name().to_string_lossy().parse()?;
        sched_setaffinity(Pid::from_raw(id), &set)?;
    }
    Ok(())
}

/// Gives this thread what no other one wants of its processor.
pub(crate) fn yield_to_others() -> std::io::Result<()> {
    // On Linux this is the priority of one thread.
    setpriority_process(Some(gettid()), LOWEST_PRIORITY)?;
    Ok(())
}

/// The memory of a process that is in RAM (`VmRSS`), in MiB.
pub(crate) fn resident_mib(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .context("the process has no VmRSS")?
        .parse()?;
    Ok(kib / 1024.0)
}
