//! What the answers to each client version look like, and which rules it is held to (docs/contract/dialects.md).
//!
//! [`BANDS`] is read off the contract, not off the server's own table. Each test walks over all of it. Where the contract says that a
//! client does not care, neither does the test.

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::sdk::{Sdk, UNKNOWN, column, go, item, javascript, python, rust};

/// Whether a member is in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Always,
    Never,
    /// The client takes both.
    Either,
}

use Shown::{Always, Either, Never};

/// How a user's role is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoleForm {
    Bare,
    Builtin,
    Lower,
    Upper,
}

/// Clients that are answered alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Band {
    /// The first version, the last, and some between.
    pub(crate) clients: &'static [Sdk],
    pub(crate) active: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) redacted_on_create: Shown,
    pub(crate) bot_on_create: Shown,
    pub(crate) bot_on_list: Shown,
    pub(crate) last_used: Shown,
    pub(crate) is_private: Shown,
    /// Spaces name their organization.
    pub(crate) space_organization: Shown,
    pub(crate) role: RoleForm,
    /// A refresh can only shorten a key's life.
    pub(crate) tightens: bool,
    /// It creates service keys with `organizations`.
    pub(crate) nested: bool,
}

const A: Band = Band {
    clients: &[go("0.3.0"), go("0.5.1"), go("0.7.0"), go("0.11.0")],
    active: "active",
    removed: "deleted",
    redacted_on_create: Always,
    bot_on_create: Never,
    bot_on_list: Never,
    last_used: Either,
    is_private: Either,
    space_organization: Either,
    role: RoleForm::Lower,
    tightens: false,
    nested: false,
};
const B: Band =
    Band { removed: "revoked", clients: &[go("0.12.0"), go("0.13.0"), go("0.15.9")], ..A };
const C: Band = Band {
    clients: &[go("0.17.0"), go("0.18.0")],
    active: "ACTIVE",
    removed: "REVOKED",
    redacted_on_create: Either,
    role: RoleForm::Upper,
    tightens: true,
    ..B
};
const D: Band = Band {
    clients: &[go("0.20.0"), go("0.22.0"), go("0.24.0"), go("1.3.0")],
    redacted_on_create: Always,
    bot_on_create: Always,
    bot_on_list: Either,
    is_private: Always,
    nested: true,
    ..C
};
const PYTHON_A: Band = Band { last_used: Never, is_private: Never, space_organization: Never, ..A };
const PYTHON_D: Band = Band {
    clients: &[python("8.43.0"), python("8.44.9")],
    bot_on_list: Never,
    last_used: Always,
    space_organization: Never,
    ..D
};

