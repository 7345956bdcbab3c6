//! Reading spaces, organizations and users: who sees what, how it is found, and page by page (docs/contract/organizations.md,
//! docs/contract/users.md).

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::sdk::{column, item};
use crate::urls::escaped;

/// An id of the right shape that was never assigned.
const NO_SPACE: &str = "U3BhY2U6MjAwMTphQmNE";
const NO_ORGANIZATION: &str = "T3JnYW5pemF0aW9uOjEyMzQ1OmFCY0Q=";
const NO_USER: &str = "VXNlcjoxMDAxOm5OYkM=";

const PEOPLE: [&str; 9] =
    ["admin", "member", "other", "both", "reader", "space_admin", "annotator", "plain", "guest"];

async fn names(server: &TestServer, who: &str, path: &str) -> Vec<String> {
    let list = server.call(who, "GET", path, Value::Null).await.json(200);
    let collection = path.trim_start_matches("/v2/").split('?').next().unwrap();
    column(&list[collection], "name")
}

async fn status(server: &TestServer, who: &str, path: &str) -> u16 {
    server.call(who, "GET", path, Value::Null).await.status
}

/// Every page of a list, one name a page or more.
async fn pages(server: &TestServer, who: &str, path: &str, limit: usize) -> Vec<String> {
    let collection = path.trim_start_matches("/v2/").split('?').next().unwrap();
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{path}{separator}limit={limit}{cursor}");
        let page = server.call(who, "GET", &path, Value::Null).await.json(200);
        let names = column(&page[collection], "name");
        assert!((1..=limit).contains(&names.len()), "{page}");
        found.extend(names);
        let more = page["pagination"]["has_more"].as_bool().unwrap();
        assert_eq!(more, page["pagination"]["next_cursor"].is_string(), "{page}");
        if !more {
            return found;
        }
        cursor = format!("&cursor={}", page["pagination"]["next_cursor"].as_str().unwrap());
    }
}

/// Spaces are seen by who reaches into them: members of the organization into public ones, into private ones only their own members
/// and administrators.
#[tokio::test]
async fn spaces_are_seen_by_who_reaches_into_them() {
    let server = TestServer::start().await;
    for (who, seen) in [
        ("admin", &["S1", "S1b", "S1p", "S2"][..]),
        ("member", &["S1", "S1b"]),
        ("reader", &["S1", "S1b"]),
        ("both", &["S1", "S1b", "S2"]),
        ("space_admin", &["S1", "S1b"]),
        ("plain", &["S1", "S1b"]),
        ("bot", &["S1", "S1b"]),
        ("stranger", &["GS1"]),
    ] {
        assert_eq!(names(&server, who, "/v2/spaces").await, seen, "{who}");
        for name in ["S1", "S1b", "S1p", "S2", "GS1"] {
            let path = format!("/v2/spaces/{}", server.world.id(name));
            let expected = if seen.contains(&name) { 200 } else { 404 };
            assert_eq!(status(&server, who, &path).await, expected, "{who} {name}");
        }
    }
}

#[tokio::test]
async fn a_member_of_a_private_space_sees_it() {
    let server = TestServer::start().await;
    let add = "INSERT INTO space_members (user_id, space_id, account_id, role)
        SELECT u.id, s.id, s.account_id, 'read_only' FROM users u, spaces s
        WHERE u.name = 'other' AND s.name = 'S1p'";
    assert_eq!(server.database().execute(add, []).unwrap(), 1);
    assert_eq!(names(&server, "other", "/v2/spaces").await, ["S1", "S1b", "S1p"]);
    assert_eq!(names(&server, "member", "/v2/spaces").await, ["S1", "S1b"]);
    let path = format!("/v2/spaces/{}", server.world.id("S1p"));
    let space = server.call("other", "GET", &path, Value::Null).await.json(200);
    assert_eq!(space["is_private"], true);
}

