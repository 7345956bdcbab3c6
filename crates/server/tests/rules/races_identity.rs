//! What happens at the same moment to organizations, spaces, users and memberships.
//!
//! Rule: as in [`crate::races`], a round is judged by what was written.

use std::sync::Arc;

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{authenticates, predefined, service_key, text};
use crate::edits;
use crate::races::{Ask, ROUNDS, ask_database, at_once, count};

/// Of many who ask for the same name at once, one gets it; of many who invite the same person, one does, and the others are told who it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_one_name_one_winner() {
    let server = Arc::new(TestServer::start().await);
    let admin = server.world.key("admin");
    for round in 0..ROUNDS / 4 {
        let name = format!("round {round}");
        let organization = server.world.id("O1");
        for (path, body) in [
            ("/v2/organizations", json!({ "name": name })),
            ("/v2/spaces", json!({ "name": name, "organization_id": organization })),
        ] {
            let asks = (0..8).map(|_| Ask::new(admin, "POST", path, body.clone())).collect();
            let answers = at_once(&server, asks).await;
            assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 7), "{path}");
        }
        let body = json!({
            "name": "Ada", "email": format!("ada{round}@example.com"), "role": "member",
            "invite_mode": "TEMPORARY_PASSWORD",
        });
        let asks = (0..8).map(|_| Ask::new(admin, "POST", "/v2/users", body.clone())).collect();
        let answers = at_once(&server, asks).await;
        assert_eq!((count(&answers, 201), count(&answers, 200)), (1, 7));
        let made = answers.iter().find(|answer| answer.status == 201).unwrap().json(201);
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            assert_eq!(answer.json(200)["id"], made["id"]);
        }
        // The one who came first was told the secret: of many who present it at once, one comes in.
        let secret = text(&made, "temporary_password");
        let ask = Ask::new(secret, "POST", "/auth/v1/sign-in", Value::Null);
        let answers = at_once(&server, vec![ask; 8]).await;
        assert_eq!((count(&answers, 201), count(&answers, 401)), (1, 7));
    }
}

/// A space is deleted while a key is made for it: the key is not made, or it is dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_space_delete_vs_create_key() {
    let server = Arc::new(TestServer::start().await);
    let admin = server.world.key("admin");
    for round in 0..ROUNDS / 2 {
        let organization = server.world.id("O1");
        let body = json!({ "name": format!("round {round}"), "organization_id": organization });
        let space = server.call("admin", "POST", "/v2/spaces", body).await.json(201);
        let mut body = service_key(&server, &[("O1", &["S1"])]);
        body["organizations"][0]["spaces"][0]["space_id"] = space["id"].clone();
        let create = Ask::new(admin, "POST", "/v2/api-keys", body);
        let path = format!("/v2/spaces/{}", text(&space, "id"));
        let delete = Ask::new(admin, "DELETE", path, Value::Null);
        let create_first = round % 2 == 0;
        let asks = if create_first { vec![create, delete] } else { vec![delete, create] };
        let answers = at_once(&server, asks).await;
        let (created, deleted) =
            (&answers[usize::from(!create_first)], &answers[usize::from(create_first)]);
        assert_eq!(deleted.status, 204);
        if created.status == 201 {
            let key = created.json(201);
            assert_eq!(authenticates(&server, text(&key, "key")).await, 401, "round {round}");
        } else {
            assert_eq!(created.status, 404, "{}", created.text);
        }
    }
}

/// Somebody is taken out of the organization while they are put into one of its spaces: they are in neither.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_leave_organization_vs_join_space() {
    const IN_A_SPACE: &str = "SELECT count(*) FROM space_members WHERE user_id = ?1";
    let server = Arc::new(TestServer::start().await);
    let admin = server.world.key("admin");
    let (organization, space) = (server.world.id("O1"), server.world.id("S1"));
    let other = server.world.id("user:other");
    for round in 0..ROUNDS / 2 {
        let join = json!({ "user_id": other, "role": predefined("MEMBER") });
        let path = format!("/v2/organizations/{organization}/users");
        server.call("admin", "POST", &path, join.clone()).await.json(200);
        let leave = Ask::new(admin, "DELETE", format!("{path}/{other}"), Value::Null);
        let join = Ask::new(admin, "POST", format!("/v2/spaces/{space}/users"), join);
        let asks = if round % 2 == 0 { vec![leave, join] } else { vec![join, leave] };
        let answers = at_once(&server, asks).await;
        let joined = &answers[usize::from(round % 2 == 0)];
        assert!([200, 400].contains(&joined.status), "{}", joined.text);
        assert_eq!(ask_database(&server, IN_A_SPACE, edits::user(&server, "other")), 0);
    }
}

/// A space's administrator is demoted while they give roles: nothing that they gave was given after it
/// (docs/threat-model.md#management-is-never-cached).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_demote_vs_give_role() {
    const AFTER_DEMOTION: &str = "
        SELECT count(*) FROM audit_records a JOIN audit_records b ON b.id > a.id
        WHERE a.action = 'space_member.set' AND a.details ->> 'user' = ?1 AND a.details ->> 'after' LIKE '%Member%'
          AND b.action = 'space_member.set' AND b.actor_id = ?1
          AND NOT EXISTS (
              SELECT 1 FROM audit_records c
              WHERE c.id > a.id AND c.id < b.id AND c.details ->> 'user' = ?1 AND c.details ->> 'after' LIKE '%Admin%'
          )";
    let server = Arc::new(TestServer::start().await);
    let admin = server.world.key("admin");
    let path = format!("/v2/spaces/{}/users", server.world.id("S1"));
    let body = |who: &str, role: &str| json!({ "user_id": server.world.id(&format!("user:{who}")), "role": predefined(role) });
    let demoted = edits::user(&server, "space_admin");
    for round in 0..ROUNDS / 2 {
        let promote = body("space_admin", "ADMIN");
        server.call("admin", "POST", &path, promote).await.json(200);
        let demote = Ask::new(admin, "POST", &path, body("space_admin", "MEMBER"));
        let wish = if round % 2 == 0 { "ADMIN" } else { "READ_ONLY" };
        let give = Ask::new(server.world.key("space_admin"), "POST", &path, body("other", wish));
        let asks = if round % 4 < 2 { vec![demote, give] } else { vec![give, demote] };
        let answers = at_once(&server, asks).await;
        let (demotion, gift) =
            (&answers[usize::from(round % 4 >= 2)], &answers[usize::from(round % 4 < 2)]);
        assert_eq!(demotion.status, 200);
        assert!([200, 403].contains(&gift.status), "{}", gift.text);
        assert_eq!(ask_database(&server, AFTER_DEMOTION, demoted), 0, "round {round}");
    }
}
