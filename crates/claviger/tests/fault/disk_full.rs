//! A disk that runs full under load, and gets room again.
//!
//! Rule: what was answered 2xx is there, what was answered 503 never happened, and nobody has to restart anything.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::database::{Database, number_of};
use crate::http::{Client, Credentials, Response};
use crate::preload::library;
use crate::server::{Launch, Server, administrator_key};

const CLIENTS: usize = 8;
/// The most room that is left when the load begins: some groups of keys.
const ROOM: u64 = 256 * 1024;
/// More keys than fit into it for each client, and fewer than an account may have in all.
const MAX_KEYS_A_CLIENT: usize = 110;

/// A server on a disk whose room is the length of a file.
struct Site {
    _files: TempDir,
    room: PathBuf,
    launch: Launch,
}

impl Site {
    fn new() -> Self {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let disk = files.path().join("disk");
        fs::create_dir(&disk).unwrap();
        let room = files.path().join("room");
        let environment = vec![
            ("LD_PRELOAD", library("diskfull").into()),
            ("DISKFULL_DIR", disk.clone().into()),
            ("DISKFULL_ROOM", room.clone().into()),
        ];
        let log = files.path().join("log");
        let launch = Launch {
            data: disk.join("data"),
            log,
            arguments: Vec::new(),
            injection: None,
            environment,
            preparation: None,
        };
        Self { _files: files, room, launch }
    }

    fn leave_room(&self, bytes: u64) {
        File::create(&self.room).unwrap().set_len(bytes).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(&self.room).unwrap();
    }
}

/// The keys that were acknowledged: those that work, and those that were revoked.
#[derive(Default)]
struct Told {
    alive: Vec<Credentials>,
    dead: Vec<Credentials>,
}

/// One round. Answers how many keys were acknowledged before the disk was full.
pub(crate) fn round(chance: &mut Chance) -> usize {
    let site = Site::new();
    let mut server = site.launch.start().unwrap();
    let administrator = administrator_key(&site.launch.data);
    let founded = Database::read(&site.launch.data).unwrap().numbers();
    site.leave_room(chance.below(ROOM));
    let mut told = Told { alive: fill(&server, &administrator), dead: Vec::new() };
    let acknowledged = told.alive.len();
    let mut client = Client::connect(server.address).unwrap();
    told.alive.extend(create_until_refused(&mut client, &administrator));
    change_on_a_full_disk(&mut client, &administrator, &mut told, chance);
    site.leave_room(0);
    // The file keeps the room that a failed write had taken before it failed: until that is used up, there is room. After a failed write,
    // readiness is asked of the disk.
    let fills_up = (0..10_000).any(|_| {
        told.alive.extend(create_until_refused(&mut client, &administrator));
        client.ready().unwrap().status == 503
    });
    assert!(fills_up, "readiness writes (fault S9)");
    let failures =
        || fs::read_to_string(&site.launch.log).unwrap().matches("a write failed").count();
    let before = failures();
    for _ in 0..5 {
        assert_eq!(client.ready().unwrap().status, 503, "a full disk takes no writes (fault S9)");
    }
    assert!(failures() <= before + 1, "one line says it (fault S9)");
    assert_ne!(failures(), 0);

    site.make_room();
    assert_eq!(client.ready().unwrap().status, 200);
    // At once, and on the connection that was refused.
    told.alive.push(credentials(&client.create(&administrator, "after").unwrap()));
    let revoked = told.alive.swap_remove(chance.index(told.alive.len()));
    assert_eq!(client.revoke(&administrator, &revoked.id).unwrap().status, 204);
    told.dead.push(revoked);

    let holds = |address: SocketAddr| {
        told.assert_kept(&mut Client::connect(address).unwrap());
        let database = Database::read(&site.launch.data).unwrap();
        assert_eq!(database.violations(&founded), Vec::<String>::new());
        let known = told.alive.iter().chain(&told.dead).map(|key| number_of(&key.id));
        let known: BTreeSet<_> = known.chain(founded.iter().copied()).collect();
        assert_eq!(database.numbers(), known, "keys that nobody was told of");
    };
    holds(server.address);
    server.kill();
    holds(site.launch.start().unwrap().address);
    acknowledged
}

impl Told {
    fn assert_kept(&self, client: &mut Client) {
        for (keys, status) in [(&self.alive, 200), (&self.dead, 401)] {
            for key in keys {
                assert_eq!(client.verify(&key.secret).unwrap().status, status, "{}", key.id);
            }
        }
    }
}

/// Lets clients create keys, all at once, until each is told that the server cannot. Answers the keys that were acknowledged.
fn fill(server: &Server, administrator: &str) -> Vec<Credentials> {
    let work =
        || create_until_refused(&mut Client::connect(server.address).unwrap(), administrator);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

fn create_until_refused(client: &mut Client, administrator: &str) -> Vec<Credentials> {
    let mut keys = Vec::new();
    for number in 0..MAX_KEYS_A_CLIENT {
        let answer = client.create(administrator, &format!("key {number}")).unwrap();
        if answer.status != 201 {
            assert_unavailable(&answer);
            return keys;
        }
        keys.push(credentials(&answer));
    }
    panic!("the disk was never full")
}

/// While there is no room for a new key, there may be some for a smaller change. Either it is made or it is not, and keys go on
/// working.
fn change_on_a_full_disk(
    client: &mut Client,
    administrator: &str,
    told: &mut Told,
    chance: &mut Chance,
) {
    for _ in 0..3.min(told.alive.len()) {
        let key = told.alive.swap_remove(chance.index(told.alive.len()));
        let answer = client.revoke(administrator, &key.id).unwrap();
        if answer.status == 204 {
            told.dead.push(key);
        } else {
            assert_unavailable(&answer);
            told.alive.push(key);
        }
    }
    told.assert_kept(client);
    assert_eq!(client.verify(administrator).unwrap().status, 200);
}

fn assert_unavailable(answer: &Response) {
    assert_eq!(answer.status, 503, "{answer:?}");
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], 503);
    assert!(problem["type"].as_str().unwrap().ends_with("service-unavailable"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("nothing was changed"), "{problem}");
}

fn credentials(answer: &Response) -> Credentials {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.credentials().unwrap()
}
