//! Roles are made and edited up to what the editor holds, and no further (docs/threat-model.md#custom-roles).

use std::cell::Cell;

use claviger_domain::decide::{create_role, delete_role, list_roles, role, update_role};
use claviger_domain::{
    AccountRole, Permission, PermissionSet, PredefinedRole, Refusal, Resource, Role, RoleId,
    ScopedRole,
};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::outcome;
use crate::property::{cases, check};
use crate::reference::{names, permissions};

fn own(permissions: PermissionSet) -> Role {
    Role {
        id: RoleId::new(5),
        is_predefined: false,
        permissions,
        ..Role::predefined(PredefinedRole::ProjectViewer, jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Whatever the editor holds, and whatever the role permitted before: it never comes to permit what the editor does not hold, and
/// nothing less is refused.
#[test]
fn custom_role_edit_bounded_by_editor() {
    let edits =
        PermissionSet::of(&[Permission::RoleCreate, Permission::RoleRead, Permission::RoleUpdate]);
    let (let_through, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let number = cases(5_000);
    check(number, (permissions(), permissions(), permissions()), |(held, before, wanted)| {
        let held = held.union(edits);
        let within = names(wanted).is_subset(&names(held));
        let created = create_role(held, wanted);
        prop_assert_eq!(created.is_ok(), within);
        let updated = update_role(held, Some(own(before)), Some(wanted));
        prop_assert_eq!(updated.is_ok(), within);
        if !within {
            prop_assert!(matches!(updated, Err(Refusal::Unprocessable(_))));
        }
        // What the role permits already is nobody's to judge who only renames it.
        prop_assert!(update_role(held, Some(own(before)), None).is_ok());
        let count = if within { &let_through } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    assert!(let_through.get() > number / 50 && refused.get() > number / 50);
}

#[test]
fn each_operation_on_roles_needs_its_permission() {
    let nothing = PermissionSet::of(&[Permission::ProjectRead]);
    for (permission, others) in [
        (Permission::RoleRead, Permission::RoleUpdate),
        (Permission::RoleCreate, Permission::RoleRead),
        (Permission::RoleUpdate, Permission::RoleDelete),
        (Permission::RoleDelete, Permission::RoleUpdate),
    ] {
        let reads = PermissionSet::of(&[Permission::RoleRead, Permission::ProjectRead]);
        let with = reads.union(PermissionSet::of(&[permission]));
        let without =
            reads.union(PermissionSet::of(&[others])).without(PermissionSet::of(&[permission]));
        let run = |held| match permission {
            Permission::RoleRead => list_roles(held),
            Permission::RoleCreate => create_role(held, nothing),
            Permission::RoleUpdate => update_role(held, Some(own(nothing)), None).map(|_| ()),
            _ => delete_role(held, Some(own(nothing)), 0).map(|_| ()),
        };
        assert_eq!(outcome(&run(with)), "yes", "{permission:?}");
        assert_eq!(outcome(&run(without)), "forbidden", "{permission:?}");
    }
    // Who may not read is told nothing of which roles there are.
    for found in [
        None,
        Some(own(nothing)),
        Some(Role::predefined(PredefinedRole::ProjectAdmin, jiff::Timestamp::UNIX_EPOCH)),
    ] {
        let all_but_reading =
            PermissionSet::ALL.without(PermissionSet::of(&[Permission::RoleRead]));
        let missing = Err(Refusal::NotFound(Resource::Role));
        assert_eq!(role(all_but_reading, found.clone()), missing);
        assert_eq!(update_role(all_but_reading, found.clone(), Some(nothing)), missing);
        assert_eq!(delete_role(all_but_reading, found, 0), missing);
    }
}

/// Of the roles in the account, the administrator's alone makes roles.
#[test]
fn roles_are_made_by_account_administrators() {
    for (role, expected) in [
        (AccountRole::Admin, "yes"),
        (AccountRole::Member, "forbidden"),
        (AccountRole::Annotator, "forbidden"),
        (AccountRole::MemberUiOnly, "forbidden"),
    ] {
        let wanted = PermissionSet::of(&[Permission::ProjectRead]);
        assert_eq!(outcome(&create_role(role.permissions(), wanted)), expected, "{role:?}");
    }
}

#[test]
fn predefined_roles_are_fixed() {
    let all = PermissionSet::ALL;
    for predefined in PredefinedRole::ALL {
        assert_eq!(PredefinedRole::of(predefined.id()), Some(predefined));
        let found = || Some(Role::predefined(predefined, jiff::Timestamp::UNIX_EPOCH));
        assert_eq!(outcome(&update_role(all, found(), None)), "forbidden");
        assert_eq!(outcome(&delete_role(all, found(), 0)), "forbidden");
    }
    assert_eq!(PredefinedRole::of(RoleId::new(1)), None);
    assert_eq!(PredefinedRole::of(RoleId::UNASSIGNED), None);
    let ids: std::collections::BTreeSet<_> = PredefinedRole::ALL.map(PredefinedRole::id).into();
    assert_eq!(ids.len(), PredefinedRole::ALL.len());
}

/// Each project role is within the next, and the highest within a space's administrator.
#[test]
fn project_roles_grow_towards_the_space_administrator() {
    use PredefinedRole::{ProjectAdmin, ProjectEditor, ProjectViewer, Space};
    let order = [ProjectViewer, ProjectEditor, ProjectAdmin, Space(ScopedRole::Admin)];
    for pair in order.windows(2) {
        assert!(pair[0].permissions().is_subset_of(pair[1].permissions()), "{pair:?}");
        assert_ne!(pair[0].permissions(), pair[1].permissions());
    }
    assert!(
        ProjectViewer.permissions().is_subset_of(Space(ScopedRole::ReadOnly).permissions()),
        "a viewer of a project sees what a reader of its space does"
    );
}

#[test]
fn a_role_that_somebody_holds_is_not_deleted() {
    let all = PermissionSet::ALL;
    let held = delete_role(all, Some(own(all)), 2).unwrap_err();
    assert!(matches!(&held, Refusal::Invalid { field, .. } if field == "role_id"), "{held}");
    assert!(delete_role(all, Some(own(all)), 0).is_ok());
}

/// Who is refused a role learns what is missing, up to five permissions of it by name.
#[test]
fn a_refusal_names_what_is_missing_and_ends() {
    let held = PermissionSet::of(&[Permission::RoleCreate, Permission::ProjectRead]);
    let told = |missing: &[Permission]| {
        let refusal = create_role(held, held.union(PermissionSet::of(missing))).unwrap_err();
        assert_eq!(outcome(&Err::<(), _>(refusal.clone())), "unprocessable");
        refusal.to_string()
    };
    let six = [
        Permission::DatasetRead,
        Permission::DatasetCreate,
        Permission::DatasetUpdate,
        Permission::DatasetDelete,
        Permission::TagRead,
        Permission::TagUpdate,
    ];
    assert_snapshot!(told(&six[..1]), @"`permissions`: you do not hold DATASET_READ in the account yourself");
    assert_snapshot!(told(&six[..5]), @"`permissions`: you do not hold DATASET_CREATE, DATASET_DELETE, DATASET_READ, DATASET_UPDATE, TAG_READ in the account yourself");
    assert_snapshot!(told(&six), @"`permissions`: you do not hold DATASET_CREATE, DATASET_DELETE, DATASET_READ, DATASET_UPDATE, TAG_READ and more in the account yourself");
}
