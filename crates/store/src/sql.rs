//! Every statement, in the SQL that the databases agree on.
//!
//! Rules: parameters are bound, never pasted in, and appear in the order of their numbers. What belongs to a tenant is named together
//! with its account; the exceptions are listed in `WITHOUT_ACCOUNT`, each with its reason.

macro_rules! key_columns {
    () => {
        "k.id, k.account_id, k.key_type, k.name, k.description, k.handle, k.created_by_user_id, k.acts_for_user_id, \
         k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.replaces_key_id"
    };
}

macro_rules! user_columns {
    () => {
        "u.id, u.account_id, u.kind, u.name, u.email, u.role, u.is_developer, u.status, u.created_at"
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

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*

        /// All of them, with their names.
        #[cfg(any(test, feature = "conformance"))]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text),)*];
    };
}

statements! {
    /// The key of a handle, its user and its account. The handle is unique over all tenants: this is how the tenant is found.
    PRESENTED = concat!(
        "SELECT ", key_columns!(), ", k.pepper, k.digest, ", user_columns!(),
        ", a.id, a.name, a.max_key_lifetime, a.refresh_expiry, a.bots_may_mint, a.max_user_keys
        FROM api_keys k
        JOIN users u ON u.id = k.acts_for_user_id AND u.account_id = k.account_id
        JOIN accounts a ON a.id = k.account_id
        WHERE k.handle = $1"
    );
    ORGANIZATION_MEMBERSHIPS = "
        SELECT organization_id, role FROM organization_members
        WHERE user_id = $1 AND account_id = $2";
    SPACE_MEMBERSHIPS = "
        SELECT m.space_id, m.role, r.permissions
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2";
    ORGANIZATION = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o WHERE o.id = $1 AND o.account_id = $2"
    );
    ORGANIZATIONS = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o
        WHERE o.account_id = $1 AND o.id > $2 AND o.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY o.id LIMIT $4"
    );
    SPACE = concat!("SELECT ", space_columns!(), " FROM spaces s WHERE s.id = $1 AND s.account_id = $2");
    SPACES = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY s.id LIMIT $4"
    );
    SPACES_OF_ORGANIZATION = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\' AND s.organization_id = $4
        ORDER BY s.id LIMIT $5"
    );
    CUSTOM_ROLE = "SELECT id, account_id, name, permissions FROM custom_roles WHERE id = $1 AND account_id = $2";
    USER = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $1 AND u.account_id = $2");
    /// The statuses are four flags in the order active, invited, expired, blocked.
    USERS = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.kind = 'person' AND u.id > $2 AND u.email_folded LIKE $3 ESCAPE '\\'
          AND (u.status = 'active' AND $4 = 1 OR u.status = 'invited' AND $5 = 1 OR u.status = 'expired' AND $6 = 1)
        ORDER BY u.id LIMIT $7"
    );
    KEY = concat!("SELECT ", key_columns!(), " FROM api_keys k WHERE k.id = $1 AND k.account_id = $2");
    IS_REPLACED = "SELECT 1 FROM api_keys WHERE replaces_key_id = $1 AND account_id = $2";
    KEYS_OF_USER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.acts_for_user_id = $1 AND k.account_id = $2 AND k.key_type = $3 AND k.status = $4 AND k.id < $5
        ORDER BY k.id DESC LIMIT $6"
    );
    SERVICE_KEYS = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.account_id = $1 AND k.key_type = 'service' AND k.status = $2 AND k.id < $3
        ORDER BY k.id DESC LIMIT $4"
    );
    SERVICE_KEYS_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_keys k
        WHERE k.created_by_user_id = $1 AND k.account_id = $2 AND k.key_type = 'service' AND k.status = $3 AND k.id < $4
        ORDER BY k.id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.status = $3 AND p.api_key_id < $4
        ORDER BY p.api_key_id DESC LIMIT $5"
    );
    SERVICE_KEYS_OF_SPACE_BY_MAKER = concat!(
        "SELECT ", key_columns!(), " FROM api_key_spaces p JOIN api_keys k ON k.id = p.api_key_id AND k.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.created_by_user_id = $3 AND p.status = $4 AND p.api_key_id < $5
        ORDER BY p.api_key_id DESC LIMIT $6"
    );
    BOT_SPACES = "
        SELECT s.organization_id, m.space_id, m.role, m.custom_role_id, r.name
        FROM space_members m
        JOIN spaces s ON s.id = m.space_id AND s.account_id = m.account_id
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2
        ORDER BY m.space_id";
    COUNTED_USER_KEYS = "SELECT user_keys FROM users WHERE id = $1 AND account_id = $2";
    LIVE_USER_KEYS = "
        SELECT count(*) FROM (
            SELECT 1 FROM api_keys
            WHERE acts_for_user_id = $1 AND account_id = $2 AND status = 'active' AND (expires_at IS NULL OR expires_at > $3)
            LIMIT $4
        ) AS live";
    INSERT_ACCOUNT = "
        INSERT INTO accounts (name, max_key_lifetime, refresh_expiry, bots_may_mint, max_user_keys, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    INSERT_ORGANIZATION = "
        INSERT INTO organizations (account_id, name, name_folded, description, created_at)
        VALUES ($1, $2, $3, $4, $5) RETURNING id";
    INSERT_SPACE = "
        INSERT INTO spaces (account_id, organization_id, name, name_folded, description, is_private, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    INSERT_CUSTOM_ROLE = "
        INSERT INTO custom_roles (account_id, name, permissions, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    INSERT_USER = "
        INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    INSERT_ORGANIZATION_MEMBER = "
        INSERT INTO organization_members (user_id, organization_id, account_id, role) VALUES ($1, $2, $3, $4)";
    INSERT_SPACE_MEMBER = "
        INSERT INTO space_members (user_id, space_id, account_id, role, custom_role_id) VALUES ($1, $2, $3, $4, $5)";
    INSERT_KEY = "
        INSERT INTO api_keys (account_id, key_type, status, name, description, handle, pepper, digest, created_by_user_id,
            acts_for_user_id, created_at, expires_at, replaces_key_id)
        VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    INSERT_KEY_SPACE = "
        INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id) VALUES ($1, 'active', $2, $3, $4)";
    REVOKE_KEY = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1 WHERE id = $2 AND account_id = $3 AND status = 'active'";
    REVOKE_KEY_SPACES = "
        UPDATE api_key_spaces SET status = 'revoked' WHERE api_key_id = $1 AND account_id = $2 AND status = 'active'";
    REVOKE_USER_KEYS = "
        UPDATE api_keys SET status = 'revoked', revoked_at = $1
        WHERE acts_for_user_id = $2 AND account_id = $3 AND key_type = 'user' AND status = 'active'";
    SET_KEY_EXPIRY = "UPDATE api_keys SET expires_at = $1 WHERE id = $2 AND account_id = $3";
    COUNT_USER_KEYS = "UPDATE users SET user_keys = user_keys + $1 WHERE id = $2 AND account_id = $3";
    BLOCK_USER = "UPDATE users SET status = 'blocked', user_keys = 0 WHERE id = $1 AND account_id = $2";
    DELETE_ORGANIZATION_MEMBERSHIPS = "DELETE FROM organization_members WHERE user_id = $1 AND account_id = $2";
    DELETE_SPACE_MEMBERSHIPS = "DELETE FROM space_members WHERE user_id = $1 AND account_id = $2";
    SET_POLICY = "
        UPDATE accounts SET max_key_lifetime = $1, refresh_expiry = $2, bots_may_mint = $3, max_user_keys = $4 WHERE id = $5";
    SET_LAST_USED = "
        UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    SET_LATEST_INSTANT = "UPDATE installation SET latest_at = $1 WHERE id = 1 AND latest_at < $2";
    INSERT_AUDIT_RECORD = "
        INSERT INTO audit_records (account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id,
            source, user_agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

/// The statements that name no account, and why they may.
#[cfg(test)]
const WITHOUT_ACCOUNT: &[(&str, &str)] = &[
    ("PRESENTED", "the handle leads to the tenant"),
    ("INSERT_ACCOUNT", "makes the tenant"),
    ("SET_POLICY", "the account itself is the row"),
    ("SET_LAST_USED", "the id comes from a key that was proven"),
    ("SET_LATEST_INSTANT", "belongs to the installation"),
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
        for (name, text) in ALL {
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
        for (name, text) in ALL {
            let numbers = text.split('$').skip(1).map(|rest| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<usize>().unwrap()
            });
            assert!(numbers.enumerate().all(|(place, number)| number == place + 1), "{name}");
        }
    }

    #[test]
    fn no_format_in_sql() {
        let sources =
            [include_str!("sql.rs"), include_str!("sqlite/rows.rs"), include_str!("sqlite/mod.rs")];
        for source in sources {
            let built =
                ["format!(\"SELECT", "format!(\"UPDATE", "format!(\"INSERT", "format!(\"DELETE"];
            assert!(
                !built.iter().any(|start| source.matches(start).count() > 1),
                "SQL is never pasted together"
            );
        }
    }

    #[test]
    fn a_search_for_wildcards_finds_wildcards() {
        assert_eq!(contains(Some("50%_\\")), "%50\\%\\_\\\\%");
        assert_eq!(contains(None), "%");
    }
}
