//! What a call costs over plain `reqwest`: the same request to the same server in the same run, in turns. `cargo bench -p arize`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::time::{Duration, Instant};

use arize::api_keys::ListRequest;
use arize::{Client, Config};
use claviger_testkit::TestServer;

const ROUNDS: usize = 400;
const CALLS: u32 = 25;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // The server has a thread of its own, so that it is no part of what is measured but waiting.
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = TestServer::start().await;
            let address = server.listen().await;
            send.send((address, server.world.key("member").to_owned())).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let (address, key) = receive.recv().unwrap();
    let client = Client::new(Config {
        api_key: key.as_str().into(),
        api_host: address.to_string().into(),
        api_scheme: "http".into(),
        prerelease_warnings: false.into(),
        ..Config::without_environment()
    })
    .unwrap();
    let plain = reqwest::Client::builder().build().unwrap();
    let url = format!("http://{address}/v2/api-keys?limit=50");

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            client.api_keys().list(ListRequest::new()).await.unwrap();
        }
        ours.push(start.elapsed());
        let start = Instant::now();
        for _ in 0..CALLS {
            let answer = plain.get(&url).bearer_auth(&key).send().await.unwrap();
            let body = answer.error_for_status().unwrap().bytes().await.unwrap();
            let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert!(document["api_keys"].is_array());
        }
        theirs.push(start.elapsed());
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("arize   {:?} a call", ours / CALLS);
    println!("reqwest {:?} a call", theirs / CALLS);
    println!("ratio   {ratio:.3}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
