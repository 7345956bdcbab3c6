//! The accept loop on a real socket: room for so many connections, and an end that loses nothing.

use std::net::SocketAddr;
use std::time::Duration;

use claviger_http::{Connections, Limits, serve};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::recorder::Recorder;
use crate::wire::{Client, HANG};

const REQUEST: &[u8] = b"GET /kept HTTP/1.1\r\nHost: a\r\n\r\n";

/// A running listener; dropping or using `stop` begins its shutdown.
pub(crate) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

/// Limits of time that only a hang meets: sockets have no clock that could stand still.
pub(crate) fn patient() -> Limits {
    Limits {
        header_timeout: HANG,
        keep_alive: HANG,
        body_idle: HANG,
        body_total: HANG,
        write_idle: HANG,
        shutdown_grace: HANG,
        ..Limits::default()
    }
}

impl Server {
    async fn start(recorder: &Recorder, limits: Limits) -> Self {
        Self::start_with(recorder, Connections::new(limits)).await
    }

    pub(crate) async fn start_with(recorder: &Recorder, connections: Connections) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let ended = tokio::spawn(serve(listener, recorder.clone(), connections, shutdown));
        Self { address, stop, ended }
    }

    async fn connect(&self) -> Client<TcpStream> {
        Client::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// Connects from an address of this machine.
    pub(crate) async fn connect_from(&self, address: [u8; 4]) -> Client<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        Client::new(socket.connect(self.address).await.unwrap())
    }
}

#[tokio::test]
async fn connection_cap_pauses_accepting() {
    let recorder = Recorder::held();
    let limits = Limits { max_connections: 1, ..Limits::default() };
    let server = Server::start(&recorder, limits).await;
    let mut first = server.connect().await;
    first.send(REQUEST).await;
    recorder.entered().await;

    let mut second = server.connect().await;
    second.send(b"GET /waited HTTP/1.1\r\nHost: a\r\n\r\n").await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(recorder.waiting(), 0, "the second one waits while the first is answered");
    recorder.release(2);
    assert_eq!(first.answer().await.unwrap().status, 200);
    assert_eq!(second.answer().await.unwrap().body, "GET /waited 0", "and has its turn");
}

/// (fault R18)
#[tokio::test]
async fn a_new_connection_takes_the_room_of_the_longest_idle_one() {
    let recorder = Recorder::new();
    let limits = Limits { max_connections: 3, ..Limits::default() };
    let server = Server::start(&recorder, limits).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        let mut client = server.connect().await;
        client.send(REQUEST).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
        idle.push(client);
    }
    let mut new = server.connect().await;
    new.send(REQUEST).await;
    assert_eq!(new.answer().await.unwrap().status, 200, "nobody has to go away first");
    let read = tokio::io::AsyncReadExt::read_u8(&mut idle[0].io).await;
    assert!(read.is_err(), "the one that was idle for longest is closed");
    for client in &mut idle[1..] {
        client.send(REQUEST).await;
        assert_eq!(client.answer().await.unwrap().status, 200, "the others are not");
    }
}

/// A client that has sent nothing yet is spared no more than an idle one (fault R18).
#[tokio::test]
async fn a_silent_connection_keeps_no_room() {
    let recorder = Recorder::new();
    let server = Server::start(&recorder, Limits { max_connections: 2, ..patient() }).await;
    let mut silent = [server.connect().await, server.connect().await];
    let mut new = server.connect().await;
    new.send(REQUEST).await;
    assert_eq!(new.answer().await.unwrap().status, 200, "nobody has to say anything first");
    let read = tokio::io::AsyncReadExt::read_u8(&mut silent[0].io).await;
    assert!(read.is_err(), "the one that was silent for longest is closed");
}

/// A client that begins something and does not go on is spared no more than an idle one (fault R18).
#[tokio::test]
async fn half_a_request_keeps_no_room() {
    let recorder = Recorder::new();
    let limits = Limits { max_connections: 2, ..Limits::default() };
    let server = Server::start(&recorder, limits).await;
    let mut slow = Vec::new();
    for half in [
        b"GET / HTTP/1.1\r\nHo".as_slice(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    ] {
        let mut client = server.connect().await;
        client.send(half).await;
        slow.push(client);
    }
    for _ in 0..10 {
        let mut new = server.connect().await;
        new.send(REQUEST).await;
        assert_eq!(new.answer().await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn graceful_shutdown_finishes_requests_in_flight() {
    let recorder = Recorder::held();
    let server = Server::start(&recorder, patient()).await;
    let mut idle = server.connect().await;
    idle.send(REQUEST).await;
    recorder.entered().await;
    recorder.release(1);
    assert_eq!(idle.answer().await.unwrap().header("connection"), None);

    let mut busy = Vec::new();
    for _ in 0..20 {
        let mut client = server.connect().await;
        client.send(&REQUEST.repeat(2)).await;
        recorder.entered().await;
        busy.push(client);
    }
    server.stop.send(()).unwrap();
    assert_eq!(idle.answer().await, None, "an idle connection is closed");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody accepts any more");

    recorder.release(100);
    for client in &mut busy {
        let answer = client.answer().await.unwrap();
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
        assert_eq!(client.answer().await, None, "the pipelined second request is not begun");
    }
    assert_eq!(recorder.executed().len(), 21);
    drop((idle, busy));
    server.ended.await.unwrap();
}

#[tokio::test]
async fn graceful_shutdown_does_not_wait_for_ever() {
    let recorder = Recorder::held();
    let limits = Limits { shutdown_grace: Duration::from_millis(20), ..patient() };
    let server = Server::start(&recorder, limits).await;
    let mut client = server.connect().await;
    client.send(REQUEST).await;
    recorder.entered().await;
    server.stop.send(()).unwrap();
    server.ended.await.unwrap();
    assert_eq!(client.answer().await, None, "dropped");
}

#[tokio::test]
async fn graceful_shutdown_lets_http2_finish() {
    let recorder = Recorder::held();
    let server = Server::start(&recorder, patient()).await;
    let io = hyper_util::rt::TokioIo::new(server.connect().await.io);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = || http::Request::get("http://a/").body(axum::body::Body::empty()).unwrap();
    let answer = client.send_request(request());
    recorder.entered().await;
    server.stop.send(()).unwrap();
    recorder.release(1);
    assert_eq!(answer.await.unwrap().status(), 200);
    let _ = connection.await.unwrap();
    server.ended.await.unwrap();
    assert!(client.send_request(request()).await.is_err(), "the connection is gone");
}
