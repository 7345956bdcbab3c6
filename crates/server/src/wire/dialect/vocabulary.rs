//! Which permission names a client knows (docs/permissions.md#names).
//!
//! Python clients lose a whole page of roles to one name that they do not know. The vocabulary grew with the minor versions of the
//! Python client 8, so a version's number stands for what it knows. Go clients take any name and have lists of their own; they are shown
//! what theirs have, since a name that a release has no word for helps nobody there (docs/permissions.md#names).

use claviger_domain::Permission;

/// Names that came after the first vocabulary, by how they begin: the minor version that first knew them.
const LATER: &[(&str, u16)] = &[
    ("ORGANIZATION_", 13),
    ("SERVICE_KEY_READ", 17),
    ("SERVICE_KEY_REVOKE", 17),
    ("USER_PERMISSION_", 21),
    ("REMOTE_ENDPOINT_INTEGRATION_", 24),
    ("DATASET_VIEW_", 39),
    ("LLM_INTEGRATION_", 41),
    ("MANAGED_AGENT_", 41),
    ("AGENT_ROLE_", 50),
    ("ROLE_CREATE", 50),
    ("ROLE_READ", 50),
    ("ROLE_UPDATE", 50),
    ("ROLE_DELETE", 50),
    ("DASHBOARD_RESTRICT", 53),
    ("COST_CONFIG_", 57),
    ("DASHBOARD_TEMPLATE_", 61),
    ("PROJECT_SPAN_EVAL_FEEDBACK_UPDATE", 61),
    ("PROMPT_RESTRICT", 61),
    ("KEY_VERIFY", CLAVIGER),
];

/// Beyond every version of Arize's clients: for permissions that only Claviger has.
const CLAVIGER: u16 = u16::MAX;

/// The minor version that named ending a service key `REVOKE`; before it, the name was `DELETE`.
const REVOKE: u16 = 41;
const DELETE_NAME: &str = "SERVICE_KEY_DELETE";

/// What a client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary(pub u16);

impl Vocabulary {
    /// Every name, those that only Claviger has among them.
    pub(crate) const ALL: Self = Self(CLAVIGER);
    /// Every name that Arize's clients may know.
    pub(crate) const OF_ARIZE: Self = Self(CLAVIGER - 1);

    /// The permission's name for this client, if it has one.
    pub(crate) fn name(self, permission: Permission) -> Option<&'static str> {
        let name = permission.name();
        let since = LATER.iter().find(|(start, _)| name.starts_with(start)).map_or(0, |row| row.1);
        if since > self.0 {
            return None;
        }
        let deletes = permission == Permission::ServiceKeyRevoke && self.0 < REVOKE;
        Some(if deletes { DELETE_NAME } else { name })
    }
}

/// Reads a name of any vocabulary.
pub(crate) fn permission(name: &str) -> Option<Permission> {
    if name == DELETE_NAME {
        return Some(Permission::ServiceKeyRevoke);
    }
    Permission::parse(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many names each version knows, as counted in its own list (docs/permissions.md#names).
    #[test]
    fn vocabularies_are_as_large_as_the_clients() {
        for (version, count) in [
            (9, 110),
            (13, 114),
            (17, 116),
            (21, 117),
            (24, 121),
            (38, 121),
            (39, 125),
            (41, 132),
            (50, 140),
            (53, 141),
            (57, 145),
            (61, 151),
        ] {
            let known = Permission::ALL.iter().filter_map(|p| Vocabulary(version).name(*p));
            assert_eq!(known.count(), count, "8.{version}");
        }
    }

    /// No client of Arize's is shown a permission that only Claviger has.
    #[test]
    fn permissions_of_our_own_are_hidden_from_other_clients() {
        for permission in [Permission::KeyVerify, Permission::KeyVerifyReason] {
            assert_eq!(Vocabulary::OF_ARIZE.name(permission), None);
            assert_eq!(Vocabulary::ALL.name(permission), Some(permission.name()));
        }
        let known = |vocabulary: Vocabulary| {
            Permission::ALL.iter().filter(|p| vocabulary.name(**p).is_some()).count()
        };
        assert_eq!((known(Vocabulary::OF_ARIZE), known(Vocabulary::ALL)), (151, 153));
    }

    #[test]
    fn ending_service_keys_changed_its_name() {
        let name = |version| Vocabulary(version).name(Permission::ServiceKeyRevoke);
        assert_eq!(name(16), None);
        assert_eq!(name(40), Some("SERVICE_KEY_DELETE"));
        assert_eq!(name(41), Some("SERVICE_KEY_REVOKE"));
        for name in ["SERVICE_KEY_DELETE", "SERVICE_KEY_REVOKE"] {
            assert_eq!(permission(name), Some(Permission::ServiceKeyRevoke));
        }
        assert_eq!(permission("service_key_read"), None);
    }
}
