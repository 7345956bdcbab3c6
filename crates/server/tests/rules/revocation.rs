//! Who may revoke which key (docs/contract/keys.md#revoke), and that revoking is one change however often it is asked for.

use claviger_testkit::{TestResponse, TestServer};
use insta::assert_snapshot;
use serde_json::Value;

use crate::acts::{
    authenticates, create, find, made, make_service_key, make_user_key, number, revoke_path,
    service_key, text,
};
use crate::edits;

/// The two ways to ask for a key's end: the early clients', and everybody else's.
const WAYS: [&str; 2] = ["DELETE", "PUT"];

async fn end(server: &TestServer, way: &str, key: &str, id: &str) -> TestResponse {
    let path = if way == "PUT" { revoke_path(id) } else { format!("/v2/api-keys/{id}") };
    server.call_with(key, way, &path, Value::Null, &[]).await
}

/// Who asks for the end of a key, and the keys: a person's own, a service key in `S1` that `member` made, one in `S1` and `S2` that
/// `both` made. 404 is told to everybody who cannot see the key, so that ids cannot be probed; 403 to those who can, and to who is no
/// developer.
#[tokio::test]
async fn every_actor_of_the_contract() {
    let server = TestServer::start().await;
    let actors = [
        "admin",
        "space_admin",
        "member",
        "other",
        "both",
        "reader",
        "annotator",
        "plain",
        "bot",
        "stranger",
    ];
    for way in WAYS {
        let mut lines = vec!["who          member's key  in S1  in S1 and S2".to_owned()];
        for actor in actors {
            let own = make_user_key(&server, "member").await;
            let one = make_service_key(&server, "member").await;
            let two = service_key(&server, &[("O1", &["S1"]), ("O2", &["S2"])]);
            let two = made(&create(&server, "both", two).await);
            let mut told = Vec::new();
            for key in [own, one, two] {
                let before = server.dump().await;
                let actor = server.world.key(actor);
                let status = end(&server, way, actor, text(&key, "id")).await.status;
                let works = authenticates(&server, text(&key, "key")).await;
                assert_eq!(works, if status == 204 { 401 } else { 200 });
                assert_eq!(server.dump().await == before, status != 204);
                told.push(status);
            }
            lines.push(format!("{actor:<12} {:<13} {:<6} {}", told[0], told[1], told[2]));
        }
        insta::allow_duplicates! {
            assert_snapshot!(lines.join("\n"), @r"
            who          member's key  in S1  in S1 and S2
            admin        204           204    204
            space_admin  404           204    403
            member       204           204    403
            other        404           403    403
            both         404           403    204
            reader       404           403    403
            annotator    404           403    403
            plain        403           403    403
            bot          404           403    403
            stranger     404           404    404
            ");
        }
    }
}

/// A creator needs `SERVICE_KEY_REVOKE` in every space of the key; who administers every space needs nothing else.
#[tokio::test]
async fn a_demoted_creator_is_told_403() {
    let server = TestServer::start().await;
    edits::organization_role(&server, "both", "O2", "read_only");
    edits::space_role(&server, "both", "S2", "read_only");
    let key = server.world.id("sk_two");
    let before = server.dump().await;
    for way in WAYS {
        assert_eq!(end(&server, way, server.world.key("both"), key).await.status, 403);
    }
    assert_eq!(server.dump().await, before);

    edits::space_role(&server, "space_admin", "S2", "admin");
    assert_eq!(end(&server, "PUT", server.world.key("space_admin"), key).await.status, 204);
}

/// Asked ten times, in either way and by two people: one transition, one record, nothing else.
#[tokio::test]
async fn revoking_again_changes_nothing() {
    let server = TestServer::start().await;
    for key in [make_user_key(&server, "member").await, make_service_key(&server, "member").await] {
        let id = text(&key, "id");
        assert_eq!(end(&server, "PUT", server.world.key("member"), id).await.status, 204);
        let before = server.dump().await;
        server.advance(1);
        for way in WAYS.into_iter().cycle().take(10) {
            for who in ["member", "admin"] {
                assert_eq!(end(&server, way, server.world.key(who), id).await.status, 204);
            }
        }
        assert_eq!(server.dump().await, before);
        assert_eq!(records(&server, id), 1);
        assert_eq!(find(&server, id).await["status"], "REVOKED");
    }
}

/// How often the revocation of a key was written down.
fn records(server: &TestServer, id: &str) -> i64 {
    let count = server.database().query_row(
        "SELECT count(*) FROM audit_records WHERE action = 'api_key.revoke' AND target_id = ?1",
        [number(id)],
        |row| row.get(0),
    );
    count.unwrap()
}

/// A key may end itself. It is answered, and it was its last answer.
#[tokio::test]
async fn a_key_revokes_itself() {
    let server = TestServer::start().await;
    for way in WAYS {
        for key in
            [make_user_key(&server, "member").await, make_service_key(&server, "member").await]
        {
            let (id, key) = (text(&key, "id"), text(&key, "key"));
            assert_eq!(end(&server, way, key, id).await.status, 204);
            assert_eq!(end(&server, way, key, id).await.status, 401);
            assert_eq!(records(&server, id), 1);
        }
    }
}

/// An expired key can still be revoked, and is then listed as what it is.
#[tokio::test]
async fn an_expired_key_can_be_revoked() {
    let server = TestServer::start().await;
    let id = server.world.id("uk_expired");
    assert_eq!(find(&server, id).await["status"], "ACTIVE");
    assert_eq!(end(&server, "PUT", server.world.key("member"), id).await.status, 204);
    assert_eq!(find(&server, id).await["status"], "REVOKED");
}
