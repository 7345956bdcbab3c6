//! A second, naive opinion on who may do what where: sets of permission names, and the flow from account to organization to space
//! written out (docs/permissions.md#levels). The product is compared with it.

use std::collections::BTreeSet;

use claviger_domain::{
    Access, AccountRole, Grants, Membership, OrganizationGrant, OrganizationId, Permission,
    PermissionSet, ResolvedGrants, RoleId, ScopedRole, Space, SpaceGrant, SpaceId, SpaceRole,
};
use proptest::prelude::*;

use crate::fixtures::{custom_role, space};

pub(crate) type Names = BTreeSet<&'static str>;

pub(crate) fn names(set: PermissionSet) -> Names {
    set.iter().map(Permission::name).collect()
}

/// Two organizations, each with a public and a private space.
pub(crate) fn spaces() -> [Space; 4] {
    [space(1, 1, false), space(2, 1, true), space(3, 2, false), space(4, 2, true)]
}

/// Somebody with roles: in the account, in the two organizations, in the four spaces.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) account: AccountRole,
    pub(crate) organizations: [Option<ScopedRole>; 2],
    pub(crate) spaces: [Option<PermissionSet>; 4],
}

fn place(number: i64) -> usize {
    usize::try_from(number - 1).unwrap()
}

impl Holder {
    pub(crate) fn at_account(&self) -> Names {
        names(self.account.permissions())
    }

    /// What is held in an organization, by a role in it or in the account.
    pub(crate) fn at_organization(&self, number: i64) -> Names {
        let mut held = self.at_account();
        if let Some(role) = self.organizations[place(number)] {
            held.extend(names(role.in_organization()));
        }
        held
    }

    /// What is held in a space. Of the organization's roles, only the administrator's reaches into a private one.
    pub(crate) fn at_space(&self, space: &Space) -> Names {
        let mut held = self.at_account();
        if let Some(own) = self.spaces[place(space.id.number())] {
            held.extend(names(own));
        }
        let role = self.organizations[place(space.organization.number())];
        let reaches = !space.is_private || role == Some(ScopedRole::Admin);
        if let (Some(role), true) = (role, reaches) {
            held.extend(names(role.in_organization()));
        }
        held
    }

    /// Whether nothing is held anywhere that the other does not hold there.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.at_account().is_subset(&other.at_account())
            && [1, 2].iter().all(|organization| {
                let held = other.at_organization(*organization);
                self.at_organization(*organization).is_subset(&held)
            })
            && spaces().iter().all(|space| self.at_space(space).is_subset(&other.at_space(space)))
    }

    /// The same, as the product keeps it.
    pub(crate) fn access(&self) -> Access {
        let organizations = self.organizations.iter().zip(1..).filter_map(|(role, number)| {
            role.map(|role| Membership::Organization(OrganizationId::new(number), role))
        });
        let spaces = self.spaces.iter().zip(1..).filter_map(|(permissions, number)| {
            permissions.map(|set| Membership::Space(SpaceId::new(number), set))
        });
        Access::new(self.account, organizations.chain(spaces))
    }
}

/// Grants to a bot user, with the custom roles that are there.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) account: AccountRole,
    pub(crate) organizations: [Option<(ScopedRole, [Option<SpaceRole>; 2])>; 2],
    pub(crate) roles: [Option<PermissionSet>; 3],
    /// Lists the first space under the second organization.
    pub(crate) is_misplaced: bool,
}

impl Wanted {
    pub(crate) fn resolved(&self) -> ResolvedGrants {
        let mut organizations = Vec::new();
        for (wanted, number) in self.organizations.iter().zip(1..) {
            let Some((role, roles)) = wanted else { continue };
            let spaces = roles.iter().zip(2 * number - 1..).filter_map(|(role, space)| {
                role.map(|role| SpaceGrant { space: SpaceId::new(space), role })
            });
            organizations.push(OrganizationGrant {
                organization: OrganizationId::new(number),
                role: *role,
                spaces: spaces.collect(),
            });
        }
        if let (true, [first, second]) = (self.is_misplaced, &mut organizations[..]) {
            second.spaces.append(&mut first.spaces);
        }
        let roles = self.roles.iter().zip(1..).filter_map(|(permissions, number)| {
            let id = RoleId::new(number);
            let name = format!("role {number}");
            permissions.map(|permissions| (id, custom_role(id, &name, permissions)))
        });
        ResolvedGrants {
            bindings: Vec::new(),
            grants: Grants { account_role: self.account, organizations },
            spaces: spaces().into_iter().map(|space| (space.id, space)).collect(),
            roles: roles.collect(),
        }
    }

