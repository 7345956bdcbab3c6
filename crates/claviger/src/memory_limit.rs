//! Memory limit of this process, from its control groups.

use std::fs;
use std::path::{Path, PathBuf};

const MOUNT: &str = "/sys/fs/cgroup";

/// Returns the lowest limit in bytes of the groups around this process, if there is one.
pub(crate) fn of_this_process() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().flat_map(limit_files).filter_map(|file| read(&file)).min()
}

/// Returns the files in which the limits of a group and of those around it are, by its line in `/proc/self/cgroup`.
fn limit_files(line: &str) -> Vec<PathBuf> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
        return Vec::new();
    };
    let (mount, file) = match controllers {
        "" => (PathBuf::from(MOUNT), "memory.max"),
        _ if controllers.split(',').any(|name| name == "memory") => {
            (Path::new(MOUNT).join("memory"), "memory.limit_in_bytes")
        }
        _ => return Vec::new(),
    };
    // In a container, the path may be that of the host, and only the last part of it be there.
    let around = Path::new(path).ancestors();
    around.map(|group| mount.join(group.strip_prefix("/").unwrap_or(group)).join(file)).collect()
}

/// Reads a limit. Where there is none, version 2 writes `max`, and version 1 a number beyond all memory.
fn read(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok().filter(|limit| *limit < i64::MAX as u64 / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_looked_for_in_every_group_around() {
        let files = |line| -> Vec<String> {
            limit_files(line).iter().map(|file| file.display().to_string()).collect()
        };
        assert_eq!(
            files("0::/system.slice/claviger.service"),
            [
                "/sys/fs/cgroup/system.slice/claviger.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        let expected = [
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        ];
        assert_eq!(files("4:memory:/a"), expected);
        assert_eq!(files("5:cpu,cpuacct:/a"), Vec::<String>::new());
        assert_eq!(files("nonsense"), Vec::<String>::new());
    }
}
