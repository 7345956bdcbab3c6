//! PostgreSQL servers for tests: each test program has one of its own, in a temporary directory, and each test a database in it.
//!
//! - The server is reached by a Unix socket and nothing else. It doesn't wait for the disk, so a power failure would damage it.
//! - It ends when the test program ends, however that comes about: its supervisor waits for the end of a pipe.
//! - `CLAVIGER_POSTGRES_BIN` says where the programs of PostgreSQL are. Without it, the newest of Debian's is taken.
//!   `scripts/test setup` installs them.

#![expect(clippy::unwrap_used, reason = "test code, built for tests only")]

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The user that a server runs as when the tests run as root, which PostgreSQL refuses: Debian's `nobody`.
const NOBODY: u32 = 65534;

/// What is gained by not waiting for the disk, and room for many tests at once.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
    "max_connections=400",
    "shared_buffers=64MB",
    "log_min_messages=panic",
    "autovacuum=off",
];

/// Runs the server, and ends it and its files when there is nobody at the other end of the pipe.
const SUPERVISOR: &str = r#"
bin=$1 data=$2 sockets=$3
shift 3
"$bin/postgres" -D "$data" -k "$sockets" "$@" </dev/null &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$sockets"
"#;

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    /// Ends the server when its input is closed.
    supervisor: Child,
    directory: PathBuf,
    databases: AtomicU32,
}

impl Cluster {
    /// The server of this test program. It is started when it is first asked for.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// Starts a server with further settings, such as `synchronous_commit=on`.
    pub fn start(settings: &[&str]) -> Self {
        let bin = programs();
        let directory = tempfile::Builder::new().prefix("claviger-pg-").tempdir().unwrap().keep();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).unwrap();
        if let Some(owner) = Self::owner() {
            chown(&directory, Some(owner), Some(owner)).unwrap();
        }
        let data = directory.join("data");
        let made = command(&bin.join("initdb"), &directory)
            .args(["--no-sync", "--auth=trust", "--username=claviger", "--encoding=UTF8"])
            .args(["--locale=C", "--no-instructions", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let supervisor = command(Path::new("/bin/sh"), &directory)
            .args(["-c", SUPERVISOR, "supervisor"])
            .args([&bin, &data, &directory])
            .args(SETTINGS.iter().chain(settings).flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self { bin, supervisor, directory, databases: AtomicU32::new(0) };
        cluster.wait();
        cluster
    }

    /// Makes an empty database, and returns the URL of it.
    pub fn database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        self.url(&name)
    }

    /// The URL of a database.
    pub fn url(&self, name: &str) -> String {
        Self::url_by(&self.directory, name)
    }

    /// The URL of a database by a socket in another directory.
    pub fn url_by(directory: &Path, name: &str) -> String {
        // In a URL, a socket's directory takes the place of the host, with its slashes encoded.
        let host = directory.to_str().unwrap().replace('/', "%2F");
        format!("postgres://claviger@{host}/{name}")
    }

    /// The user that servers run as, if that is not the one who runs the tests.
    pub fn owner() -> Option<u32> {
        rustix::process::geteuid().is_root().then_some(NOBODY)
    }

    /// The directory of the server's socket.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Runs a statement by `psql`, and returns what it prints.
    pub fn sql(&self, database: &str, text: &str) -> String {
        let run = command(&self.bin.join("psql"), &self.directory)
            .args([
                "--no-psqlrc",
                "--quiet",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
            ])
            .args(["--username=claviger", "--host"])
            .arg(&self.directory)
            .args(["--dbname", database, "--command", text])
            .output()
            .unwrap();
        assert!(run.status.success(), "{text}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    /// Waits until the server takes connections. Each look is a program run to its end: nothing here counts time.
    fn wait(&self) {
        loop {
            let ready = command(&self.bin.join("pg_isready"), &self.directory)
                .args([
                    "--quiet",
                    "--timeout=30",
                    "--username=claviger",
                    "--dbname=postgres",
                    "--host",
                ])
                .arg(&self.directory)
                .status()
                .unwrap();
            if ready.success() {
                return;
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        drop(self.supervisor.wait());
        drop(std::fs::remove_dir_all(&self.directory));
    }
}

/// A program that is run in a directory, by somebody who is not root.
fn command(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).env("LC_ALL", "C").env_remove("PGOPTIONS");
    if let Some(owner) = Cluster::owner() {
        command.uid(owner).gid(owner);
    }
    command
}

/// Where the programs of PostgreSQL are.
#[expect(clippy::disallowed_methods, reason = "tests have no command line to be told by")]
fn programs() -> PathBuf {
    if let Some(told) = std::env::var_os("CLAVIGER_POSTGRES_BIN") {
        return told.into();
    }
    (15..=18)
        .rev()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
        .find(|bin| bin.join("initdb").exists())
        .unwrap_or_else(|| panic!("there is no PostgreSQL here: `scripts/test setup` installs it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_has_a_database_of_its_own() {
        let cluster = Cluster::shared();
        let (one, other) = (cluster.database(), cluster.database());
        assert_ne!(one, other);
        let name = one.rsplit('/').next().unwrap();
        cluster.sql(name, "CREATE TABLE things (id bigint)");
        let count = "SELECT count(*) FROM pg_tables WHERE tablename = 'things'";
        assert_eq!(cluster.sql(name, count), "1\n");
        assert_eq!(cluster.sql(other.rsplit('/').next().unwrap(), count), "0\n");
    }

    /// Nothing is left of a server that is dropped.
    #[test]
    fn a_server_goes_with_its_files() {
        let cluster = Cluster::start(&[]);
        let directory = cluster.directory.clone();
        assert!(directory.join("data/PG_VERSION").exists());
        drop(cluster);
        assert!(!directory.exists());
    }
}
