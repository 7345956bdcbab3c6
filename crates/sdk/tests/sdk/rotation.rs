//! Rotation: never a moment without a working key, and safe to run again.

use std::sync::{Arc, Mutex};

use arize::api_keys::{CreateRequest, ListRequest, RefreshRequest, RotateError, RotateRequest};
use arize::{Client, Secret};

use crate::real::Real;
use crate::scripted::{Reply, Scripted};

/// What a program keeps its key in.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<Option<Secret>>>);

impl Vault {
    fn put(&self, key: Secret) {
        *self.0.lock().unwrap() = Some(key);
    }

    fn client(&self, real: &Real) -> Client {
        real.client_with_key(self.0.lock().unwrap().as_ref().unwrap().reveal())
    }
}

/// A key of its own, in a vault.
async fn a_key(real: &Real) -> (String, Vault) {
    let request = CreateRequest::new("rotated");
    let created = real.client("member").api_keys().create(request).await.unwrap();
    let vault = Vault::default();
    vault.put(created.key);
    (created.api_key.id, vault)
}

fn rotation(id: &str) -> RotateRequest {
    RotateRequest::new(id)
}

/// After a crash of an earlier one.
fn again(id: &str) -> RotateRequest {
    rotation(id).resume(true)
}

async fn works(client: &Client) -> bool {
    client.api_keys().list(ListRequest::new()).await.is_ok()
}

#[tokio::test]
async fn a_key_rotates_itself_and_the_old_one_runs_out() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let old = vault.client(&real);
    let store = vault.clone();
    let rotated = old
        .api_keys()
        .rotate(rotation(&id), async |created| {
            assert!(works(&old).await, "while it is stored, the old one works");
            store.put(created.key);
            Ok::<_, std::io::Error>(())
        })
        .await
        .unwrap();
    assert_ne!(rotated.id, id);
    assert!(works(&vault.client(&real)).await && works(&old).await);
    real.server.advance(300);
    assert!(works(&vault.client(&real)).await);
    assert!(!works(&old).await, "its grace is over");
}

#[tokio::test]
async fn when_storing_fails_the_new_key_is_revoked_and_the_old_one_stands() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let old = vault.client(&real);
    let mut new = None;
    let error = old
        .api_keys()
        .rotate(rotation(&id), async |created| {
            new = Some(created.key);
            Err::<(), _>(std::io::Error::other("the disk is full"))
        })
        .await
        .unwrap_err();
    let RotateError::Store { source, api_key, revoke } = &error else { panic!("{error}") };
    assert_eq!(source.to_string(), "the disk is full");
    assert_ne!(api_key.id, id);
    revoke.as_ref().unwrap();
    assert!(!works(&real.client_with_key(new.unwrap().reveal())).await);
    assert!(works(&old).await);
}

#[tokio::test]
async fn after_a_crash_before_storing_it_can_be_run_again() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let old = vault.client(&real);
    // A crash: refreshed, and the new text is gone.
    let lost = RefreshRequest::new(id.clone()).grace_period_seconds(300);
    let lost = old.api_keys().refresh(lost).await.unwrap();
    let store = vault.clone();
    let rotated = old
        .api_keys()
        .rotate(again(&id), async |created| {
            store.put(created.key);
            Ok::<_, std::io::Error>(())
        })
        .await
        .unwrap();
    assert_ne!(rotated.id, lost.id);
    assert!(works(&vault.client(&real)).await);
    real.server.advance(300);
    assert!(works(&vault.client(&real)).await);
    assert!(!works(&real.client_with_key(lost.key.reveal())).await, "what was lost runs out too");
}

#[tokio::test]
async fn after_several_crashes_it_can_be_run_again() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let old = vault.client(&real).api_keys();
    // Each time, the successor of before is refreshed and its text is lost.
    for _ in 1..=3 {
        let (storing, is_storing) = tokio::sync::oneshot::channel();
        let stored = async |_| {
            storing.send(()).unwrap();
            std::future::pending::<Result<(), std::io::Error>>().await
        };
        tokio::select! {
            outcome = old.rotate(again(&id), stored) => panic!("{outcome:?}"),
            stopped = is_storing => stopped.unwrap(),
        }
        real.server.advance(20);
    }
    let store = vault.clone();
    let stored = async |created: arize::api_keys::ApiKeyCreated| {
        store.put(created.key);
        Ok::<_, std::io::Error>(())
    };
    old.rotate(again(&id), stored).await.unwrap();
    assert!(works(&vault.client(&real)).await);
}