#[tokio::test]
async fn an_administrator_of_the_organization_sees_its_private_spaces() {
    let server = TestServer::start().await;
    let promote = "UPDATE organization_members SET role = 'admin'
        WHERE user_id = (SELECT id FROM users WHERE name = 'other')";
    assert_eq!(server.database().execute(promote, []).unwrap(), 1);
    assert_eq!(names(&server, "other", "/v2/spaces").await, ["S1", "S1b", "S1p"]);
}

#[tokio::test]
async fn organizations_are_seen_by_their_members() {
    let server = TestServer::start().await;
    for (who, seen) in [
        ("admin", &["O1", "O2"][..]),
        ("member", &["O1"]),
        ("reader", &["O1"]),
        ("annotator", &["O1"]),
        ("both", &["O1", "O2"]),
        ("bot", &["O1"]),
        ("stranger", &["G1"]),
    ] {
        assert_eq!(names(&server, who, "/v2/organizations").await, seen, "{who}");
        for name in ["O1", "O2", "G1"] {
            let path = format!("/v2/organizations/{}", server.world.id(name));
            let expected = if seen.contains(&name) { 200 } else { 404 };
            assert_eq!(status(&server, who, &path).await, expected, "{who} {name}");
        }
    }
}

/// Account administrators and members see everybody of their account, others themselves.
#[tokio::test]
async fn users_are_seen_by_members_of_the_account() {
    let server = TestServer::start().await;
    for who in ["admin", "member", "reader", "plain"] {
        assert_eq!(names(&server, who, "/v2/users").await, PEOPLE, "{who}");
        for name in PEOPLE {
            let path = format!("/v2/users/{}", server.world.id(&format!("user:{name}")));
            assert_eq!(status(&server, who, &path).await, 200, "{who} {name}");
        }
        let path = format!("/v2/users/{}", server.world.id("user:stranger"));
        assert_eq!(status(&server, who, &path).await, 404, "{who}");
    }
    assert_eq!(names(&server, "stranger", "/v2/users").await, ["stranger"]);
    assert_eq!(status(&server, "annotator", "/v2/users").await, 403);
    assert_eq!(status(&server, "bot", "/v2/users").await, 403);
    let own = format!("/v2/users/{}", server.world.id("user:annotator"));
    assert_eq!(status(&server, "annotator", &own).await, 200);
    let another = format!("/v2/users/{}", server.world.id("user:member"));
    assert_eq!(status(&server, "annotator", &another).await, 404);
}

#[tokio::test]
async fn removed_people_are_gone_for_everybody() {
    let server = TestServer::start().await;
    let path = format!("/v2/users/{}", server.world.id("user:orphan"));
    for who in ["admin", "member", "annotator"] {
        assert_eq!(status(&server, who, &path).await, 404, "{who}");
    }
    for filter in ["", "?email=orphan", "?status=active&status=invited&status=expired"] {
        let path = format!("/v2/users{filter}");
        assert!(!names(&server, "admin", &path).await.contains(&"orphan".to_owned()), "{filter}");
    }
}

/// Bot users are in no list; a caller who can see the service key can get its bot user.
#[tokio::test]
async fn bot_users_are_found_by_id_alone() {
    let server = TestServer::start().await;
    let path = "/v2/api-keys?key_type=SERVICE";
    let keys = server.call("member", "GET", path, Value::Null).await.json(200);
    let bot = &item(&keys["api_keys"], server.world.id("sk"))["bot_user"];
    let path = format!("/v2/users/{}", bot["id"].as_str().unwrap());
    let user = server.call("member", "GET", &path, Value::Null).await.json(200);
    assert_eq!(user["name"], "a service key");
    assert_eq!(user["email"], "bot@claviger.invalid");
    assert!(names(&server, "admin", "/v2/users?email=claviger.invalid").await.is_empty());
}

