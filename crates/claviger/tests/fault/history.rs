//! What clients sent, what they were answered, and what has to hold because of it.
//!
//! A client knows two moments of each call: when it was sent, and when it was answered. All clients take these moments from one
//! counter, so one call *surely* came before another if it was answered before the other was sent, and *possibly* did if it was
//! sent before the other was answered. A call without an answer may or may not have happened, until the restarted server shows
//! which; from then on it is settled.
//!
//! The rules:
//! - A key works from its creation's or refresh's answer on, until something that ends it is sent.
//! - A key does not work once a revocation of it, or a refresh without grace, has been answered: for ever.
//! - A key has one successor at most, and none that is made after its end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::http::Credentials;

/// A place in the order of all that clients did and saw.
pub(crate) type Moment = u64;

/// Which of the known keys.
pub(crate) type KeyIndex = usize;

/// Hands out moments.
#[derive(Debug, Default)]
pub(crate) struct Moments(AtomicU64);

impl Moments {
    pub(crate) fn next(&self) -> Moment {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Create,
    Refresh { key: KeyIndex, grace: bool },
    Revoke { key: KeyIndex },
    Verify { key: KeyIndex },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 200 or 201, with a new key.
    Born(KeyIndex),
    /// 204.
    Revoked,
    /// 200 to a verification.
    Works,
    /// 401 to a verification.
    Dead,
    /// 422 to a refresh: the key does not work or has a successor.
    TooLate,
    /// What should not have been answered.
    Wrong(String),
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) deed: Deed,
    pub(crate) sent: Moment,
    /// `None` if the server was killed first.
    pub(crate) answer: Option<(Moment, Answer)>,
}

/// A key whose secret a client holds, as it stood when the round began.
#[derive(Clone, Debug)]
pub(crate) struct KnownKey {
    pub(crate) credentials: Credentials,
    pub(crate) works: bool,
    pub(crate) replaced: bool,
}

/// What a key's secret has to do after the restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expectation {
    Works,
    Dead,
    Either,
}

/// All keys that were ever answered to a client.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys(Mutex<Vec<KnownKey>>);

/// A round's events, and the keys that they are about.
#[derive(Debug)]
pub(crate) struct Round<'a> {
    keys: &'a KnownKeys,
    events: Vec<Event>,
}

impl Expectation {
    pub(crate) fn fits(self, works: bool) -> bool {
        match self {
            Self::Works => works,
            Self::Dead => !works,
            Self::Either => true,
        }
    }
}

impl Event {
    fn key(&self) -> Option<KeyIndex> {
        match self.deed {
            Deed::Create => None,
            Deed::Refresh { key, .. } | Deed::Revoke { key } | Deed::Verify { key } => Some(key),
        }
    }

    /// Whether it kills the secret of its key, if it happens.
    fn ends(&self) -> bool {
        matches!(self.deed, Deed::Revoke { .. } | Deed::Refresh { grace: false, .. })
    }

    /// Whether it makes a successor, if it happens.
    fn replaces(&self) -> bool {
        matches!(self.deed, Deed::Refresh { .. })
    }

    /// Whether it makes a refresh of its key too late, if it happens.
    fn bars_refresh(&self) -> bool {
        self.ends() || self.replaces()
    }

    pub(crate) fn is_acknowledged_write(&self) -> bool {
        matches!(self.answer, Some((_, Answer::Born(_) | Answer::Revoked)))
    }

    fn may_have_happened(&self) -> bool {
        self.answer.is_none() || self.is_acknowledged_write()
    }

    fn answered(&self) -> Moment {
        self.answer.as_ref().map_or(Moment::MAX, |(moment, _)| *moment)
    }

    fn surely_before(&self, other: &Self) -> bool {
        self.is_acknowledged_write() && self.answered() < other.sent
    }

    fn possibly_before(&self, other: &Self) -> bool {
        self.may_have_happened() && self.sent < other.answered()
    }
}

impl KnownKeys {
    /// Makes a new key known: from here on other clients may use it.
    pub(crate) fn add(&self, credentials: Credentials) -> KeyIndex {
        let mut keys = self.0.lock().unwrap();
        keys.push(KnownKey { credentials, works: true, replaced: false });
        keys.len() - 1
    }

