//! Tables: statements, parameters and rows. They do not authorize.
//!
//! A statement has one text for all databases, or `NAME = "…", postgres = "…";` has two. PostgreSQL gives a function `json_each` to make
//! fewer of those. `NAME returning id` is for what [`Transaction::insert`](crate::transaction::Transaction::insert) carries out.
//!
//! Rules: parameters are bound, never pasted in, and their numbers appear in order. What belongs to a tenant is named together with its
//! account, so that a foreign id finds nothing (docs/threat-model.md#ids-of-other-accounts); the exceptions are listed in
//! `WITHOUT_ACCOUNT`, each with its reason. An `INSERT` does not say that it returns its row's id: SQLite has a cheaper way to ask for
//! that. Where what a caller may see narrows a list, that is what it has to be read by: `INDEXED BY` and a `+` before a column
//! keep the index of the account, which holds everything, out of it.

macro_rules! key_columns {
    () => {
        "k.id, k.account_id, k.key_type, k.name, k.description, k.handle, k.created_by_user_id, \
         coalesce(k.minted_by_user_id, k.created_by_user_id) AS minted_by_user_id, k.acts_for_user_id, \
         k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.replaces_key_id"
    };
}

/// What a query begins with that looks at a key, those that it replaced and those that replaced it: `line`, their ids.
macro_rules! with_line {
    ($key:literal, $account:literal) => {
        concat!(
            "WITH RECURSIVE older (id, replaces) AS (
                SELECT id, replaces_key_id FROM api_keys WHERE id = ", $key, " AND account_id = ", $account, "
                UNION
                SELECT o.id, o.replaces_key_id FROM older l JOIN api_keys o ON o.id = l.replaces
                WHERE o.account_id = ", $account, "
            ), newer (id) AS (
                SELECT id FROM api_keys WHERE id = ", $key, " AND account_id = ", $account, "
                UNION
                SELECT n.id FROM newer l JOIN api_keys n ON n.replaces_key_id = l.id WHERE n.account_id = ", $account, "
            ), line (id) AS (SELECT id FROM older UNION SELECT id FROM newer)"
        )
    };
}

/// How many keys of a line are revoked.
macro_rules! revoked_in_line {
    ($key:literal, $account:literal) => {
        concat!(
            "(",
            with_line!($key, $account),
            "
            SELECT count(*) FROM line l JOIN api_keys r ON r.id = l.id
            WHERE r.account_id = ",
            $account,
            " AND r.status = 'revoked')"
        )
    };
}

macro_rules! user_columns {
    () => {
        "u.id, u.account_id, u.kind, u.name, u.email, u.role, u.is_developer, u.status, u.created_at, u.invited_until"
    };
}

macro_rules! account_columns {
    () => {
        "a.id, a.name, a.max_key_lifetime, a.refresh_expiry, a.bots_may_mint, a.bots_may_invite, a.max_user_keys, \
         a.revoke_keys_above_maker, a.only_owners_refresh_user_keys, a.derived_expiry_cap"
    };
}

macro_rules! space_columns {
    () => {
        "s.id, s.account_id, s.organization_id, s.name, s.description, s.is_private, s.created_at"
    };
}

macro_rules! project_columns {
    () => {
        "p.id, p.account_id, p.space_id, p.name, p.created_at, p.restricted_at"
    };
}

macro_rules! organization_columns {
    () => {
        "o.id, o.account_id, o.name, o.description, o.created_at"
    };
}

/// The ids of the spaces in which a user has a role: by membership, or by a binding in the space or in a project of it.
macro_rules! spaces_of_user {
    ($user:literal, $account:literal) => {
        concat!(
            "SELECT m.space_id FROM space_members m WHERE m.user_id = $",
            $user,
            " AND m.account_id = $",
            $account,
            "
            UNION SELECT b.space_id FROM role_bindings b WHERE b.user_id = $",
            $user,
            " AND b.account_id = $",
            $account,
            " AND b.space_id IS NOT NULL
            UNION SELECT q.space_id FROM role_bindings b JOIN projects q ON q.id = b.project_id AND q.account_id = b.account_id
            WHERE b.user_id = $",
            $user,
            " AND b.account_id = $",
            $account,
            " AND b.project_id IS NOT NULL"
        )
    };
}

