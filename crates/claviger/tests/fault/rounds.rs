//! Rounds of load, kill, restart and check.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;

use crate::chance::Chance;
use crate::database::{self, Database, Number, number_of};
use crate::history::{Expectation, KeyIndex, KnownKeys, Moments, Round};
use crate::http::Client;
use crate::load;
use crate::powerloss::Disk;
use crate::server::{Launch, Server, administrator_key};

/// After so many points a new data directory is begun, so that reading all of the database stays cheap.
const POINTS_A_DIRECTORY: u64 = 25;

/// How many keys of earlier rounds are looked at again in each.
const EARLIER_KEYS: usize = 64;

/// How many connections look at keys.
const CHECKERS: usize = 4;

/// One restart in so many is itself interrupted first, this many microseconds after it began.
const INTERRUPTED: u64 = 4;
const INTERRUPT_AFTER: u64 = 50_000;

/// Before one round in so many, the WAL is filled until fewer than this many pages are missing to the checkpoint: so that it comes
/// in the midst of the load.
const FILLED: u64 = 8;
const MISSING_PAGES: usize = 20;

/// What happens to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9`.
    Crash,
    /// `kill -9`, and what was not synced is lost.
    PowerLoss,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) points: u64,
    pub(crate) acknowledged_writes: usize,
    /// In how many rounds the WAL was moved into the database, or began to be.
    pub(crate) checkpoints: u64,
    /// How many keys were not as their clients had been told.
    pub(crate) lost: usize,
    pub(crate) violations: Vec<String>,
    /// What was on the disk when a rule was broken. Gone when dropped.
    pub(crate) evidence: Option<TempDir>,
}

/// A server's disk, and what is known of its keys.
struct Site {
    /// There until it becomes evidence.
    files: Option<TempDir>,
    disk: Option<Disk>,
    launch: Launch,
    keys: KnownKeys,
    moments: Moments,
    /// The keys that the server began with.
    founded: BTreeSet<Number>,
    /// How many keys may be there that nobody was told of.
    unanswered_births: usize,
}

