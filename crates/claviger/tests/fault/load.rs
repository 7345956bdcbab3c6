//! The load of a round: clients that create, refresh, revoke and verify, all at once, until the server is killed under them.

use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::time::Duration;

use crate::chance::Chance;
use crate::history::{Answer, Deed, Event, KeyIndex, KnownKeys, Moments};
use crate::http::{Client, Response};
use crate::server::Server;

const CLIENTS: usize = 32;

/// Every other key is picked among the newest, so that clients meet on them.
const NEWEST: usize = 48;

/// With more living keys than this, no more are created: an account may have a thousand.
const CROWDED: usize = 400;

/// The server is killed this many microseconds after the load has started.
const KILL_AFTER: std::ops::Range<u64> = 1_000..50_000;

/// One client: what it calls with, and what it has noted.
struct Worker<'a> {
    client: Client,
    administrator: &'a str,
    keys: &'a KnownKeys,
    moments: &'a Moments,
    /// The keys that worked when the round began.
    living: Vec<KeyIndex>,
    chance: Chance,
    events: Vec<Event>,
}

/// Loads the server and kills it in the midst. Answers what the clients sent and saw.
pub(crate) fn until_killed(
    server: &mut Server,
    administrator: &str,
    keys: &KnownKeys,
    moments: &Moments,
    chance: &mut Chance,
) -> Vec<Event> {
    let start = Barrier::new(CLIENTS + 1);
    let address = server.address;
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (chance, start) = (chance.fork(), &start);
                scope.spawn(move || work(address, start, administrator, keys, moments, chance))
            })
            .collect();
        let span = KILL_AFTER.end - KILL_AFTER.start;
        let moment = Duration::from_micros(KILL_AFTER.start + chance.below(span));
        start.wait();
        std::thread::sleep(moment);
        server.kill();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

fn work(
    address: SocketAddr,
    start: &Barrier,
    administrator: &str,
    keys: &KnownKeys,
    moments: &Moments,
    chance: Chance,
) -> Vec<Event> {
    let client = Client::connect(address);
    start.wait();
    let client = client.expect("the server takes connections");
    let living = keys.living();
    let events = Vec::new();
    let mut worker = Worker { client, administrator, keys, moments, living, chance, events };
    while worker.step() {}
    worker.events
}

impl Worker<'_> {
    /// Makes one call and notes it. Whether it was answered.
    fn step(&mut self) -> bool {
        let deed = self.choose();
        let sent = self.moments.next();
        let response = self.send(deed);
        let answer = response.ok().map(|response| {
            // The moment is taken before others can learn of the key.
            let moment = self.moments.next();
            (moment, self.read(deed, &response))
        });
        let answered = answer.is_some();
        self.events.push(Event { deed, sent, answer });
        answered
    }

    fn choose(&mut self) -> Deed {
        let kind = self.chance.below(100);
        let Some(key) = self.pick() else {
            return Deed::Create;
        };
        match kind {
            0..25 if self.living.len() < CROWDED => Deed::Create,
            25..40 => Deed::Refresh { key, grace: false },
            40..50 => Deed::Refresh { key, grace: true },
            50..75 => Deed::Verify { key },
            _ => Deed::Revoke { key },
        }
    }

    fn pick(&mut self) -> Option<KeyIndex> {
        let known = self.keys.len();
        let newest = known.min(NEWEST);
        if !self.living.is_empty() && self.chance.below(2) == 0 {
            Some(self.living[self.chance.index(self.living.len())])
        } else {
            (newest > 0).then(|| known - newest + self.chance.index(newest))
        }
    }

    fn send(&mut self, deed: Deed) -> io::Result<Response> {
        let credentials = |key| self.keys.get(key).credentials;
        match deed {
            Deed::Create => {
                let name = format!("fault {}", self.chance.next());
                self.client.create(self.administrator, &name)
            }
            Deed::Refresh { key, grace } => {
                self.client.refresh(self.administrator, &credentials(key).id, grace)
            }
            Deed::Revoke { key } => self.client.revoke(self.administrator, &credentials(key).id),
            Deed::Verify { key } => self.client.verify(&credentials(key).secret),
        }
    }

    fn read(&self, deed: Deed, response: &Response) -> Answer {
        let born = || response.credentials().map(|new| Answer::Born(self.keys.add(new)));
        let read = match (deed, response.status) {
            (Deed::Create, 201) | (Deed::Refresh { .. }, 200) => born(),
            (Deed::Refresh { .. }, 422) => Some(Answer::TooLate),
            (Deed::Revoke { .. }, 204) => Some(Answer::Revoked),
            (Deed::Verify { .. }, 200) => Some(Answer::Works),
            (Deed::Verify { .. }, 401) => Some(Answer::Dead),
            _ => None,
        };
        read.unwrap_or_else(|| Answer::Wrong(format!("{} {}", response.status, response.body)))
    }
}