pub(crate) const BANDS: &[Band] = &[
    A,
    B,
    Band { clients: &[go("0.16.0"), go("0.16.3")], tightens: true, ..B },
    C,
    D,
    Band { clients: &[python("8.22.3")], role: RoleForm::Bare, ..PYTHON_A },
    Band { clients: &[python("8.22.4"), python("8.23.9")], role: RoleForm::Builtin, ..PYTHON_A },
    Band { clients: &[python("8.24.0"), python("8.27.0"), python("8.28.1")], ..PYTHON_A },
    Band {
        clients: &[python("8.28.2"), python("8.31.0"), python("8.33.9")],
        last_used: Always,
        ..PYTHON_A
    },
    Band {
        clients: &[python("8.34.0"), python("8.35.0"), python("8.38.9")],
        last_used: Always,
        removed: "revoked",
        ..PYTHON_A
    },
    Band {
        clients: &[python("8.39.0")],
        last_used: Always,
        removed: "revoked",
        tightens: true,
        ..PYTHON_A
    },
    Band {
        clients: &[python("8.40.0")],
        redacted_on_create: Never,
        last_used: Always,
        is_private: Never,
        space_organization: Never,
        ..C
    },
    Band { clients: &[python("8.41.0"), python("8.42.9")], is_private: Never, ..PYTHON_D },
    PYTHON_D,
    Band {
        clients: &[python("8.45.0"), python("8.50.0"), python("8.57.9")],
        space_organization: Either,
        bot_on_list: Either,
        ..PYTHON_D
    },
    Band {
        clients: &[python("8.58.0"), python("8.61.0"), python("9.0.0")],
        space_organization: Always,
        bot_on_list: Always,
        ..PYTHON_D
    },
    Band { clients: &[javascript("1.12.0"), javascript("1.17.9")], ..A },
    Band { clients: &[javascript("1.18.0"), javascript("1.19.0"), javascript("1.22.9")], ..B },
    Band { clients: &[javascript("1.23.0")], tightens: true, ..B },
    // The contract's tables differ on whether 1.24 is shown `redacted_key` and `bot_user`; the client looks at neither.
    Band { clients: &[javascript("1.24.0")], bot_on_create: Either, bot_on_list: Either, ..C },
    Band { clients: &[javascript("1.25.0")], is_private: Either, ..D },
    Band { clients: &[javascript("1.28.0")], ..D },
    Band {
        clients: &[UNKNOWN],
        space_organization: Always,
        bot_on_list: Always,
        last_used: Always,
        ..D
    },
    Band {
        clients: &[rust("0.1.0"), rust("3.2.1")],
        space_organization: Always,
        bot_on_list: Always,
        last_used: Always,
        tightens: false,
        ..D
    },
];

/// Every client with its band.
pub(crate) fn clients() -> impl Iterator<Item = (Sdk, Band)> {
    BANDS.iter().flat_map(|band| band.clients.iter().map(|client| (*client, *band)))
}

impl Band {
    /// A canonical value, such as `READ_ONLY`, as the band writes it.
    pub(crate) fn spell(&self, value: &str) -> String {
        if self.active == "ACTIVE" {
            value.to_owned()
        } else {
            value.to_lowercase().replace('_', "-")
        }
    }

    /// The body with which the band's clients create a service key, with a role in the space.
    pub(crate) fn service_key(&self, server: &TestServer, space_role: &str) -> Value {
        let (name, key_type) = ("ci", self.spell("SERVICE"));
        let (organization, space) = (server.world.id("O1"), server.world.id("S1"));
        if !self.nested {
            let roles = json!({ "space_role": self.spell(space_role) });
            return json!({ "name": name, "key_type": key_type, "space_id": space, "roles": roles });
        }
        let role = json!({ "type": "PREDEFINED", "name": space_role });
        let spaces = json!([{ "space_id": space, "role": role }]);
        json!({
            "name": name, "key_type": key_type,
            "organizations": [{ "org_id": organization, "spaces": spaces }],
        })
    }

    pub(crate) fn user_key(&self, name: &str) -> Value {
        json!({ "name": name, "key_type": self.spell("USER") })
    }
}

#[track_caller]
fn assert_shown(shown: Shown, value: &Value, client: Sdk, member: &str) {
    match shown {
        Always => assert!(!value[member].is_null(), "{client:?} misses {member}: {value}"),
        Never => assert!(value.get(member).is_none(), "{client:?} fails on {member}: {value}"),
        Either => {}
    }
}

async fn list(server: &TestServer, client: Sdk, who: &str, filter: &str) -> Value {
    let path = format!("/v2/api-keys?limit=100&{filter}");
    client.json(server, who, ("GET", &path, Value::Null), 200).await["api_keys"].clone()
}

