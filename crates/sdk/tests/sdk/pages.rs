//! All pages, one after the other, and no page for ever.

use arize::api_keys::{ApiKey, ListRequest};
use arize::{ErrorKind, audit_logs, organizations, roles, spaces, users};

use crate::scripted::{Reply, Scripted};

fn page(ids: &[&str], pagination: &str) -> Reply {
    let keys: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let keys = keys.join(",");
    Reply::json(200, &format!(r#"{{"api_keys":[{keys}],"pagination":{pagination}}}"#))
}

async fn all(server: &Scripted) -> Result<Vec<ApiKey>, arize::Error> {
    server.client().api_keys().list_all(ListRequest::new()).collect().await
}

#[tokio::test]
async fn the_default_of_fifty_is_sent() {
    let server = Scripted::always(page(&[], r#"{"has_more":false}"#)).await;
    server.client().api_keys().list(ListRequest::new()).await.unwrap();
    assert_eq!(server.lines(), ["GET /v2/api-keys?limit=50"]);
}

#[tokio::test]
async fn it_goes_on_until_the_server_says_that_there_is_no_more() {
    let server = Scripted::answers(vec![
        page(&["a"], r#"{"has_more":true,"next_cursor":"c1"}"#),
        page(&[], r#"{"has_more":true,"next_cursor":"c2"}"#),
        page(&["b"], r#"{"has_more":false,"next_cursor":"left over"}"#),
    ])
    .await;
    let ids: Vec<_> = all(&server).await.unwrap().into_iter().map(|key| key.id).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn a_cursor_that_leads_back_is_an_error() {
    let server = Scripted::always(page(&["a"], r#"{"has_more":true,"next_cursor":"c1"}"#)).await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn more_without_a_cursor_is_an_error_and_not_the_end() {
    let server = Scripted::always(page(&["a"], r#"{"has_more":true}"#)).await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
}

#[tokio::test]
async fn a_failure_ends_the_stream() {
    let server = Scripted::answers(vec![
        page(&["a"], r#"{"has_more":true,"next_cursor":"c1"}"#),
        Reply::empty(403),
    ])
    .await;
    let mut keys = server.client().api_keys().list_all(ListRequest::new());
    assert_eq!(keys.try_next().await.unwrap().unwrap().id, "a");
    assert!(keys.try_next().await.unwrap_err().is_forbidden());
    assert!(keys.try_next().await.unwrap().is_none());
}

/// A circle of more than one page (fault R33).
#[tokio::test]
async fn a_circle_of_pages_is_an_error() {
    let server = Scripted::start(|_, n| {
        let next = ["c1", "c2", "c3"][n % 3];
        page(&["a"], &format!(r#"{{"has_more":true,"next_cursor":"{next}"}}"#))
    })
    .await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
    assert_eq!(server.lines().len(), 4);
    let error = server.client().spaces().get("main").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnreadableAnswer);
}

/// Pages without end and without anything on them (fault R33).
#[tokio::test]
async fn empty_pages_without_end_are_an_error() {
    let server =
        Scripted::start(|_, n| page(&[], &format!(r#"{{"has_more":true,"next_cursor":"c{n}"}}"#)))
            .await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
    assert_eq!(server.lines().len(), 1_000);
    let long = format!(r#"{{"has_more":true,"next_cursor":"{}"}}"#, "c".repeat(5_000));
    let server = Scripted::always(page(&["a"], &long)).await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
    assert_eq!(server.lines().len(), 1);
}

/// (fault K5)
#[tokio::test]
async fn a_list_that_is_null_is_an_empty_page() {
    for pagination in [r#"{"has_more":false}"#, r#"{"has_more":null,"next_cursor":null}"#, "null"] {
        let body = format!(
            r#"{{"api_keys":null,"spaces":null,"users":null,"organizations":null,"roles":null,"role_bindings":null,"logs":null,"resource_restrictions":null,"pagination":{pagination}}}"#
        );
        let server = Scripted::always(Reply::json(200, &body)).await;
        let client = server.client();
        assert!(all(&server).await.unwrap().is_empty());
        assert!(client.spaces().list(spaces::ListRequest::new()).await.unwrap().items.is_empty());
        assert!(client.users().list(users::ListRequest::new()).await.unwrap().items.is_empty());
        assert!(
            client
                .organizations()
                .list(organizations::ListRequest::new())
                .await
                .unwrap()
                .items
                .is_empty()
        );
        assert!(client.roles().list(roles::ListRequest::new()).await.unwrap().items.is_empty());
        assert!(
            client
                .audit_logs()
                .list(audit_logs::ListRequest::new())
                .await
                .unwrap()
                .items
                .is_empty()
        );
    }
    let server = Scripted::always(Reply::json(200, r#"{"error":"no list"}"#)).await;
    assert_eq!(all(&server).await.unwrap_err().kind(), ErrorKind::UnreadableAnswer);
}

#[tokio::test]
async fn a_pager_is_a_stream_and_needs_no_other_crate() {
    let server = Scripted::start(|request, _| {
        if request.target.contains("cursor=c1") {
            page(&["c"], r#"{"has_more":false}"#)
        } else {
            page(&["a", "b"], r#"{"has_more":true,"next_cursor":"c1"}"#)
        }
    })
    .await;
    let keys = server.client().api_keys();
    let list = || keys.list_all(ListRequest::new());
    let mut one_by_one = list();
    assert!(server.lines().is_empty(), "nothing is read until it is asked for");
    assert_eq!(one_by_one.next().await.unwrap().unwrap().id, "a");
    assert_eq!(server.lines().len(), 1);
    let rest: Vec<_> = one_by_one.collect().await.unwrap();
    assert_eq!(rest.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    let mut pages = list().pages();
    assert_eq!(pages.try_next().await.unwrap().unwrap().items.len(), 2);
    assert!(!pages.next().await.unwrap().unwrap().pagination.has_more);
    assert!(pages.next().await.is_none());
    let streamed: Vec<ApiKey> = futures_util::TryStreamExt::try_collect(list()).await.unwrap();
    assert_eq!(streamed.len(), 3);
    let spawned = tokio::spawn(list().collect()).await.unwrap().unwrap();
    assert_eq!(spawned.len(), 3);
}
