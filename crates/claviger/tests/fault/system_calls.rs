//! A server whose system calls fail, or that dies at one: `strace` sees to it.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::database::{Database, number_of};
use crate::http::{Client, Credentials};
use crate::server::{Launch, administrator_key};

/// The calls that change files.
const CHANGING: [&str; 6] = ["pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "rename"];

/// A data directory as a stopped server left it, and copies of it.
pub(crate) struct Template {
    files: TempDir,
    administrator: String,
    founded: BTreeSet<i64>,
}

impl Template {
    pub(crate) fn new() -> Self {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let launch = launch(files.path(), "template", None);
        let mut server = launch.start().unwrap();
        let administrator = administrator_key(&launch.data);
        server.kill();
        let founded = Database::read(&launch.data).unwrap().numbers();
        Self { files, administrator, founded }
    }

    /// A copy to start a server on, under this injection.
    pub(crate) fn copy(&self, injection: Option<String>) -> Launch {
        let launch = launch(self.files.path(), "copy", injection);
        drop(fs::remove_dir_all(&launch.data));
        drop(fs::remove_file(&launch.log));
        fs::create_dir(&launch.data).unwrap();
        for entry in fs::read_dir(self.files.path().join("template")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), launch.data.join(entry.file_name())).unwrap();
        }
        launch
    }

    pub(crate) fn administrator(&self) -> &str {
        &self.administrator
    }

    /// Starts the server as it should be, and holds it to what was acknowledged.
    fn holds(&self, launch: &Launch, alive: &[Credentials], dead: &[Credentials], what: &str) {
        let launch = Launch { injection: None, ..launch.clone() };
        let mut server = launch.start().unwrap_or_else(|said| panic!("{what}: {said}"));
        let mut client = Client::connect(server.address).unwrap();
        for (keys, status) in [(alive, 200), (dead, 401)] {
            for key in keys {
                assert_eq!(
                    client.verify(&key.secret).unwrap().status,
                    status,
                    "{what}: {}",
                    key.id
                );
            }
        }
        let database = Database::read(&launch.data).unwrap();
        assert_eq!(database.violations(&self.founded), Vec::<String>::new(), "{what}");
        let numbers = database.numbers();
        let acknowledged = alive.iter().chain(dead).map(|key| number_of(&key.id));
        assert!(acknowledged.into_iter().all(|key| numbers.contains(&key)), "{what}");
        assert!(!launch.said().contains("panicked"), "{what}: {}", launch.said());
        server.kill();
    }
}

fn launch(files: &Path, name: &str, injection: Option<String>) -> Launch {
    let (data, log) = (files.join(name), files.join("log"));
    Launch {
        data,
        log,
        arguments: Vec::new(),
        injection,
        environment: Vec::new(),
        preparation: None,
    }
}

/// What a client was told, until the server was gone.
#[derive(Default)]
struct Told {
    alive: Vec<Credentials>,
    dead: Vec<Credentials>,
    /// Whether everything was answered.
    whole: bool,
}

/// Creates, refreshes and revokes, and notes what was acknowledged. What was sent and not answered may be either way.
fn live(client: &mut Client, administrator: &str) -> Told {
    let mut told = Told::default();
    told.whole = (|| {
        for name in ["one", "two"] {
            let answer = client.create(administrator, name).ok()?;
            told.alive.push(answer.credentials()?);
        }
        let old = told.alive.pop()?;
        let answer = client.refresh(administrator, &old.id, false).ok()?;
        told.alive.push(answer.credentials()?);
        told.dead.push(old);
        let ended = told.alive.remove(0);
        let answer = client.revoke(administrator, &ended.id).ok()?;
        told.dead.extend((answer.status == 204).then_some(ended));
        (answer.status == 204).then_some(())
    })()
    .is_some();
    told
}

