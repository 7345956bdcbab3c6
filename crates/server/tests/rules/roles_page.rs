//! `docs/roles.md`: who may do what, as the server answers it, and what the predefined roles permit, as the code has it.
//!
//! Rule: the page is never edited. `CLAVIGER_WRITE_PAGES=1 cargo test -p claviger-server --test rules roles_page` writes it.

use std::fmt::Write as _;
use std::path::PathBuf;

use claviger_domain::{AccountRole, Permission, PermissionSet, PredefinedRole, ScopedRole};
use claviger_testkit::TestServer;

use crate::edits;
use crate::operations::{Operation, operations};
use crate::successes::success;

/// A column: its name, the role in the account, and those in `O1` and `S1`, if any.
type Role = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const ROLES: [Role; 10] = [
    ("account admin", "admin", None, None),
    ("org admin", "member", Some("admin"), None),
    ("org member", "member", Some("member"), None),
    ("org read-only", "member", Some("read_only"), None),
    ("space admin", "member", None, Some("admin")),
    ("space member", "member", None, Some("member")),
    ("space read-only", "member", None, Some("read_only")),
    ("space annotator", "annotator", None, Some("annotator")),
    ("account member", "member", None, None),
    ("account annotator", "annotator", None, None),
];

const INTRODUCTION: &str = "# Who may do what

A test writes this page (`crates/server/tests/rules/roles_page.rs`): it runs every operation in every role against the server.
**yes**: allowed. **no**: 403, the caller can see the resource and may not do this. **unseen**: 404, as if the resource did not exist.
What the permissions mean: [permissions](permissions.md).

Each column is a person with one role, and with developer access. They are in an organization or a space only if the column says so. The
organization, the space in it (public) and its content are those of the role; keys are the caller's own. Roles flow down: an administrator
of an organization administers its spaces. Permissions of several roles add up.

Service keys have the same roles, with two differences. The account role `MEMBER` gives a bot user nothing: it reads and invites no
people, and reads no roles. And no service key invites people, resends invitations or resets passwords, not even with the account role
`ADMIN`, unless the policy `bots_may_invite` is on.

Taking developer access from a person revokes no keys. The person can no longer create or refresh keys, and gets none by signing in. To
revoke existing keys, an administrator calls `POST /auth/v1/api-keys/revoke-all`. Everybody may call it for their own keys.

";

/// What an operation comes to in a role.
async fn outcome(server: &TestServer, operation: &Operation, role: &Role) -> &'static str {
    let (_, account, organization, space) = *role;
    edits::account_role(server, "member", account);
    edits::organization_role(server, "member", "O1", organization.unwrap_or("member"));
    if organization.is_none() {
        edits::leave_organization(server, "member", "O1");
    }
    edits::space_role(server, "member", "S1", space.unwrap_or("member"));
    if space.is_none() {
        edits::leave_space(server, "member", "S1");
    }
    let request = success(&server.world, operation);
    let answer = server.call("member", &operation.method, &request.path, request.body).await;
    match answer.status {
        200..=299 => "yes",
        403 => "no",
        404 => "unseen",
        other => panic!("{operation:?} in {role:?}: {other} {}", answer.text),
    }
}

async fn row(operation: Operation) -> String {
    let mut server = TestServer::start().await;
    let mut cells = Vec::new();
    for role in &ROLES {
        let cell = outcome(&server, &operation, role).await;
        cells.push(cell);
        // What was changed is not to be seen in the next cell.
        if cell == "yes" && operation.changes() {
            server = TestServer::start().await;
        }
    }
    let Operation { method, path, .. } = &operation;
    format!("| `{method} {path}` | {} |\n", cells.join(" | "))
}

/// One row for each operation, one column for each role.
async fn table_of_operations() -> String {
    let names = ROLES.map(|role| role.0).join(" | ");
    let mut text = format!("| operation | {names} |\n|---|{}\n", "---|".repeat(ROLES.len()));
    let listed = operations(&TestServer::start().await).await;
    // Each row waits for the disk most of the time: several at once.
    for rows in listed.chunks(8) {
        let rows: Vec<_> =
            rows.iter().map(|operation| tokio::spawn(row(operation.clone()))).collect();
        for row in rows {
            text.push_str(&row.await.unwrap());
        }
    }
    text
}

/// One row for each permission, one column for each predefined role.
fn table_of_permissions() -> String {
    let scoped =
        [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator];
    let mut columns: Vec<(String, PermissionSet)> = Vec::new();
    for role in [AccountRole::Admin, AccountRole::Member, AccountRole::Annotator] {
        columns.push((format!("account {role:?}"), role.permissions()));
    }
    columns.extend(scoped.map(|role| (format!("org {role:?}"), role.in_organization())));
    columns.extend(scoped.map(|role| (format!("space {role:?}"), role.in_space())));
    let projects = [
        PredefinedRole::ProjectAdmin,
        PredefinedRole::ProjectEditor,
        PredefinedRole::ProjectViewer,
    ];
    columns.extend(projects.map(|role| (role.name().to_lowercase(), role.permissions())));
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut text =
        format!("| permission | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for permission in Permission::ALL {
        let cells: Vec<&str> = columns
            .iter()
            .map(|(_, set)| if set.contains(*permission) { "yes" } else { "" })
            .collect();
        writeln!(text, "| `{}` | {} |", permission.name(), cells.join(" | ")).unwrap();
    }
    text
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own setting, which no command line defines"
)]
async fn roles_page_is_what_the_server_does() {
    let page = format!(
        "{INTRODUCTION}{}\n## Permissions of the predefined roles\n\n\
         These sets are Claviger's own choice ([0006](decisions/0006-predefined-roles.md)). Roles in an organization count in each of its public spaces.\n\n{}",
        table_of_operations().await,
        table_of_permissions(),
    );
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/roles.md");
    if std::env::var("CLAVIGER_WRITE_PAGES").is_ok() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/roles.md is out of date: the top of this file says how to write it"
    );
}
