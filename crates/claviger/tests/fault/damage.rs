//! Files that a disk has damaged: a bit flipped, a page of zeros, an end cut off.
//!
//! The end of the WAL is left alone: where that is damaged, SQLite takes what comes before for the whole, as after a crash. That is a
//! copy of earlier, which nothing in the files can show.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::chance::Chance;
use crate::http::{Client, Credentials};
use crate::server::Launch;
use crate::system_calls::Template;

const KEYS: usize = 12;
const PAGE: u64 = 4_096;

/// Damages copies of a database, one position in each, and asks a server on it for every key.
pub(crate) fn at_positions(points: u64, chance: &mut Chance) -> String {
    let template = Template::new();
    let launch = template.copy(None);
    let (alive, dead) = keys(&launch, template.administrator());
    move_the_wal(&launch.data);
    let whole = fs::read(launch.data.join("claviger.db")).unwrap();
    let (mut refused, mut denied) = (0, 0);
    for point in 0..points {
        fs::write(launch.data.join("claviger.db"), &whole).unwrap();
        for left in ["claviger.db-wal", "claviger.db-shm"] {
            drop(fs::remove_file(launch.data.join(left)));
        }
        let what = damage(&launch.data.join("claviger.db"), chance);
        let Ok(mut server) = launch.attempt() else {
            refused += 1;
            assert!(!launch.said().contains("panicked"), "{point} {what}: {}", launch.said());
            continue;
        };
        let mut client = Client::connect(server.address).unwrap();
        for key in &dead {
            let status = client.verify(&key.secret).unwrap().status;
            assert_ne!(status, 200, "{point} {what}: {} was revoked", key.id);
        }
        for key in &alive {
            denied += u64::from(client.verify(&key.secret).unwrap().status != 200);
        }
        server.kill();
        assert!(!launch.said().contains("panicked"), "{point} {what}: {}", launch.said());
    }
    format!(
        "fault_sqlite_corrupt: {points} points, {refused} starts refused, {denied} keys denied, 0 let in"
    )
}

/// Keys that work, and keys that were revoked.
fn keys(launch: &Launch, administrator: &str) -> (Vec<Credentials>, Vec<Credentials>) {
    let mut server = launch.start().unwrap();
    let mut client = Client::connect(server.address).unwrap();
    let create = |number| {
        let answer = client.create(administrator, &format!("key {number}")).unwrap();
        answer.credentials().unwrap()
    };
    let mut alive: Vec<_> = (0..KEYS).map(create).collect();
    let dead = alive.split_off(KEYS / 2);
    for key in &dead {
        assert_eq!(client.revoke(administrator, &key.id).unwrap().status, 204);
    }
    server.kill();
    (alive, dead)
}

/// Moves what is in the WAL into the database.
fn move_the_wal(data: &Path) {
    let connection = rusqlite::Connection::open(data.join("claviger.db")).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn damage(database: &Path, chance: &mut Chance) -> String {
    let file = File::options().read(true).write(true).open(database).unwrap();
    let length = file.metadata().unwrap().len();
    let at = chance.below(length);
    match chance.below(8) {
        0 => {
            file.set_len(at).unwrap();
            format!("cut at {at}")
        }
        1 => {
            let page = at / PAGE * PAGE;
            file.write_all_at(&[0; 4_096], page).unwrap();
            format!("zeros at {page}")
        }
        _ => {
            let bit = chance.below(8);
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).unwrap();
            file.write_all_at(&[byte[0] ^ (1 << bit)], at).unwrap();
            format!("bit {bit} of {at}")
        }
    }
}
