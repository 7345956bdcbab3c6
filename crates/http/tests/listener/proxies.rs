//! Whom a connection counts for when one has to be given up: a trusted proxy's for the client whose request it carries, any other for
//! the address that it came from, whatever its headers say.
//!
//! Of the client that has the most connections, or holds the most bytes, the connection goes that has kept the server waiting for longest.

use std::net::IpAddr;
use std::time::Duration;

use claviger_http::{Connections, Limits, TrustedProxies};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::accepting::{Server, patient};
use crate::recorder::{LARGE, Recorder};
use crate::unread::{is_closed, settle};
use crate::wire::{Client, connect_from};

/// The proxy, where there is one.
const PROXY: [u8; 4] = [127, 0, 0, 1];
const GREEDY: &str = "203.0.113.9";
const QUIET: &str = "203.0.113.8";

fn behind_a_proxy(limits: Limits) -> Connections {
    let networks = vec!["127.0.0.1".parse().unwrap()];
    Connections::behind(TrustedProxies { networks, ..TrustedProxies::default() }, limits)
}

fn places(max_connections: usize) -> Limits {
    Limits { max_connections, ..patient() }
}

fn request(path: &str, client: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {client}\r\n\r\n").into_bytes()
}

/// Sends a request for a client, and takes the answer.
async fn ask(connection: &mut Client<TcpStream>, client: &str) {
    connection.send(&request("/", client)).await;
    assert_eq!(connection.answer().await.unwrap().status, 200, "{client}");
}

/// A connection that has brought a client's request.
async fn asked(server: &Server, from: [u8; 4], client: &str) -> Client<TcpStream> {
    let mut connection = server.connect_from(from).await;
    ask(&mut connection, client).await;
    connection
}

/// Whether the server has closed the connection, as it does before it takes another in its place.
async fn is_gone(connection: &mut Client<TcpStream>) -> bool {
    connection.io.read_u8().await.is_err()
}

/// (fault R18)
#[tokio::test]
async fn a_proxys_connection_counts_for_the_client_behind_it() {
    let server = Server::start_with(&Recorder::new(), behind_a_proxy(places(4))).await;
    let mut quiet = asked(&server, PROXY, QUIET).await;
    let mut greedy = Vec::new();
    for _ in 0..3 {
        greedy.push(asked(&server, PROXY, GREEDY).await);
    }
    asked(&server, PROXY, "203.0.113.7").await;
    assert!(is_gone(&mut greedy[0]).await, "the oldest of the client with most");
    ask(&mut quiet, QUIET).await;
    ask(&mut greedy[1], GREEDY).await;
    ask(&mut greedy[2], GREEDY).await;
}

/// A proxy keeps its connections, and brings requests of one client after another on each (fault R18).
#[tokio::test]
async fn a_proxys_connection_counts_for_whoever_asked_last() {
    let server = Server::start_with(&Recorder::new(), behind_a_proxy(places(3))).await;
    let mut handed_on = asked(&server, PROXY, GREEDY).await;
    ask(&mut handed_on, QUIET).await;
    let mut greedy = [asked(&server, PROXY, GREEDY).await, asked(&server, PROXY, GREEDY).await];
    asked(&server, PROXY, "203.0.113.7").await;
    assert!(is_gone(&mut greedy[0]).await);
    ask(&mut handed_on, QUIET).await;
}

/// Connections that a proxy has opened ahead of time are no client's yet: each counts by itself (fault R18).
#[tokio::test]
async fn a_proxys_unused_connections_are_not_one_clients() {
    let server = Server::start_with(&Recorder::new(), behind_a_proxy(places(5))).await;
    let mut ahead = Vec::new();
    for _ in 0..3 {
        ahead.push(server.connect_from(PROXY).await);
    }
    let mut greedy = Vec::new();
    for _ in 0..2 {
        greedy.push(asked(&server, [127, 0, 0, 2], GREEDY).await);
    }
    asked(&server, PROXY, QUIET).await;
    assert!(is_gone(&mut greedy[0]).await);
    for connection in &mut ahead {
        ask(connection, QUIET).await;
    }
}

/// Nobody gets more places by saying that they are others: not without proxies, nor beside one (fault R18).
#[tokio::test]
async fn who_is_no_proxy_counts_for_their_own_address() {
    for connections in [Connections::new(places(4)), behind_a_proxy(places(4))] {
        let server = Server::start_with(&Recorder::new(), connections).await;
        let mut quiet = asked(&server, [127, 0, 0, 3], QUIET).await;
        let mut liar = Vec::new();
        for number in 0..3 {
            liar.push(asked(&server, [127, 0, 0, 2], &format!("203.0.113.{number}")).await);
        }
        asked(&server, [127, 0, 0, 4], QUIET).await;
        assert!(is_gone(&mut liar[0]).await, "the headers of others are not read");
        ask(&mut quiet, QUIET).await;
        ask(&mut liar[1], GREEDY).await;
    }
}

/// What is held for clients behind a proxy is held for each of them, not for the proxy (fault R6).
#[tokio::test(start_paused = true)]
async fn unread_answers_count_for_the_client_behind_a_proxy() {
    let recorder = Recorder::new();
    let connections = behind_a_proxy(Limits { max_held_bytes: 3 * LARGE, ..Limits::default() });
    let proxy = IpAddr::from(PROXY);
    let ask = async |client: &str| {
        let mut connection = connect_from(proxy, &recorder, &connections);
        connection.send(&request("/large", client)).await;
        settle().await;
        tokio::time::advance(Duration::from_millis(1)).await;
        connection
    };
    let mut quiet = ask(QUIET).await;
    let mut greedy = Vec::new();
    for _ in 0..4 {
        greedy.push(ask(GREEDY).await);
    }
    assert!(is_closed(&mut greedy[0].io, Duration::from_millis(1)).await);
    assert_eq!(quiet.answer().await.unwrap().body.len(), LARGE, "the older one stays");
}
