//! No key above its creator: whatever roles callers, bot users and spaces have (docs/threat-model.md#no-escalation).

use std::cell::Cell;

use claviger_domain::decide::{self, RefreshRequest};
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    AccountRole, GrantField, Grants, Membership, OrganizationGrant, OrganizationId, Permission,
    PermissionSet, RoleId, ScopedRole, Space, SpaceGrant, SpaceId, SpaceRole,
};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::fixtures::{now, person, service_key_by};
use crate::property::{cases, check};
use crate::reference::{Holder, Names, account, holder, names, scoped, spaces, wanted};

#[test]
fn access_is_what_the_roles_say() {
    check(cases(10_000) / 10, holder(), |holder| {
        let access = holder.access();
        prop_assert_eq!(names(access.at_account()), holder.at_account());
        for number in [1, 2] {
            let id = OrganizationId::new(number);
            let held = holder.at_organization(number);
            prop_assert_eq!(access.sees_organization(id), held.contains("ORGANIZATION_READ"));
            prop_assert_eq!(names(access.at_organization(id)), held);
        }
        for space in spaces() {
            let held = holder.at_space(&space);
            let governs: Names = names(ScopedRole::Admin.in_space());
            prop_assert_eq!(access.sees_space(&space), held.contains("SPACE_READ"));
            prop_assert_eq!(access.administers(&space), governs.is_subset(&held));
            prop_assert_eq!(names(access.at_space(&space)), held);
        }
        Ok(())
    });
}

