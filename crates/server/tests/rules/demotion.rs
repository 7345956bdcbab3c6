//! Somebody loses rights after they made service keys: what becomes of the keys that hold more than their maker now.
//!
//! Rule: each way of losing rights is played twice. With the policy `revoke_keys_above_maker`, the key above its maker ends in the
//! transaction of the loss, with a record of its own; without it, all keys live, and what exceeds gives its maker no new secret.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{
    authenticates, create, custom, made, make_service_key, number, predefined, refresh, revoke,
    service_key, text,
};

/// A loss that is about to happen.
struct Scene {
    /// Who loses rights.
    maker: &'static str,
    /// A key of theirs that will hold more than they.
    above: Value,
    /// A key of theirs that will not.
    within: Value,
    /// A key like the first, of somebody who loses nothing.
    of_another: Value,
    /// How they lose them: a call of the administrator.
    loss: (&'static str, String, Value),
    /// What the records say brought it about.
    cause: &'static str,
}

/// Plays a loss with the policy and without.
async fn play(arrange: impl AsyncFn(&TestServer) -> Scene) {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let scene = arrange(&server).await;
    lose(&server, &scene).await;
    assert_eq!(status(&server, &scene.above).await, 401, "above its maker");
    assert_eq!(status(&server, &scene.within).await, 200, "within what its maker has left");
    assert_eq!(status(&server, &scene.of_another).await, 200, "somebody else's");
    assert_eq!(cut(&server), [(number(text(&scene.above, "id")), scene.cause.to_owned())]);

    let server = TestServer::start().await;
    let scene = arrange(&server).await;
    lose(&server, &scene).await;
    for key in [&scene.above, &scene.within, &scene.of_another] {
        assert_eq!(status(&server, key).await, 200);
    }
    assert_eq!(cut(&server), []);
    let refused = refresh(&server, scene.maker, text(&scene.above, "id"), Value::Null).await;
    assert!([403, 404].contains(&refused.status), "{}", refused.text);
}

async fn lose(server: &TestServer, scene: &Scene) {
    for key in [&scene.above, &scene.within, &scene.of_another] {
        assert_eq!(status(server, key).await, 200);
    }
    let (method, path, body) = &scene.loss;
    let answer = server.call("admin", method, path, body.clone()).await;
    assert!([200, 204].contains(&answer.status), "{}", answer.text);
}

pub(crate) async fn status(server: &TestServer, key: &Value) -> u16 {
    authenticates(server, text(key, "key")).await
}

/// The keys that were cut for being above their makers, each with its cause, as the audit has it.
pub(crate) fn cut(server: &TestServer) -> Vec<(i64, String)> {
    let database = server.database();
    let mut records = database
        .prepare(
            "SELECT target_id, details ->> 'cause' FROM audit_records
             WHERE action = 'api_key.revoke' AND details ->> 'reason' = 'above_maker' ORDER BY id",
        )
        .unwrap();
    let records = records.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    records.map(Result::unwrap).collect()
}

/// A service key in a place, with roles.
pub(crate) async fn key(
    server: &TestServer,
    who: &str,
    (organization, space): (&str, &str),
    (organization_role, space_role): (&str, Value),
) -> Value {
    let mut body = service_key(server, &[(organization, &[space])]);
    body["organizations"][0]["role"] = predefined(organization_role);
    body["organizations"][0]["spaces"][0]["role"] = space_role;
    made(&create(server, who, body).await)
}

pub(crate) fn members(server: &TestServer, place: &str) -> String {
    let collection = if place.starts_with('O') { "organizations" } else { "spaces" };
    format!("/v2/{collection}/{}/users", server.world.id(place))
}

pub(crate) fn membership(server: &TestServer, who: &str, role: &str) -> Value {
    json!({ "user_id": server.world.id(&format!("user:{who}")), "role": predefined(role) })
}

/// Gives a role in a space or a project, and answers the binding. The user is one of the world, or an id.
pub(crate) async fn bind(
    server: &TestServer,
    user: &str,
    role: &str,
    kind: &str,
    place: &str,
) -> Value {
    let body = json!({
        "role_id": server.world.id(role), "user_id": user,
        "resource_type": kind, "resource_id": server.world.id(place),
    });
    made(&server.call("admin", "POST", "/v2/role-bindings", body).await)
}

pub(crate) fn bot(key: &Value) -> &str {
    text(&key["bot_user"], "id")
}

#[tokio::test]
async fn a_lower_role_in_an_organization() {
    play(async |server| Scene {
        maker: "member",
        above: key(server, "member", ("O1", "S1"), ("MEMBER", predefined("MEMBER"))).await,
        within: make_service_key(server, "member").await,
        of_another: key(server, "other", ("O1", "S1"), ("MEMBER", predefined("MEMBER"))).await,
        loss: ("POST", members(server, "O1"), membership(server, "member", "READ_ONLY")),
        cause: "organization_member.set",
    })
    .await;
}

#[tokio::test]
async fn leaving_an_organization() {
    play(async |server| {
        // It reaches into both organizations, and would end as well.
        let reaching = revoke(server, "both", server.world.id("sk_two")).await;
        assert_eq!(reaching.status, 204);
        Scene {
            maker: "both",
            above: make_service_key(server, "both").await,
            within: made(&create(server, "both", service_key(server, &[("O2", &["S2"])])).await),
            of_another: make_service_key(server, "member").await,
            loss: (
                "DELETE",
                format!("{}/{}", members(server, "O1"), server.world.id("user:both")),
                Value::Null,
            ),
            cause: "organization_member.remove",
        }
    })
    .await;
}

#[tokio::test]
async fn a_lower_role_in_a_space() {
    play(async |server| Scene {
        maker: "space_admin",
        above: key(server, "space_admin", ("O1", "S1"), ("READ_ONLY", predefined("ADMIN"))).await,
        within: make_service_key(server, "space_admin").await,
        of_another: key(server, "admin", ("O1", "S1"), ("READ_ONLY", predefined("ADMIN"))).await,
        loss: ("POST", members(server, "S1"), membership(server, "space_admin", "MEMBER")),
        cause: "space_member.set",
    })
    .await;
}

#[tokio::test]
async fn leaving_a_space() {
    play(async |server| Scene {
        maker: "space_admin",
        above: key(server, "space_admin", ("O1", "S1"), ("READ_ONLY", predefined("ADMIN"))).await,
        within: make_service_key(server, "space_admin").await,
        of_another: key(server, "admin", ("O1", "S1"), ("READ_ONLY", predefined("ADMIN"))).await,
        loss: (
            "DELETE",
            format!("{}/{}", members(server, "S1"), server.world.id("user:space_admin")),
            Value::Null,
        ),
        cause: "space_member.remove",
    })
    .await;
}

/// A binding makes an administrator of a space, who makes a key; it is then changed by this call.
async fn bound(server: &TestServer, method: &'static str, cause: &'static str) -> Scene {
    let member = server.world.id("user:member").to_owned();
    let binding = bind(server, &member, "Admin", "SPACE", "S1b").await;
    let less = json!({ "role_id": server.world.id("Member") });
    Scene {
        maker: "member",
        above: key(server, "member", ("O1", "S1b"), ("READ_ONLY", predefined("ADMIN"))).await,
        within: key(server, "member", ("O1", "S1b"), ("READ_ONLY", predefined("MEMBER"))).await,
        of_another: key(server, "admin", ("O1", "S1b"), ("READ_ONLY", predefined("ADMIN"))).await,
        loss: (
            method,
            format!("/v2/role-bindings/{}", text(&binding, "id")),
            if method == "PATCH" { less } else { Value::Null },
        ),
        cause,
    }
}

#[tokio::test]
async fn a_binding_to_less() {
    play(async |server| bound(server, "PATCH", "role_binding.update").await).await;
}

#[tokio::test]
async fn a_binding_that_is_taken_away() {
    play(async |server| bound(server, "DELETE", "role_binding.delete").await).await;
}

fn edit(server: &TestServer, role: &str, permissions: &[&str]) -> (&'static str, String, Value) {
    let path = format!("/v2/roles/{}", server.world.id(role));
    ("PATCH", path, json!({ "permissions": permissions }))
}

/// The key that was given the very role shrinks with its maker, and lives.
#[tokio::test]
async fn a_custom_role_that_permits_less_to_its_holders() {
    play(async |server| {
        let member = server.world.id("user:member").to_owned();
        bind(server, &member, "CR_big", "SPACE", "S1").await;
        let alike = json!({ "name": "alike", "permissions": ["SPACE_DELETE"] });
        let alike = made(&server.call("admin", "POST", "/v2/roles", alike).await);
        let alike = json!({ "type": "CUSTOM", "id": alike["id"] });
        let big = custom(server, "CR_big");
        Scene {
            maker: "member",
            above: key(server, "member", ("O1", "S1"), ("READ_ONLY", alike.clone())).await,
            within: key(server, "member", ("O1", "S1"), ("READ_ONLY", big)).await,
            of_another: key(server, "space_admin", ("O1", "S1"), ("READ_ONLY", alike)).await,
            loss: edit(server, "CR_big", &["ROLE_BINDING_CREATE"]),
            cause: "role.update",
        }
    })
    .await;
}

/// Nobody loses anything, but a bot grows above its maker.
#[tokio::test]
async fn a_custom_role_that_permits_more_to_a_bot() {
    play(async |server| {
        let small = custom(server, "CR_small");
        Scene {
            maker: "member",
            above: key(server, "member", ("O1", "S1"), ("READ_ONLY", small.clone())).await,
            within: make_service_key(server, "member").await,
            of_another: key(server, "space_admin", ("O1", "S1"), ("READ_ONLY", small)).await,
            loss: edit(server, "CR_small", &["PROJECT_READ", "SPACE_DELETE"]),
            cause: "role.update",
        }
    })
    .await;
}

#[tokio::test]
async fn a_space_that_closes() {
    play(async |server| Scene {
        maker: "member",
        above: key(server, "member", ("O1", "S1b"), ("READ_ONLY", predefined("MEMBER"))).await,
        within: make_service_key(server, "member").await,
        of_another: key(server, "admin", ("O1", "S1b"), ("READ_ONLY", predefined("MEMBER"))).await,
        loss: (
            "PATCH",
            format!("/v2/spaces/{}", server.world.id("S1b")),
            json!({ "is_private": true }),
        ),
        cause: "space.update",
    })
    .await;
}

/// The other maker has a binding on the project, and stays in.
#[tokio::test]
async fn a_project_that_closes() {
    play(async |server| {
        let above = make_service_key(server, "member").await;
        let of_another = make_service_key(server, "other").await;
        for key in [&above, &of_another] {
            bind(server, bot(key), "Project Viewer", "PROJECT", "P1").await;
        }
        Scene {
            maker: "member",
            above,
            within: make_service_key(server, "member").await,
            of_another,
            loss: (
                "POST",
                "/v2/resource-restrictions".to_owned(),
                json!({ "resource_id": server.world.id("P1") }),
            ),
            cause: "project.restrict",
        }
    })
    .await;
}

/// A removed person holds nothing: all their service keys are revoked.
#[tokio::test]
async fn a_maker_who_is_removed() {
    for is_on in [true, false] {
        let server = TestServer::start().await;
        server.set_policy(|policy| policy.revoke_keys_above_maker = is_on).await;
        let mut least = service_key(&server, &[("O1", &["S1"])]);
        least["organizations"][0]["spaces"][0]["role"] = custom(&server, "CR_small");
        let least = made(&create(&server, "member", least).await);
        let path = format!("/v2/users/{}", server.world.id("user:member"));
        assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204);
        let expected = if is_on { 401 } else { 200 };
        assert_eq!(status(&server, &least).await, expected);
        for name in ["bot", "sk"] {
            assert_eq!(authenticates(&server, server.world.key(name)).await, expected, "{name}");
        }
        assert_eq!(authenticates(&server, server.world.key("sk_other")).await, 200);
        assert_eq!(cut(&server).len(), if is_on { 3 } else { 0 });
        assert!(cut(&server).iter().all(|(_, cause)| cause == "user.delete"));
    }
}

