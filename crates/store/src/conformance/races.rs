//! Concurrent calls behave as if they were sequential.

use std::collections::HashSet;

use claviger_domain::{KeyStatus, Refusal};
use futures_util::future::join_all;

use super::fixture::{Fixture, call_with, now, own_keys, refusal};
use crate::{CallError, ListKeys, RevokeKey, Store};

const MANY: usize = 64;

/// Sixty-four creations at once: all are there, each once, each with its record.
pub async fn create_at_once_makes_all(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.audited().await;
    let names: Vec<_> = (0..MANY).map(|number| format!("key {number}")).collect();
    let made = join_all(names.iter().map(|name| fixture.create("member", name))).await;
    let mut ids = HashSet::new();
    for (name, made) in names.iter().zip(made) {
        let (key, text) = made.unwrap();
        assert_eq!(key.name.as_str(), name);
        assert!(ids.insert(key.id));
        assert!(fixture.opens(&text, now()).await);
    }
    let listed: HashSet<_> = fixture.ids("member", own_keys()).await.into_iter().collect();
    assert!(ids.is_subset(&listed) && listed.len() == MANY + 1);
    assert_eq!(fixture.audited().await, before + MANY);
}

/// Of many refreshes of one key exactly one is carried out.
pub async fn race_concurrent_refresh_single_winner(store: &Store) {
    let fixture = Fixture::found(store).await;
    for grace in [0, 300, 0, 300] {
        let (old, _) = fixture.create("member", "contested").await.unwrap();
        let before = fixture.audited().await;
        let refreshes = (0..MANY).map(|_| fixture.refresh(fixture.call("member"), old.id, grace));
        let mut winners = Vec::new();
        for result in join_all(refreshes).await {
            match result {
                Ok(won) => winners.push(won),
                Err(CallError::Refused(Refusal::Unprocessable(_))) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners.len(), 1);
        assert!(fixture.opens(&winners[0].1, now()).await);
        let successors =
            format!("SELECT count(*) FROM api_keys WHERE replaces_key_id = {}", old.id);
        assert_eq!(fixture.value(&successors).await, "1");
        assert_eq!(fixture.audited().await, before + 1);
    }
}

/// Either the refresh comes first, and the old key is revoked and the new one works; or the revocation, and there is no new one.
pub async fn race_refresh_vs_revoke(store: &Store) {
    let fixture = Fixture::found(store).await;
    for round in 0..MANY {
        let (old, old_text) = fixture.create("member", "contested").await.unwrap();
        let refresh = fixture.refresh(fixture.call("member"), old.id, 0);
        let revoke = store.execute(fixture.call("member"), RevokeKey { id: old.id });
        let (refreshed, revoked) = if round % 2 == 0 {
            tokio::join!(refresh, revoke)
        } else {
            let (revoked, refreshed) = tokio::join!(revoke, refresh);
            (refreshed, revoked)
        };
        revoked.unwrap();
        assert!(!fixture.opens(&old_text, now()).await);
        match refreshed {
            Ok((_, text)) => assert!(fixture.opens(&text, now()).await),
            refused => assert!(matches!(refusal(refused), Refusal::Unprocessable(_))),
        }
    }
}

/// A thousand revocations of one key: all are answered well, one changes something.
pub async fn race_thousand_revokes_one_transition(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (key, text) = fixture.create("member", "contested").await.unwrap();
    let before = fixture.audited().await;
    let revocations =
        (0..1_000).map(|_| store.execute(fixture.call("member"), RevokeKey { id: key.id }));
    for revoked in join_all(revocations).await {
        revoked.unwrap();
    }
    assert!(!fixture.opens(&text, now()).await);
    assert_eq!(fixture.audited().await, before + 1);
    let revoked = ListKeys { status: KeyStatus::Revoked, ..own_keys() };
    assert_eq!(fixture.ids("member", revoked).await, [key.id]);
    let counted = format!("SELECT user_keys FROM users WHERE id = {}", fixture.user("member"));
    assert_eq!(fixture.value(&counted).await, "1", "the founded one");
}

/// What a key makes while it is being revoked was made before it was: no record of its making follows that of its revocation.
pub async fn race_revoked_key_cannot_mint(store: &Store) {
    let fixture = Fixture::found(store).await;
    for _ in 0..8 {
        let (thief, text) = fixture.create("member", "stolen").await.unwrap();
        let commands: Vec<_> = (0..MANY).map(|_| fixture.user_key("minted")).collect();
        let mint = commands.into_iter().map(|command| {
            let text = text.clone();
            async move { store.execute(call_with(text), command).await.is_ok() }
        });
        let (first, second): (Vec<_>, Vec<_>) =
            mint.enumerate().partition(|(place, _)| place % 2 == 0);
        let minting = |futures: Vec<(usize, _)>| join_all(futures.into_iter().map(|(_, f)| f));
        let revoke = store.execute(fixture.call("member"), RevokeKey { id: thief.id });
        let (before, revoked, after) = tokio::join!(minting(first), revoke, minting(second));
        revoked.unwrap();
        let minted = before.iter().chain(&after).filter(|minted| **minted).count();
        let (id, key) = ("SELECT id FROM audit_records WHERE action = 'api_key.revoke'", thief.id);
        let late = format!(
            "SELECT count(*) FROM audit_records WHERE actor_key_id = {key} AND id > ({id} AND target_id = {key})"
        );
        assert_eq!(fixture.value(&late).await, "0");
        let all = format!("SELECT count(*) FROM audit_records WHERE actor_key_id = {key}");
        assert_eq!(fixture.value(&all).await, minted.to_string(), "what was answered was made");
        let late = store.execute(call_with(text), fixture.user_key("late")).await;
        assert_eq!(refusal(late), Refusal::Unauthenticated);
    }
}

/// A read that begins when a write has been answered sees it.
pub async fn reads_see_what_was_answered(store: &Store) {
    let fixture = Fixture::found(store).await;
    let rounds = (0..MANY).map(|_| async {
        let (key, text) = fixture.create("member", "one").await.unwrap();
        assert!(fixture.opens(&text, now()).await);
        assert!(fixture.ids("member", own_keys()).await.contains(&key.id));
        store.execute(fixture.call("member"), RevokeKey { id: key.id }).await.unwrap();
        assert!(!fixture.opens(&text, now()).await);
        assert!(!fixture.ids("member", own_keys()).await.contains(&key.id));
    });
    join_all(rounds).await;
}