/// "Does not exist" and "is not yours to know of" are the same answer, but for the path that it repeats.
#[tokio::test]
async fn what_is_not_yours_does_not_exist() {
    let server = TestServer::start().await;
    for (collection, missing, hidden) in [
        ("spaces", NO_SPACE, &["S1p", "S2", "GS1"][..]),
        ("organizations", NO_ORGANIZATION, &["O2", "G1"]),
        ("users", NO_USER, &["user:stranger", "user:orphan"]),
    ] {
        let read = async |id: &str| {
            let path = format!("/v2/{collection}/{id}");
            let mut problem = server.call("member", "GET", &path, Value::Null).await.json(404);
            problem["instance"] = Value::Null;
            problem
        };
        let expected = read(missing).await;
        for name in hidden {
            assert_eq!(read(server.world.id(name)).await, expected, "{name}");
        }
    }
}

#[tokio::test]
async fn an_id_of_another_kind_is_a_bad_request() {
    let server = TestServer::start().await;
    for (collection, id) in [
        ("spaces", "O1"),
        ("spaces", "uk"),
        ("organizations", "S1"),
        ("users", "S1"),
        ("users", "uk"),
    ] {
        let path = format!("/v2/{collection}/{}", server.world.id(id));
        assert_eq!(status(&server, "admin", &path).await, 400, "{collection} {id}");
        let path = format!("/v2/{collection}/{id}");
        assert_eq!(status(&server, "admin", &path).await, 400, "{collection} by name");
    }
}

/// Clients send the padding of ids raw or escaped.
#[tokio::test]
async fn ids_may_be_percent_encoded() {
    let server = TestServer::start().await;
    let id = server.world.id("S1");
    for id in [id.replace('=', "%3D"), escaped(id)] {
        assert_eq!(status(&server, "member", &format!("/v2/spaces/{id}")).await, 200, "{id}");
    }
}

#[tokio::test]
async fn spaces_are_filtered_by_organization() {
    let server = TestServer::start().await;
    for (who, organization, seen) in [
        ("admin", "O1", &["S1", "S1b", "S1p"][..]),
        ("admin", "O2", &["S2"]),
        ("member", "O1", &["S1", "S1b"]),
    ] {
        let path = format!("/v2/spaces?org_id={}", server.world.id(organization));
        assert_eq!(names(&server, who, &path).await, seen, "{who} {organization}");
    }
    let unseen = [server.world.id("O2"), server.world.id("G1"), NO_ORGANIZATION];
    for organization in unseen {
        let path = format!("/v2/spaces?org_id={organization}");
        assert_eq!(status(&server, "member", &path).await, 404, "{organization}");
    }
}

/// A filter is a part of the name, in whatever case; the wildcards of databases are letters like others.
#[tokio::test]
async fn names_are_searched_by_their_parts() {
    let server = TestServer::start().await;
    let rename =
        "UPDATE spaces SET name = '50% of_x\\', name_folded = '50% of_x\\' WHERE name = 'S2'";
    assert_eq!(server.database().execute(rename, []).unwrap(), 1);
    let odd = ["50% of_x\\"];
    for (filter, seen) in [
        ("", &["S1", "S1b", "S1p", odd[0]][..]),
        ("S1", &["S1", "S1b", "S1p"]),
        ("s1", &["S1", "S1b", "S1p"]),
        ("1B", &["S1b"]),
        ("s1bb", &[]),
        ("%25", &odd),
        ("_", &odd),
        ("%5C", &odd),
        ("S%25", &[]),
        ("S_", &[]),
        ("0%25%20O", &odd),
        ("0%25+O", &odd),
        ("'", &[]),
        ("%22", &[]),
    ] {
        let path = format!("/v2/spaces?name={filter}");
        assert_eq!(names(&server, "admin", &path).await, seen, "{filter}");
    }
    for (filter, seen) in [("o", &["O1", "O2"][..]), ("O2", &["O2"]), ("%25", &[]), ("_", &[])] {
        let path = format!("/v2/organizations?name={filter}");
        assert_eq!(names(&server, "admin", &path).await, seen, "{filter}");
    }
}