/// Runs rounds until there were so many points, or one that went against the rules.
pub(crate) fn run(fault: Fault, points: u64, seed: u64, arguments: &[&'static str]) -> Tally {
    let mut chance = Chance::new(seed);
    let mut tally = Tally::default();
    while tally.points < points && tally.violations.is_empty() {
        let rounds = POINTS_A_DIRECTORY.min(points - tally.points);
        Site::new(fault, arguments).run(rounds, &mut chance, &mut tally);
    }
    tally
}

/// Kills new servers while they make their first files, and then lets them start.
pub(crate) fn interrupt_foundings(fault: Fault, points: u64, seed: u64) {
    let mut chance = Chance::new(seed);
    for _ in 0..points {
        let site = Site::new(fault, &[]);
        for _ in 0..2 {
            site.interrupt_start(&mut chance);
        }
        let mut server = site.launch.start().unwrap();
        let administrator = administrator_key(&site.launch.data);
        let answer = Client::connect(server.address).unwrap().verify(&administrator).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        server.kill();
    }
}

impl Site {
    fn new(fault: Fault, arguments: &[&'static str]) -> Self {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let root = files.path().join("disk");
        std::fs::create_dir(&root).unwrap();
        let disk = (fault == Fault::PowerLoss).then(|| Disk::new(&root));
        let launch = Launch {
            log: files.path().join("log"),
            arguments: arguments.to_vec(),
            injection: None,
            preparation: None,
            environment: disk.as_ref().map(Disk::environment).unwrap_or_default(),
            // The server makes it: what it keeps is not safe before its name is.
            data: root.join("data"),
        };
        Self {
            files: Some(files),
            disk,
            launch,
            keys: KnownKeys::default(),
            moments: Moments::default(),
            founded: BTreeSet::new(),
            unanswered_births: 0,
        }
    }

    fn run(mut self, rounds: u64, chance: &mut Chance, tally: &mut Tally) {
        let mut server = self.launch.start().unwrap();
        let administrator = administrator_key(&self.launch.data);
        self.founded = Database::read(&self.launch.data).unwrap().numbers();
        for _ in 0..rounds {
            if chance.below(FILLED) == 0 {
                server = self.fill_wal(server, chance);
            }
            let before = database::last_checkpoint(&self.launch.data);
            let (keys, moments) = (&self.keys, &self.moments);
            let events = load::until_killed(&mut server, &administrator, keys, moments, chance);
            tally.checkpoints += u64::from(database::last_checkpoint(&self.launch.data) != before);
            tally.points += 1;
            self.lose_power(chance);
            if chance.below(INTERRUPTED) == 0 {
                self.interrupt_start(chance);
            }
            let round = Round::new(&self.keys, events);
            tally.acknowledged_writes += round.acknowledged_writes();
            self.unanswered_births += round.unanswered_births();
            match self.launch.start() {
                Ok(started) => server = started,
                Err(complaint) => {
                    tally.lost += self.keys.len();
                    tally.violations.push(complaint);
                }
            }
            if tally.violations.is_empty() {
                self.check(&server, &round, chance, tally);
            }
            if !tally.violations.is_empty() {
                server.kill();
                tally.evidence = self.files.take();
                return;
            }
        }
    }

    /// Makes the next load one with a checkpoint in it.
    fn fill_wal(&self, mut server: Server, chance: &mut Chance) -> Server {
        server.kill();
        self.lose_power(chance);
        database::fill_wal(&self.launch.data, chance.index(MISSING_PAGES));
        self.launch.start().unwrap()
    }

    fn lose_power(&self, chance: &mut Chance) {
        if let Some(disk) = &self.disk {
            disk.lose_power(chance);
        }
    }

    /// Starts the server and kills it before long: in the midst of its start, or soon after.
    fn interrupt_start(&self, chance: &mut Chance) {
        self.launch.interrupt(Duration::from_micros(chance.below(INTERRUPT_AFTER)));
        self.lose_power(chance);
    }

    /// Holds the restarted server to what its clients were told, and settles what was open.
    fn check(&self, server: &Server, round: &Round<'_>, chance: &mut Chance, tally: &mut Tally) {
        tally.violations.extend(round.violations());
        let database = match Database::read(&self.launch.data) {
            Ok(database) => database,
            Err(error) => return tally.violations.push(format!("the database: {error}")),
        };
        tally.violations.extend(database.violations(&self.founded));
        tally.violations.extend(self.strangers(&database));
        let mut expectations = round.expectations();
        self.add_earlier_keys(&mut expectations, chance);
        for (index, works) in self.verify(server.address, &expectations) {
            let number = number_of(&self.keys.get(index).credentials.id);
            let works = match works {
                Ok(works) => works,
                Err(answer) => {
                    tally.violations.push(format!("key {index}: verified, answered {answer}"));
                    continue;
                }
            };
            if let Some(violation) = verdict(&database, number, expectations[&index], works) {
                tally.lost += 1;
                tally.violations.push(format!("key {index}: {violation}"));
            }
            self.keys.settle(index, works, database.is_replaced(number));
        }
    }

    /// Keys of earlier rounds have to be as they were.
    fn add_earlier_keys(
        &self,
        expectations: &mut BTreeMap<KeyIndex, Expectation>,
        chance: &mut Chance,
    ) {
        for _ in 0..EARLIER_KEYS.min(self.keys.len()) {
            let index = chance.index(self.keys.len());
            let works = self.keys.get(index).works;
            let settled = if works { Expectation::Works } else { Expectation::Dead };
            expectations.entry(index).or_insert(settled);
        }
    }

    /// Keys that no client was told of can only come from calls that were under way when the server was killed.
    fn strangers(&self, database: &Database) -> Option<String> {
        let number = |index| number_of(&self.keys.get(index).credentials.id);
        let mut strangers = database.numbers();
        strangers.retain(|number| !self.founded.contains(number));
        for index in 0..self.keys.len() {
            strangers.remove(&number(index));
        }
        let (found, most) = (strangers.len(), self.unanswered_births);
        (found > most).then(|| format!("{found} keys that nobody made, of {most} possible"))
    }

    /// Whether each secret works, or what else was answered.
    fn verify(
        &self,
        address: SocketAddr,
        keys: &BTreeMap<KeyIndex, Expectation>,
    ) -> Vec<(KeyIndex, Result<bool, String>)> {
        let indexes: Vec<KeyIndex> = keys.keys().copied().collect();
        let look = |indexes: &[KeyIndex]| {
            let mut client = Client::connect(address).unwrap();
            let look = |index: &KeyIndex| {
                let works = match client.verify(&self.keys.get(*index).credentials.secret) {
                    Ok(response) if response.status == 200 => Ok(true),
                    Ok(response) if response.status == 401 => Ok(false),
                    other => Err(format!("{other:?}")),
                };
                (*index, works)
            };
            indexes.iter().map(look).collect::<Vec<_>>()
        };
        std::thread::scope(|scope| {
            let shares = indexes.chunks(indexes.len().div_ceil(CHECKERS).max(1));
            let checkers: Vec<_> = shares.map(|share| scope.spawn(move || look(share))).collect();
            checkers.into_iter().flat_map(|checker| checker.join().unwrap()).collect()
        })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A panic is a failure that was not foreseen: all the more reason to look at what is left.
        if let (true, Some(files)) = (std::thread::panicking(), &mut self.files) {
            files.disable_cleanup(true);
        }
    }
}

/// What is wrong with a key after the restart: its secret and its row have to agree with what was expected, and with each other.
fn verdict(
    database: &Database,
    number: Number,
    expected: Expectation,
    works: bool,
) -> Option<String> {
    let row = match database.is_active(number) {
        Some(active) if active == works && expected.fits(works) => return None,
        Some(true) => "active",
        Some(false) => "revoked",
        None => "missing",
    };
    Some(format!("expected {expected:?}; works: {works}; its row {number} is {row}"))
}
