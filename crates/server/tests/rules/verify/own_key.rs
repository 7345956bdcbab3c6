//! What a key learns of itself.

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use super::verify;

/// A key learns whom it acts for, and what it is permitted where.
#[tokio::test]
async fn a_key_learns_who_it_is() {
    let server = TestServer::start().await;
    let world = &server.world;
    let own = async |who: &str, query: &str| {
        server.call(who, "GET", &format!("/auth/v1/self{query}"), Value::Null).await
    };
    for who in ["admin", "member", "plain", "annotator", "bot"] {
        let told = own(who, "").await.json(200);
        let verified = verify(&server, "admin", json!({ "key": world.key(who) })).await;
        for member in ["key", "principal", "permissions"] {
            assert_eq!(told[member], verified[member], "{member} of {who}");
        }
    }
    let in_space = own("bot", "?space=S1").await.json(200);
    let body = json!({ "key": world.key("bot"), "scope": { "space": "S1" } });
    assert_eq!(in_space["permissions"], verify(&server, "admin", body).await["permissions"]);
    assert!(in_space["permissions"].as_array().unwrap().contains(&json!("PROJECT_READ")));
    for hidden in ["S2", "S1p", "GS1", "no such space", world.id("S2")] {
        let path = format!("?space={}", hidden.replace(' ', "+").replace('=', "%3D"));
        assert_eq!(own("bot", &path).await.status, 404, "{hidden}");
    }
    // What a member may do everywhere does not tell that a place is there.
    for hidden in ["S1p", "GS1", "no such space"] {
        let path = format!("?space={}", hidden.replace(' ', "+"));
        assert_eq!(own("plain", &path).await.status, 404, "{hidden}");
    }
    assert_eq!(own("bot", "?space=S1%00").await.status, 404, "no name has a NUL");
    assert_eq!(own("bot", "?space=S1&project=P1").await.status, 400);
    for dead in ["expired", "revoked", "orphan"] {
        assert_eq!(own(dead, "").await.status, 401);
    }
}
