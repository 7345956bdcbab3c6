//! Pages: a cursor belongs to one list of one person, and a walk along the pages meets every key once.

use std::collections::{BTreeMap, BTreeSet};

use claviger_testkit::{TestResponse, TestServer};
use data_encoding::BASE64URL_NOPAD;
use futures_util::future::join_all;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof};
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::acts::{make_service_key, make_user_key, revoke, text};
use crate::property;

async fn get(server: &TestServer, who: &str, path: &str) -> TestResponse {
    server.call(who, "GET", path, Value::Null).await
}

/// The cursor behind the first item of a list.
async fn cursor(server: &TestServer, who: &str, path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    let page = get(server, who, &format!("{path}{separator}limit=1")).await.json(200);
    assert_eq!(page["pagination"]["has_more"], true, "{path} is too short to go on");
    text(&page["pagination"], "next_cursor").to_owned()
}

#[tokio::test]
async fn cursor_bound_to_filters_and_tenant() {
    let server = TestServer::start().await;
    let space = server.world.id("S1").replace('=', "%3D");
    let [own, other] =
        ["user:member", "user:other"].map(|id| server.world.id(id).replace('=', "%3D"));
    let lists = [
        "/v2/api-keys".to_owned(),
        "/v2/api-keys?key_type=USER".to_owned(),
        "/v2/api-keys?status=ACTIVE".to_owned(),
        "/v2/api-keys?status=REVOKED".to_owned(),
        "/v2/api-keys?key_type=SERVICE".to_owned(),
        format!("/v2/api-keys?user_id={own}"),
        format!("/v2/api-keys?space_id={space}"),
        format!("/v2/api-keys?space_id={space}&user_id={own}"),
        "/v2/spaces".to_owned(),
        "/v2/users".to_owned(),
        "/v2/users?status=ACTIVE".to_owned(),
        "/v2/users?email=example".to_owned(),
    ];
    let before = server.dump().await;
    for from in &lists {
        let cursor = cursor(&server, "member", from).await;
        for to in lists.iter().map(String::as_str).chain([
            "/v2/organizations",
            "/v2/spaces?name=S",
            &format!("/v2/api-keys?space_id={space}&user_id={other}"),
        ]) {
            let separator = if to.contains('?') { '&' } else { '?' };
            let path = format!("{to}{separator}cursor={cursor}");
            let status = get(&server, "member", &path).await.status;
            assert_eq!(status, if from == to { 200 } else { 400 }, "from {from} to {to}");
        }
        // Nobody else goes on where this person stopped: no colleague, no administrator, no other tenant.
        let separator = if from.contains('?') { '&' } else { '?' };
        let path = format!("{from}{separator}cursor={cursor}");
        for who in ["other", "admin", "space_admin", "bot", "stranger"] {
            let answer = get(&server, who, &path).await;
            // What the person may not list at all is refused for that.
            assert!([400, 403, 404].contains(&answer.status), "{who}: {from}: {}", answer.text);
            let may_not_list = who == "bot" && from.starts_with("/v2/users");
            if !from.contains("_id") && !may_not_list {
                assert_eq!(answer.status, 400, "{who}: {from}: {}", answer.text);
            }
        }
        // Another key of the same person does, and another page size.
        let (key, path) = (server.world.key("uk"), format!("{path}&limit=7"));
        assert_eq!(server.call_with(key, "GET", &path, Value::Null, &[]).await.status, 200);
    }
    assert_eq!(server.dump().await, before);
}

/// Not one bit of a cursor can be changed, in its text or in what the text stands for; nor can it be cut or lengthened.
#[tokio::test]
async fn cursor_with_any_bit_flipped_400() {
    let server = TestServer::start().await;
    let cursor = cursor(&server, "member", "/v2/api-keys").await;
    let sealed = BASE64URL_NOPAD.decode(cursor.as_bytes()).unwrap();
    let mut forged: Vec<Vec<u8>> = Vec::new();
    for bit in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        forged.push(BASE64URL_NOPAD.encode(&bytes).into_bytes());
    }
    for bit in 0..cursor.len() * 8 {
        let mut text = cursor.clone().into_bytes();
        text[bit / 8] ^= 1 << (bit % 8);
        forged.push(text);
    }
    for length in 0..cursor.len() {
        forged.push(cursor.as_bytes()[..length].to_vec());
    }
    for end in ["=", "A", "AA", "AAAA", " ", "\n", "\0"] {
        forged.push(format!("{cursor}{end}").into_bytes());
    }
    for text in &forged {
        let text = percent_encode(text, NON_ALPHANUMERIC);
        let answer = get(&server, "member", &format!("/v2/api-keys?cursor={text}")).await;
        assert_eq!(answer.status, 400, "{text}: {}", answer.text);
    }
    let intact = get(&server, "member", &format!("/v2/api-keys?cursor={cursor}")).await;
    assert_eq!(intact.status, 200);
}

