//! Which names and descriptions a key can have (docs/threat-model.md#names-and-texts).

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::acts::{create, send_text, user_key};

/// What becomes of a member's text: the status, and how it is kept if that is another text.
async fn kept(server: &TestServer, member: &str, text: &str) -> String {
    let mut body = user_key();
    body[member] = json!(text);
    let response = create(server, "both", body).await;
    if response.status != 201 {
        return response.status.to_string();
    }
    match response.json(201).get(member) {
        Some(Value::String(kept)) if kept == text => "201".to_owned(),
        Some(Value::String(kept)) => format!("201 as {} characters", kept.chars().count()),
        _ => "201 as none".to_owned(),
    }
}

/// Rows of what a text is and what becomes of it as a name, and as a description (fault R23).
#[tokio::test]
async fn name_policy_table() {
    let server = TestServer::start().await;
    server.set_policy(|policy| policy.max_user_keys = 100_000).await;
    let long = |text: &str, times: usize| text.repeat(times);
    let rows: Vec<(&str, String)> = vec![
        ("nothing", String::new()),
        ("one space", " ".to_owned()),
        ("a no-break space", "\u{a0}".to_owned()),
        ("an ideographic space", "\u{3000}".to_owned()),
        ("only a zero-width joiner", "\u{200d}".to_owned()),
        ("a Hangul filler", "\u{3164}".to_owned()),
        ("a blank Braille pattern", "\u{2800}".to_owned()),
        ("a combining mark", "\u{301}".to_owned()),
        ("a joiner between Latin letters", "a\u{200d}b".to_owned()),
        ("one letter", "a".to_owned()),
        ("words", "nightly build of main".to_owned()),
        ("quotes, backslashes, markup", r#"a"b\c<d>&'e"#.to_owned()),
        ("a composed letter", "\u{e9}".to_owned()),
        ("a decomposed letter", "e\u{301}".to_owned()),
        ("a family of emoji, joined", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".to_owned()),
        ("Persian with a non-joiner", "\u{645}\u{6cc}\u{200c}\u{62e}".to_owned()),
        ("right-to-left text as such", "\u{5d0}\u{5d1}".to_owned()),
        ("a line break", "a\nb".to_owned()),
        ("a tab", "a\tb".to_owned()),
        ("256 letters", long("a", 256)),
        ("257 letters", long("a", 257)),
        ("256 emoji", long("\u{1f600}", 256)),
        ("257 emoji", long("\u{1f600}", 257)),
        ("256 decomposed letters", long("e\u{301}", 256)),
        ("257 decomposed letters", long("e\u{301}", 257)),
        ("200 letters that NFC takes apart", long("\u{958}", 200)),
        ("1,000 letters", long("a", 1_000)),
        ("1,001 letters", long("a", 1_001)),
        ("60,000 letters", long("a", 60_000)),
    ];
    let mut lines = vec![format!("{:<34}name                  description", "")];
    for (what, text) in &rows {
        let name = kept(&server, "name", text).await;
        let description = kept(&server, "description", text).await;
        lines.push(format!("{what:<34}{name:<22}{description}"));
    }
    assert_snapshot!(lines.join("\n"), @r"
                                      name                  description
    nothing                           400                   201 as none
    one space                         400                   201
    a no-break space                  400                   201
    an ideographic space              400                   201
    only a zero-width joiner          400                   400
    a Hangul filler                   400                   400
    a blank Braille pattern           400                   201
    a combining mark                  400                   201
    a joiner between Latin letters    400                   400
    one letter                        201                   201
    words                             201                   201
    quotes, backslashes, markup       201                   201
    a composed letter                 201                   201
    a decomposed letter               201                   201
    a family of emoji, joined         201                   201
    Persian with a non-joiner         201                   201
    right-to-left text as such        201                   201
    a line break                      400                   201
    a tab                             400                   201
    256 letters                       201                   201
    257 letters                       400                   201
    256 emoji                         201                   201
    257 emoji                         400                   201
    256 decomposed letters            400                   201
    257 decomposed letters            400                   201
    200 letters that NFC takes apart  201                   201
    1,000 letters                     400                   201
    1,001 letters                     400                   400
    60,000 letters                    400                   400
    ");
}

/// Characters that could hide, reorder or break what is printed beside them, each alone and in the middle of a word. Line breaks and
/// tabs are let through in descriptions only.
#[tokio::test]
async fn invisible_and_control_characters_are_refused() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    let refused = (0..=0x1f)
        .chain(0x7f..=0x9f)
        .chain([0x200b, 0x200e, 0x200f])
        .chain(0x2028..=0x202e)
        .chain(0x2060..=0x2069)
        .chain([0xfeff])
        .chain(0xfdd0..=0xfdef)
        .chain((0..=16).flat_map(|plane| [plane << 16 | 0xfffe, plane << 16 | 0xffff]));
    for character in refused.map(|code: u32| char::from_u32(code).unwrap()) {
        for text in [character.to_string(), format!("na{character}me")] {
            assert_eq!(kept(&server, "name", &text).await, "400", "{character:?}");
            if !matches!(character, '\n' | '\r' | '\t') {
                assert_eq!(kept(&server, "description", &text).await, "400", "{character:?}");
            }
        }
    }
    assert_eq!(server.dump().await, before);
}

/// Every character that sets the direction of text: the whole of Unicode's property `Bidi_Control`.
#[tokio::test]
async fn no_direction_control_is_let_through() {
    let server = TestServer::start().await;
    let controls = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    for character in controls.chars() {
        for member in ["name", "description"] {
            let text = format!("na{character}me");
            assert_eq!(kept(&server, member, &text).await, "400", "{member}: {character:?}");
        }
    }
}

/// Half a surrogate pair is no character, however it is written.
#[tokio::test]
async fn lone_surrogates_are_refused() {
    let server = TestServer::start().await;
    let before = server.dump().await;
    for escaped in [r"\ud800", r"\udfff", r"\ud83d", r"a\ude00b", r"\ud83d\ud83d", r"\ud83da"] {
        let body = format!(r#"{{"key_type":"USER","name":"{escaped}"}}"#);
        let response = send_text(&server, "member", "POST", "/v2/api-keys", body).await;
        assert_eq!(response.status, 400, "{escaped}: {}", response.text);
    }
    assert_eq!(server.dump().await, before);
}

/// Names and descriptions that an earlier version took are read as they are, and everything that has one can be renamed, used and ended
/// (fault R23).
#[tokio::test]
async fn what_an_earlier_version_took_is_read_and_changed() {
    let server = TestServer::start().await;
    let old = "\u{3164}";
    for table in ["api_keys", "organizations", "spaces", "projects", "custom_roles", "users"] {
        let statement = format!("UPDATE {table} SET name = ?1 || id");
        server.database().execute(&statement, [old]).unwrap();
    }
    for table in ["api_keys", "organizations", "spaces", "custom_roles"] {
        let statement = format!("UPDATE {table} SET description = ?1");
        server.database().execute(&statement, ["a\u{ad}b"]).unwrap();
    }
    for (collection, member, id) in [
        ("organizations", "organizations", "O1"),
        ("spaces", "spaces", "S1"),
        ("projects", "projects", "P1"),
        ("roles", "roles", "CR_small"),
        ("users", "users", "user:member"),
        ("api-keys", "api_keys", "uk"),
    ] {
        let who = if collection == "api-keys" { "member" } else { "admin" };
        let list = format!("/v2/{collection}?limit=100");
        let list = server.call(who, "GET", &list, Value::Null).await.json(200);
        let id = server.world.id(id);
        let found = list[member].as_array().unwrap().iter().find(|found| found["id"] == id);
        let name = found.unwrap()["name"].as_str().unwrap();
        assert!(name.starts_with(old), "{collection}: {name:?}");
        if collection != "api-keys" {
            let path = format!("/v2/{collection}/{id}");
            let body = json!({ "name": "seen" });
            let renamed = server.call("admin", "PATCH", &path, body).await.json(200);
            assert_eq!(renamed["name"], "seen", "{collection}");
        }
    }
    let key = format!("/v2/api-keys/{}", server.world.id("uk"));
    let refreshed = format!("{key}/refresh");
    let refreshed = server.call("member", "POST", &refreshed, json!({})).await.json(200);
    assert!(refreshed["name"].as_str().unwrap().starts_with(old));
    let revoke = format!("/v2/api-keys/{}/revoke", refreshed["id"].as_str().unwrap());
    let revoked = server.call("member", "PUT", &revoke, Value::Null).await;
    assert!(revoked.status < 300, "{}", revoked.text);
}

/// Official clients look names up by what they were given, byte for byte: a name comes back so, or is refused (fault W2).
#[tokio::test]
async fn a_name_comes_back_as_it_was_given_or_is_refused() {
    let server = TestServer::start().await;
    let organization = server.world.id("O1").to_owned();
    for name in ["Cafe\u{301}", "\u{212b}ngstr\u{f6}m", "\u{958}"] {
        let email = format!("u{}@example.com", name.len());
        for (path, body, member, is_kept) in [
            ("/v2/organizations", json!({ "name": name }), "name", false),
            ("/v2/spaces", json!({ "name": name, "organization_id": organization }), "name", false),
            ("/v2/roles", json!({ "name": name, "permissions": ["PROJECT_READ"] }), "name", false),
            ("/v2/api-keys", json!({ "name": name, "key_type": "USER" }), "name", true),
            (
                "/v2/organizations",
                json!({ "name": email, "description": name }),
                "description",
                true,
            ),
            (
                "/v2/users",
                json!({
                    "name": name, "email": email, "invite_mode": "NONE",
                    "role": { "type": "PREDEFINED", "name": "MEMBER" },
                }),
                "name",
                true,
            ),
        ] {
            let answer = send_text(&server, "admin", "POST", path, body.to_string()).await;
            if is_kept {
                assert_eq!(answer.status, 201, "{path} {name:?}: {}", answer.text);
                let made: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
                assert_eq!(made[member], name, "{path}");
            } else {
                assert_eq!(answer.status, 400, "{path} {name:?}: {}", answer.text);
                assert!(
                    answer.text.contains("`name`") && answer.text.contains("NFC"),
                    "{}",
                    answer.text
                );
            }
        }
    }
}
