//! Holds the PostgreSQL store to the contract of all stores, and to what only a server can do wrong.

#![expect(
    clippy::unwrap_used,
    reason = "test code: the lint's exception does not reach functions beside the tests"
)]

mod lost;
mod proxy;
mod retries;
mod round_trips;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use claviger_domain::{
    AccountPolicy, AccountRole, Clock, Entropy, EntropyUnavailable, KeyName, KeyType, MintedKey,
    PepperRing,
};
use claviger_store::conformance::Fresh;
use claviger_store::{
    CreateAccount, CreateUserKey, FirstUser, HostKey, PostgresOptions, Request, Store,
};
use claviger_test_postgres::Cluster;
use jiff::{SignedDuration, Timestamp};

claviger_store::store_conformance!(postgres);

/// Bytes that are the same in every run.
#[derive(Debug)]
struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        for byte in bytes {
            // The upper bits of a Weyl sequence, mixed once: tests need them to differ, not to be unpredictable.
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = (state ^ (state >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93).to_be_bytes()[0];
        }
        Ok(())
    }
}

fn ring(seed: u64) -> PepperRing {
    PepperRing::generate(&Seeded(AtomicU64::new(seed))).unwrap()
}

/// A clock that stands.
#[derive(Debug)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(Standing("2026-11-23T12:00:00Z".parse().unwrap()))
}

fn options(url: &str) -> PostgresOptions {
    PostgresOptions::new(url, None, None, false).unwrap()
}

async fn create(url: &str) -> Store {
    let entropy = Seeded(AtomicU64::new(9));
    options(url).create(ring(1), &entropy, clock()).await.unwrap()
}

/// An empty store in a database of its own.
async fn postgres() -> Fresh<()> {
    let url = Cluster::shared().database();
    Fresh { store: create(&url).await, resources: () }
}

fn minted(store: &Store, seed: u64) -> MintedKey {
    let entropy = Seeded(AtomicU64::new(seed));
    MintedKey::generate(KeyType::User, store.installation().tag, &entropy).unwrap()
}

/// Founds an account with one person, who calls.
async fn found(store: &Store) -> Request {
    let minted = minted(store, 77);
    let key = minted.text.clone();
    let user = FirstUser {
        name: "one".to_owned(),
        email: "one@example.com".to_owned(),
        role: AccountRole::Admin,
        is_developer: true,
        organizations: vec![],
        spaces: vec![],
        key: Some(HostKey { minted, name: KeyName::parse("first").unwrap() }),
    };
    let founding = CreateAccount {
        account: "acme".to_owned(),
        policy: AccountPolicy { max_user_keys: 1_000, ..AccountPolicy::default() },
        organizations: vec![],
        roles: vec![],
        users: vec![user],
    };
    store.execute(Request::host(), founding).await.unwrap();
    Request::with_key(key)
}

fn new_key(store: &Store, seed: u64) -> CreateUserKey {
    let name = KeyName::parse("another").unwrap();
    CreateUserKey { minted: minted(store, seed), name, description: None, expires_at: None }
}