/// The ids of the spaces of a reach: its own, and those of its organizations, private ones only of some.
macro_rules! reached_spaces {
    ($spaces:literal, $account:literal, $organizations:literal, $private_of:literal) => {
        concat!(
            "SELECT value FROM json_each($",
            $spaces,
            ")
            UNION SELECT r.id FROM spaces r INDEXED BY spaces_of_organization WHERE +r.account_id = $",
            $account,
            "
              AND r.organization_id IN (SELECT value FROM json_each($",
            $organizations,
            "))
              AND (r.is_private = 0 OR r.organization_id IN (SELECT value FROM json_each($",
            $private_of,
            ")))"
        )
    };
}

/// The ids of the projects of a reach: its own, and those of its spaces; restricted ones only of the spaces of the second reach.
macro_rules! reached_projects {
    ($projects:literal, $account:literal, $a:literal, $b:literal, $c:literal, $d:literal, $e:literal, $f:literal, $g:literal, $h:literal) => {
        concat!(
            "SELECT value FROM json_each($",
            $projects,
            ")
            UNION SELECT q.id FROM projects q INDEXED BY projects_by_name WHERE +q.account_id = $",
            $account,
            "
              AND q.space_id IN (",
            reached_spaces!($a, $b, $c, $d),
            ")
              AND (q.restricted_at IS NULL OR q.space_id IN (",
            reached_spaces!($e, $f, $g, $h),
            "))"
        )
    };
}

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident $(returning $id:ident)? = $text:expr $(, postgres = $postgres:expr)?;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: crate::sql::Sql =
                crate::sql::sql!($text $(, returning $id)? $(, postgres = $postgres)?);
        )*

        /// The group's statements, with their names.
        #[cfg(any(test, feature = "conformance"))]
        pub(super) const ALL: &[(&str, crate::sql::Sql)] = &[$((stringify!($name), $name),)*];
    };
}

mod accounts;
mod api_keys;
mod audit_records;
mod audit_seals;
mod custom_roles;
mod memberships;
mod organizations;
mod projects;
mod role_bindings;
mod spaces;
mod users;
mod verification;

pub(crate) use accounts::{LATEST_INSTANT, NEXT_ID, all_account_ids};
pub(crate) use api_keys::{KeyPage, NewKey};
pub(crate) use audit_records::{AuditPage, REVIVED_KEYS, each_record, last_record, records_from};
pub(crate) use audit_seals::{
    AUDIT_SEALS, head_seal, insert_head, insert_seal, last_seal, seals, set_head,
};
use memberships::{DELETE_ORGANIZATION_MEMBERSHIPS, DELETE_SPACE_MEMBERSHIPS};
pub(crate) use projects::{ProjectPage, ProjectReach};
pub(crate) use role_bindings::BindingPage;
use role_bindings::DELETE_BINDINGS_OF_USER;
pub(crate) use users::NewSignInSecret;

use claviger_domain::Reach;

use crate::param::Param;
use crate::row::{Columns, Decoded, Row};
use crate::sql::Sql;
use crate::transaction::{Driver, RowResult};

/// All statements, with their names.
#[cfg(any(test, feature = "conformance"))]
pub(crate) fn all() -> impl Iterator<Item = &'static (&'static str, Sql)> {
    [
        accounts::ALL,
        api_keys::ALL,
        audit_records::ALL,
        audit_seals::ALL,
        custom_roles::ALL,
        memberships::ALL,
        organizations::ALL,
        projects::ALL,
        role_bindings::ALL,
        spaces::ALL,
        users::ALL,
        verification::ALL,
    ]
    .into_iter()
    .flatten()
}

/// Reads the rows of a statement that belongs to the whole log of the audit, not to a request.
async fn of_log<D: Driver, T: Send>(
    driver: &mut D,
    text: Sql,
    params: &[Param<'_>],
    decode: fn(&mut Columns<'_>) -> Decoded<T>,
) -> RowResult<Vec<T>> {
    let mut found = Vec::new();
    let mut take = |row: &dyn Row| {
        found.push(decode(&mut Columns::of("the audit log", row))?);
        Ok(true)
    };
    driver.query(text, params, &mut take).await?;
    Ok(found)
}

/// Ids as one parameter, for `json_each`.
fn json(ids: impl Iterator<Item = i64>) -> String {
    ids.collect::<serde_json::Value>().to_string()
}

/// Texts as one parameter.
fn json_texts<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.collect::<serde_json::Value>().to_string()
}

/// The spaces of a reach, its organizations, and those of them whose private spaces are in it.
fn sets(reach: &Reach) -> [String; 3] {
    [
        json(reach.spaces.iter().map(|id| id.number())),
        json(reach.organizations.iter().map(|id| id.number())),
        json(reach.private_of.iter().map(|id| id.number())),
    ]
}

/// The text of a pattern that matches whatever contains `part`, in whatever case.
pub(crate) fn contains(part: Option<&str>) -> String {
    let mut pattern = String::from("%");
    for character in part.unwrap_or_default().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    if part.is_some() {
        pattern.push('%');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements that name no account, and why they may.
    const WITHOUT_ACCOUNT: &[(&str, &str)] = &[
        ("BY_HANDLE", "the handle leads to the tenant"),
        ("SIGN_IN_SECRET", "the handle leads to the tenant"),
        ("ADMINISTRATOR_BY_EMAIL", "for the host's own commands"),
        ("INSERT_ACCOUNT", "makes the tenant"),
        ("NEXT_ID", "ids are unique over all tenants"),
        ("ACCOUNTS", "for the host's own commands"),
        ("ACCOUNT_IDS", "for records that go into every log"),
        ("LAST_AUDIT_PLACE", "there is one log for all accounts"),
        ("ACCOUNT_CREATED_AT", "the account itself is the row"),
        ("SET_POLICY", "the account itself is the row"),
        ("SET_LAST_USED", "the id comes from a key that was proven"),
        ("PROBE_WRITE", "belongs to the installation"),
        ("SET_LATEST_INSTANT", "belongs to the installation"),
        ("LATEST_INSTANT", "belongs to the installation"),
        ("REPLACE_LATEST_INSTANT", "belongs to the installation"),
        ("ALL_AUDIT_RECORDS", "for the host's own commands"),
        ("LAST_AUDIT_RECORD", "there is one log for all accounts"),
        ("AUDIT_SEALS", "there is one chain for all accounts"),
        ("LAST_AUDIT_SEAL", "there is one chain for all accounts"),
        ("INSERT_AUDIT_SEAL", "there is one chain for all accounts"),
        ("AUDIT_HEAD", "there is one chain for all accounts"),
        ("INSERT_AUDIT_HEAD", "there is one chain for all accounts"),
        ("REVIVED_KEYS", "for the host's own commands"),
        ("SET_AUDIT_HEAD", "there is one chain for all accounts"),
    ];

    /// The texts of all statements, for each database.
    fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
        all().flat_map(|(name, text)| [(*name, text.sqlite), (*name, text.postgres)])
    }

    #[test]
    fn sql_every_statement_has_tenant() {
        for (name, text) in texts() {
            let excepted = WITHOUT_ACCOUNT.iter().any(|(exception, _)| *exception == name);
            assert_ne!(
                excepted,
                text.contains("account_id = $")
                    || text.contains("(account_id,")
                    || text.contains(", account_id"),
                "{name}: {text}"
            );
        }
    }

    /// SQLite numbers parameters by their first appearance, PostgreSQL by what they are called.
    #[test]
    fn placeholders_first_appear_in_order() {
        for (name, text) in texts() {
            let mut most = 0;
            for rest in text.split('$').skip(1) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let number: usize = digits.parse().unwrap();
                assert!((1..=most + 1).contains(&number), "{name}: ${number} after ${most}");
                most = most.max(number);
            }
        }
    }

    #[test]
    fn a_search_for_wildcards_finds_wildcards() {
        assert_eq!(contains(Some("50%_\\")), "%50\\%\\_\\\\%");
        assert_eq!(contains(None), "%");
    }
}