/// A list to walk along, and who makes the keys in it.
#[derive(Clone, Copy, Debug)]
enum Walk {
    UserKeys,
    ServiceKeys,
    KeysOfSpace,
}

/// What happens between two pages.
#[derive(Clone, Copy, Debug)]
enum Write {
    Create,
    /// Of the keys that live, the one at this place in the order of their making, counted round.
    Revoke(usize),
}

/// One step: writes, and then a page of this size.
type Step = (Vec<Write>, usize);

fn walks() -> impl Strategy<Value = (Walk, usize, Vec<Step>)> {
    let walk = prop_oneof![Just(Walk::UserKeys), Just(Walk::ServiceKeys), Just(Walk::KeysOfSpace)];
    let write = prop_oneof![Just(Write::Create), (0..100_usize).prop_map(Write::Revoke)];
    let step = (proptest::collection::vec(write, 0..3), 1..5_usize);
    (walk, 0..12_usize, proptest::collection::vec(step, 1..6))
}

/// Whatever is made and revoked between the pages: a key that was there all the time is met exactly once, and no key twice.
#[test]
fn prop_paging_complete_under_concurrent_writes() {
    let runtime = property::runtime();
    let server = runtime.block_on(TestServer::start());
    property::check(property::cases(48), walks(), |(walk, keys, steps)| {
        runtime.block_on(async {
            let mut live = Live { server: &server, walk, keys: Vec::new() };
            for _ in 0..keys {
                live.create().await;
            }
            let result = one_walk(&mut live, &steps).await;
            join_all(live.keys.iter().map(|id| revoke(&server, "both", id))).await;
            result
        })
    });
}

/// The keys of a walk that live.
struct Live<'a> {
    server: &'a TestServer,
    walk: Walk,
    keys: Vec<String>,
}

impl Live<'_> {
    async fn create(&mut self) {
        let key = match self.walk {
            Walk::UserKeys => make_user_key(self.server, "both").await,
            Walk::ServiceKeys | Walk::KeysOfSpace => make_service_key(self.server, "both").await,
        };
        self.keys.push(text(&key, "id").to_owned());
    }

    async fn write(&mut self, write: Write) {
        match write {
            Write::Create => self.create().await,
            Write::Revoke(_) if self.keys.is_empty() => {}
            Write::Revoke(place) => {
                let id = self.keys.remove(place % self.keys.len());
                assert_eq!(revoke(self.server, "both", &id).await.status, 204);
            }
        }
    }

    fn query(&self) -> String {
        match self.walk {
            Walk::UserKeys => String::new(),
            Walk::ServiceKeys => "key_type=SERVICE".to_owned(),
            Walk::KeysOfSpace => format!("space_id={}", self.server.world.id("S1")),
        }
    }

    /// A page: the ids in it, and where it goes on.
    async fn page(&self, limit: usize, cursor: Option<&str>) -> (Vec<String>, Option<String>) {
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let path = format!("/v2/api-keys?limit={limit}&{}{cursor}", self.query());
        let page = get(self.server, "both", &path).await.json(200);
        let keys = page["api_keys"].as_array().unwrap();
        let ids = keys.iter().map(|key| text(key, "id").to_owned()).collect();
        (ids, page["pagination"]["next_cursor"].as_str().map(str::to_owned))
    }
}

async fn one_walk(live: &mut Live<'_>, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut always: BTreeSet<String> = live.keys.iter().cloned().collect();
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut cursor = None;
    let mut steps = steps.iter();
    loop {
        // When the steps are used up, the rest is read without disturbance.
        let (writes, limit) = steps.next().map_or((&[][..], 100), |(w, limit)| (&w[..], *limit));
        for write in writes.iter().filter(|_| cursor.is_some()) {
            live.write(*write).await;
        }
        always.retain(|id| live.keys.contains(id));
        let (ids, next) = live.page(limit, cursor.as_deref()).await;
        prop_assert!(ids.len() <= limit);
        prop_assert_eq!(next.is_some() && ids.is_empty(), false);
        for id in ids {
            *met.entry(id).or_default() += 1;
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    prop_assert!(met.values().all(|times| *times == 1), "a key was met twice: {:?}", met);
    let missed: Vec<_> = always.iter().filter(|id| !met.contains_key(*id)).collect();
    prop_assert!(missed.is_empty(), "missed: {:?}", missed);
    Ok(())
}
