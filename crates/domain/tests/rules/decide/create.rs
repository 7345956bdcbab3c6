//! Making keys.

use claviger_domain::decide::{service_key, user_key};
use claviger_domain::{
    Access, AccountRole, Caller, GrantError, GrantField, Grants, OrganizationGrant, OrganizationId,
    Permission, PermissionSet, Refusal, ResolvedGrants, RoleId, ScopedRole, SpaceGrant, SpaceId,
    SpaceRole,
};
use jiff::{SignedDuration, Timestamp};

use super::{in_organization, in_space, in_space_with, member, outcome};
use crate::fixtures::{bot, now, person, seconds, space};

#[test]
fn user_keys_are_for_developers_and_administrators() {
    let plain = |role| {
        let mut caller = person(1, role);
        caller.user.is_developer = false;
        caller
    };
    let permissive = |mut caller: Caller| {
        caller.account.policy.bots_may_mint = true;
        caller
    };
    for (who, caller, expected) in [
        ("a developer", person(1, AccountRole::Member), "yes"),
        ("an annotator who is one", person(1, AccountRole::Annotator), "yes"),
        ("an administrator who is none", plain(AccountRole::Admin), "yes"),
        ("a member who is none", plain(AccountRole::Member), "forbidden"),
        ("a bot", bot(1, AccountRole::Member), "unprocessable"),
        ("a bot that administers", bot(1, AccountRole::Admin), "unprocessable"),
        ("a bot that may mint", permissive(bot(1, AccountRole::Admin)), "unprocessable"),
    ] {
        assert_eq!(outcome(&user_key(&caller, None, 0, now().into())), expected, "{who}");
    }
}

#[test]
fn the_account_limits_how_many_user_keys_one_has() {
    let mut caller = person(1, AccountRole::Member);
    for (live, expected) in
        [(0, "yes"), (999, "yes"), (1_000, "unprocessable"), (1_001, "unprocessable")]
    {
        assert_eq!(outcome(&user_key(&caller, None, live, now().into())), expected, "{live}");
    }
    caller.account.policy.max_user_keys = 0;
    assert_eq!(outcome(&user_key(&caller, None, 0, now().into())), "unprocessable");
    // Who may not make keys at all is told so first.
    caller.user.is_developer = false;
    assert_eq!(outcome(&user_key(&caller, Some(now()), 0, now().into())), "forbidden");
}

#[test]
fn a_key_without_expiry_gets_the_accounts_latest() {
    let mut caller = person(1, AccountRole::Member);
    assert_eq!(user_key(&caller, None, 0, now().into()).unwrap().expires_at(), None);
    caller.account.policy.max_key_lifetime = Some(SignedDuration::from_secs(60));
    let mint = user_key(&caller, None, 0, now().into()).unwrap();
    assert_eq!(mint.expires_at(), Some(seconds(60)));
    assert_eq!(outcome(&user_key(&caller, Some(seconds(61)), 0, now().into())), "unprocessable");
}

/// What is asked for in these tests: one role in the public space 1 of organization 1, unless changed.
struct Asked {
    caller: Caller,
    access: Access,
    grants: Grants,
    expires_at: Option<Timestamp>,
}

