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
        let request = CreateRequest::new("waiting");
        let created = client.api_keys().create(request).unwrap();
        let request = RefreshRequest::new(created.api_key.id);
        let refreshed = client.api_keys().refresh(request).unwrap();
        let request = RotateRequest::new(refreshed.api_key.id);
        let mut stored = None;
        let rotated = client.api_keys().rotate(request, |created| {
            stored = Some(created.key);
            Ok::<_, std::io::Error>(())
        });
        let rotated = rotated.unwrap();
        assert!(stored.is_some());
        client.api_keys().revoke(&rotated.id).unwrap();
        assert!(client.api_keys().delete("QXBpS2V5OjEwMDE6YUJjRA==").unwrap_err().is_not_found());
        let one_by_one = ListRequest::new().limit(1);
        let keys: Result<Vec<_>, _> = client.api_keys().list_all(one_by_one).collect();
        assert!(keys.unwrap().len() > 1);
        let by_pages = client.api_keys().list_all(ListRequest::new().limit(1)).pages();
        assert!(by_pages.map(Result::unwrap).all(|page| page.items.len() <= 1));
        assert!(client.api_keys().is_current(&client.api_keys().current().unwrap()));
        let once = client.with_options(|o| o.retries(arize::Retries::NONE)).unwrap();
        let path = once.request(arize::Method::GET, "/v2/spaces").query("limit", 1);
        assert!(path.send::<serde_json::Value>().unwrap()["spaces"].is_array());
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        let made = client.api_keys().create(CreateRequest::new("filed")).unwrap();
        let store = blocking::store_file(&file).unwrap();
        client.api_keys().rotate(RotateRequest::new(&made.id), store).unwrap();
        assert!(arize::Secret::from_file(&file).unwrap().reveal().starts_with("clvu_"));
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
                std::thread::spawn(move || client.api_keys().list(ListRequest::new()).map(drop))
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
    let error = client.api_keys().list(ListRequest::new()).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("blocking")));
    drop(client);
}

/// (fault K2)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_works_wherever_a_runtime_allows_blocking() {
    let real = Real::start().await;
    let key = real.server.world.key("member").to_owned();
    let client = blocking::Client::new(config(real.address, &key)).unwrap();
    let list = |client: blocking::Client| client.api_keys().list(ListRequest::new()).map(drop);
    let there = client.clone();
    let error = tokio::spawn(async move { list(there) }).await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("blocking")));
    let there = client.clone();
    tokio::task::spawn_blocking(move || list(there)).await.unwrap().unwrap();
    tokio::task::block_in_place(|| list(client)).unwrap();
}