/// What was above its maker before the policy came goes when it comes, and setting it again finds nothing.
#[tokio::test]
async fn the_policy_itself() {
    let server = TestServer::start().await;
    let above = key(&server, "member", ("O1", "S1"), ("MEMBER", predefined("MEMBER"))).await;
    let orphaned = make_service_key(&server, "other").await;
    let body = membership(&server, "member", "READ_ONLY");
    server.call("admin", "POST", &members(&server, "O1"), body).await.json(200);
    let path = format!("/v2/users/{}", server.world.id("user:other"));
    assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204);

    server.set_policy(|policy| policy.max_user_keys = 9).await;
    assert_eq!(cut(&server), []);
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    assert_eq!(status(&server, &above).await, 401);
    assert_eq!(status(&server, &orphaned).await, 401);
    for name in ["bot", "sk", "sk_two", "sk_admin"] {
        assert_eq!(authenticates(&server, server.world.key(name)).await, 200, "{name}");
    }
    let once = cut(&server);
    assert!(once.iter().all(|(_, cause)| cause == "policy.update"), "{once:?}");
    assert_eq!(once.len(), 3, "these two, and one that the removed person made in the world");
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    assert_eq!(cut(&server), once);
}

/// A key in its grace is a live key, and an expired or revoked one is none.
#[tokio::test]
async fn every_live_key_of_a_bot_ends_and_no_dead_one() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let old = make_service_key(&server, "member").await;
    let grace = json!({ "grace_period_seconds": 600 });
    let new = refresh(&server, "member", text(&old, "id"), grace).await.json(200);
    let expired = make_service_key(&server, "member").await;
    let grace = json!({ "grace_period_seconds": 60 });
    let live = refresh(&server, "member", text(&expired, "id"), grace).await.json(200);
    let revoked = make_service_key(&server, "member").await;
    assert_eq!(revoke(&server, "member", text(&revoked, "id")).await.status, 204);
    server.advance(60);

    let leave = format!("{}/{}", members(&server, "O1"), server.world.id("user:member"));
    assert_eq!(server.call("admin", "DELETE", &leave, Value::Null).await.status, 204);
    let cut: Vec<_> = cut(&server).into_iter().map(|(id, _)| id).collect();
    let expected = [&old, &new, &live].map(|key| number(text(key, "id")));
    let of_world = ["bot", "sk"].map(|name| number(server.world.id(name)));
    let mut all: Vec<_> = expected.into_iter().chain(of_world).collect();
    all.sort_unstable();
    assert_eq!(cut, all);
}