#[tokio::test]
async fn enumerations_are_spelled_as_the_client_spells_them() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let (user, service) = (band.spell("USER"), band.spell("SERVICE"));
        let keys = list(&server, client, "member", &format!("key_type={user}")).await;
        let key = item(&keys, server.world.id("uk"));
        assert_eq!(key["key_type"], user, "{client:?}");
        assert_eq!(key["status"], band.active, "{client:?}");
        let keys = list(&server, client, "member", &format!("key_type={service}")).await;
        assert_eq!(item(&keys, server.world.id("sk"))["key_type"], service, "{client:?}");
        let request = ("POST", "/v2/api-keys", band.user_key("spelled"));
        let created = client.json(&server, "member", request, 201).await;
        assert_eq!(created["key_type"], user, "{client:?}");
        assert_eq!(created["status"], band.active, "{client:?}");
        let request = ("GET", "/v2/users", Value::Null);
        let users = client.json(&server, "member", request, 200).await;
        assert_eq!(users["users"][0]["status"], band.active, "{client:?}");
    }
}

#[tokio::test]
async fn removed_keys_have_the_status_that_the_client_knows() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let keys = list(&server, client, "member", &format!("status={}", band.removed)).await;
        let key = item(&keys, server.world.id("uk_revoked"));
        assert_eq!(key["status"], band.removed, "{client:?}");
    }
}

#[tokio::test]
async fn redacted_key_is_on_new_keys_where_the_client_wants_it() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let request = ("POST", "/v2/api-keys", band.user_key("redacted"));
        let created = client.json(&server, "member", request, 201).await;
        assert_shown(band.redacted_on_create, &created, client, "redacted_key");
        let path = format!("/v2/api-keys/{}/refresh", created["id"].as_str().unwrap());
        let refreshed = client.json(&server, "member", ("POST", &path, json!({})), 200).await;
        assert_shown(band.redacted_on_create, &refreshed, client, "redacted_key");
        let keys = list(&server, client, "member", "").await;
        assert_shown(Always, &keys[0], client, "redacted_key");
    }
}

#[tokio::test]
async fn bot_user_is_on_new_service_keys_where_the_client_wants_it() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let request = ("POST", "/v2/api-keys", band.service_key(&server, "READ_ONLY"));
        let created = client.json(&server, "member", request, 201).await;
        assert_shown(band.bot_on_create, &created, client, "bot_user");
        let path = format!("/v2/api-keys/{}/refresh", created["id"].as_str().unwrap());
        let refreshed = client.json(&server, "member", ("POST", &path, json!({})), 200).await;
        assert_shown(Never, &refreshed, client, "bot_user");
        let request = ("POST", "/v2/api-keys", band.user_key("no bot"));
        let user_key = client.json(&server, "member", request, 201).await;
        assert_shown(Never, &user_key, client, "bot_user");
    }
}

#[tokio::test]
async fn bot_user_is_on_listed_service_keys_where_the_client_wants_it() {
    let server = TestServer::start().await;
    let space = format!("space_id={}", server.world.id("S1"));
    for (client, band) in clients() {
        let keys = list(&server, client, "member", "key_type=service").await;
        assert_shown(band.bot_on_list, &item(&keys, server.world.id("sk")), client, "bot_user");
        let keys = list(&server, client, "member", &space).await;
        let key = item(&keys, server.world.id("sk"));
        assert_shown(band.bot_on_list, &key, client, "bot_user");
        // In a list of a space, the other bindings are not readable for the caller (docs/contract/keys.md#bot-user).
        if band.bot_on_list == Always {
            assert_eq!(key["bot_user"]["organizations"], json!([]), "{client:?}");
        }
        let keys = list(&server, client, "member", "").await;
        assert_shown(Never, &item(&keys, server.world.id("uk")), client, "bot_user");
    }
}

#[tokio::test]
async fn last_used_at_is_shown_where_the_client_reads_it() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        list(&server, client, "member", "").await;
        server.store.write_last_uses().await.unwrap();
        let keys = list(&server, client, "member", "").await;
        let used = item(&keys, server.world.id("key:member"));
        assert_shown(band.last_used, &used, client, "last_used_at");
        assert_shown(Never, &item(&keys, server.world.id("uk")), client, "last_used_at");
    }
}