    /// What a custom or predefined role permits; unknown if the custom one is gone.
    fn permissions(&self, role: SpaceRole) -> Option<PermissionSet> {
        match role {
            SpaceRole::Predefined(role) => Some(role.in_space()),
            SpaceRole::Custom(id) => self.roles[place(id.number())],
        }
    }

    /// The bot user that the grants make.
    pub(crate) fn bot(&self) -> Holder {
        let mut bot = Holder { account: self.account, organizations: [None; 2], spaces: [None; 4] };
        for (place, wanted) in self.organizations.iter().enumerate() {
            let Some((role, roles)) = wanted else { continue };
            bot.organizations[place] = Some(*role);
            for (number, role) in roles.iter().enumerate() {
                bot.spaces[2 * place + number] = role.and_then(|role| self.permissions(role));
            }
        }
        bot
    }

    /// The ceiling, role by role: each is compared with what the giver holds in that very place.
    pub(crate) fn is_within(&self, giver: &Holder) -> bool {
        let mut within = names(self.account.permissions()).is_subset(&giver.at_account());
        for (wanted, number) in self.organizations.iter().zip(1..) {
            let Some((role, roles)) = wanted else { continue };
            let held = giver.at_organization(number);
            within &= names(role.in_organization()).is_subset(&held);
            for (role, space) in roles.iter().zip(2 * place(number)..) {
                let Some(role) = role else { continue };
                let held = giver.at_space(&spaces()[space]);
                // What is unknown could be anything: only who holds everything gives it.
                let granted = self.permissions(*role).unwrap_or(PermissionSet::ALL);
                within &= names(granted).is_subset(&held);
            }
        }
        within
    }
}

const SCOPED: [ScopedRole; 4] =
    [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator];

pub(crate) fn scoped() -> impl Strategy<Value = ScopedRole> {
    proptest::sample::select(&SCOPED[..])
}

pub(crate) fn account() -> impl Strategy<Value = AccountRole> {
    prop_oneof![
        1 => Just(AccountRole::Admin),
        6 => Just(AccountRole::Member),
        1 => Just(AccountRole::Annotator),
        1 => Just(AccountRole::MemberUiOnly),
    ]
}

/// Custom permissions: few of them, a predefined role's, or those and some more or some less.
pub(crate) fn permissions() -> impl Strategy<Value = PermissionSet> {
    let few = || {
        proptest::collection::vec(proptest::sample::select(Permission::ALL), 1..4)
            .prop_map(|few| PermissionSet::of(&few))
    };
    prop_oneof![
        few(),
        scoped().prop_map(ScopedRole::in_space),
        (scoped(), few()).prop_map(|(role, more)| role.in_space().union(more)),
        (scoped(), few()).prop_map(|(role, less)| role.in_space().without(less)),
    ]
}

pub(crate) fn holder() -> impl Strategy<Value = Holder> {
    let option = proptest::option::of::<proptest::strategy::BoxedStrategy<ScopedRole>>;
    let organizations = [option(scoped().boxed()), option(scoped().boxed())];
    let space = || proptest::option::of(permissions());
    let spaces = [space(), space(), space(), space()];
    (account(), organizations, spaces).prop_map(|(account, organizations, spaces)| Holder {
        account,
        organizations,
        spaces,
    })
}

pub(crate) fn wanted() -> impl Strategy<Value = Wanted> {
    let role = || {
        prop_oneof![
            scoped().prop_map(SpaceRole::Predefined),
            (1..=3_i64).prop_map(|id| SpaceRole::Custom(RoleId::new(id))),
        ]
    };
    let space = move || proptest::option::of(role());
    let organization = move || proptest::option::of((scoped(), [space(), space()]));
    let custom = || proptest::option::weighted(0.9, permissions());
    (
        account(),
        [organization(), organization()],
        [custom(), custom(), custom()],
        proptest::bool::weighted(0.05),
    )
        .prop_map(|(account, organizations, roles, is_misplaced)| Wanted {
            account,
            organizations,
            roles,
            is_misplaced,
        })
}
