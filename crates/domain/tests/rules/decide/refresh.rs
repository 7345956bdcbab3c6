//! Refreshing keys: who may, what is said first, and what comes of it.

use claviger_domain::decide::{KeyWithSpaces, RefreshPlan, RefreshRequest, refresh};
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    Access, AccountRole, Caller, Grants, Membership, OrganizationGrant, OrganizationId, Permission,
    PermissionSet, Refusal, ResolvedGrants, ScopedRole, Space, SpaceGrant, SpaceRole,
};
use jiff::SignedDuration;

use super::{in_organization, in_space, in_space_with, member, outcome};
use crate::fixtures::{bot, now, person, seconds, service_key_by, space, user_key_of};

const PLAIN: RefreshRequest =
    RefreshRequest { expires_at: None, grace: SignedDuration::ZERO, rule: RefreshExpiryRule::Free };

/// What a bot user holds that has this role in each of the spaces, and `READ_ONLY` in their organizations.
pub(super) fn grants(spaces: &[Space], role: ScopedRole) -> ResolvedGrants {
    let organizations = spaces.iter().map(|space| OrganizationGrant {
        organization: space.organization,
        role: ScopedRole::ReadOnly,
        spaces: vec![SpaceGrant { space: space.id, role: SpaceRole::Predefined(role) }],
    });
    ResolvedGrants {
        bindings: Vec::new(),
        grants: Grants {
            account_role: AccountRole::Member,
            organizations: organizations.collect(),
        },
        spaces: spaces.iter().map(|space| (space.id, space.clone())).collect(),
        roles: std::collections::HashMap::new(),
    }
}

fn two_spaces() -> [Space; 2] {
    [space(1, 1, false), space(3, 2, false)]
}

fn ask(
    caller: &Caller,
    access: &Access,
    subject: &KeyWithSpaces,
    bot_role: ScopedRole,
) -> Result<RefreshPlan, Refusal> {
    let grants = grants(&subject.spaces, bot_role);
    refresh(caller, access, Some(subject), Some(&grants), 0, PLAIN, now().into())
}

/// What the caller 1, a member with these roles, is told about a service key whose bot is a MEMBER of its spaces.
fn told(memberships: &[Membership], subject: &KeyWithSpaces) -> &'static str {
    let access = member(memberships.iter().copied());
    let caller = person(1, AccountRole::Member);
    outcome(&ask(&caller, &access, subject, ScopedRole::Member))
}

#[test]
fn user_keys_are_refreshed_by_their_person_and_by_account_administrators() {
    let refresh = |caller: &Caller, of| {
        refresh(caller, &member([]), Some(&user_key_of(of)), None, 0, PLAIN, now().into())
    };
    let own = refresh(&person(1, AccountRole::Member), 1).unwrap();
    assert_eq!((own.mint.expires_at(), own.old_expires_at), (None, None));
    assert_eq!((own.rule, own.mint.impersonates()), (RefreshExpiryRule::Free, false));
    assert_eq!(outcome(&refresh(&person(1, AccountRole::Member), 2)), "no such key");
    // Allowed and marked: the administrator now holds a secret that acts for somebody else (docs/threat-model.md#impersonation).
    let others = refresh(&person(1, AccountRole::Admin), 2).unwrap();
    assert!(others.mint.impersonates());
    assert!(!refresh(&person(1, AccountRole::Admin), 1).unwrap().mint.impersonates());
    let bot = refresh(&bot(1, AccountRole::Admin), 2);
    assert_eq!(outcome(&bot), "forbidden", "no bot ever acts for a person");
}

