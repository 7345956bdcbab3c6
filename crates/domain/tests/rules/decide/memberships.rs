//! Giving people roles in organizations and spaces, and taking them away (docs/contract/organizations.md#members).

use std::cell::Cell;

use claviger_domain::decide::{
    give_space_role, new_member, organization_members, organization_role, remove_space_member,
    space_role,
};
use claviger_domain::{
    Access, AccountRole, Organization, OrganizationId, Permission, PermissionSet, Refusal, RoleId,
    ScopedRole, SpaceRole, User, UserKind, UserStatus,
};
use proptest::prelude::*;

use super::{in_organization, in_space, in_space_with, member, outcome};
use crate::fixtures::{ACCOUNT, custom_role, now, space, user};
use crate::property::{cases, check};
use crate::reference::{holder, names, permissions, spaces};

const SCOPED: [ScopedRole; 4] =
    [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator];
const CUSTOM: SpaceRole = SpaceRole::Custom(RoleId::new(5));

fn organization() -> Organization {
    Organization {
        id: OrganizationId::new(1),
        account: ACCOUNT,
        name: "one".to_owned(),
        description: String::new(),
        created_at: now(),
    }
}

fn administrator() -> Access {
    Access::new(AccountRole::Admin, [])
}

/// Somebody who may be given this role: annotators are a track of their own.
fn somebody_for(role: ScopedRole) -> User {
    let is_annotator = role == ScopedRole::Annotator;
    user(8, if is_annotator { AccountRole::Annotator } else { AccountRole::Member })
}

#[test]
fn roles_in_an_organization_are_given_and_taken_by_its_administrators() {
    let told = |access| outcome(&organization_members(&access, Some(organization())));
    assert_eq!(told(administrator()), "yes");
    assert_eq!(told(member([in_organization(1, ScopedRole::Admin)])), "yes");
    assert_eq!(told(member([in_organization(1, ScopedRole::Member)])), "forbidden");
    assert_eq!(told(member([in_organization(2, ScopedRole::Admin)])), "no such organization");
    assert_eq!(outcome(&organization_members(&administrator(), None)), "no such organization");
}

/// Predefined roles are for administrators of the space; for custom ones, and for removing, one permission there is enough.
#[test]
fn roles_in_a_space_are_given_and_taken_by_who_may_there() {
    let (sees, gives, takes) =
        (Permission::SpaceRead, Permission::RoleBindingCreate, Permission::RoleBindingDelete);
    let predefined = SpaceRole::Predefined(ScopedRole::ReadOnly);
    for (who, holds, expected) in [
        ("administrator", ScopedRole::Admin.in_space(), ["yes", "yes", "yes"]),
        ("member", ScopedRole::Member.in_space(), ["forbidden", "forbidden", "forbidden"]),
        ("giver", PermissionSet::of(&[sees, gives]), ["forbidden", "yes", "forbidden"]),
        ("taker", PermissionSet::of(&[sees, takes]), ["forbidden", "forbidden", "yes"]),
        ("blind", PermissionSet::of(&[gives, takes]), ["no such space"; 3]),
    ] {
        let access = member([in_space_with(1, holds)]);
        let found = || Some(space(1, 1, false));
        let told = [
            outcome(&give_space_role(&access, found(), predefined, None)),
            outcome(&give_space_role(&access, found(), CUSTOM, None)),
            outcome(&remove_space_member(&access, found())),
        ];
        assert_eq!(told, expected, "{who}");
    }
}

#[test]
fn to_put_a_custom_role_in_the_place_of_another_is_also_to_take_that_away() {
    let gives = PermissionSet::of(&[Permission::SpaceRead, Permission::RoleBindingCreate]);
    let takes = PermissionSet::of(&[Permission::RoleBindingDelete]);
    for (has, by_who_only_gives) in [
        (None, "yes"),
        (Some(CUSTOM), "yes"),
        (Some(SpaceRole::Custom(RoleId::new(6))), "forbidden"),
        (Some(SpaceRole::Predefined(ScopedRole::ReadOnly)), "forbidden"),
    ] {
        for (holds, expected) in [(gives, by_who_only_gives), (gives.union(takes), "yes")] {
            let access = member([in_space_with(1, holds)]);
            let told = give_space_role(&access, Some(space(1, 1, false)), CUSTOM, has);
            assert_eq!(outcome(&told), expected, "{has:?} to {holds:?}");
        }
    }
}

/// A removed person is nobody, and a bot user has the roles that its key was made with.
#[test]
fn roles_are_given_to_people_of_the_account() {
    assert_eq!(outcome(&new_member(None)), "no such user");
    for (kind, status, expected) in [
        (UserKind::Person, UserStatus::Active, "yes"),
        (UserKind::Person, UserStatus::Invited, "yes"),
        (UserKind::Person, UserStatus::Expired, "yes"),
        (UserKind::Person, UserStatus::Blocked, "no such user"),
        (UserKind::Bot, UserStatus::Active, "unprocessable"),
    ] {
        let found = User { kind, status, ..user(8, AccountRole::Member) };
        let told = new_member(Some(found.clone()));
        assert_eq!(outcome(&told), expected, "{kind:?}, {status:?}");
        if expected == "yes" {
            assert_eq!(told, Ok(found));
        }
    }
}

