//! A server whose wall clock jumps, stands still and drifts, while it runs and between two starts.
//!
//! Rule: a key that has expired is never accepted again, and everything else goes on, or asks for one command.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::http::{Client, Credentials};
use crate::preload::library;
use crate::server::{Launch, Server, administrator_key};

const HOUR: i64 = 3_600;
const TEN_YEARS: i64 = 10 * 365 * 24 * HOUR;
/// How often a key is asked for until it has expired. Only a clock that does not go on lets this pass.
const TRIES: usize = 1_000_000;

/// A wall clock in a file.
struct WallClock(PathBuf);

impl WallClock {
    /// Sets it: seconds that are added, where it stands still if it does, and how fast it goes in thousandths.
    fn set(&self, added: i64, stands: i64, speed: i64) {
        let fresh = self.0.with_extension("new");
        fs::write(&fresh, format!("{added} {stands} {speed}")).unwrap();
        fs::rename(fresh, &self.0).unwrap();
    }

    fn is_ahead(&self, seconds: i64) {
        self.set(seconds, 0, 1_000);
    }
}

struct Site {
    _files: TempDir,
    clock: WallClock,
    launch: Launch,
}

impl Site {
    fn new() -> Self {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let clock = WallClock(files.path().join("clock"));
        clock.is_ahead(0);
        let launch = Launch {
            data: files.path().join("data"),
            log: files.path().join("log"),
            arguments: Vec::new(),
            injection: None,
            environment: vec![
                ("LD_PRELOAD", library("clockshift").into()),
                ("CLOCKSHIFT_FILE", clock.0.clone().into()),
            ],
            preparation: None,
        };
        Self { _files: files, clock, launch }
    }

    fn restart(&self, server: &mut Server) -> Client {
        server.kill();
        *server = self.launch.start().unwrap();
        Client::connect(server.address).unwrap()
    }
}

fn status(client: &mut Client, key: &str) -> u16 {
    client.verify(key).unwrap().status
}

/// Makes a key that ends so many seconds after the server's time.
fn expiring(client: &mut Client, caller: &str, seconds: i64) -> Credentials {
    let made = client.create(caller, "dated").unwrap();
    let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    let now: Timestamp = made["created_at"].as_str().unwrap().parse().unwrap();
    let until = (now + SignedDuration::from_secs(seconds)).to_string();
    client.create_until(caller, "expiring", &until).unwrap().credentials().unwrap()
}

pub(crate) fn jumps() -> String {
    let site = Site::new();
    let mut server = site.launch.start().unwrap();
    let key = administrator_key(&site.launch.data);
    let mut client = Client::connect(server.address).unwrap();
    let hourly = expiring(&mut client, &key, HOUR / 2);
    for step in [HOUR, TEN_YEARS] {
        site.clock.is_ahead(step);
        assert_eq!(status(&mut client, &hourly.secret), 401, "+{step} s: it may have expired");
        assert_eq!(status(&mut client, &key), 200, "+{step} s");
        site.clock.is_ahead(0);
        assert_eq!(status(&mut client, &hourly.secret), 200, "+{step} s has left no trace");
        site.clock.is_ahead(-step);
        assert_eq!(status(&mut client, &hourly.secret), 200, "-{step} s");
        assert_eq!(client.create(&key, "during").unwrap().status, 201, "-{step} s");
        site.clock.is_ahead(0);
    }
    stands_still_and_drifts(&site, &mut client, &key);
    let ended = between_starts(&site, &mut server, &key, &hourly);
    assert!(!site.launch.said().contains("panicked"), "{}", site.launch.last_said());
    format!(
        "fault_clock_jumps: 4 steps, standing, 2 drifts, {ended} starts: no expired key accepted"
    )
}

/// Keys expire on time though the wall clock does not go on, or too slowly.
fn stands_still_and_drifts(site: &Site, client: &mut Client, key: &str) {
    let now = server_time(client, key).as_second();
    for (what, stands, speed) in [("stands", now, 1_000), ("slow", 0, 1), ("fast", 0, 100_000)] {
        let short = expiring(client, key, 3);
        site.clock.set(0, stands, speed);
        let expires = (0..TRIES).any(|_| status(client, &short.secret) == 401);
        assert!(expires, "{what}: a key outlives its time");
        for _ in 0..50 {
            assert_eq!(status(client, &short.secret), 401, "{what}: it is accepted again");
        }
        site.clock.is_ahead(0);
    }
}

fn server_time(client: &mut Client, key: &str) -> Timestamp {
    let made = client.create(key, "now").unwrap();
    let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    made["created_at"].as_str().unwrap().parse().unwrap()
}

/// What a server has seen counts at its next start. Answers how many starts there were.
fn between_starts(site: &Site, server: &mut Server, key: &str, hourly: &Credentials) -> usize {
    site.clock.is_ahead(2 * HOUR);
    let mut client = site.restart(server);
    assert_eq!(status(&mut client, &hourly.secret), 401, "it has expired");
    assert_eq!(client.create(key, "seen").unwrap().status, 201);
    for ahead in [0, -HOUR] {
        site.clock.is_ahead(ahead);
        assert_eq!(status(&mut client, &hourly.secret), 401, "{ahead} s revives it");
        client = site.restart(server);
        assert_eq!(status(&mut client, &hourly.secret), 401, "a start at {ahead} s revives it");
        assert_eq!(status(&mut client, key), 200);
    }
    // So far ahead that it may be wrong: what may have ended has ended, and nothing is dated by it.
    site.clock.is_ahead(TEN_YEARS);
    client = site.restart(server);
    assert_eq!(status(&mut client, &hourly.secret), 401);
    assert_eq!(status(&mut client, key), 200);
    site.clock.is_ahead(2 * HOUR);
    client = site.restart(server);
    assert_eq!(status(&mut client, key), 200, "ten years ahead have left no trace");
    assert_eq!(status(&mut client, &hourly.secret), 401);
    // So far behind that one of the two is wrong: one command says which.
    server.kill();
    site.clock.is_ahead(-TEN_YEARS);
    let said = site.launch.attempt().unwrap_err();
    assert!(said.contains("`claviger clock accept`"), "{said}");
    site.clock.is_ahead(0);
    let accepted = Command::new(env!("CARGO_BIN_EXE_claviger"))
        .args(["clock", "accept", "--data-dir"])
        .arg(&site.launch.data)
        .output()
        .unwrap();
    assert!(accepted.status.success(), "{accepted:?}");
    client = site.restart(server);
    assert_eq!(status(&mut client, key), 200);
    7
}
