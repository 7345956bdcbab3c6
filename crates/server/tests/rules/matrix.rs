//! Every role that a caller can have, against every role that they can ask for, at each of the three levels.

use std::fmt::Write as _;

use claviger_testkit::TestServer;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::acts::{create, custom, predefined};
use crate::edits;

/// Where a role is had and asked for. At the two other levels the caller has enough, and asks for the least.
#[derive(Clone, Copy)]
enum Level {
    Account,
    Organization,
    Space,
}

/// The caller's roles, as the database spells them.
const ACCOUNT_ROLES: [&str; 4] = ["admin", "member", "annotator", "member_ui_only"];
const SCOPED_ROLES: [&str; 4] = ["admin", "member", "read_only", "annotator"];

/// The roles asked for. Names that are no predefined role are custom roles of the world.
const ACCOUNT_WISHES: [&str; 5] = ["ADMIN", "MEMBER", "ANNOTATOR", "MEMBER_UI_ONLY", "CR_small"];
const ORGANIZATION_WISHES: [&str; 5] = ["ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR", "CR_small"];
const SPACE_WISHES: [&str; 6] = ["ADMIN", "MEMBER", "READ_ONLY", "ANNOTATOR", "CR_small", "CR_big"];

/// 201 is a new key. 422: the role is above the caller's own, or no key can have it. 400: the members without the API are no role
/// that a key can be asked for with. 403: the caller may not make service keys in the space at all.
///
/// `CR_small` permits to read projects and datasets, `CR_big` to delete the space and to give roles in it.
#[tokio::test]
async fn role_matrix() {
    let server = TestServer::start().await;
    assert_snapshot!(table(&server, Level::Account, &ACCOUNT_ROLES, &ACCOUNT_WISHES).await, @r"
    the caller is  ADMIN  MEMBER  ANNOTATOR  MEMBER_UI_ONLY  CR_small
    admin          201    201     422        400             422
    member         422    201     422        400             422
    annotator      422    422     422        400             422
    member_ui_only 422    422     422        400             422
    ");
    assert_snapshot!(
        table(&server, Level::Organization, &SCOPED_ROLES, &ORGANIZATION_WISHES).await, @r"
    the caller is  ADMIN  MEMBER  READ_ONLY  ANNOTATOR  CR_small
    admin          201    201     201        422        422
    member         422    201     201        422        422
    read_only      422    422     201        422        422
    annotator      422    422     422        422        422
    ");
    assert_snapshot!(table(&server, Level::Space, &SCOPED_ROLES, &SPACE_WISHES).await, @r"
    the caller is  ADMIN  MEMBER  READ_ONLY  ANNOTATOR  CR_small  CR_big
    admin          201    201     201        422        201       201
    member         422    201     201        422        201       422
    read_only      403    403     403        422        403       403
    annotator      403    403     403        422        403       403
    ");
}

/// The early clients' flat body gets 400 where the nested one gets 422 (docs/contract/keys.md#flat-form).
#[tokio::test]
async fn role_matrix_of_the_flat_body() {
    let server = TestServer::start().await;
    let wishes = &["admin", "member"];
    assert_snapshot!(flat_table(&server, Level::Account, &ACCOUNT_ROLES[..3], wishes).await, @r"
    the caller is  admin  member
    admin          201    201
    member         400    201
    annotator      400    400
    ");
    let wishes = &["admin", "member", "read-only"];
    assert_snapshot!(flat_table(&server, Level::Organization, &SCOPED_ROLES, wishes).await, @r"
    the caller is  admin  member  read-only
    admin          201    201     201
    member         400    201     201
    read_only      400    400     201
    annotator      400    400     400
    ");
    assert_snapshot!(flat_table(&server, Level::Space, &SCOPED_ROLES, wishes).await, @r"
    the caller is  admin  member  read-only
    admin          201    201     201
    member         400    201     201
    read_only      403    403     403
    annotator      403    403     403
    ");
}

async fn table(server: &TestServer, level: Level, roles: &[&str], wishes: &[&str]) -> String {
    let mut lines = vec![heading(wishes)];
    for role in roles {
        give_roles(server, level, role);
        let mut line = format!("{role:<14} ");
        for wish in wishes {
            let status = outcome(server, nested(server, level, wish)).await;
            write!(line, "{status:<width$}", width = wish.len() + 2).unwrap();
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

async fn flat_table(server: &TestServer, level: Level, roles: &[&str], wishes: &[&str]) -> String {
    let mut lines = vec![heading(wishes)];
    for role in roles {
        give_roles(server, level, role);
        let mut line = format!("{role:<14} ");
        for wish in wishes {
            let status = outcome(server, flat(server, level, wish)).await;
            write!(line, "{status:<width$}", width = wish.len() + 2).unwrap();
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn heading(wishes: &[&str]) -> String {
    format!("the caller is  {}", wishes.join("  "))
}

/// The status, and that a refusal left nothing behind.
async fn outcome(server: &TestServer, body: Value) -> u16 {
    let before = server.dump().await;
    let response = create(server, "member", body).await;
    if response.status != 201 {
        assert_eq!(server.dump().await, before, "a refused creation left something behind");
    }
    response.status
}

/// Gives the caller the role at the level, and enough at the others to make the least of keys.
fn give_roles(server: &TestServer, level: Level, role: &str) {
    let (account, organization, space) = match level {
        Level::Account => (role, "member", "member"),
        Level::Organization => ("member", role, "member"),
        Level::Space => ("member", "read_only", role),
    };
    edits::account_role(server, "member", account);
    edits::organization_role(server, "member", "O1", organization);
    edits::space_role(server, "member", "S1", space);
}

fn nested(server: &TestServer, level: Level, wish: &str) -> Value {
    let role = if wish.starts_with("CR_") { custom(server, wish) } else { predefined(wish) };
    let mut account = predefined("MEMBER");
    let mut organization = predefined("READ_ONLY");
    let mut space = predefined("READ_ONLY");
    match level {
        Level::Account => account = role,
        Level::Organization => organization = role,
        Level::Space => space = role,
    }
    let spaces = json!([{ "space_id": server.world.id("S1"), "role": space }]);
    let place = json!({ "org_id": server.world.id("O1"), "role": organization, "spaces": spaces });
    json!({ "key_type": "SERVICE", "name": "a", "account_role": account, "organizations": [place] })
}

fn flat(server: &TestServer, level: Level, wish: &str) -> Value {
    let mut roles =
        json!({ "account_role": "member", "org_role": "read-only", "space_role": "read-only" });
    let member = match level {
        Level::Account => "account_role",
        Level::Organization => "org_role",
        Level::Space => "space_role",
    };
    roles[member] = json!(wish);
    let space = server.world.id("S1");
    json!({ "key_type": "service", "name": "a", "space_id": space, "roles": roles })
}
