//! Answers that nobody takes (fault R6): they are in flight until their last byte is gone, have a deadline, and are bounded together.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use claviger_http::{Connections, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::Instant;

use crate::frames::{ACK, PING, frame, greeting, head_request, request_for_large, take_frame};
use crate::recorder::{LARGE, Recorder};
use crate::wire::{Client, connect, connect_from};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// `SETTINGS_INITIAL_WINDOW_SIZE`.
const WINDOW: u16 = 4;

/// Reads until the other side closes; whether that happened in time.
pub(crate) async fn is_closed(io: &mut DuplexStream, time: Duration) -> bool {
    let mut bytes = vec![0; 64 * 1024];
    let end = async { while matches!(io.read(&mut bytes).await, Ok(count) if count > 0) {} };
    tokio::time::timeout(time, end).await.is_ok()
}

/// Answers pings, as any client does, and reads what else there is; whether the other side closes in time.
async fn ends_while_pings_are_answered(
    io: &mut DuplexStream,
    unread: &mut Vec<u8>,
    time: Duration,
) -> bool {
    let until = Instant::now() + time;
    loop {
        while let Some((kind, flags, payload)) = take_frame(unread) {
            if kind == PING && flags & ACK == 0 {
                let _ = io.write_all(&frame(PING, ACK, 0, &payload)).await;
            }
        }
        match tokio::time::timeout_at(until, io.read_buf(unread)).await {
            Err(_) => return false,
            Ok(Ok(count)) if count > 0 => {}
            Ok(_) => return true,
        }
    }
}

/// Waits until all that can happen without the clock has happened.
pub(crate) async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

/// An HTTP/2 client that asks for many large answers and opens no window for them.
async fn zero_window(recorder: &Recorder, connections: &Connections, peer: IpAddr) -> DuplexStream {
    let mut io = connect_from(peer, recorder, connections).io;
    let requests: Vec<u8> = (0..50).flat_map(|n| request_for_large(2 * n + 1)).collect();
    io.write_all(&[greeting(&[(WINDOW, 0)]), requests].concat()).await.unwrap();
    settle().await;
    io
}

#[tokio::test(start_paused = true)]
async fn an_unread_answer_ends_its_connection_whatever_else_is_asked() {
    let recorder = Recorder::new();
    let connections = Connections::new(Limits::default());
    let start = Instant::now();
    let mut io = zero_window(&recorder, &connections, LOCALHOST).await;
    let (mut unread, mut closed) = (Vec::new(), false);
    for n in 100..120 {
        // Every one of these is answered, since a HEAD has nothing that a window could hold back.
        let sent = io.write_all(&head_request(2 * n + 1)).await;
        let wait = Duration::from_secs(20);
        if sent.is_err() || ends_while_pings_are_answered(&mut io, &mut unread, wait).await {
            closed = true;
            break;
        }
    }
    assert!(closed, "the connection is closed");
    let allowed = 30 + u64::try_from(LARGE * 3 / (16 * 1024)).unwrap();
    assert!(start.elapsed() <= Duration::from_secs(allowed), "{:?}", start.elapsed());
    settle().await;
    assert_eq!(connections.held_bytes(), 0, "nothing is left of it");
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_much_unsent_is_answered_no_further() {
    let recorder = Recorder::new();
    let limits = Limits { max_unsent_bytes: LARGE, ..Limits::default() };
    let connections = Connections::new(limits);
    let _slow = zero_window(&recorder, &connections, LOCALHOST).await;
    assert_eq!(recorder.waiting(), 2, "the other requests wait");
    // Two answers, and what the requests that wait count for.
    let held = connections.held_bytes();
    assert!((2 * LARGE..6 * LARGE).contains(&held), "{held}");
}

#[tokio::test(start_paused = true)]
async fn unsent_bytes_are_bounded_over_all_connections() {
    let recorder = Recorder::new();
    let limits = Limits { max_held_bytes: 8 * LARGE, ..Limits::default() };
    let connections = Connections::new(limits);
    let mut honest = connect_from(LOCALHOST, &recorder, &connections);
    let mut slow = Vec::new();
    for _ in 0..50 {
        let peer = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
        slow.push(zero_window(&recorder, &connections, peer).await);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(connections.held_bytes() <= 8 * LARGE, "{}", connections.held_bytes());
        honest.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(honest.answer().await.unwrap().body.len(), LARGE, "another client is served");
    }
    let first = is_closed(&mut slow[0], Duration::from_millis(1)).await;
    assert!(first, "the one that has kept the server waiting for longest is closed");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_holds_most_gives_up_first() {
    let recorder = Recorder::new();
    let limits = Limits { max_held_bytes: 3 * LARGE, ..Limits::default() };
    let connections = Connections::new(limits);
    let request = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut oldest = connect_from(LOCALHOST, &recorder, &connections);
    oldest.send(request).await;
    settle().await;
    tokio::time::advance(Duration::from_millis(1)).await;
    let mut others: Vec<Client> = Vec::new();
    for n in 0..8 {
        // One client: its /64 counts, not its address.
        let peer = format!("2001:db8::{n:x}").parse().unwrap();
        let mut other = connect_from(peer, &recorder, &connections);
        other.send(request).await;
        settle().await;
        tokio::time::advance(Duration::from_millis(1)).await;
        others.push(other);
    }
    let answer = oldest.answer().await.unwrap();
    assert_eq!(answer.body.len(), LARGE, "the older connection of a smaller network stays");
    assert!(is_closed(&mut others[0].io, Duration::from_millis(1)).await);
}

#[tokio::test(start_paused = true)]
async fn a_trickle_of_reading_does_not_move_the_deadline() {
    let recorder = Recorder::new();
    let connections = Connections::new(Limits::default());
    let mut client = connect_from(LOCALHOST, &recorder, &connections);
    let start = Instant::now();
    client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    loop {
        let mut bytes = [0; 1024];
        match client.io.read(&mut bytes).await {
            Ok(count) if count > 0 => tokio::time::sleep(Duration::from_secs(5)).await,
            _ => break,
        }
    }
    // What was on the wire already can be read after the end.
    let on_the_wire = Duration::from_secs(64 * 5 + 10);
    let allowed = Duration::from_secs(30 + 64) + on_the_wire;
    assert!(start.elapsed() <= allowed, "{:?}", start.elapsed());
    assert_eq!(connections.held_bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_taken_holds_nothing() {
    let recorder = Recorder::new();
    let connections = Connections::new(Limits::default());
    let mut client = connect_from(LOCALHOST, &recorder, &connections);
    for _ in 0..3 {
        client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(client.answer().await.unwrap().body.len(), LARGE);
        settle().await;
        assert!(connections.held_bytes() < LARGE / 8);
        tokio::time::advance(Duration::from_secs(70)).await;
    }
    let mut other = connect(&recorder, Limits::default());
    other.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(other.answer().await.unwrap().status, 200);
}
