//! Who may do what to organizations and spaces: every role, every operation.

use std::fmt::Write as _;

use claviger_domain::decide::{
    Requirement, change_space, create_organization, in_organization, in_space,
};
use claviger_domain::{
    Access, AccountId, AccountRole, Membership, Organization, OrganizationId, Permission,
    PermissionSet, ScopedRole, Space, SpaceId,
};
use insta::assert_snapshot;

use super::outcome;

fn organization() -> Organization {
    Organization {
        id: OrganizationId::new(1),
        account: AccountId::new(1),
        name: "one".to_owned(),
        description: String::new(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn space(is_private: bool) -> Space {
    Space {
        id: SpaceId::new(1),
        account: AccountId::new(1),
        organization: OrganizationId::new(1),
        name: "one".to_owned(),
        description: String::new(),
        is_private,
        created_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// Callers by their roles.
fn callers() -> Vec<(String, Access)> {
    let mut callers = Vec::new();
    for role in [AccountRole::Admin, AccountRole::Member, AccountRole::Annotator] {
        callers.push((format!("account {role:?}"), Access::new(role, [])));
    }
    let roles =
        [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator];
    for role in roles {
        let membership = Membership::Organization(OrganizationId::new(1), role);
        let access = Access::new(AccountRole::Member, [membership]);
        callers.push((format!("organization {role:?}"), access));
    }
    for role in roles {
        let membership = Membership::Space(SpaceId::new(1), role.in_space());
        callers.push((format!("space {role:?}"), Access::new(AccountRole::Member, [membership])));
    }
    let custom = PermissionSet::of(&[Permission::SpaceRead, Permission::SpaceUpdate]);
    let membership = Membership::Space(SpaceId::new(1), custom);
    callers.push(("space custom".to_owned(), Access::new(AccountRole::Member, [membership])));
    callers
}

#[test]
fn operations_on_organizations_by_role() {
    let mut table = String::new();
    for (who, access) in callers() {
        let can =
            |requirement| outcome(&in_organization(&access, Some(organization()), requirement));
        let permission = |permission| can(Requirement::Permission(permission));
        writeln!(
            table,
            "{who}: create {}, update {}, delete {}, make spaces {}, members {}",
            outcome(&create_organization(&access)),
            permission(Permission::OrganizationUpdate),
            permission(Permission::OrganizationDelete),
            permission(Permission::SpaceCreate),
            can(Requirement::Administration),
        )
        .unwrap();
    }
    assert_snapshot!(table, @r"
    account Admin: create yes, update yes, delete yes, make spaces yes, members yes
    account Member: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    account Annotator: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    organization Admin: create forbidden, update yes, delete yes, make spaces yes, members yes
    organization Member: create forbidden, update forbidden, delete forbidden, make spaces forbidden, members forbidden
    organization ReadOnly: create forbidden, update forbidden, delete forbidden, make spaces forbidden, members forbidden
    organization Annotator: create forbidden, update forbidden, delete forbidden, make spaces forbidden, members forbidden
    space Admin: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    space Member: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    space ReadOnly: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    space Annotator: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    space custom: create forbidden, update no such organization, delete no such organization, make spaces no such organization, members no such organization
    ");
}

#[test]
fn operations_on_spaces_by_role() {
    let mut table = String::new();
    for is_private in [false, true] {
        writeln!(table, "{}", if is_private { "in a private space" } else { "in a public space" })
            .unwrap();
        for (who, access) in callers() {
            let found = || Some(space(is_private));
            let can = |requirement| outcome(&in_space(&access, found(), requirement));
            writeln!(
                table,
                "{who}: update {}, open or close {}, delete {}, members {}",
                outcome(&change_space(&access, found(), None)),
                outcome(&change_space(&access, found(), Some(!is_private))),
                can(Requirement::Permission(Permission::SpaceDelete)),
                can(Requirement::Administration),
            )
            .unwrap();
        }
    }
    assert_snapshot!(table, @r"
    in a public space
    account Admin: update yes, open or close yes, delete yes, members yes
    account Member: update no such space, open or close no such space, delete no such space, members no such space
    account Annotator: update no such space, open or close no such space, delete no such space, members no such space
    organization Admin: update yes, open or close yes, delete yes, members yes
    organization Member: update forbidden, open or close forbidden, delete forbidden, members forbidden
    organization ReadOnly: update forbidden, open or close forbidden, delete forbidden, members forbidden
    organization Annotator: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space Admin: update yes, open or close yes, delete yes, members yes
    space Member: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space ReadOnly: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space Annotator: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space custom: update yes, open or close forbidden, delete forbidden, members forbidden
    in a private space
    account Admin: update yes, open or close yes, delete yes, members yes
    account Member: update no such space, open or close no such space, delete no such space, members no such space
    account Annotator: update no such space, open or close no such space, delete no such space, members no such space
    organization Admin: update yes, open or close yes, delete yes, members yes
    organization Member: update no such space, open or close no such space, delete no such space, members no such space
    organization ReadOnly: update no such space, open or close no such space, delete no such space, members no such space
    organization Annotator: update no such space, open or close no such space, delete no such space, members no such space
    space Admin: update yes, open or close yes, delete yes, members yes
    space Member: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space ReadOnly: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space Annotator: update forbidden, open or close forbidden, delete forbidden, members forbidden
    space custom: update yes, open or close forbidden, delete forbidden, members forbidden
    ");
}

/// What is not there is answered like what is not visible to the caller.
#[test]
fn what_is_missing_is_answered_like_what_is_hidden() {
    let requirement = Requirement::Permission(Permission::SpaceDelete);
    for (_, access) in callers() {
        let missing = in_organization(&access, None, requirement);
        assert_eq!(outcome(&missing), "no such organization");
        assert_eq!(outcome(&in_space(&access, None, requirement)), "no such space");
    }
    let nobody = Access::new(AccountRole::Member, []);
    assert_eq!(
        in_organization(&nobody, Some(organization()), requirement),
        in_organization(&nobody, None, requirement)
    );
    assert_eq!(
        in_space(&nobody, Some(space(false)), requirement),
        in_space(&nobody, None, requirement)
    );
}
