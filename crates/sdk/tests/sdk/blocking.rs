//! The client that waits.

use arize::api_keys::{CreateRequest, ListRequest, RefreshRequest, RotateRequest};
use arize::{ErrorKind, blocking};

use crate::real::{Real, config};

/// A real server on a runtime of its own, so that the test itself is in none.
fn with_server(test: impl FnOnce(&Real, blocking::Client)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let real = runtime.block_on(Real::start());
    let key = real.server.world.key("member").to_owned();
    test(&real, blocking::Client::new(config(real.address, &key)).unwrap());
}

#[test]
fn every_call_waits_for_its_answer() {
    with_server(|real, client| {
        let request = CreateRequest { name: "waiting".into(), ..CreateRequest::default() };
        let created = client.api_keys().create(request).unwrap();
        let request = RefreshRequest { api_key_id: created.api_key.id, ..Default::default() };
        let refreshed = client.api_keys().refresh(request).unwrap();
        let request =
            RotateRequest { api_key_id: refreshed.api_key.id, ..RotateRequest::default() };
        let mut stored = None;
        let rotated = client.api_keys().rotate(request, |created| {
            stored = Some(created.key);
            Ok::<_, std::io::Error>(())
        });
        let rotated = rotated.unwrap();
        assert!(stored.is_some());
        client.api_keys().revoke(&rotated.id).unwrap();
        assert!(client.api_keys().delete("QXBpS2V5OjEwMDE6YUJjRA==").unwrap_err().is_not_found());
        let one_by_one = ListRequest { limit: Some(1), ..ListRequest::default() };
        let keys: Result<Vec<_>, _> = client.api_keys().list_all(one_by_one).collect();
        assert!(keys.unwrap().len() > 1);
        assert_eq!(client.spaces().get("S1").unwrap().id, real.id("S1"));
        assert_eq!(client.organizations().get("O1").unwrap().id, real.id("O1"));
    });
}

#[test]
fn threads_share_a_client() {
    with_server(|_, client| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                std::thread::spawn(move || client.api_keys().list(ListRequest::default()).map(drop))
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
}

#[tokio::test]
async fn inside_a_runtime_it_refuses_and_does_not_panic() {
    let real = Real::start().await;
    let client = blocking::Client::new(config(real.address, "ak-x")).unwrap();
    let error = client.api_keys().list(ListRequest::default()).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("blocking")));
    drop(client);
}

/// (fault K2)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_works_wherever_a_runtime_allows_blocking() {
    let real = Real::start().await;
    let key = real.server.world.key("member").to_owned();
    let client = blocking::Client::new(config(real.address, &key)).unwrap();
    let list = |client: blocking::Client| client.api_keys().list(ListRequest::default()).map(drop);
    let there = client.clone();
    let error = tokio::spawn(async move { list(there) }).await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("blocking")));
    let there = client.clone();
    tokio::task::spawn_blocking(move || list(there)).await.unwrap().unwrap();
    tokio::task::block_in_place(|| list(client)).unwrap();
}