#[test]
fn refresh_multi_space_key_needs_all_spaces() {
    let key = service_key_by(2, &two_spaces());
    let [one, two] = two_spaces();
    let (admin, worker) = (ScopedRole::Admin, ScopedRole::Member);
    let reads =
        [in_organization(1, ScopedRole::ReadOnly), in_organization(2, ScopedRole::ReadOnly)];
    let with_reads = |more: &[Membership]| [&reads[..], more].concat();
    for (who, memberships, expected) in [
        ("both spaces", with_reads(&[in_space(&one, admin), in_space(&two, admin)]), "yes"),
        ("both organizations", vec![in_organization(1, admin), in_organization(2, admin)], "yes"),
        (
            "one space only",
            with_reads(&[in_space(&one, admin), in_space(&two, worker)]),
            "forbidden",
        ),
        ("one, and blind to the other", vec![in_organization(1, admin)], "forbidden"),
        (
            "none, as a member",
            with_reads(&[in_space(&one, worker), in_space(&two, worker)]),
            "forbidden",
        ),
        ("none, as a reader", reads.to_vec(), "forbidden"),
        ("none at all", vec![], "no such key"),
    ] {
        assert_eq!(told(&memberships, &key), expected, "{who}");
    }
}

#[test]
fn refresh_after_demotion_403() {
    let one = space(1, 1, false);
    let key = service_key_by(1, std::slice::from_ref(&one));
    let reader = in_organization(1, ScopedRole::ReadOnly);
    let creates = PermissionSet::of(&[Permission::ServiceKeyCreate]);
    for (who, memberships, expected) in [
        ("its maker", vec![reader, in_space(&one, ScopedRole::Member)], "yes"),
        ("its creator, a reader now", vec![reader], "forbidden"),
        ("its creator, gone from there", vec![], "forbidden"),
        // May still make keys, but holds less than this one does.
        ("its creator, with less", vec![reader, in_space_with(1, creates)], "forbidden"),
    ] {
        assert_eq!(told(&memberships, &key), expected, "{who}");
    }
    // The bot was given more than its creator holds today, by somebody above.
    let access = member([reader, in_space(&one, ScopedRole::Member)]);
    let caller = person(1, AccountRole::Member);
    let above = ask(&caller, &access, &key, ScopedRole::Admin);
    assert_eq!(outcome(&above), "forbidden");
    // Without its grants at hand nothing is known about it, and nothing is given.
    let unknown = refresh(&caller, &access, Some(&key), None, 0, PLAIN, now().into());
    assert_eq!(outcome(&unknown), "forbidden");
}

#[test]
fn a_bot_refreshes_itself_and_no_other_by_default() {
    let one = space(1, 1, false);
    let access = member([in_organization(1, ScopedRole::Admin)]);
    let key = service_key_by(1, &[one]);
    let own = ask(&bot(90, AccountRole::Member), &Access::default(), &key, ScopedRole::Admin);
    assert_eq!(outcome(&own), "yes");
    let mut other = bot(91, AccountRole::Member);
    assert_eq!(outcome(&ask(&other, &access, &key, ScopedRole::Member)), "forbidden");
    assert_eq!(outcome(&ask(&other, &member([]), &key, ScopedRole::Member)), "no such key");
    other.account.policy.bots_may_mint = true;
    assert_eq!(outcome(&ask(&other, &access, &key, ScopedRole::Member)), "yes");
}

#[test]
fn dead_and_replaced_keys_are_not_refreshed() {
    let told = |change: fn(&mut KeyWithSpaces)| {
        let mut subject = user_key_of(1);
        change(&mut subject);
        let caller = person(1, AccountRole::Member);
        refresh(&caller, &member([]), Some(&subject), None, 0, PLAIN, now().into())
    };
    assert_eq!(outcome(&told(|s| s.key.expires_at = Some(seconds(1)))), "yes");
    for change in [
        (|s: &mut KeyWithSpaces| s.key.revoked_at = Some(now())) as fn(&mut KeyWithSpaces),
        |s| s.key.expires_at = Some(now()),
        |s| s.key.expires_at = Some(seconds(-1)),
        |s| s.is_replaced = true,
    ] {
        assert_eq!(outcome(&told(change)), "unprocessable");
    }
}