/// Case is that of people, not of ASCII.
#[tokio::test]
async fn names_beyond_ascii_are_searched_in_any_case() {
    let server = TestServer::start().await;
    let rename = "UPDATE spaces SET name = 'Équipe', name_folded = 'équipe' WHERE name = 'S2'";
    assert_eq!(server.database().execute(rename, []).unwrap(), 1);
    for filter in ["%C3%89QUI", "%C3%A9qui"] {
        let path = format!("/v2/spaces?name={filter}");
        assert_eq!(names(&server, "admin", &path).await, ["Équipe"], "{filter}");
    }
}

#[tokio::test]
async fn users_are_searched_by_parts_of_their_address() {
    let server = TestServer::start().await;
    for (filter, seen) in [
        ("member@example.com", &["member"][..]),
        ("MEMBER@Example.com", &["member"]),
        ("e", &PEOPLE),
        ("admin", &["admin", "space_admin"]),
        ("_", &["space_admin"]),
        ("%25", &[]),
        ("nobody", &[]),
    ] {
        let path = format!("/v2/users?email={filter}");
        assert_eq!(names(&server, "member", &path).await, seen, "{filter}");
    }
}

#[tokio::test]
async fn users_are_filtered_by_status() {
    let server = TestServer::start().await;
    for (name, status) in [("reader", "invited"), ("plain", "expired")] {
        let edit = "UPDATE users SET status = ?1 WHERE name = ?2 AND kind = 'person'";
        assert_eq!(server.database().execute(edit, [status, name]).unwrap(), 1);
    }
    let active = ["admin", "member", "other", "both", "space_admin", "annotator"];
    for (filter, seen) in [
        ("", &PEOPLE[..]),
        ("?status=INVITED", &["reader", "guest"]),
        ("?status=invited", &["reader", "guest"]),
        ("?status=EXPIRED", &["plain"]),
        ("?status=INVITED&status=EXPIRED", &["reader", "plain", "guest"]),
        ("?status=ACTIVE", &active),
        ("?status=ACTIVE&email=admin", &["admin", "space_admin"]),
    ] {
        let path = format!("/v2/users{filter}");
        assert_eq!(names(&server, "admin", &path).await, seen, "{filter}");
    }
    for filter in ["BLOCKED", "inactive", ""] {
        let path = format!("/v2/users?status={filter}");
        assert_eq!(status(&server, "admin", &path).await, 400, "{filter}");
    }
    let users = server.call("admin", "GET", "/v2/users?status=INVITED", Value::Null).await;
    assert_eq!(users.json(200)["users"][0]["status"], "INVITED");
}

/// Oldest first, each once, however large the pages are, also where most of what is stored is not visible to the caller.
#[tokio::test]
async fn lists_are_complete_page_by_page() {
    let server = TestServer::start().await;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO spaces (account_id, organization_id, name, name_folded, description, is_private, created_at)
        SELECT s.account_id, s.organization_id, 'many' || i, 'many' || i, '', i % 3 > 0, s.created_at
        FROM n, spaces s WHERE s.name = 'S1'";
    assert_eq!(server.database().execute(many, []).unwrap(), 300);
    let public: Vec<String> = (1..=100).map(|i| format!("many{}", 3 * i)).collect();
    for limit in [1, 7, 50, 99, 100] {
        let found = pages(&server, "member", "/v2/spaces?name=many", limit).await;
        assert_eq!(found, public, "{limit} a page");
    }
    assert_eq!(pages(&server, "admin", "/v2/spaces?name=many", 100).await.len(), 300);
    for limit in [1, 3, 8, 9] {
        let found = pages(&server, "member", "/v2/users", limit).await;
        assert_eq!(found, PEOPLE, "{limit} a page");
    }
    assert_eq!(pages(&server, "admin", "/v2/organizations", 1).await, ["O1", "O2"]);
}

