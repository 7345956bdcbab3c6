//! Roles are given up to what the giver holds in that place, and restricted projects take nothing from above.

use std::cell::Cell;

use claviger_domain::decide::{
    Requirement, Scope, bind, in_binding, in_project, may_bind, sees_project,
};
use claviger_domain::{
    Access, AccountRole, Membership, OrganizationId, Permission, PermissionSet, PredefinedRole,
    Project, ProjectId, Role, ScopedRole, SpaceId, SpaceOrProject,
};
use proptest::prelude::*;

use super::outcome;
use crate::fixtures::{ACCOUNT, now, person, space};
use crate::property::{cases, check};
use crate::reference::{holder, names, permissions, spaces};

fn place(is_restricted: bool) -> SpaceOrProject {
    let project = Project {
        id: ProjectId::new(9),
        account: ACCOUNT,
        space: SpaceId::new(1),
        name: "traces".to_owned(),
        created_at: now(),
        restricted_at: is_restricted.then(now),
    };
    SpaceOrProject { space: space(1, 1, false), project: Some(project) }
}

fn role(permissions: PermissionSet) -> Role {
    Role {
        permissions,
        ..Role::predefined(PredefinedRole::ProjectViewer, jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Who administers a project does not administer the space around it, not even with that role in the space.
#[test]
fn administration_is_of_the_place() {
    let (project, around) = (place(true), SpaceOrProject { project: None, ..place(true) });
    let rights = PredefinedRole::ProjectAdmin.permissions();
    let may = |membership, here| {
        Access::new(AccountRole::Member, [membership]).may(Requirement::Administration, here)
    };
    let in_project = Membership::Project(ProjectId::new(9), rights);
    assert!(may(in_project, Scope::SpaceOrProject(&project)));
    assert!(!may(in_project, Scope::SpaceOrProject(&around)));
    assert!(!may(Membership::Space(SpaceId::new(1), rights), Scope::SpaceOrProject(&around)));
}

/// In a restricted project counts what is bound in it, and the rights of the space's administrators; in another one all of it adds up.
#[test]
fn restricted_projects_cut_inheritance() {
    check(cases(5_000), (holder(), permissions(), any::<bool>()), |(holder, bound, restricted)| {
        let mut memberships = Vec::new();
        for (number, role) in (1..).zip(holder.organizations) {
            memberships.extend(
                role.map(|role| Membership::Organization(OrganizationId::new(number), role)),
            );
        }
        for (number, set) in (1..).zip(holder.spaces) {
            memberships.extend(set.map(|set| Membership::Space(SpaceId::new(number), set)));
        }
        memberships.push(Membership::Project(ProjectId::new(9), bound));
        let access = Access::new(holder.account, memberships);
        let above = holder.at_space(&spaces()[0]);
        let governs = names(ScopedRole::Admin.in_space()).is_subset(&above);
        let mut expected = names(bound);
        if !restricted || governs {
            expected.extend(above);
        }
        prop_assert_eq!(names(access.at(&place(restricted))), expected.clone());
        prop_assert_eq!(
            sees_project(&access, &place(restricted)),
            expected.contains("PROJECT_READ")
        );
        Ok(())
    });
}

/// Whatever the giver holds: what is given is within it, and nothing less is refused.
#[test]
fn prop_bound_role_subset_of_giver() {
    let (given, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let number = cases(5_000);
    let cases = (permissions(), permissions(), any::<bool>());
    check(number, cases, |(held, wanted, restricted)| {
        let binds = PermissionSet::of(&[Permission::RoleBindingCreate]);
        let here = Membership::Project(ProjectId::new(9), held.union(binds));
        let access = Access::new(AccountRole::Member, [here]);
        let there = may_bind(&access, Some(place(restricted))).unwrap();
        let caller = person(1, AccountRole::Member);
        let target = person(2, AccountRole::Member).user;
        let decision = bind(&caller, &access, &there, Some(target), Some(role(wanted)));
        let account = AccountRole::Member.permissions();
        let most = if restricted { held.union(binds) } else { held.union(binds).union(account) };
        let within = names(wanted).is_subset(&names(most));
        prop_assert_eq!(decision.is_ok(), within);
        let count = if within { &given } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    assert!(given.get() > number / 50 && refused.get() > number / 50);
}

#[test]
fn what_may_be_done_in_a_project_by_whom() {
    let access =
        |role| Access::new(AccountRole::Member, [Membership::Space(SpaceId::new(1), role)]);
    let bound = |role: PredefinedRole| {
        let here = Membership::Project(ProjectId::new(9), role.permissions());
        Access::new(AccountRole::Member, [here])
    };
    let table = [
        (
            "reader",
            access(ScopedRole::ReadOnly.in_space()),
            "yes forbidden forbidden forbidden",
            "no such project no such project no such project forbidden",
        ),
        (
            "member",
            access(ScopedRole::Member.in_space()),
            "yes yes forbidden forbidden",
            "no such project no such project no such project forbidden",
        ),
        ("admin", access(ScopedRole::Admin.in_space()), "yes yes yes yes", "yes yes yes yes"),
        (
            "viewer",
            bound(PredefinedRole::ProjectViewer),
            "yes forbidden forbidden forbidden",
            "yes forbidden forbidden forbidden",
        ),
        (
            "editor",
            bound(PredefinedRole::ProjectEditor),
            "yes yes forbidden forbidden",
            "yes yes forbidden forbidden",
        ),
        (
            "project admin",
            bound(PredefinedRole::ProjectAdmin),
            "yes yes yes yes",
            "yes yes yes yes",
        ),
        (
            "nobody",
            Access::new(AccountRole::Member, []),
            "no such project no such project no such project forbidden",
            "no such project no such project no such project forbidden",
        ),
    ];
    for (who, access, open, restricted) in table {
        for (is_restricted, expected) in [(false, open), (true, restricted)] {
            let found = || Some(place(is_restricted));
            let decisions = [
                outcome(&in_project(&access, found(), Permission::ProjectRead)),
                outcome(&in_project(&access, found(), Permission::ProjectUpdate)),
                outcome(&in_project(&access, found(), Permission::ProjectRestrict)),
                outcome(&may_bind(&access, found())),
            ];
            assert_eq!(decisions.join(" "), expected, "{who}, restricted: {is_restricted}");
        }
    }
    // Of no place, and of no binding, nothing more is told.
    let all = Access::new(AccountRole::Admin, []);
    assert_eq!(outcome(&may_bind(&all, None)), "forbidden");
    assert_eq!(outcome(&in_project(&all, None, Permission::ProjectRead)), "no such project");
    let read = PermissionSet::of(&[Permission::RoleBindingRead]);
    assert_eq!(outcome(&in_binding::<()>(&all, None, read)), "no such binding");
}