/// Kills servers at the n-th of each call, for every n up to `most` that there is.
pub(crate) fn crash_at_each(most: u64) -> String {
    let template = Template::new();
    let mut kills = 0;
    for call in CHANGING {
        for n in 1..=most {
            let what = format!("{call} {n}");
            let launch = template.copy(Some(format!("inject={call}:signal=KILL:when={n}")));
            let told = match launch.attempt() {
                Err(_) => Told::default(),
                Ok(mut server) => {
                    let told = Client::connect(server.address)
                        .map(|mut client| live(&mut client, template.administrator()));
                    server.kill();
                    told.unwrap_or_default()
                }
            };
            template.holds(&launch, &told.alive, &told.dead, &what);
            if told.whole {
                break;
            }
            kills += 1;
        }
    }
    let migrations = crash_migrations(most);
    assert!(kills > 10 && migrations > 10, "{kills} kills, {migrations} of migrations");
    format!("fault_crash_every_syscall: {kills} kills, {migrations} of migrations, 0 violations")
}

/// A database of the schema before proofs, with its pepper.
const SCHEMA_8: &str = include_str!("../../../store/tests/sqlite/fixtures/schema_8.sql");
const PEPPER: &str = include_str!("../../../store/tests/sqlite/fixtures/schema_8.pepper.json");

/// Kills what brings a database up to date, at the n-th of each call. The next one finishes it.
fn crash_migrations(most: u64) -> u64 {
    let files = TempDir::with_prefix("claviger-fault-").unwrap();
    let data = files.path().join("data");
    let mut kills = 0;
    for call in CHANGING {
        for n in 1..=most {
            drop(fs::remove_dir_all(&data));
            fs::create_dir(&data).unwrap();
            fs::write(data.join("pepper.json"), PEPPER).unwrap();
            fs::set_permissions(data.join("pepper.json"), Permissions::from_mode(0o600)).unwrap();
            let connection = Connection::open(data.join("claviger.db")).unwrap();
            connection.execute_batch(&["BEGIN;", SCHEMA_8, "COMMIT"].concat()).unwrap();
            drop(connection);
            let injection = format!("inject={call}:signal=KILL:when={n}");
            let mut killed = Command::new("strace");
            killed.args(["-f", "-qqq", "-o", "/dev/null", "-e", &injection]);
            let is_whole = run(killed.arg(env!("CARGO_BIN_EXE_claviger")), "policy", "show", &data);
            let claviger = || Command::new(env!("CARGO_BIN_EXE_claviger"));
            assert!(run(&mut claviger(), "policy", "show", &data), "{call} {n}");
            assert!(run(&mut claviger(), "audit", "verify", &data), "{call} {n}");
            if is_whole {
                break;
            }
            kills += 1;
        }
    }
    kills
}

fn run(command: &mut Command, group: &str, verb: &str, data: &Path) -> bool {
    let command = command.args([group, verb, "--data-dir"]).arg(data);
    command.output().unwrap().status.success()
}

/// Fails the n-th sync, for every n up to `most`.
pub(crate) fn fail_each_sync(most: u64) -> String {
    let template = Template::new();
    let mut stopped = 0;
    for n in 1..=most {
        let what = format!("sync {n}");
        let injection = format!("inject=fsync,fdatasync:error=EIO:when={n}");
        let launch = template.copy(Some(injection));
        let mut alive = Vec::new();
        if let Ok(mut server) = launch.attempt() {
            let mut client = Client::connect(server.address).unwrap();
            let mut refused = 0;
            for number in 0..4 * most {
                let answer = client.create(template.administrator(), &format!("{number}")).unwrap();
                match answer.status {
                    201 => alive.push(answer.credentials().unwrap()),
                    status => {
                        assert_eq!(status, 503, "{what}: {answer:?}");
                        refused += 1;
                    }
                }
                if refused > 3 {
                    break;
                }
                assert!(
                    answer.status != 201 || refused == 0,
                    "{what}: written after a failed sync"
                );
            }
            if refused > 0 {
                stopped += 1;
                assert_eq!(client.ready().unwrap().status, 503, "{what}");
                // What was acknowledged goes on working.
                for key in &alive {
                    assert_eq!(client.verify(&key.secret).unwrap().status, 200, "{what}");
                }
            }
            server.kill();
        }
        template.holds(&launch, &alive, &[], &what);
    }
    assert_ne!(stopped, 0, "no sync failed under a write");
    format!("fault_fsync_eio: {most} syncs failed, {stopped} of them under a write, 0 violations")
}