#[tokio::test]
async fn pages_have_fifty_entries_unless_asked() {
    let server = TestServer::start().await;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
        INSERT INTO organizations (account_id, name, name_folded, description, created_at)
        SELECT o.account_id, 'many' || i, 'many' || i, '', o.created_at
        FROM n, organizations o WHERE o.name = 'O1'";
    assert_eq!(server.database().execute(many, []).unwrap(), 120);
    assert_eq!(names(&server, "admin", "/v2/organizations").await.len(), 50);
    assert_eq!(names(&server, "admin", "/v2/organizations?limit=100").await.len(), 100);
}

/// A cursor goes on with the list it came from, and with no other.
#[tokio::test]
async fn cursors_belong_to_their_list() {
    let server = TestServer::start().await;
    let page = server.call("admin", "GET", "/v2/spaces?limit=1", Value::Null).await.json(200);
    let cursor = page["pagination"]["next_cursor"].as_str().unwrap();
    for (who, path) in [
        ("admin", "/v2/organizations?limit=1"),
        ("admin", "/v2/users?limit=1"),
        ("admin", "/v2/api-keys?limit=1"),
        ("admin", "/v2/spaces?limit=1&name=s"),
        ("member", "/v2/spaces?limit=1"),
        ("stranger", "/v2/spaces?limit=1"),
    ] {
        let path = format!("{path}&cursor={cursor}");
        assert_eq!(status(&server, who, &path).await, 400, "{who} {path}");
    }
    let path = format!("/v2/spaces?limit=3&cursor={cursor}");
    assert_eq!(names(&server, "admin", &path).await, ["S1b", "S1p", "S2"]);
}

#[tokio::test]
async fn bad_parameters_are_bad_requests() {
    let server = TestServer::start().await;
    let long = "n".repeat(256);
    for collection in ["spaces", "organizations", "users"] {
        let search = if collection == "users" { "email" } else { "name" };
        for query in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=ten",
            "limit=1&limit=1",
            "cursor=",
            "cursor=nonsense",
            "nope=1",
            &format!("{search}={long}"),
            &format!("{search}=%00"),
            &format!("{search}=%FF"),
            &format!("{search}=%4"),
            &format!("{search}=a&{search}=b"),
        ] {
            let path = format!("/v2/{collection}?{query}");
            assert_eq!(status(&server, "admin", &path).await, 400, "{path}");
        }
        let longest = &long[1..];
        let path = format!("/v2/{collection}?{search}={longest}");
        assert!(names(&server, "admin", &path).await.is_empty());
        let path = format!("/v2/{collection}/{}?nope=1", server.world.id("S1"));
        assert_eq!(status(&server, "admin", &path).await, 400, "{path}");
    }
    for organization in ["O1", "", server.world.id("S1")] {
        let path = format!("/v2/spaces?org_id={organization}");
        assert_eq!(status(&server, "admin", &path).await, 400, "{path}");
    }
}

#[tokio::test]
async fn what_is_listed_is_what_is_got() {
    let server = TestServer::start().await;
    for collection in ["spaces", "organizations", "users"] {
        let path = format!("/v2/{collection}");
        let list = server.call("admin", "GET", &path, Value::Null).await.json(200);
        for listed in list[collection].as_array().unwrap() {
            let path = format!("/v2/{collection}/{}", listed["id"].as_str().unwrap());
            let got = server.call("admin", "GET", &path, Value::Null).await.json(200);
            assert_eq!(&got, listed);
        }
    }
}

#[tokio::test]
async fn a_user_is_shown_with_role_and_address() {
    let server = TestServer::start().await;
    for (name, role, is_developer) in
        [("admin", "ADMIN", true), ("plain", "MEMBER", false), ("annotator", "ANNOTATOR", true)]
    {
        let id = server.world.id(&format!("user:{name}"));
        let path = format!("/v2/users/{id}");
        let user = server.call("admin", "GET", &path, Value::Null).await.json(200);
        let expected = json!({
            "id": id, "name": name, "email": format!("{name}@example.com"),
            "created_at": "2026-11-23T10:00:00Z", "status": "ACTIVE",
            "role": { "type": "PREDEFINED", "name": role }, "is_developer": is_developer,
        });
        assert_eq!(user, expected);
    }
}