    pub(crate) fn get(&self, index: KeyIndex) -> KnownKey {
        self.0.lock().unwrap()[index].clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The keys that worked when they were last settled, or are new.
    pub(crate) fn living(&self) -> Vec<KeyIndex> {
        let keys = self.0.lock().unwrap();
        keys.iter().enumerate().filter(|(_, key)| key.works).map(|(index, _)| index).collect()
    }

    /// What a restarted server showed of a key. From now on nothing about it is open.
    pub(crate) fn settle(&self, index: KeyIndex, works: bool, replaced: bool) {
        let key = &mut self.0.lock().unwrap()[index];
        key.works = works;
        key.replaced = replaced;
    }
}

impl<'a> Round<'a> {
    pub(crate) fn new(keys: &'a KnownKeys, events: Vec<Event>) -> Self {
        Self { keys, events }
    }

    pub(crate) fn acknowledged_writes(&self) -> usize {
        self.events.iter().filter(|event| event.is_acknowledged_write()).count()
    }

    /// How many keys may have been made whose secret nobody received.
    pub(crate) fn unanswered_births(&self) -> usize {
        let is_birth = |event: &Event| matches!(event.deed, Deed::Create | Deed::Refresh { .. });
        self.events.iter().filter(|event| is_birth(event) && event.answer.is_none()).count()
    }

    /// The keys that something was done with or that were born, each with what has to be true of it after the restart.
    pub(crate) fn expectations(&self) -> BTreeMap<KeyIndex, Expectation> {
        let mut expectations = BTreeMap::new();
        for event in &self.events {
            if let Some((_, Answer::Born(index))) = event.answer {
                expectations.insert(index, Expectation::Works);
            }
        }
        for (index, chapter) in self.chapters() {
            expectations.insert(index, expectation(&self.keys.get(index), &chapter));
        }
        expectations
    }

    /// What was answered in this round against the rules.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut violations = Vec::new();
        for event in &self.events {
            if let Some((_, Answer::Wrong(answer))) = &event.answer {
                violations.push(format!("{:?} was answered {answer}", event.deed));
            }
        }
        for (index, chapter) in self.chapters() {
            let key = self.keys.get(index);
            for (place, event) in chapter.iter().enumerate() {
                let others: Vec<&Event> = chapter
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != place)
                    .map(|(_, event)| *event)
                    .collect();
                violations.extend(violation(&key, event, &others).map(|what| {
                    format!(
                        "key {index} ({}): {what}: {event:?} among {others:?}",
                        key.credentials.id
                    )
                }));
            }
        }
        violations
    }

    /// The events about each key.
    fn chapters(&self) -> BTreeMap<KeyIndex, Vec<&Event>> {
        let mut chapters: BTreeMap<KeyIndex, Vec<&Event>> = BTreeMap::new();
        for event in &self.events {
            if let Some(key) = event.key() {
                chapters.entry(key).or_default().push(event);
            }
        }
        chapters
    }
}

fn expectation(key: &KnownKey, chapter: &[&Event]) -> Expectation {
    let mut endings = chapter.iter().filter(|event| event.ends() && event.may_have_happened());
    if !key.works || endings.clone().any(|event| event.is_acknowledged_write()) {
        Expectation::Dead
    } else if endings.next().is_some() {
        Expectation::Either
    } else {
        Expectation::Works
    }
}

/// What an answer says that it cannot say, given all else that was done with the key.
fn violation(key: &KnownKey, event: &Event, others: &[&Event]) -> Option<&'static str> {
    let (_, answer) = event.answer.as_ref()?;
    let surely = |what: fn(&Event) -> bool| {
        others.iter().any(|other| what(other) && other.surely_before(event))
    };
    let possibly = |what: fn(&Event) -> bool| {
        others.iter().any(|other| what(other) && other.possibly_before(event))
    };
    match answer {
        Answer::Works if !key.works || surely(Event::ends) => Some("a dead key was accepted"),
        Answer::Dead if key.works && !possibly(Event::ends) => Some("a live key was refused"),
        Answer::Born(_) if !key.works || key.replaced || surely(Event::bars_refresh) => {
            Some("a dead or replaced key was refreshed")
        }
        Answer::Born(_) if others.iter().any(|other| is_successful_refresh(other)) => {
            Some("a key has two successors")
        }
        Answer::TooLate if key.works && !key.replaced && !possibly(Event::bars_refresh) => {
            Some("a live key could not be refreshed")
        }
        _ => None,
    }
}

fn is_successful_refresh(event: &Event) -> bool {
    event.replaces() && event.is_acknowledged_write()
}
