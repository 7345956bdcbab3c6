//! Whose request is answered next when more arrive than are answered at the same time.

use std::net::{IpAddr, Ipv4Addr};

use claviger_http::{Connections, Limits};

use crate::recorder::Recorder;
use crate::unread::settle;
use crate::wire::{Client, connect_from};

const MANY: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
const ONE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Connections with so little memory that two requests are answered at the same time.
fn for_two() -> Connections {
    Connections::new(Limits { max_held_bytes: 512 * 1024, ..Limits::default() })
}

/// A client that asks for this target on a connection of its own.
async fn asks(
    peer: IpAddr,
    target: &str,
    recorder: &Recorder,
    connections: &Connections,
) -> Client {
    let mut client = connect_from(peer, recorder, connections);
    client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await;
    settle().await;
    client
}

#[tokio::test(start_paused = true)]
async fn a_client_waits_for_one_request_of_another_that_sends_many() {
    let recorder = Recorder::held();
    let connections = for_two();
    let mut clients = Vec::new();
    for n in 0..6 {
        clients.push(asks(MANY, &format!("/many/{n}"), &recorder, &connections).await);
    }
    assert_eq!(recorder.waiting(), 2, "the others wait for their turn");
    let mut one = asks(ONE, "/one", &recorder, &connections).await;
    // The first turn that ends is passed to the client that waited first, the second to the other.
    for _ in 0..3 {
        recorder.release(1);
        settle().await;
    }
    assert_eq!(recorder.executed(), ["GET /many/0", "GET /many/1", "GET /many/2"]);
    recorder.release(1);
    assert_eq!(one.answer().await.unwrap().body, "GET /one 0");
    recorder.release(3);
    for client in &mut clients {
        assert_eq!(
            client.answer().await.unwrap().status,
            200,
            "a request that waits is not refused"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_body_does_not_come_takes_no_turn_from_others() {
    let recorder = Recorder::new();
    let connections = for_two();
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut client = connect_from(MANY, &recorder, &connections);
        client.send(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf").await;
        settle().await;
        slow.push(client);
    }
    let mut one = asks(ONE, "/one", &recorder, &connections).await;
    assert_eq!(one.answer().await.unwrap().status, 200);
    assert_eq!(recorder.executed(), ["GET /one"]);
    for client in &mut slow {
        client.send(b" more").await;
        assert_eq!(client.answer().await.unwrap().body, "POST /slow 9");
    }
}

#[tokio::test(start_paused = true)]
async fn the_turn_of_a_client_that_has_left_is_not_lost() {
    let recorder = Recorder::held();
    let connections = for_two();
    let mut first = asks(ONE, "/first", &recorder, &connections).await;
    let mut second = asks(ONE, "/second", &recorder, &connections).await;
    let gone = asks(MANY, "/gone", &recorder, &connections).await;
    let mut last = asks(ONE, "/last", &recorder, &connections).await;
    drop(gone);
    settle().await;
    recorder.release(4);
    for client in [&mut first, &mut second, &mut last] {
        assert_eq!(client.answer().await.unwrap().status, 200);
    }
}
