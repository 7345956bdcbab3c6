//! A wall clock that is wrong: nothing expired is accepted, and nothing is broken permanently (fault R5).

use claviger_testkit::TestServer;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const HOUR: i64 = 3_600;
const TEN_YEARS: i64 = 10 * 365 * 24 * HOUR;

/// Makes a key of `member` that expires in so many seconds.
async fn expiring(server: &TestServer, seconds: i64) -> String {
    let until = (server.now() + SignedDuration::from_secs(seconds)).to_string();
    let body = json!({ "key_type": "USER", "name": "expiring", "expires_at": until });
    let made = server.call("member", "POST", "/v2/api-keys", body).await.json(201);
    made["key"].as_str().unwrap().to_owned()
}

async fn works(server: &TestServer, key: &str) -> bool {
    match server.call_with(key, "GET", "/v2/api-keys", Value::Null, &[]).await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

/// Makes a key of `member`, and answers when it says that it was made.
async fn dated(server: &TestServer) -> Timestamp {
    let body = json!({ "key_type": "USER", "name": "dated" });
    let made = server.call("member", "POST", "/v2/api-keys", body).await.json(201);
    made["created_at"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_wrong_reading_ahead_leaves_no_trace() {
    for step in [HOUR, TEN_YEARS] {
        let server = TestServer::start().await;
        let key = expiring(&server, 10 * 60).await;
        server.step(step);
        assert!(!works(&server, &key).await, "it may have expired");
        let right = server.now() - SignedDuration::from_secs(step);
        assert_eq!(dated(&server).await, right, "no record is dated by the jump");
        server.step(-step);
        assert!(works(&server, &key).await, "the jump has ended, and so has what came of it");
        server.advance(10 * 60);
        assert!(!works(&server, &key).await, "it expires on time");
        assert_eq!(dated(&server).await, server.now());
    }
}

#[tokio::test]
async fn a_true_jump_settles_by_itself() {
    let server = TestServer::start().await;
    let key = expiring(&server, 10 * 60).await;
    // The machine was paused for an hour.
    server.step(HOUR);
    assert!(!works(&server, &key).await);
    server.advance(299);
    assert_eq!(dated(&server).await, server.now() - SignedDuration::from_secs(HOUR));
    server.advance(1);
    assert_eq!(dated(&server).await, server.now(), "after five minutes it counts");
    assert!(!works(&server, &key).await);
}

/// Two jumps do not add up to one that has stood.
#[tokio::test]
async fn a_clock_that_keeps_jumping_does_not_settle() {
    let server = TestServer::start().await;
    let start = server.now();
    let mut passed = 0;
    for _ in 0..8 {
        server.step(TEN_YEARS / 10);
        server.advance(120);
        passed += 120;
        assert_eq!(dated(&server).await, start + SignedDuration::from_secs(passed));
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_revives_nothing() {
    for step in [HOUR, TEN_YEARS] {
        let server = TestServer::start().await;
        let short = expiring(&server, 60).await;
        let long = expiring(&server, 600).await;
        server.advance(60);
        assert!(!works(&server, &short).await);
        server.step(-step);
        assert!(!works(&server, &short).await, "an expired key came back");
        assert!(works(&server, &long).await);
        server.advance(540);
        assert!(!works(&server, &long).await, "keys expire while the clock is behind");
    }
}

#[tokio::test]
async fn keys_expire_while_the_clock_is_frozen() {
    let server = TestServer::start().await;
    let key = expiring(&server, 60).await;
    server.clock.pass_unseen(SignedDuration::from_secs(59));
    assert!(works(&server, &key).await);
    server.clock.pass_unseen(SignedDuration::from_secs(1));
    assert!(!works(&server, &key).await);
}

#[tokio::test]
async fn a_clock_that_drifts_accepts_no_expired_key() {
    for (wall, uptime) in [(900, 1_000), (1_000, 900)] {
        let server = TestServer::start().await;
        let key = expiring(&server, 3_600).await;
        for _ in 0..4 {
            let (wall, uptime) =
                (SignedDuration::from_secs(wall), SignedDuration::from_secs(uptime));
            server.clock.step(wall);
            server.clock.pass_unseen(uptime);
        }
        assert!(!works(&server, &key).await, "the faster of the two says that it has expired");
    }
}

/// The limits count by the uptime.
#[tokio::test]
async fn a_wrong_clock_stops_no_limit_from_filling_up() {
    let server = TestServer::with(|options| options.mint_rate_per_minute = 2).await;
    let body = || json!({ "key_type": "USER", "name": "n" });
    let status = async || server.call("member", "POST", "/v2/api-keys", body()).await.status;
    assert_eq!([status().await, status().await, status().await], [201, 201, 429]);
    server.step(TEN_YEARS);
    assert_eq!(status().await, 429, "no time has passed");
    server.step(-2 * TEN_YEARS);
    server.clock.pass_unseen(SignedDuration::from_secs(60));
    assert_eq!(status().await, 201);
}

/// What lasts for a span is counted from the established time: a wrong reading makes no key that outlives a policy.
#[tokio::test]
async fn a_wrong_reading_lengthens_nothing() {
    let server = TestServer::start().await;
    let day = SignedDuration::from_hours(24);
    server.set_policy(|policy| policy.max_key_lifetime = Some(day)).await;
    let start = server.now();
    server.step(TEN_YEARS);
    let body = json!({ "key_type": "USER", "name": "capped" });
    let made = server.call("admin", "POST", "/v2/api-keys", body).await.json(201);
    let until: Timestamp = made["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(until, start + day);
}