#[tokio::test]
async fn after_a_crash_past_storing_it_says_that_it_was_done() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let store = vault.clone();
    let client = vault.client(&real);
    let rotated = client
        .api_keys()
        .rotate(rotation(&id), async |created| {
            store.put(created.key);
            Ok::<_, std::io::Error>(())
        })
        .await
        .unwrap();
    real.server.store.write_last_uses().await.unwrap();
    let again = vault.client(&real).api_keys();
    let never = async |_| -> Result<(), std::io::Error> { panic!("nothing is to be stored") };
    let error = again.rotate(rotation(&id), never).await.unwrap_err();
    let RotateError::AlreadyRotated { successor } = error else { panic!("{error}") };
    assert_eq!(successor.id, rotated.id);
}

/// A key that somebody else rotated is left alone, whether its successor was used yet or not (fault C1).
#[tokio::test]
async fn a_second_rotation_ends_no_key_that_it_did_not_make() {
    let real = Real::start().await;
    let (id, first_host) = a_key(&real).await;
    let shared = first_host.client(&real);
    let store = first_host.clone();
    let stored = async |created: arize::api_keys::ApiKeyCreated| {
        store.put(created.key);
        Ok::<_, std::io::Error>(())
    };
    let rotated = shared.api_keys().rotate(rotation(&id), stored).await.unwrap();
    let never = async |_| -> Result<(), std::io::Error> { panic!("nothing is to be stored") };
    let second = rotation(&id).grace_period_seconds(5);
    let error = shared.api_keys().rotate(second, never).await.unwrap_err();
    let RotateError::AlreadyRotated { successor } = error else { panic!("{error}") };
    assert_eq!(successor.id, rotated.id);
    real.server.advance(60);
    assert!(works(&first_host.client(&real)).await, "the first host's key goes on working");
}

/// (fault C3)
#[tokio::test]
async fn a_rotation_can_keep_the_end_of_the_key() {
    let real = Real::start().await;
    let end = real.server.now() + arize::jiff::SignedDuration::from_hours(48);
    let client = real.client("member");
    let request = CreateRequest::new("ci").expires_at(end);
    let id = client.api_keys().create(request).await.unwrap().api_key.id;
    let keep = rotation(&id).keep_expiry(true);
    let stored = async |_| Ok::<_, std::io::Error>(());
    let rotated = client.api_keys().rotate(keep, stored).await.unwrap();
    assert_eq!(rotated.expires_at, Some(end));
}

#[tokio::test]
async fn a_new_key_that_does_not_authenticate_is_reported() {
    let created = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-new"}"#;
    let server = Scripted::start(move |request, _| {
        if request.method == "POST" {
            return Reply::json(200, created);
        }
        assert_eq!(request.header("authorization"), Some("Bearer ak-new"));
        Reply::empty(401)
    })
    .await;
    let keys = server.client().api_keys();
    let stored = async |_| Ok::<_, std::io::Error>(());
    let error = keys.rotate(rotation("QXBpS2V5OjE="), stored).await.unwrap_err();
    let RotateError::Proof { source, api_key, is_stored } = error else { panic!("{error}") };
    assert!(source.is_unauthorized() && is_stored, "this place cannot put the old one back");
    assert_eq!(api_key.id, "QXBpS2V5OjI=");
}

#[tokio::test]
async fn a_key_that_may_not_list_authenticates_all_the_same() {
    let created = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-new"}"#;
    let server = Scripted::start(move |request, _| match request.method.as_str() {
        "POST" => Reply::json(200, created),
        _ => Reply::empty(403),
    })
    .await;
    let stored = async |_| Ok::<_, std::io::Error>(());
    server.client().api_keys().rotate(rotation("QXBpS2V5OjE="), stored).await.unwrap();
}

#[tokio::test]
async fn a_refusal_stands_as_the_server_said_it() {
    let real = Real::start().await;
    let keys = real.client("member").api_keys();
    let never = async |_| -> Result<(), std::io::Error> { panic!("nothing is to be stored") };
    let error = keys.rotate(rotation(&real.id("uk_revoked")), never).await.unwrap_err();
    let RotateError::Refresh(error) = error else { panic!("{error}") };
    assert!(error.is_unprocessable_entity());
    let error = keys.rotate(rotation("QXBpS2V5OjEwMDE6YUJjRA=="), never).await.unwrap_err();
    assert!(matches!(error, RotateError::Refresh(error) if error.is_not_found()));
    let without = rotation(&real.id("uk")).grace_period_seconds(0);
    let error = keys.rotate(without, never).await.unwrap_err();
    assert!(
        matches!(error, RotateError::Refresh(error) if error.field() == Some("grace_period_seconds"))
    );
}

#[tokio::test]
async fn a_rotation_can_be_spawned() {
    let real = Real::start().await;
    let (id, vault) = a_key(&real).await;
    let client = vault.client(&real);
    let task = tokio::spawn(async move {
        let store = async move |created: arize::api_keys::ApiKeyCreated| {
            vault.put(created.key);
            Ok::<_, std::io::Error>(())
        };
        client.api_keys().rotate(rotation(&id), store).await.map(drop)
    });
    task.await.unwrap().unwrap();
}
