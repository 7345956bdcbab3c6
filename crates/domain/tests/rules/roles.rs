//! The predefined roles: what each permits, as a table for people, and the order among them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use claviger_domain::{AccountRole, Permission, PermissionSet, PredefinedRole, ScopedRole};

const SCOPED: [ScopedRole; 4] =
    [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator];

#[test]
fn what_the_predefined_roles_permit() {
    let account = [
        AccountRole::Admin,
        AccountRole::Member,
        AccountRole::Annotator,
        AccountRole::MemberUiOnly,
    ];
    let columns: Vec<PermissionSet> = account
        .map(AccountRole::permissions)
        .into_iter()
        .chain(SCOPED.map(ScopedRole::in_organization))
        .chain(SCOPED.map(ScopedRole::in_space))
        .collect();
    let mut table = String::from(
        "                                       account                 organization            space\n\
         permission                             ADM   MEM   ANN   UI    ADM   MEM   READ  ANN   ADM   MEM   READ  ANN\n",
    );
    for permission in Permission::ALL {
        let cells = columns.iter().map(|set| set.contains(*permission));
        let cells: String = cells.map(|yes| if yes { "yes   " } else { "-     " }).collect();
        writeln!(table, "{:<39}{}", permission.name(), cells.trim_end()).unwrap();
    }
    insta::assert_snapshot!("predefined_roles", table);
}

fn named(set: PermissionSet) -> BTreeSet<&'static str> {
    set.iter().map(Permission::name).collect()
}

/// What a role permits at one level.
type PermissionsOf = fn(ScopedRole) -> PermissionSet;

#[test]
fn each_role_is_within_the_next() {
    let levels: [(&str, PermissionsOf); 2] =
        [("organization", ScopedRole::in_organization), ("space", ScopedRole::in_space)];
    for (level, permissions) in levels {
        for (lower, higher) in [
            (ScopedRole::ReadOnly, ScopedRole::Member),
            (ScopedRole::Member, ScopedRole::Admin),
            (ScopedRole::Annotator, ScopedRole::Admin),
        ] {
            let (low, high) = (named(permissions(lower)), named(permissions(higher)));
            let missing: Vec<_> = low.difference(&high).collect();
            assert!(
                missing.is_empty(),
                "{level}: {higher:?} lacks what {lower:?} may do: {missing:?}"
            );
        }
    }
    for role in SCOPED {
        assert!(
            role.in_space().is_subset_of(role.in_organization()),
            "{role:?} of an organization may in its spaces what {role:?} of a space may"
        );
    }
    assert_eq!(AccountRole::Admin.permissions(), PermissionSet::ALL);
}

#[test]
fn a_space_administrator_may_do_everything_in_the_space() {
    // All permissions of the level (docs/permissions.md#predefined-roles). These are the ones of the levels above.
    let above = |name: &str| {
        ["ORGANIZATION_", "ROLE_", "USER_"].iter().any(|resource| name.starts_with(resource))
            && !name.starts_with("ROLE_BINDING_")
            || name == "SPACE_CREATE"
    };
    let all = named(PermissionSet::ALL);
    let expected: BTreeSet<_> = all.into_iter().filter(|name| !above(name)).collect();
    let held = named(ScopedRole::Admin.in_space());
    let missing: Vec<_> = expected.difference(&held).collect();
    let surplus: Vec<_> = held.difference(&expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:?}, surplus {surplus:?}");
}

#[test]
fn members_work_with_content_and_do_not_govern() {
    let held = named(ScopedRole::Member.in_space());
    for name in named(ScopedRole::Admin.in_space()).difference(&held) {
        let governs = ["KEY_VERIFY", "ROLE_BINDING_", "SPACE_"]
            .iter()
            .any(|resource| name.starts_with(resource))
            || name.ends_with("_RESTRICT");
        assert!(governs, "members lack {name}, which is work with the content");
    }
    for governing in ["SERVICE_KEY_CREATE", "SERVICE_KEY_READ", "SERVICE_KEY_REVOKE"] {
        assert!(held.contains(governing));
    }
    for name in named(ScopedRole::ReadOnly.in_space()) {
        assert!(name.ends_with("_READ"), "readers hold {name}");
    }
}

#[test]
fn permissions_have_one_name_each() {
    assert_eq!(Permission::ALL.len(), 153);
    for permission in Permission::ALL {
        assert_eq!(Permission::parse(permission.name()), Some(*permission));
    }
    assert_eq!(named(PermissionSet::ALL).len(), 153);
    for wrong in ["", "project_read", "PROJECT_READ ", "SERVICE_KEY_DELETE"] {
        assert_eq!(Permission::parse(wrong), None);
    }
}

#[test]
fn sets_are_sets() {
    let [read, create] = [Permission::ProjectRead, Permission::UserPermissionUpdate];
    let (one, both) = (PermissionSet::of(&[read]), PermissionSet::of(&[read, create]));
    assert!(one.is_subset_of(both) && !both.is_subset_of(one));
    assert_eq!(both.without(one), PermissionSet::of(&[create]));
    assert_eq!(one.union(PermissionSet::of(&[create])), both);
    assert_eq!(both.iter().collect::<PermissionSet>(), both);
    for permission in Permission::ALL {
        let without = PermissionSet::ALL.without(PermissionSet::of(&[*permission]));
        assert!(!without.contains(*permission) && !PermissionSet::ALL.is_subset_of(without));
    }
    assert!(PermissionSet::EMPTY.is_subset_of(PermissionSet::EMPTY));
    assert_eq!(format!("{one:?}"), r#"{"PROJECT_READ"}"#);
}

/// Wherever two permissions lie, a set that has both is in no set that lacks one of them.
#[test]
fn a_set_is_in_another_only_with_all_it_has() {
    for one in Permission::ALL {
        for other in Permission::ALL {
            let both = PermissionSet::of(&[*one, *other]);
            assert!(both.is_subset_of(both) && both.is_subset_of(PermissionSet::ALL));
            assert!(!both.is_subset_of(PermissionSet::EMPTY), "{both:?}");
            assert_eq!(both.is_subset_of(PermissionSet::of(&[*one])), one == other, "{both:?}");
        }
    }
}

/// Bindings keep the ids, and people know the names: neither may change.
#[test]
fn predefined_roles_keep_their_ids_and_names() {
    let roles = PredefinedRole::ALL.map(|role| (role.id().number(), role.name()));
    insta::assert_debug_snapshot!("predefined_role_ids", roles);
    for role in PredefinedRole::ALL {
        assert_eq!(PredefinedRole::of(role.id()), Some(role));
    }
}
