//! The database itself: statements, ids, and failures.

use claviger_domain::Refusal;

use super::fixture::{Fixture, later, now, own_keys, refusal};
use crate::sql::Sql;
use crate::{Authenticate, CallError, GetSpace, RevokeKey, Store, StoreError, tables};

/// The database understands every statement.
pub async fn statements_prepare(store: &Store) {
    assert!(tables::all().count() > 30);
    for (name, statement) in tables::all() {
        if let Err(error) = store.prepare(*statement).await {
            panic!("{name}: {error:?}");
        }
    }
    assert!(store.prepare(Sql::same("SELECT no_such_column FROM api_keys")).await.is_err());
}

/// Ids go up, whatever was refused or revoked in between: an id in a log means one thing for ever.
pub async fn ids_are_never_reused(store: &Store) {
    let fixture = Fixture::found(store).await;
    let mut last = fixture.key("stranger");
    for _ in 0..5 {
        let (key, _) = fixture.create("member", "one").await.unwrap();
        assert!(key.id > last);
        store.execute(fixture.call("member"), RevokeKey { id: key.id }).await.unwrap();
        let refused = fixture.refresh(fixture.call("member"), key.id, 0).await;
        assert!(matches!(refusal(refused), Refusal::Unprocessable(_)));
        let (made, _) =
            fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
        assert!(made.key.id > key.id && made.bot.id > fixture.user("stranger"));
        last = made.key.id;
    }
}

/// The database answers and takes writes.
pub async fn ready_when_it_is(store: &Store) {
    store.ready().await.unwrap();
    Fixture::found(store).await;
    store.ready().await.unwrap();
}

/// Asking whether a store is ready costs a write once in a while, however often and by however many it is asked.
pub async fn asking_whether_it_is_ready_writes_little(store: &Store) {
    let fixture = Fixture::found(store).await;
    let probes = "SELECT latest FROM id_sequences WHERE kind = 'write_probe'";
    let ready = || async {
        for _ in 0..100 {
            store.ready().await.unwrap();
        }
    };
    ready().await;
    assert_eq!(store.query(probes).await.unwrap().len(), 0, "a write was just answered");
    for (minutes, expected) in [(1, "1"), (2, "2")] {
        store.set_time(later(60 * minutes));
        futures_util::future::join_all((0..10).map(|_| ready())).await;
        assert_eq!(fixture.value(probes).await, expected);
    }
}

/// After the end, every method says that it cannot serve: nothing hangs, and nothing is refused as if a rule said so.
pub async fn a_closed_store_says_so(store: &Store) {
    let fixture = Fixture::found(store).await;
    store.close().await;
    let unavailable = |error| matches!(error, StoreError::Unavailable(_));
    assert!(unavailable(store.ready().await.unwrap_err()));
    let cannot = |error| match error {
        CallError::Store(error) => unavailable(error),
        CallError::Refused(_) => false,
    };
    assert!(cannot(store.execute(fixture.call("member"), Authenticate).await.unwrap_err()));
    assert!(cannot(fixture.list("member", own_keys()).await.unwrap_err()));
    assert!(cannot(fixture.create("member", "late").await.unwrap_err()));
    let revoked =
        store.execute(fixture.call("member"), RevokeKey { id: fixture.key("member") }).await;
    assert!(cannot(revoked.unwrap_err()));
    store.close().await;
}

/// A damaged row is an error of that row only: others continue, and nobody is let in by it.
pub async fn rows_that_cannot_be_read_deny_only_their_owner(store: &Store) {
    let fixture = Fixture::found(store).await;
    fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let member = fixture.key("member");
    let spoilt = [
        format!("UPDATE api_keys SET created_at = 9223372036854775807 WHERE id = {member}"),
        format!("UPDATE api_keys SET name = '' WHERE id = {member}"),
        format!("UPDATE api_keys SET digest = x'00' WHERE id = {member}"),
        format!("UPDATE api_keys SET pepper = 1, handle = 'short' WHERE id = {member}"),
    ];
    for statement in spoilt {
        assert_eq!(store.tamper(&statement).await.unwrap(), 1, "{statement}");
        let denied = store.execute(fixture.call("member"), Authenticate).await.unwrap_err();
        assert!(
            matches!(
                denied,
                CallError::Store(StoreError::Corrupt(_))
                    | CallError::Refused(Refusal::Unauthenticated)
            ),
            "{denied:?}"
        );
        assert!(fixture.opens(&fixture.text("other"), now()).await);
        store.ready().await.unwrap();
    }
    // A custom role with an unknown permission: users with it are denied, and nobody else.
    let role = format!(
        "UPDATE custom_roles SET permissions = '[\"NO_SUCH_THING\"]' WHERE id = {}",
        fixture.role()
    );
    let hold = format!(
        "UPDATE space_members SET role = NULL, custom_role_id = {} WHERE user_id = {}",
        fixture.role(),
        fixture.user("reader")
    );
    assert_eq!(store.tamper(&role).await.unwrap(), 1);
    assert_eq!(store.tamper(&hold).await.unwrap(), 1);
    let denied = store.execute(fixture.call("reader"), GetSpace { id: fixture.space("S1p") }).await;
    assert!(denied.is_err());
    store.execute(fixture.call("other"), GetSpace { id: fixture.space("S1") }).await.unwrap();
}
