//! All pages, one after the other, and no page for ever.

use arize::ErrorKind;
use arize::api_keys::{ApiKey, ListRequest};
use futures_util::TryStreamExt as _;

use crate::scripted::{Reply, Scripted};

fn page(ids: &[&str], pagination: &str) -> Reply {
    let keys: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let keys = keys.join(",");
    Reply::json(200, &format!(r#"{{"api_keys":[{keys}],"pagination":{pagination}}}"#))
}

async fn all(server: &Scripted) -> Result<Vec<ApiKey>, arize::Error> {
    server.client().api_keys().list_all(ListRequest::default()).try_collect().await
}

#[tokio::test]
async fn the_default_of_fifty_is_sent() {
    let server = Scripted::always(page(&[], r#"{"has_more":false}"#)).await;
    server.client().api_keys().list(ListRequest::default()).await.unwrap();
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
    let mut keys = server.client().api_keys().list_all(ListRequest::default());
    assert_eq!(keys.try_next().await.unwrap().unwrap().id, "a");
    assert!(keys.try_next().await.unwrap_err().is_forbidden());
    assert!(keys.try_next().await.unwrap().is_none());
}