#[tokio::test]
async fn is_private_is_shown_where_the_client_reads_it() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let request = ("GET", "/v2/spaces", Value::Null);
        let spaces = client.json(&server, "admin", request, 200).await["spaces"].clone();
        for space in spaces.as_array().unwrap() {
            assert_shown(band.is_private, space, client, "is_private");
            assert_shown(band.space_organization, space, client, "organization_id");
            assert!(space["description"].is_string(), "{client:?}: {space}");
        }
        if band.is_private == Always {
            let private = item(&spaces, server.world.id("S1p"));
            assert_eq!(private["is_private"], true, "{client:?}");
        }
        let path = format!("/v2/spaces/{}", server.world.id("S1"));
        let space = client.json(&server, "admin", ("GET", &path, Value::Null), 200).await;
        assert_shown(band.is_private, &space, client, "is_private");
    }
}

#[tokio::test]
async fn a_users_role_has_the_form_that_the_client_reads() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let path = format!("/v2/users/{}", server.world.id("user:member"));
        let user = client.json(&server, "member", ("GET", &path, Value::Null), 200).await;
        let expected = match band.role {
            RoleForm::Bare => json!("member"),
            RoleForm::Builtin => json!({ "type": "builtin", "name": "member" }),
            RoleForm::Lower => json!({ "type": "predefined", "name": "member" }),
            RoleForm::Upper => json!({ "type": "PREDEFINED", "name": "MEMBER" }),
        };
        assert_eq!(user["role"], expected, "{client:?}");
    }
}

/// Creates a key that expires, and refreshes it.
async fn refresh_expiring(
    server: &TestServer,
    client: Sdk,
    band: Band,
    body: Value,
) -> TestResponse {
    let mut request = band.user_key("expiring");
    request["expires_at"] = json!("2026-12-23T12:00:00Z");
    let created = client.json(server, "member", ("POST", "/v2/api-keys", request), 201).await;
    let path = format!("/v2/api-keys/{}/refresh", created["id"].as_str().unwrap());
    client.send(server, server.world.key("member"), "POST", &path, &body).await
}

#[tokio::test]
async fn refresh_follows_the_rule_that_the_client_was_told() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let status = if band.tightens { 422 } else { 200 };
        let omitted = refresh_expiring(&server, client, band, json!({})).await;
        assert_eq!(omitted.status, status, "{client:?}: {}", omitted.text);
        let later = json!({ "expires_at": "2027-12-23T12:00:00Z" });
        let later = refresh_expiring(&server, client, band, later).await;
        assert_eq!(later.status, status, "{client:?}: {}", later.text);
        if !band.tightens {
            let refreshed: Value = serde_json::from_str(&omitted.text).unwrap();
            assert_shown(Never, &refreshed, client, "expires_at");
        }
        for allowed in ["2026-12-01T12:00:00Z", "2026-12-23T12:00:00Z"] {
            let body = json!({ "expires_at": allowed });
            let refreshed = refresh_expiring(&server, client, band, body).await.json(200);
            assert_eq!(refreshed["expires_at"], allowed, "{client:?}");
        }
    }
}

/// The form of the body decides, and each client sends its own (docs/contract/dialects.md#input).
#[tokio::test]
async fn a_role_above_ones_own_is_400_in_flat_bodies_and_422_in_nested_ones() {
    let server = TestServer::start().await;
    for (client, band) in clients() {
        let body = band.service_key(&server, "ADMIN");
        let answer =
            client.send(&server, server.world.key("member"), "POST", "/v2/api-keys", &body).await;
        let status = if band.nested { 422 } else { 400 };
        assert_eq!(answer.status, status, "{client:?}: {}", answer.text);
        let problem: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(problem["status"], status, "{client:?}");
    }
}

