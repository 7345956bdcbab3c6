//! HTTP/2 frames as attackers write them.

use std::time::Duration;

use claviger_http::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use crate::frames::{
    CONTINUATION, END_STREAM, GOAWAY, HEADERS, REQUEST, frame, greeting, request, reset,
};
use crate::recorder::Recorder;
use crate::wire::connect;

async fn greet(recorder: &Recorder) -> DuplexStream {
    let mut io = connect(recorder, Limits::default()).io;
    io.write_all(&greeting(&[])).await.unwrap();
    io
}

/// Sends a flood, and answers the error code of the GOAWAY that ends the connection.
async fn end_of_flood(io: DuplexStream, flood: Vec<u8>) -> Option<u32> {
    let (mut read, mut write) = tokio::io::split(io);
    let send = async move {
        let _ = write.write_all(&flood).await;
    };
    let receive = async move {
        let mut bytes = Vec::new();
        let _ = read.read_to_end(&mut bytes).await;
        let mut rest = bytes.as_slice();
        while let [high, middle, low, kind, _, _, _, _, _, after @ ..] = rest {
            let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
            if *kind == GOAWAY {
                return Some(u32::from_be_bytes(after[4..8].try_into().unwrap()));
            }
            rest = &after[length..];
        }
        None
    };
    tokio::time::timeout(Duration::from_mins(1), async { tokio::join!(send, receive).1 })
        .await
        .expect("the connection is closed")
}

#[tokio::test(start_paused = true)]
async fn h2_rapid_reset_bounded() {
    const ENHANCE_YOUR_CALM: u32 = 0xb;
    let recorder = Recorder::held();
    let io = greet(&recorder).await;
    let flood =
        (0..100_000).flat_map(|n| [request(2 * n + 1), reset(2 * n + 1)].concat()).collect();
    assert_eq!(end_of_flood(io, flood).await, Some(ENHANCE_YOUR_CALM));
    assert!(recorder.waiting() <= 100, "{} requests reached the service", recorder.waiting());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_up_every_request_is_dropped() {
    let recorder = Recorder::held();
    let mut io = greet(&recorder).await;
    let mut taken_up = 0;
    for n in 0..1000 {
        let _ = io.write_all(&request(2 * n + 1)).await;
        let entered = tokio::time::timeout(Duration::from_secs(1), recorder.entered()).await;
        if entered.is_err() {
            break;
        }
        taken_up += 1;
        let _ = io.write_all(&reset(2 * n + 1)).await;
    }
    assert!((100..=110).contains(&taken_up), "{taken_up} requests were taken up");
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(1), io.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the connection is closed");
}

#[tokio::test(start_paused = true)]
async fn h2_continuation_bounded() {
    for piece in [vec![], vec![0x40], vec![0x40; 1024]] {
        let recorder = Recorder::new();
        let io = greet(&recorder).await;
        let mut flood = frame(HEADERS, END_STREAM, 1, REQUEST);
        flood.extend(frame(CONTINUATION, 0, 1, &piece).repeat(10_000));
        let code = end_of_flood(io, flood).await;
        assert!(code.is_some_and(|code| code != 0), "closed with an error: {code:?}");
        assert_eq!(recorder.waiting(), 0, "nothing reached the service");
    }
}
