//! The load of a round: clients that create, refresh, revoke and verify, all at once, until the server is killed under them.

use std::io;
use std::sync::{Barrier, mpsc};
use std::time::Duration;

use crate::HANG;
use crate::chance::Chance;
use crate::history::{Answer, Deed, Event, KeyIndex, KnownKeys, Moments};
use crate::http::{Client, Response};
use crate::server::Server;

const CLIENTS: usize = 32;

/// Every other key is picked among the newest, so that clients meet on them.
const NEWEST: usize = 48;

/// With more living keys than this, no more are created: an account may have a thousand.
const CROWDED: usize = 400;

/// The server is killed after fewer answers than this. They are counted, so that a slow machine has as much of a load as a fast one.
const KILL_AFTER: u64 = 150;

/// And fewer microseconds later than this, so that a kill does not always follow an answer.
const KILL_LATER: u64 = 3_000;

/// One client: what it calls with, and what it has noted.
struct Worker<'a> {
    client: Client,
    administrator: &'a str,
    keys: &'a KnownKeys,
    moments: &'a Moments,
    /// Is told of every answer.
    answered: mpsc::Sender<()>,
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
    let (answered, answers) = mpsc::channel();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (chance, start, answered) = (chance.fork(), &start, answered.clone());
                scope.spawn(move || {
                    let client = Client::connect(address);
                    start.wait();
                    let client = client.expect("the server takes connections");
                    let living = keys.living();
                    let events = Vec::new();
                    Worker {
                        client,
                        administrator,
                        keys,
                        moments,
                        answered,
                        living,
                        chance,
                        events,
                    }
                    .work()
                })
            })
            .collect();
        let (count, later) = (chance.below(KILL_AFTER), chance.below(KILL_LATER));
        start.wait();
        let all_came = (0..count).all(|_| answers.recv_timeout(HANG).is_ok());
        std::thread::sleep(Duration::from_micros(later));
        server.kill();
        assert!(all_came, "the server hangs: {CLIENTS} clients, and none of them is answered");
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

impl Worker<'_> {
    /// Makes calls until one is not answered. Answers what was sent and seen.
    fn work(mut self) -> Vec<Event> {
        while self.step() {
            // Nobody counts any more once the server has been killed.
            let _ = self.answered.send(());
        }
        self.events
    }

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
