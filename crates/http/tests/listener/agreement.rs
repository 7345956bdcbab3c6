//! Random streams, many of them slightly broken and split anywhere: the listener executes what the plain reading executes.

use claviger_http::Limits;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt as _;

use crate::recorder::Recorder;
use crate::reference::{self, Outcome};
use crate::wire::connect;

/// Bytes that mean something in HTTP, and some that never do.
const TELLING: &[u8] = b"\r\n \t:;,0159aF+-/%#?*\"\0\x7f\x80\xff";

/// One change to a stream.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    RepeatLine(prop::sample::Index),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Nothing => {}
            Self::Replace(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Self::Remove(at) => {
                bytes.remove(at.index(bytes.len()));
            }
            Self::RepeatLine(at) => {
                let lines: Vec<Vec<u8>> =
                    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                let again = at.index(lines.len());
                *bytes = lines[..=again].iter().chain(&lines[again..]).flatten().copied().collect();
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    let byte = || prop::sample::select(TELLING);
    prop_oneof![
        6 => Just(Change::Nothing),
        1 => (index(), byte()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        1 => (index(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => index().prop_map(Change::Remove),
        1 => index().prop_map(Change::RepeatLine),
    ]
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let heads = prop::sample::select(vec![
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "DELETE /b/%2f?c=d HTTP/1.1\r\nhost:a.example:80 \r\nX-Y:\t z\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n",
        "PUT http://a/b HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n",
        "\r\nPOST /b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n",
        "PATCH /b HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n",
        "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
        "GET /old HTTP/1.0\r\n",
        "GET /kept HTTP/1.0\r\nConnection: keep-alive\r\n",
    ]);
    let bodies = prop::sample::select(vec![
        "\r\n",
        "Content-Length: 0\r\n\r\n",
        "Content-Length: 5\r\n\r\nhello",
        "Content-Length: 35\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0a;b=c\r\n0123456789\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\nSum: 1\r\nOther: 2\r\n\r\n",
    ]);
    (heads, bodies, change()).prop_map(|(head, body, change)| {
        let mut bytes = [head, body].concat().into_bytes();
        change.apply(&mut bytes);
        bytes
    })
}

/// What the listener does with a stream that arrives in pieces.
async fn observe(stream: &[u8], cuts: &[usize]) -> (Outcome, Vec<u16>) {
    let recorder = Recorder::new();
    let mut client = connect(&recorder, Limits::default());
    let mut sent = 0;
    for cut in cuts.iter().copied().chain([stream.len()]) {
        client.send(&stream[sent..cut.max(sent)]).await;
        sent = cut.max(sent);
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
    }
    let _ = client.io.shutdown().await;
    let answers = client.answers().await;
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(answer.body.contains("\"title\""), "not one of our answers: {answer:?}");
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    let executed = recorder.executed().len();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), executed);
    let is_refused = statuses.last().is_some_and(|status| *status != 200);
    (Outcome { executed, is_refused }, statuses)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_disagrees_with_hyper(
        requests in prop::collection::vec(request(), 1..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let stream = requests.concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let (whole, split) = runtime.unwrap().block_on(async {
            (observe(&stream, &[]).await, observe(&stream, &cuts).await)
        });
        prop_assert_eq!(&whole.0, &reference::read(&stream), "{}", stream.escape_ascii());
        prop_assert_eq!(whole, split, "{} at {:?}", stream.escape_ascii(), cuts);
    }
}
