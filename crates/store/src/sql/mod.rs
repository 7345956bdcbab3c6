//! Every statement, in the SQL that the databases agree on; one file for each group of tables.
//!
//! Rules: parameters are bound, never pasted in, and appear in the order of their numbers. What belongs to a tenant is named together
//! with its account; the exceptions are listed in `WITHOUT_ACCOUNT`, each with its reason. An `INSERT` does not say that it returns its
//! row's id: each database has its own cheapest way to ask for that. Where what a caller may see narrows a list, that is what it has to
//! be read by: `INDEXED BY` and a `+` before a column keep the index of the account, which holds everything, out of it.

macro_rules! key_columns {
    () => {
        "k.id, k.account_id, k.key_type, k.name, k.description, k.handle, k.created_by_user_id, \
         coalesce(k.minted_by_user_id, k.created_by_user_id) AS minted_by_user_id, k.acts_for_user_id, \
         k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.replaces_key_id"
    };
}

macro_rules! user_columns {
    () => {
        "u.id, u.account_id, u.kind, u.name, u.email, u.role, u.is_developer, u.status, u.created_at, u.invited_until"
    };
}

macro_rules! account_columns {
    () => {
        "a.id, a.name, a.max_key_lifetime, a.refresh_expiry, a.bots_may_mint, a.max_user_keys, \
         a.revoke_keys_above_maker, a.only_owners_refresh_user_keys, a.derived_expiry_cap"
    };
}

macro_rules! space_columns {
    () => {
        "s.id, s.account_id, s.organization_id, s.name, s.description, s.is_private, s.created_at"
    };
}

macro_rules! organization_columns {
    () => {
        "o.id, o.account_id, o.name, o.description, o.created_at"
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
            UNION SELECT q.id FROM projects q INDEXED BY sqlite_autoindex_projects_1 WHERE +q.account_id = $",
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
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*

        /// The group's statements, with their names.
        #[cfg(any(test, feature = "conformance"))]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text),)*];
    };
}

mod accounts;
mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;

pub(crate) use accounts::*;
pub(crate) use audit::*;
pub(crate) use bindings::*;
pub(crate) use keys::*;
pub(crate) use memberships::*;
pub(crate) use organizations::*;
pub(crate) use projects::*;
pub(crate) use roles::*;
pub(crate) use spaces::*;
pub(crate) use users::*;

/// All of them, with their names.
#[cfg(any(test, feature = "conformance"))]
pub(crate) fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    [
        accounts::ALL,
        audit::ALL,
        bindings::ALL,
        keys::ALL,
        memberships::ALL,
        organizations::ALL,
        projects::ALL,
        roles::ALL,
        spaces::ALL,
        users::ALL,
    ]
    .into_iter()
    .flatten()
}

/// The statements that name no account, and why they may.
#[cfg(test)]
const WITHOUT_ACCOUNT: &[(&str, &str)] = &[
    ("PRESENTED", "the handle leads to the tenant"),
    ("SIGN_IN_SECRET", "the handle leads to the tenant"),
    ("ADMINISTRATOR_BY_EMAIL", "for the host's own commands"),
    ("INSERT_ACCOUNT", "makes the tenant"),
    ("NEXT_ID", "ids are unique over all tenants"),
    ("ACCOUNTS", "for the host's own commands"),
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
    ("NEXT_AUDIT_SEGMENT", "there is one chain for all accounts"),
    ("AUDIT_SEALS_FORWARDS", "there is one chain for all accounts"),
    ("AUDIT_SEALS_BACKWARDS", "there is one chain for all accounts"),
    ("INSERT_AUDIT_SEAL", "there is one chain for all accounts"),
    ("AUDIT_HEAD", "there is one chain for all accounts"),
    ("INSERT_AUDIT_HEAD", "there is one chain for all accounts"),
    ("SET_AUDIT_HEAD", "there is one chain for all accounts"),
];

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

    #[test]
    fn sql_every_statement_has_tenant() {
        for (name, text) in all() {
            let excepted = WITHOUT_ACCOUNT.iter().any(|(exception, _)| exception == name);
            assert_ne!(
                excepted,
                text.contains("account_id = $")
                    || text.contains("(account_id,")
                    || text.contains(", account_id"),
                "{name}: {text}"
            );
        }
    }

    #[test]
    fn placeholders_appear_in_order() {
        for (name, text) in all() {
            let numbers = text.split('$').skip(1).map(|rest| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<usize>().unwrap()
            });
            assert!(numbers.enumerate().all(|(place, number)| number == place + 1), "{name}");
        }
    }

    #[test]
    fn no_format_in_sql() {
        let sources = [
            include_str!("../sqlite/rows/mod.rs"),
            include_str!("../sqlite/rows/accounts.rs"),
            include_str!("../sqlite/rows/audit.rs"),
            include_str!("../sqlite/rows/keys.rs"),
            include_str!("../sqlite/rows/memberships.rs"),
            include_str!("../sqlite/rows/bindings.rs"),
            include_str!("../sqlite/rows/organizations.rs"),
            include_str!("../sqlite/rows/projects.rs"),
            include_str!("../sqlite/rows/roles.rs"),
            include_str!("../sqlite/rows/spaces.rs"),
            include_str!("../sqlite/rows/users.rs"),
            include_str!("../sqlite/mod.rs"),
        ];
        for source in sources {
            let built =
                ["format!(\"SELECT", "format!(\"UPDATE", "format!(\"INSERT", "format!(\"DELETE"];
            assert!(
                !built.iter().any(|start| source.contains(start)),
                "SQL is never pasted together"
            );
        }
    }

    /// What is stored is spelled, not printed for debugging (fault S16).
    #[test]
    fn no_debug_text_is_stored() {
        let sources = [
            include_str!("../operations/create.rs"),
            include_str!("../operations/memberships.rs"),
            include_str!("../operations/organizations.rs"),
            include_str!("../operations/policy.rs"),
            include_str!("../operations/projects.rs"),
            include_str!("../operations/refresh.rs"),
            include_str!("../operations/refusals.rs"),
            include_str!("../operations/roles.rs"),
            include_str!("../operations/sign_in.rs"),
            include_str!("../operations/spaces.rs"),
            include_str!("../operations/users.rs"),
        ];
        assert!(!sources.iter().any(|source| source.contains(":?}")));
    }

    #[test]
    fn a_search_for_wildcards_finds_wildcards() {
        assert_eq!(contains(Some("50%_\\")), "%50\\%\\_\\\\%");
        assert_eq!(contains(None), "%");
    }
}
