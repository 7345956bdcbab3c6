//! What no operation of the API does yet, done by hand through a second connection to the database.

use claviger_testkit::TestServer;

use crate::acts::number;

/// Gives a person another role in the account: a value of the database, such as `annotator`.
pub(crate) fn account_role(server: &TestServer, who: &str, role: &str) {
    let user = user(server, who);
    one(server.database().execute("UPDATE users SET role = ?1 WHERE id = ?2", (role, user)));
}

/// Gives a person a role in an organization, in the place of the one they had.
pub(crate) fn organization_role(server: &TestServer, who: &str, organization: &str, role: &str) {
    let place = number(server.world.id(organization));
    one(server.database().execute(
        "INSERT OR REPLACE INTO organization_members (user_id, organization_id, account_id, role)
         SELECT id, ?1, account_id, ?2 FROM users WHERE id = ?3",
        (place, role, user(server, who)),
    ));
}

/// Takes a person out of an organization.
pub(crate) fn leave_organization(server: &TestServer, who: &str, organization: &str) {
    let place = number(server.world.id(organization));
    one(server.database().execute(
        "DELETE FROM organization_members WHERE organization_id = ?1 AND user_id = ?2",
        (place, user(server, who)),
    ));
}

/// Gives a person a role in a space, in the place of the one they had.
pub(crate) fn space_role(server: &TestServer, who: &str, space: &str, role: &str) {
    let place = number(server.world.id(space));
    one(server.database().execute(
        "INSERT OR REPLACE INTO space_members (user_id, space_id, account_id, role, custom_role_id)
         SELECT id, ?1, account_id, ?2, NULL FROM users WHERE id = ?3",
        (place, role, user(server, who)),
    ));
}

/// Gives a person a custom role in a space, in the place of the role they had.
pub(crate) fn custom_space_role(server: &TestServer, who: &str, space: &str, role: &str) {
    let (place, role) = (number(server.world.id(space)), number(server.world.id(role)));
    one(server.database().execute(
        "INSERT OR REPLACE INTO space_members (user_id, space_id, account_id, role, custom_role_id)
         SELECT id, ?1, account_id, NULL, ?2 FROM users WHERE id = ?3",
        (place, role, user(server, who)),
    ));
}

/// Makes a custom role permit exactly these permissions.
pub(crate) fn permissions(server: &TestServer, role: &str, names: &[&str]) {
    let names = serde_json::to_string(names).unwrap();
    let role = number(server.world.id(role));
    one(server
        .database()
        .execute("UPDATE custom_roles SET permissions = ?1 WHERE id = ?2", (names, role)));
}

/// Calls a custom role something else.
pub(crate) fn rename_role(server: &TestServer, role: &str, name: &str) {
    let role = number(server.world.id(role));
    one(server.database().execute("UPDATE custom_roles SET name = ?1 WHERE id = ?2", (name, role)));
}

/// The number of a user of the world.
pub(crate) fn user(server: &TestServer, who: &str) -> i64 {
    number(server.world.id(&format!("user:{who}")))
}

/// A change of exactly one row.
#[track_caller]
fn one<E: std::fmt::Debug>(changed: Result<usize, E>) {
    assert_eq!(changed.unwrap(), 1);
}

/// Lets a removed person take part again.
pub(crate) fn revive(server: &TestServer, who: &str) {
    let user = user(server, who);
    one(server.database().execute("UPDATE users SET status = 'active' WHERE id = ?1", [user]));
}

/// Takes a person out of a space.
pub(crate) fn leave_space(server: &TestServer, who: &str, space: &str) {
    let place = number(server.world.id(space));
    one(server.database().execute(
        "DELETE FROM space_members WHERE space_id = ?1 AND user_id = ?2",
        (place, user(server, who)),
    ));
}
