//! Programs that are not the server, to show that the disk does what it should: it keeps what was synced, and loses what was not.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::powerloss::Disk;

/// The power goes before so many rows have been acknowledged.
const ROWS: usize = 100;

/// A Python interpreter on a disk that loses power.
#[derive(Debug)]
pub(crate) struct Machine {
    _directory: TempDir,
    data: PathBuf,
    disk: Disk,
    python: PathBuf,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let directory = TempDir::with_prefix("claviger-powerloss-").unwrap();
        let data = directory.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let disk = Disk::new(&data);
        Self { _directory: directory, data, disk, python: interpreter() }
    }

    fn run(&self, script: &str) -> Command {
        let scripts = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fault"));
        let mut command = Command::new(&self.python);
        command.arg(scripts.join(script)).envs(self.disk.environment());
        command.current_dir(&self.data).stdin(Stdio::null());
        command
    }

    /// Does the steps with a file in an empty directory, cuts the power, and answers the files that are left, as `name=text`.
    pub(crate) fn files_after(&self, steps: &str) -> String {
        std::fs::remove_dir_all(&self.data).unwrap();
        std::fs::create_dir(&self.data).unwrap();
        let output = self.run("file_steps.py").args(steps.split(", ")).output().unwrap();
        assert_eq!(output.status.signal(), Some(9), "{}", String::from_utf8_lossy(&output.stderr));
        self.disk.lose_power(&mut Chance::new(0));
        files(&self.data, "").join(" ")
    }

    /// Lets a database be written to, cuts the power, and answers how many of the acknowledged rows are lost.
    pub(crate) fn lost_rows(&self, synchronous: &str, chance: &mut Chance) -> usize {
        let mut child = self
            .run("stand_in.py")
            .args(["stand-in.db", synchronous])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first: Vec<_> = said.by_ref().take(1 + chance.index(ROWS)).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!first.is_empty(), "the stand-in starts");
        self.disk.lose_power(chance);
        let acknowledged = first.into_iter().chain(said).map(|line| line.parse().unwrap());
        let kept = kept_rows(&self.data.join("stand-in.db"));
        acknowledged.filter(|number: &i64| !kept.contains(number)).count()
    }
}

/// The numbers of the rows in a database, which has to be whole, if it has got as far as a table.
fn kept_rows(path: &Path) -> Vec<i64> {
    let connection = Connection::open(path).unwrap();
    let integrity =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(integrity.unwrap(), "ok");
    let Ok(mut statement) = connection.prepare("SELECT number FROM rows") else {
        return Vec::new();
    };
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The interpreter itself: what is found under its name may be a script that starts it.
fn interpreter() -> PathBuf {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    String::from_utf8(output.expect("python3").stdout).unwrap().trim().into()
}

fn files(directory: &Path, prefix: &str) -> Vec<String> {
    let list = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            return files(&entry.path(), &format!("{name}/"));
        }
        vec![format!("{name}={}", std::fs::read_to_string(entry.path()).unwrap())]
    };
    std::fs::read_dir(directory).unwrap().flat_map(list).collect()
}