#[test]
fn seeing_comes_before_doing_and_doing_before_what_became_of_the_key() {
    let mut caller = person(1, AccountRole::Member);
    caller.user.is_developer = false;
    let one = space(1, 1, false);
    let mut key = service_key_by(2, &[one]);
    key.key.revoked_at = Some(now());
    let past = RefreshRequest { expires_at: Some(now()), ..PLAIN };
    let role = |role| vec![in_organization(1, role)];
    let mut seen = Vec::new();
    let mut ask = |caller: &Caller, memberships: Vec<_>, key: Option<&KeyWithSpaces>| {
        let spaces = key.map(|key| key.spaces.clone()).unwrap_or_default();
        let grants = grants(&spaces, ScopedRole::Member);
        let told = refresh(caller, &member(memberships), key, Some(&grants), 0, past, now().into());
        seen.push(outcome(&told));
    };
    ask(&caller, role(ScopedRole::Admin), None);
    caller.user.is_developer = true;
    ask(&caller, role(ScopedRole::Admin), None);
    ask(&caller, vec![], Some(&key));
    ask(&caller, role(ScopedRole::Member), Some(&key));
    ask(&caller, role(ScopedRole::Admin), Some(&key));
    key.key.revoked_at = None;
    ask(&caller, role(ScopedRole::Admin), Some(&key));
    let expected =
        ["forbidden", "no such key", "no such key", "forbidden", "unprocessable", "unprocessable"];
    assert_eq!(seen, expected);
}

#[test]
fn the_plan_says_when_both_keys_end() {
    let caller = person(1, AccountRole::Member);
    let mut subject = user_key_of(1);
    let mut plan = |own, expires_at, grace| {
        subject.key.expires_at = own;
        let request =
            RefreshRequest { expires_at, grace: SignedDuration::from_secs(grace), ..PLAIN };
        let plan =
            refresh(&caller, &member([]), Some(&subject), None, 0, request, now().into()).unwrap();
        (plan.mint.expires_at(), plan.old_expires_at)
    };
    let (minute, hour) = (Some(seconds(60)), Some(seconds(3_600)));
    assert_eq!(plan(None, None, 0), (None, None));
    assert_eq!(plan(None, hour, 60), (hour, minute));
    assert_eq!(plan(hour, None, 60), (None, minute));
    assert_eq!(plan(minute, None, 86_400), (None, minute), "grace never extends");
}

#[test]
fn a_grace_takes_a_place_among_the_persons_live_keys() {
    let mut caller = person(1, AccountRole::Member);
    caller.account.policy.max_user_keys = 5;
    let told = |subject: &KeyWithSpaces, live_keys, grace| {
        let request = RefreshRequest { grace: SignedDuration::from_secs(grace), ..PLAIN };
        let grants = grants(&subject.spaces, ScopedRole::Member);
        let access = member([in_organization(1, ScopedRole::Admin)]);
        let result = refresh(
            &caller,
            &access,
            Some(subject),
            Some(&grants),
            live_keys,
            request,
            now().into(),
        );
        outcome(&result)
    };
    let own = user_key_of(1);
    for (live_keys, grace, expected) in [
        (4, 60, "yes"),
        (5, 60, "unprocessable"),
        (6, 1, "unprocessable"),
        (5, 0, "yes"),
        (6, 0, "yes"),
    ] {
        assert_eq!(told(&own, live_keys, grace), expected, "{live_keys} keys, {grace} s");
    }
    // The limit is on the keys of persons.
    let of_bot = service_key_by(2, &[space(1, 1, false)]);
    assert_eq!(told(&of_bot, 5, 60), "yes");
}

#[test]
fn a_private_space_is_not_opened_by_a_role_in_its_organization() {
    let private = space(2, 1, true);
    let key = service_key_by(2, &[private]);
    assert_eq!(told(&[in_organization(1, ScopedRole::Member)], &key), "no such key");
    assert_eq!(told(&[in_organization(1, ScopedRole::Admin)], &key), "yes");
    assert_eq!(OrganizationId::new(1), key.spaces[0].organization);
}