/// A promotion, or a change that changes nothing, revokes no key; nor do gains of others.
#[tokio::test]
async fn gaining_rights_cuts_nothing() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let member = server.world.id("user:member").to_owned();
    let binding = bind(&server, &member, "Member", "SPACE", "S1b").await;
    let admin = json!({ "role_id": server.world.id("Admin") });
    let binding = format!("/v2/role-bindings/{}", text(&binding, "id"));
    server.call("admin", "PATCH", &binding, admin).await.json(200);
    for place in ["O1", "S1"] {
        let body = membership(&server, "member", "ADMIN");
        server.call("admin", "POST", &members(&server, place), body).await.json(200);
    }
    let (method, path, body) = edit(&server, "CR_big", &["SPACE_DELETE", "SPACE_UPDATE"]);
    server.call("admin", method, &path, body).await.json(200);
    let restriction = format!("/v2/resource-restrictions/{}", server.world.id("PR"));
    assert_eq!(server.call("admin", "DELETE", &restriction, Value::Null).await.status, 204);
    let open = format!("/v2/spaces/{}", server.world.id("S1p"));
    server.call("admin", "PATCH", &open, json!({ "is_private": false })).await.json(200);
    assert_eq!(cut(&server), []);
}

/// What is deleted goes from makers and bots alike, so that no key is left above its maker, and what reaches elsewhere lives.
#[tokio::test]
async fn deleting_places_leaves_no_key_above_its_maker() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
    let several = service_key(&server, &[("O1", &["S1", "S1b"]), ("O2", &["S2"])]);
    let several = made(&create(&server, "both", several).await);
    bind(&server, bot(&several), "Project Viewer", "PROJECT", "P1").await;
    let id = |name: &str| server.world.id(name);
    for path in [
        format!("/v2/projects/{}", id("P1")),
        format!("/v2/spaces/{}", id("S1")),
        format!("/v2/organizations/{}", id("O1")),
    ] {
        assert_eq!(server.call("admin", "DELETE", &path, Value::Null).await.status, 204, "{path}");
        assert_eq!(status(&server, &several).await, 200, "{path}");
        // The policy set anew holds every key of the account against its maker.
        server.set_policy(|policy| policy.revoke_keys_above_maker = true).await;
        assert_eq!(cut(&server), [], "{path}");
    }
}