/// Annotators, in organizations and in spaces (docs/permissions.md#annotators). What a custom role permits does not matter: it is not the
/// annotators' own.
#[test]
fn annotators_of_the_account_are_annotators_everywhere_and_nobody_else_is_one() {
    let (access, place) = (administrator(), space(1, 1, false));
    let like_annotators =
        custom_role(RoleId::new(5), "annotating", ScopedRole::Annotator.in_space());
    for (account_role, as_annotator, as_anything_else) in [
        (AccountRole::Admin, "invalid", "yes"),
        (AccountRole::Member, "invalid", "yes"),
        (AccountRole::MemberUiOnly, "invalid", "yes"),
        (AccountRole::Annotator, "yes", "invalid"),
    ] {
        let somebody = user(8, account_role);
        let mut decisions = Vec::new();
        for role in SCOPED {
            let expected =
                if role == ScopedRole::Annotator { as_annotator } else { as_anything_else };
            let predefined = SpaceRole::Predefined(role);
            decisions
                .push((organization_role(&access, &organization(), &somebody, role), expected));
            decisions
                .push((space_role(&access, &place, &somebody, true, predefined, None), expected));
        }
        let custom = space_role(&access, &place, &somebody, true, CUSTOM, Some(&like_annotators));
        decisions.push((custom, as_anything_else));
        for (decision, expected) in decisions {
            assert_eq!(outcome(&decision), expected, "{account_role:?}");
            if let Err(Refusal::Invalid { field, .. }) = decision {
                assert_eq!(field, "role");
            }
        }
    }
}

/// No escalation by predefined roles (docs/threat-model.md#no-escalation): what counts is what the giver may do in that place.
#[test]
fn nobody_gives_a_predefined_role_above_what_they_hold_there() {
    let place = space(1, 1, false);
    let over = "over-privileged";
    for (held, expected) in [
        (ScopedRole::Admin, ["yes", "yes", "yes", "yes"]),
        (ScopedRole::Member, [over, "yes", "yes", "yes"]),
        (ScopedRole::ReadOnly, [over, over, "yes", over]),
        (ScopedRole::Annotator, [over, over, over, "yes"]),
    ] {
        for (role, expected) in SCOPED.into_iter().zip(expected) {
            let somebody = somebody_for(role);
            let at_organization = |number: i64| {
                let access = member([in_organization(number, held)]);
                outcome(&organization_role(&access, &organization(), &somebody, role))
            };
            assert_eq!(at_organization(1), expected, "{held:?} gives {role:?}");
            assert_eq!(at_organization(2), over, "{held:?} elsewhere gives {role:?}");

            let at_space = |number: i64| {
                let access = member([in_space(&space(number, 1, false), held)]);
                let role = SpaceRole::Predefined(role);
                outcome(&space_role(&access, &place, &somebody, true, role, None))
            };
            assert_eq!(at_space(1), expected, "{held:?} gives {role:?}");
            assert_eq!(at_space(2), over, "{held:?} elsewhere gives {role:?}");
        }
    }
}

/// No escalation by custom roles (docs/threat-model.md#no-escalation): whatever the giver holds and from where, a role within it is given,
/// and none that permits more.
#[test]
fn prop_custom_role_subset_of_giver() {
    let (given, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let number = cases(5_000);
    let place = proptest::sample::select(spaces().to_vec());
    check(number, (holder(), permissions(), place), |(giver, wanted, place)| {
        let role = custom_role(RoleId::new(5), "a role", wanted);
        let somebody = user(8, AccountRole::Member);
        let told = space_role(&giver.access(), &place, &somebody, true, CUSTOM, Some(&role));
        let within = names(wanted).is_subset(&giver.at_space(&place));
        prop_assert_eq!(outcome(&told), if within { "yes" } else { "over-privileged" });
        let count = if within { &given } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    assert!(given.get() > number / 50 && refused.get() > number / 50);
}

/// The role must be the account's, then the user the organization's; only then it is compared with the giver.
#[test]
fn a_role_in_a_space_is_for_members_of_its_organization() {
    let (place, somebody) = (space(1, 1, false), user(8, AccountRole::Member));
    let everything = custom_role(RoleId::new(5), "everything", PermissionSet::ALL);
    let reader = member([in_space(&place, ScopedRole::ReadOnly)]);
    for access in [administrator(), reader] {
        for is_member in [false, true] {
            let told = space_role(&access, &place, &somebody, is_member, CUSTOM, None);
            assert_eq!(outcome(&told), "no such role");
        }
        for (role, custom) in
            [(SpaceRole::Predefined(ScopedRole::Admin), None), (CUSTOM, Some(&everything))]
        {
            let told = space_role(&access, &place, &somebody, false, role, custom);
            assert!(matches!(told, Err(Refusal::Invalid { field, .. }) if field == "user_id"));
        }
    }
    let told = space_role(&administrator(), &place, &somebody, true, CUSTOM, Some(&everything));
    assert_eq!(outcome(&told), "yes");
}
