//! How much memory a server may take, and how much it takes.
//!
//! The kernel enforces a limit by a control group, of version 2 or 1, where this machine lets us make one. Where it does not, the process
//! is only watched; the report says which it was.

use std::fs;
use std::path::{Path, PathBuf};

use crate::server::Server;

const MOUNT: &str = "/sys/fs/cgroup";

/// A limit on the memory of the processes that are started under it.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    group: Option<Group>,
}

#[derive(Debug)]
struct Group {
    directory: PathBuf,
    version: u8,
}

impl MemoryLimit {
    pub(crate) fn of(bytes: u64) -> Self {
        let name = format!("claviger-fault-{}", std::process::id());
        let places = parents().into_iter();
        let group =
            places.filter_map(|(parent, version)| Group::make(&parent.join(&name), version, bytes));
        Self { group: group.into_iter().next() }
    }

    /// What puts a shell under the limit.
    pub(crate) fn preparation(&self) -> Option<String> {
        let group = self.group.as_ref()?;
        Some(format!("echo $$ > {}/cgroup.procs", group.directory.display()))
    }

    pub(crate) fn is_enforced(&self) -> bool {
        self.group.is_some()
    }

    /// How many processes the kernel has killed for want of memory.
    pub(crate) fn kills(&self) -> u64 {
        self.group.as_ref().map_or(0, Group::kills)
    }

    pub(crate) fn description(&self) -> String {
        match &self.group {
            Some(group) => format!("enforced by a control group of version {}", group.version),
            None => "NOT enforced, only watched: no control group can be made here".to_owned(),
        }
    }
}

/// The groups in which one may be made: that of this process, and the root.
fn parents() -> Vec<(PathBuf, u8)> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let mut parents = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (mount, version) = match controllers {
            "" => (Path::new(MOUNT).to_owned(), 2),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (Path::new(MOUNT).join("memory"), 1)
            }
            _ => continue,
        };
        parents.push((mount.join(path.trim_start_matches('/')), version));
        parents.push((mount, version));
    }
    parents
}

impl Group {
    fn make(directory: &Path, version: u8, bytes: u64) -> Option<Self> {
        if version == 2 {
            // It may be on already, or not ours to turn on: then the limit is missing below.
            drop(fs::write(directory.parent()?.join("cgroup.subtree_control"), "+memory"));
        }
        fs::create_dir(directory).ok()?;
        let group = Self { directory: directory.to_owned(), version };
        let file =
            directory.join(if version == 2 { "memory.max" } else { "memory.limit_in_bytes" });
        // A file system that is no control group would take the file.
        if !file.exists() {
            return None;
        }
        fs::write(&file, bytes.to_string()).ok()?;
        if version == 2 {
            drop(fs::write(directory.join("memory.swap.max"), "0"));
        }
        let limit: u64 = fs::read_to_string(&file).ok()?.trim().parse().ok()?;
        (limit == bytes).then_some(group)
    }

    fn kills(&self) -> u64 {
        let file = if self.version == 2 { "memory.events" } else { "memory.oom_control" };
        let events = fs::read_to_string(self.directory.join(file)).unwrap();
        let kills = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        kills.expect("the kernel counts kills").trim().parse().unwrap()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Fails while a process is in it; then it is left behind, empty soon.
        drop(fs::remove_dir(&self.directory));
    }
}

/// What a process has in RAM, in MiB: now, and at most so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resident {
    pub(crate) now: u64,
    pub(crate) most: u64,
}

impl Resident {
    pub(crate) fn of(server: &Server) -> Self {
        let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let value = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
        };
        Self { now: value("VmRSS:"), most: value("VmHWM:") }
    }
}