/// The letter chooses the dialect, whatever the client says of itself.
#[tokio::test]
async fn the_header_claviger_dialect_chooses_by_letter() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    for (letter, status, removed) in [
        ("A", "active", "deleted"),
        ("b", "active", "revoked"),
        ("C", "ACTIVE", "REVOKED"),
        ("d", "ACTIVE", "REVOKED"),
        ("E", "ACTIVE", "REVOKED"),
    ] {
        for version in ["0.7.0", "0.12.0", "0.24.0"] {
            let marks =
                [("claviger-dialect", letter), ("sdk-language", "go"), ("sdk-version", version)];
            for (filter, expected) in [("active", status), ("revoked", removed)] {
                let path = format!("/v2/api-keys?status={filter}");
                let answer = server.call_with(key, "GET", &path, Value::Null, &marks).await;
                let list = answer.json(200)["api_keys"].clone();
                assert_eq!(list[0]["status"], expected, "{letter} {version}");
            }
        }
    }
}

#[tokio::test]
async fn a_letter_chooses_the_whole_dialect() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    for (letter, band, redacted, bot, listed) in [
        ("A", A, Always, Never, Never),
        ("B", B, Always, Never, Never),
        ("C", C, Never, Never, Never),
        ("D", D, Always, Always, Never),
        ("E", D, Always, Always, Always),
    ] {
        let marks = [("claviger-dialect", letter)];
        let body = band.service_key(&server, "MEMBER");
        let created = server.call_with(key, "POST", "/v2/api-keys", body, &marks).await.json(201);
        assert_shown(redacted, &created, UNKNOWN, "redacted_key");
        assert_shown(bot, &created, UNKNOWN, "bot_user");
        let path = "/v2/api-keys?key_type=service";
        let keys = server.call_with(key, "GET", path, Value::Null, &marks).await.json(200);
        assert_shown(listed, &keys["api_keys"][0], UNKNOWN, "bot_user");
        let path = format!("/v2/api-keys/{}/refresh", server.world.id("uk_expiring"));
        if band.tightens {
            let answer = server.call_with(key, "POST", &path, json!({}), &marks).await;
            assert_eq!(answer.status, 422, "{letter}");
        }
    }
}

#[tokio::test]
async fn whoever_is_not_recognised_gets_the_newest_dialect() {
    let server = TestServer::start().await;
    let key = server.world.key("member");
    let path = "/v2/api-keys?key_type=service";
    let newest = [("claviger-dialect", "E")];
    let expected = server.call_with(key, "GET", path, Value::Null, &newest).await.json(200);
    let long = "1.".repeat(40);
    for marks in [
        vec![],
        vec![("user-agent", "curl/8.5.0")],
        vec![("user-agent", "OpenAPI-Generator/1.0.0/java")],
        vec![("sdk-language", "go")],
        vec![("sdk-version", "0.7.0")],
        vec![("sdk-language", "go"), ("sdk-version", "next")],
        vec![("sdk-language", "go"), ("sdk-version", "")],
        vec![("sdk-language", "go"), ("sdk-version", long.as_str())],
        vec![("sdk-language", "go"), ("sdk-version", "99999999999999999999.0.0")],
        vec![("sdk-language", "cobol"), ("sdk-version", "0.7.0")],
        vec![("claviger-dialect", "Q")],
        vec![("claviger-dialect", "")],
    ] {
        let found = server.call_with(key, "GET", path, Value::Null, &marks).await.json(200);
        assert_eq!(found, expected, "{marks:?}");
    }
}

/// What a client says of itself chooses the shape of answers and nothing else.
#[tokio::test]
async fn no_dialect_sees_or_may_more_than_another() {
    let server = TestServer::start().await;
    let space = format!("/v2/api-keys?space_id={}", server.world.id("S2"));
    let private = format!("/v2/spaces/{}", server.world.id("S1p"));
    let mut lists = Vec::new();
    for (client, _) in clients() {
        for path in [&space, &private] {
            client.json(&server, "member", ("GET", path, Value::Null), 404).await;
        }
        let path = format!("user_id={}", server.world.id("user:member"));
        lists.push(column(&list(&server, client, "admin", &path).await, "id"));
    }
    lists.dedup();
    assert_eq!(lists.len(), 1, "{lists:?}");
}