#[test]
fn prop_grants_subset_of_caller() {
    let (made, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let number = cases(5_000);
    check(number, (holder(), wanted()), |(holder, wanted)| {
        let resolved = wanted.resolved();
        let access = holder.access();
        if !wanted.is_misplaced {
            // Both ways: nothing above the ceiling passes, and nothing below it is refused.
            let within = wanted.is_within(&holder);
            prop_assert_eq!(resolved.within(&access).is_ok(), within);
        }
        let caller = person(1, holder.account);
        let decision = decide::service_key(&caller, &access, &resolved, None, now().into());
        let count = if decision.is_ok() { &made } else { &refused };
        count.set(count.get() + 1);
        if decision.is_ok() {
            prop_assert!(wanted.bot().is_within(&holder), "the bot holds more than its maker");
        }
        Ok(())
    });
    // The property would hold of a product that refuses everything.
    assert!(made.get() > number / 50, "only {} of {number} were made", made.get());
    assert!(refused.get() > number / 50);
}

#[test]
fn prop_refreshed_key_subset_of_caller() {
    let refreshed = Cell::new(0_u32);
    let number = cases(5_000);
    let request = RefreshRequest {
        expires_at: None,
        grace: SignedDuration::ZERO,
        rule: RefreshExpiryRule::Free,
    };
    let cases = (holder(), wanted(), any::<bool>());
    check(number, cases, |(holder, wanted, is_creator)| {
        let resolved = wanted.resolved();
        let bound: Vec<Space> = resolved
            .grants
            .spaces()
            .map(|(_, _, grant)| resolved.spaces[&grant.space].clone())
            .collect();
        let subject = service_key_by(if is_creator { 1 } else { 2 }, &bound);
        let plan = decide::refresh(
            &person(1, holder.account),
            &holder.access(),
            Some(&subject),
            Some(&resolved),
            0,
            request,
            now().into(),
        );
        if plan.is_ok() && !wanted.is_misplaced {
            refreshed.set(refreshed.get() + 1);
            prop_assert!(
                wanted.bot().is_within(&holder),
                "the secret opens more than its holder may"
            );
        }
        Ok(())
    });
    assert!(refreshed.get() > number / 100, "only {} were refreshed", refreshed.get());
}

/// The same roles and some more, or higher ones.
fn raised(holder: &Holder, more: &Holder) -> Holder {
    let mut raised = holder.clone();
    // Roles in the account below a member permit nothing of their own: any other is more.
    raised.account = match (holder.account, more.account) {
        (AccountRole::Admin, _) | (_, AccountRole::Admin) => AccountRole::Admin,
        (AccountRole::Member, _) => AccountRole::Member,
        (_, other) => other,
    };
    for (role, more) in raised.organizations.iter_mut().zip(more.organizations) {
        *role = role.or(more);
    }
    for (set, more) in raised.spaces.iter_mut().zip(more.spaces) {
        *set = match (*set, more) {
            (Some(set), Some(more)) => Some(set.union(more)),
            (set, more) => set.or(more),
        };
    }
    raised
}

#[test]
fn monotone_access() {
    check(cases(5_000), (holder(), holder()), |(holder, more)| {
        let (before, after) = (holder.access(), raised(&holder, &more).access());
        prop_assert!(before.at_account().is_subset_of(after.at_account()));
        for number in [1, 2] {
            let id = OrganizationId::new(number);
            prop_assert!(before.at_organization(id).is_subset_of(after.at_organization(id)));
            prop_assert!(!before.sees_organization(id) || after.sees_organization(id));
        }
        for space in spaces() {
            prop_assert!(before.at_space(&space).is_subset_of(after.at_space(&space)));
            prop_assert!(!before.sees_space(&space) || after.sees_space(&space));
            prop_assert!(!before.administers(&space) || after.administers(&space));
        }
        Ok(())
    });
}

#[test]
fn several_roles_in_one_place_add_up() {
    check(cases(500), (account(), scoped(), scoped()), |(account, one, two)| {
        let (organization, space) = (OrganizationId::new(1), SpaceId::new(1));
        let access = claviger_domain::Access::new(
            account,
            [
                Membership::Organization(organization, one),
                Membership::Organization(organization, two),
                Membership::Space(space, one.in_space()),
                Membership::Space(space, two.in_space()),
            ],
        );
        for role in [one, two] {
            let held = access.at_organization(organization);
            prop_assert!(role.in_organization().is_subset_of(held));
            prop_assert!(role.in_space().is_subset_of(access.at_space(&spaces()[0])));
        }
        Ok(())
    });
}

/// Grants of the account role MEMBER, the organization role `READ_ONLY` and one space role.
fn one_space(role: SpaceRole) -> Grants {
    Grants {
        account_role: AccountRole::Member,
        organizations: vec![OrganizationGrant {
            organization: OrganizationId::new(1),
            role: ScopedRole::ReadOnly,
            spaces: vec![SpaceGrant { space: SpaceId::new(1), role }],
        }],
    }
}

#[test]
fn the_place_that_is_too_high_is_named() {
    let member = Holder {
        account: AccountRole::Member,
        organizations: [Some(ScopedRole::Member), None],
        spaces: [None; 4],
    };
    let resolve = |grants| claviger_domain::ResolvedGrants {
        bindings: Vec::new(),
        grants,
        spaces: spaces().into_iter().map(|space| (space.id, space)).collect(),
        roles: std::collections::HashMap::new(),
    };
    let good = one_space(SpaceRole::Predefined(ScopedRole::Member));
    let place = |grants: &Grants| {
        let over = resolve(grants.clone()).within(&member.access()).err();
        over.map(|over| (over.0, over.to_string()))
    };
    assert_eq!(place(&good), None);
    let mut account = good.clone();
    account.account_role = AccountRole::Admin;
    let (scope, text) = place(&account).unwrap();
    assert_eq!(scope, GrantField::Account);
    assert_eq!(text, "`account_role` is above your own privilege there");
    let mut organization = good.clone();
    organization.organizations[0].role = ScopedRole::Admin;
    let (scope, text) = place(&organization).unwrap();
    assert_eq!(scope, GrantField::Organization(0));
    assert!(text.contains("`organizations[0].role`"));
    let (scope, text) = place(&one_space(SpaceRole::Predefined(ScopedRole::Admin))).unwrap();
    assert_eq!(scope, GrantField::Space(0, 0));
    assert!(text.contains("`organizations[0].spaces[0].role`"));
    // A custom role that is gone, and a space that was not found, exceed everybody who does not hold everything.
    let gone = one_space(SpaceRole::Custom(RoleId::new(9)));
    assert_eq!(place(&gone).unwrap().0, GrantField::Space(0, 0));
    let mut nowhere = good;
    nowhere.organizations[0].spaces[0].space = SpaceId::new(99);
    assert_eq!(place(&nowhere).unwrap().0, GrantField::Space(0, 0));
}

#[test]
fn custom_role_compared_by_permissions() {
    let small = PermissionSet::of(&[Permission::ProjectRead, Permission::DatasetRead]);
    let member = Holder {
        account: AccountRole::Member,
        organizations: [Some(ScopedRole::ReadOnly), None],
        spaces: [Some(ScopedRole::Member.in_space()), None, None, None],
    };
    let id = RoleId::new(1);
    let within = |permissions| {
        let role = crate::fixtures::custom_role(id, "Administrator", permissions);
        let resolved = claviger_domain::ResolvedGrants {
            bindings: Vec::new(),
            grants: one_space(SpaceRole::Custom(id)),
            spaces: spaces().into_iter().map(|space| (space.id, space)).collect(),
            roles: [(id, role)].into(),
        };
        resolved.within(&member.access()).is_ok()
    };
    assert!(within(small), "whatever it is called");
    assert!(within(PermissionSet::EMPTY));
    assert!(within(ScopedRole::Member.in_space()));
    // Edited upward by one permission, it is out of reach.
    assert!(!within(small.union(PermissionSet::of(&[Permission::SpaceDelete]))));
}
