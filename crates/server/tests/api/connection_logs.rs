//! What the layers below the router log: HTTP/1.1 and HTTP/2 over a real connection, at every level
//! (docs/threat-model.md#secret-shown-once, docs/threat-model.md#secrets-in-urls).

use axum::http::{Request, header};
use claviger_testkit::TestServer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::capture;

/// Requests with a key where it belongs and where it does not.
fn requests(key: &str) -> Vec<(String, Option<String>)> {
    let bearer = Some(format!("Bearer {key}"));
    vec![
        ("/v2/api-keys".to_owned(), bearer.clone()),
        ("/v2/api-keys".to_owned(), Some(key.to_owned())),
        ("/v2/api-keys".to_owned(), Some(format!("Basic {key}"))),
        (format!("/v2/api-keys?cursor={key}"), bearer.clone()),
        (format!("/v2/api-keys/{key}?{key}={key}"), bearer),
        (format!("/{key}"), None),
    ]
}

#[tokio::test]
async fn no_secret_in_the_logs_of_a_connection() {
    capture::start();
    let server = TestServer::start().await;
    let address = server.listen().await;
    let key = server.world.key("uk");
    let mut statuses = Vec::new();
    for (target, authorization) in requests(key) {
        let authorization = authorization.map(|value| format!("Authorization: {value}\r\n"));
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\n{}Connection: close\r\n\r\n",
            authorization.unwrap_or_default()
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        statuses.push(answer[9..12].parse::<u16>().unwrap());
    }
    let expected = [200, 200, 401, 400, 400, 400];
    assert_eq!(statuses, expected, "over HTTP/1.1");

    let stream = TcpStream::connect(address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut statuses = Vec::new();
    for (target, authorization) in requests(key) {
        let mut request = Request::get(format!("http://localhost{target}")).body(()).unwrap();
        if let Some(value) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value.parse().unwrap());
        }
        client = client.ready().await.unwrap();
        let (answer, _) = client.send_request(request, true).unwrap();
        statuses.push(answer.await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, expected, "over HTTP/2");
    drop(client);
    connection.abort();

    let log = capture::text();
    assert!(log.contains(" h2::"), "the layer below was not logged");
    assert!(!log.contains(&key[26..69]), "the secret was logged");
}