impl Asked {
    /// By a member of the organization and of the space.
    fn by_member() -> Self {
        let spaces = vec![SpaceGrant {
            space: SpaceId::new(1),
            role: SpaceRole::Predefined(ScopedRole::Member),
        }];
        let organization = OrganizationId::new(1);
        let role = ScopedRole::ReadOnly;
        Self {
            caller: person(1, AccountRole::Member),
            access: member([
                in_organization(1, ScopedRole::Member),
                in_space(&space(1, 1, false), ScopedRole::Member),
            ]),
            grants: Grants {
                account_role: AccountRole::Member,
                organizations: vec![OrganizationGrant { organization, role, spaces }],
            },
            expires_at: None,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn space(&mut self) -> &mut SpaceGrant {
        &mut self.grants.organizations[0].spaces[0]
    }

    fn decide(&self) -> Result<Option<Timestamp>, Refusal> {
        // Spaces 1 (public) and 2 (private) of organization 1, space 3 of organization 2, and one custom role.
        let spaces = [space(1, 1, false), space(2, 1, true), space(3, 2, false)];
        let role = crate::fixtures::custom_role(
            RoleId::new(1),
            "readers",
            PermissionSet::of(&[Permission::ProjectRead]),
        );
        let resolved = ResolvedGrants {
            bindings: Vec::new(),
            grants: self.grants.clone(),
            spaces: spaces.into_iter().map(|space| (space.id, space)).collect(),
            roles: [(role.id, role)].into(),
        };
        service_key(&self.caller, &self.access, &resolved, self.expires_at, now().into())
            .map(|mint| mint.expires_at())
    }
}

#[test]
fn a_service_key_within_the_makers_rights_is_made() {
    let asked = Asked::by_member();
    assert_eq!(asked.decide(), Ok(None));
    let expiring = asked.with(|asked| asked.expires_at = Some(seconds(60)));
    assert_eq!(expiring.decide(), Ok(Some(seconds(60))));
    let custom =
        Asked::by_member().with(|asked| asked.space().role = SpaceRole::Custom(RoleId::new(1)));
    assert_eq!(custom.decide(), Ok(None));
}

#[test]
fn refusals_of_service_keys() {
    let reader = || member([in_organization(1, ScopedRole::ReadOnly)]);
    let space = |number| move |asked: &mut Asked| asked.space().space = SpaceId::new(number);
    let refused = [
        (
            "no developer",
            "forbidden",
            Asked::by_member().with(|a| a.caller.user.is_developer = false),
        ),
        ("a bot", "forbidden", Asked::by_member().with(|a| a.caller = bot(1, AccountRole::Member))),
        (
            "an unknown organization",
            "no such organization",
            Asked::by_member()
                .with(|a| a.grants.organizations[0].organization = OrganizationId::UNASSIGNED),
        ),
        (
            "an organization that is not the caller's",
            "no such organization",
            Asked::by_member()
                .with(|a| a.grants.organizations[0].organization = OrganizationId::new(2)),
        ),
        ("an unknown space", "no such space", Asked::by_member().with(space(99))),
        ("a private space of others", "no such space", Asked::by_member().with(space(2))),
        ("a space of others elsewhere", "no such space", Asked::by_member().with(space(3))),
        (
            "an unknown role",
            "no such role",
            Asked::by_member().with(|a| a.space().role = SpaceRole::Custom(RoleId::new(2))),
        ),
        (
            "a space under the wrong organization",
            "unprocessable",
            Asked::by_member().with(space(3)).with(|a| {
                a.access = member([
                    in_organization(1, ScopedRole::Member),
                    in_organization(2, ScopedRole::Member),
                ]);
            }),
        ),
        ("a reader", "forbidden", Asked::by_member().with(|a| a.access = reader())),
        (
            "a higher role in the account",
            "over-privileged",
            Asked::by_member().with(|a| a.grants.account_role = AccountRole::Admin),
        ),
        (
            "a higher role in the organization",
            "over-privileged",
            Asked::by_member().with(|a| a.grants.organizations[0].role = ScopedRole::Admin),
        ),
        (
            "a higher role in the space",
            "over-privileged",
            Asked::by_member().with(|a| a.space().role = SpaceRole::Predefined(ScopedRole::Admin)),
        ),
        (
            "an expiry in the past",
            "unprocessable",
            Asked::by_member().with(|a| a.expires_at = Some(now())),
        ),
    ];
    for (what, expected, asked) in refused {
        assert_eq!(outcome(&asked.decide()), expected, "{what}");
    }
}

#[test]
fn defaults_are_also_bounded() {
    // May make keys in the space and nothing else: the default roles, MEMBER there and READ_ONLY above, are out of reach.
    let minimal = PermissionSet::of(&[Permission::SpaceRead, Permission::ServiceKeyCreate]);
    let asked =
        |memberships: &[_]| Asked::by_member().with(|a| a.access = member(memberships.to_vec()));
    let annotator = in_organization(1, ScopedRole::Annotator);
    assert_eq!(
        outcome(&asked(&[annotator, in_space_with(1, minimal)]).decide()),
        "over-privileged"
    );
    let reader = in_organization(1, ScopedRole::ReadOnly);
    assert_eq!(outcome(&asked(&[reader, in_space_with(1, minimal)]).decide()), "over-privileged");
    // The default account role MEMBER is above an account annotator.
    let mut annotator = Asked::by_member();
    annotator.access = Access::new(
        AccountRole::Annotator,
        [in_organization(1, ScopedRole::Member), in_space(&space(1, 1, false), ScopedRole::Member)],
    );
    assert_eq!(outcome(&annotator.decide()), "over-privileged");
}

#[test]
fn what_the_caller_may_not_see_comes_before_what_they_may_not_do() {
    // Everything is wrong; set right from the front, one refusal after the other shows.
    let mut asked = Asked::by_member().with(|a| {
        a.caller = bot(1, AccountRole::Member);
        a.access = Access::default();
        a.grants.account_role = AccountRole::Admin;
        a.grants.organizations[0].organization = OrganizationId::new(2);
        a.space().space = SpaceId::new(2);
        a.space().role = SpaceRole::Custom(RoleId::new(2));
        a.expires_at = Some(now());
    });
    let mut seen = Vec::new();
    let steps: [fn(&mut Asked); 9] = [
        |_| {},
        |a| a.caller.account.policy.bots_may_mint = true,
        |a| a.access = member([in_organization(2, ScopedRole::ReadOnly)]),
        |a| {
            let reader = ScopedRole::ReadOnly;
            a.access = member([
                in_organization(2, reader),
                in_organization(1, reader),
                in_space(&space(2, 1, true), reader),
            ]);
        },
        |a| a.space().role = SpaceRole::Predefined(ScopedRole::Member),
        |a| a.grants.organizations[0].organization = OrganizationId::new(1),
        |a| {
            a.access = member([
                in_organization(1, ScopedRole::ReadOnly),
                in_space(&space(2, 1, true), ScopedRole::Member),
            ]);
        },
        |a| a.grants.account_role = AccountRole::Member,
        |a| a.expires_at = None,
    ];
    for step in steps {
        step(&mut asked);
        seen.push(outcome(&asked.decide()));
    }
    let expected = [
        "forbidden",
        "no such organization",
        "no such space",
        "no such role",
        "unprocessable",
        "forbidden",
        "over-privileged",
        "unprocessable",
        "yes",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn bot_minted_key_bounded_by_bot() {
    let mut asked = Asked::by_member().with(|a| a.caller = bot(1, AccountRole::Member));
    assert_eq!(outcome(&asked.decide()), "forbidden", "by default, bots make no keys");
    asked.caller.account.policy.bots_may_mint = true;
    assert_eq!(outcome(&asked.decide()), "yes");
    asked.space().role = SpaceRole::Predefined(ScopedRole::Admin);
    assert_eq!(outcome(&asked.decide()), "over-privileged");
}

#[test]
fn duplicate_binding_rejected() {
    let grants = Asked::by_member().grants;
    assert_eq!(grants.without_duplicates(), Ok(()));
    let mut organization = grants.clone();
    organization.organizations.push(grants.organizations[0].clone());
    let refused = Err(GrantError::Duplicate(GrantField::Organization(1)));
    assert_eq!(organization.without_duplicates(), refused);
    let again = SpaceGrant {
        role: SpaceRole::Predefined(ScopedRole::ReadOnly),
        ..grants.organizations[0].spaces[0]
    };
    let mut twice = grants.clone();
    twice.organizations[0].spaces.push(again);
    assert_eq!(twice.without_duplicates(), Err(GrantError::Duplicate(GrantField::Space(0, 1))));
    let mut elsewhere = grants.clone();
    elsewhere.organizations.push(OrganizationGrant {
        organization: OrganizationId::new(2),
        ..grants.organizations[0].clone()
    });
    assert_eq!(elsewhere.without_duplicates(), Err(GrantError::Duplicate(GrantField::Space(1, 0))));
    let message = GrantError::Duplicate(GrantField::Space(1, 0)).to_string();
    assert!(message.starts_with("`organizations[1].spaces[0].space_id` names"), "{message}");
}

#[test]
fn two_ids_that_were_never_handed_out_are_not_the_same_thing() {
    let mut grants = Asked::by_member().grants;
    grants.organizations[0].organization = OrganizationId::UNASSIGNED;
    grants.organizations[0].spaces[0].space = SpaceId::UNASSIGNED;
    grants.organizations.push(grants.organizations[0].clone());
    assert_eq!(grants.without_duplicates(), Ok(()));
}

#[test]
fn some_roles_are_not_for_keys() {
    let place = |change: fn(&mut Grants)| {
        let mut grants = Asked::by_member().grants;
        change(&mut grants);
        match grants.with_roles_for_keys() {
            Ok(()) => None,
            Err(GrantError::RoleNotForKeys(scope) | GrantError::Duplicate(scope)) => Some(scope),
        }
    };
    assert_eq!(place(|_| {}), None);
    assert_eq!(place(|grants| grants.account_role = AccountRole::Admin), None);
    for annotator in [
        place(|grants| grants.account_role = AccountRole::Annotator),
        place(|grants| grants.account_role = AccountRole::MemberUiOnly),
    ] {
        assert_eq!(annotator, Some(GrantField::Account));
    }
    let organization = place(|grants| grants.organizations[0].role = ScopedRole::Annotator);
    assert_eq!(organization, Some(GrantField::Organization(0)));
    let annotator = SpaceRole::Predefined(ScopedRole::Annotator);
    assert_eq!(
        place(|grants| grants.organizations[0].spaces[0].role =
            SpaceRole::Predefined(ScopedRole::Annotator)),
        Some(GrantField::Space(0, 0)),
        "{annotator:?}"
    );
}
