//! Who may do what to people: every kind of caller, every operation.

use std::fmt::Write as _;

use claviger_domain::decide::{
    INVITATION_LIFETIME, Invitation, NewUser, RESET_LIFETIME, invitation, invite,
    issue_sign_in_secret, mode_works, read_user, remove_user, resend_invitation, reset_password,
    update_user,
};
use claviger_domain::{
    Access, AccountRole, Caller, Email, InviteMode, Permission, Refusal, SignInPurpose, User,
    UserId, UserKind, UserStatus,
};
use insta::assert_snapshot;

use super::outcome;
use crate::fixtures::{at, bot, now, person, seconds, user};

/// Callers by what they are.
fn callers() -> Vec<(&'static str, Caller)> {
    let mut plain = person(7, AccountRole::Member);
    plain.user.is_developer = false;
    vec![
        ("administrator", person(7, AccountRole::Admin)),
        ("member", person(7, AccountRole::Member)),
        ("member without keys", plain),
        ("annotator", person(7, AccountRole::Annotator)),
        ("administrating bot", bot(7, AccountRole::Admin)),
        ("bot", bot(7, AccountRole::Member)),
    ]
}

fn access(caller: &Caller) -> Access {
    match caller.user.kind {
        UserKind::Person => Access::new(caller.user.role, []),
        UserKind::Bot => Access::of_bot(caller.user.role, []),
    }
}

#[test]
fn operations_on_users_by_role() {
    let mut table = String::new();
    for (who, caller) in callers() {
        let access = access(&caller);
        let other = || Some(user(8, AccountRole::Member));
        let guest = || {
            let invited_until = Some(seconds(1));
            Some(User {
                status: UserStatus::Invited,
                invited_until,
                ..user(8, AccountRole::Member)
            })
        };
        writeln!(
            table,
            "{who}: read {}, rename {}, make a developer {}, remove {}, resend {}, reset {}, hand over {}",
            outcome(&read_user(&caller, &access, other())),
            outcome(&update_user(&caller, &access, other(), None)),
            outcome(&update_user(&caller, &access, other(), Some(true))),
            outcome(&remove_user(&caller, &access, other(), true)),
            outcome(&resend_invitation(&caller, &access, guest(), true, now().into())),
            outcome(&reset_password(&caller, &access, other(), true)),
            outcome(&issue_sign_in_secret(&caller, &access, other(), now().into())),
        )
        .unwrap();
    }
    assert_snapshot!(table, @r"
    administrator: read yes, rename yes, make a developer yes, remove yes, resend yes, reset yes, hand over yes
    member: read yes, rename forbidden, make a developer forbidden, remove forbidden, resend yes, reset forbidden, hand over forbidden
    member without keys: read yes, rename forbidden, make a developer forbidden, remove forbidden, resend yes, reset forbidden, hand over forbidden
    annotator: read no such user, rename no such user, make a developer no such user, remove no such user, resend no such user, reset no such user, hand over no such user
    administrating bot: read yes, rename yes, make a developer yes, remove yes, resend forbidden, reset forbidden, hand over forbidden
    bot: read no such user, rename no such user, make a developer no such user, remove no such user, resend no such user, reset no such user, hand over no such user
    ");
}

#[test]
fn invitations_by_role() {
    let mut table = String::new();
    for (who, caller) in callers() {
        write!(table, "{who}:").unwrap();
        for role in [
            AccountRole::Admin,
            AccountRole::Member,
            AccountRole::Annotator,
            AccountRole::MemberUiOnly,
        ] {
            for is_developer in [None, Some(false), Some(true)] {
                let wanted = NewUser { role, is_developer, invite_mode: InviteMode::EmailLink };
                let word = match invite(&caller, &access(&caller), wanted) {
                    Ok(true) => "developer",
                    Ok(false) => "yes",
                    Err(refusal) => outcome(&Err::<(), Refusal>(refusal)),
                };
                let said = match is_developer {
                    None => "",
                    Some(true) => "+",
                    Some(false) => "-",
                };
                write!(table, " {role:?}{said} {word},").unwrap();
            }
        }
        writeln!(table).unwrap();
    }
    assert_snapshot!(table, @r"
    administrator: Admin developer, Admin- yes, Admin+ developer, Member developer, Member- yes, Member+ developer, Annotator yes, Annotator- yes, Annotator+ developer, MemberUiOnly yes, MemberUiOnly- yes, MemberUiOnly+ unprocessable,
    member: Admin over-privileged, Admin- over-privileged, Admin+ over-privileged, Member developer, Member- yes, Member+ developer, Annotator yes, Annotator- yes, Annotator+ developer, MemberUiOnly over-privileged, MemberUiOnly- over-privileged, MemberUiOnly+ over-privileged,
    member without keys: Admin over-privileged, Admin- over-privileged, Admin+ over-privileged, Member over-privileged, Member- yes, Member+ over-privileged, Annotator yes, Annotator- yes, Annotator+ over-privileged, MemberUiOnly over-privileged, MemberUiOnly- over-privileged, MemberUiOnly+ over-privileged,
    annotator: Admin forbidden, Admin- forbidden, Admin+ forbidden, Member forbidden, Member- forbidden, Member+ forbidden, Annotator forbidden, Annotator- forbidden, Annotator+ forbidden, MemberUiOnly forbidden, MemberUiOnly- forbidden, MemberUiOnly+ forbidden,
    administrating bot: Admin forbidden, Admin- forbidden, Admin+ forbidden, Member forbidden, Member- forbidden, Member+ forbidden, Annotator forbidden, Annotator- forbidden, Annotator+ forbidden, MemberUiOnly forbidden, MemberUiOnly- forbidden, MemberUiOnly+ forbidden,
    bot: Admin forbidden, Admin- forbidden, Admin+ forbidden, Member forbidden, Member- forbidden, Member+ forbidden, Annotator forbidden, Annotator- forbidden, Annotator+ forbidden, MemberUiOnly forbidden, MemberUiOnly- forbidden, MemberUiOnly+ forbidden,
    ");
}

/// What an invitation does, by who has the address already.
#[test]
fn invitations_by_who_has_the_address() {
    let with = |status, until: i64| User {
        status,
        invited_until: Some(seconds(until)),
        ..user(8, AccountRole::Member)
    };
    for mode in [InviteMode::None, InviteMode::EmailLink, InviteMode::TemporaryPassword] {
        let administrator = access(&person(7, AccountRole::Admin));
        let decide = |known: Option<&User>| invitation(&administrator, known, mode, now().into());
        assert_eq!(decide(None), Ok(Invitation::New));
        for known in [with(UserStatus::Expired, 1), with(UserStatus::Invited, 0)] {
            assert_eq!(decide(Some(&known)), Ok(Invitation::InPlaceOf(UserId::new(8))));
        }
        let standing = decide(Some(&with(UserStatus::Invited, 1)));
        if mode == InviteMode::None {
            assert_eq!(outcome(&standing), "in conflict");
        } else {
            assert_eq!(standing, Ok(Invitation::Standing));
        }
        for status in [UserStatus::Active, UserStatus::Blocked] {
            assert_eq!(outcome(&decide(Some(&with(status, 1)))), "in conflict", "{status:?}");
        }
        // Who cannot remove people is not told that somebody was removed (fault R22).
        let member = access(&person(7, AccountRole::Member));
        let decide = |known: Option<&User>| invitation(&member, known, mode, now().into());
        assert_eq!(decide(Some(&with(UserStatus::Blocked, 1))), decide(None));
        assert_eq!(outcome(&decide(Some(&with(UserStatus::Active, 1)))), "in conflict");
    }
}

/// Conflicts about people, roles and, where they are made, organizations are told to those who may read them all (fault R22).
#[test]
fn callers_told_of_a_conflict_may_read_what_is_in_the_way() {
    let needs = [
        (Permission::UserCreate, Permission::UserRead),
        (Permission::RoleCreate, Permission::RoleRead),
        (Permission::RoleUpdate, Permission::RoleRead),
        (Permission::OrganizationCreate, Permission::OrganizationRead),
    ];
    for role in
        [AccountRole::Admin, AccountRole::Member, AccountRole::Annotator, AccountRole::MemberUiOnly]
    {
        for access in [Access::new(role, []), Access::of_bot(role, [])] {
            for (writes, reads) in needs {
                let held = access.at_account();
                assert!(
                    !held.contains(writes) || held.contains(reads),
                    "{role:?}: {}",
                    writes.name()
                );
            }
        }
    }
}

/// Bot users and people who were removed are nobody to all of these.
#[test]
fn bots_and_removed_people_are_nobody() {
    let caller = person(7, AccountRole::Admin);
    let access = access(&caller);
    let robot = User { kind: UserKind::Bot, ..user(8, AccountRole::Member) };
    let removed = User { status: UserStatus::Blocked, ..user(8, AccountRole::Member) };
    for found in [Some(robot), Some(removed.clone()), None] {
        let outcomes = [
            outcome(&update_user(&caller, &access, found.clone(), None)),
            outcome(&resend_invitation(&caller, &access, found.clone(), true, now().into())),
            outcome(&reset_password(&caller, &access, found.clone(), true)),
            outcome(&issue_sign_in_secret(&caller, &access, found.clone(), now().into())),
        ];
        assert_eq!(outcomes, ["no such user"; 4], "{found:?}");
    }
    assert_eq!(remove_user(&caller, &access, Some(removed), true), Ok(None), "removed is removed");
    let own = remove_user(&caller, &access, Some(caller.user.clone()), true);
    assert_eq!(outcome(&own), "invalid");
}

/// Nothing is left to do to somebody who was removed. Only who may remove is told so.
#[test]
fn removing_twice_is_removing_once() {
    let other = user(8, AccountRole::Member);
    let removed = User { status: UserStatus::Blocked, ..other.clone() };
    for (who, caller) in callers() {
        let remove =
            |found: &User| remove_user(&caller, &access(&caller), Some(found.clone()), true);
        if caller.is_account_admin() {
            assert_eq!(remove(&other), Ok(Some(other.clone())), "{who}");
            assert_eq!(remove(&removed), Ok(None), "{who}");
        } else {
            assert!(remove(&other).is_err(), "{who}");
            assert_eq!(outcome(&remove(&removed)), "no such user", "{who}");
        }
    }
}

#[test]
fn everybody_reads_themselves() {
    for (who, caller) in callers() {
        let own = read_user(&caller, &access(&caller), Some(caller.user.clone()));
        assert_eq!(own, Ok(caller.user), "{who}");
    }
}

/// For every caller, and however many are invited: one active person administers the account (fault R7).
#[test]
fn the_last_active_administrator_stays() {
    let administrator = user(8, AccountRole::Admin);
    let waiting = User { status: UserStatus::Invited, ..administrator.clone() };
    for caller in [person(7, AccountRole::Admin), bot(7, AccountRole::Admin)] {
        let remove = |found: &User, others| {
            outcome(&remove_user(&caller, &access(&caller), Some(found.clone()), others))
        };
        assert_eq!(remove(&administrator, false), "unprocessable");
        assert_eq!(remove(&administrator, true), "yes");
        assert_eq!(remove(&waiting, false), "yes", "they are not the last one");
        assert_eq!(remove(&user(8, AccountRole::Member), false), "yes");
    }
}

/// A service key lets nobody in and writes to nobody, by whatever way and with whatever role, unless the account says so; and it is shown
/// nobody's secret even then (fault R11).
#[test]
fn bots_invite_nobody_unless_the_policy_says_so() {
    for (is_on, modes) in [
        (false, [("forbidden", InviteMode::None), ("forbidden", InviteMode::EmailLink)]),
        (true, [("yes", InviteMode::None), ("yes", InviteMode::EmailLink)]),
    ] {
        let mut caller = bot(7, AccountRole::Admin);
        caller.account.policy.bots_may_invite = is_on;
        let access = access(&caller);
        for (expected, invite_mode) in modes {
            let wanted = NewUser { role: AccountRole::Annotator, is_developer: None, invite_mode };
            assert_eq!(outcome(&invite(&caller, &access, wanted)), expected, "{invite_mode:?}");
        }
        let invite_mode = InviteMode::TemporaryPassword;
        let wanted = NewUser { role: AccountRole::Annotator, is_developer: None, invite_mode };
        assert_eq!(outcome(&invite(&caller, &access, wanted)), "forbidden");
        let invited_until = Some(seconds(1));
        let guest =
            User { status: UserStatus::Invited, invited_until, ..user(8, AccountRole::Member) };
        let again = resend_invitation(&caller, &access, Some(guest), true, now().into());
        let reset = reset_password(&caller, &access, Some(user(8, AccountRole::Member)), true);
        for told in [outcome(&again), outcome(&reset)] {
            assert_eq!(told, if is_on { "yes" } else { "forbidden" });
        }
    }
}

/// Where no mail goes nobody is written to, and no invitation waits for a letter (fault S20).
#[test]
fn without_mail_nobody_is_written_to() {
    let caller = person(7, AccountRole::Admin);
    let access = access(&caller);
    let invited_until = Some(seconds(1));
    let guest = User { status: UserStatus::Invited, invited_until, ..user(8, AccountRole::Member) };
    let again = resend_invitation(&caller, &access, Some(guest), false, now().into());
    let reset = reset_password(&caller, &access, Some(user(8, AccountRole::Member)), false);
    assert_eq!((outcome(&again), outcome(&reset)), ("invalid", "invalid"));
    for (mode, expected) in [
        (InviteMode::None, "yes"),
        (InviteMode::EmailLink, "unprocessable"),
        (InviteMode::TemporaryPassword, "yes"),
    ] {
        assert_eq!(outcome(&mode_works(mode, false)), expected, "{mode:?}");
        assert_eq!(outcome(&mode_works(mode, true)), "yes", "{mode:?}");
    }
}

/// Nobody has letters sent to those who hold more (fault R11).
#[test]
fn nobody_resends_to_somebody_above_them() {
    let invited_until = Some(seconds(1));
    let invited = |role| User { status: UserStatus::Invited, invited_until, ..user(8, role) };
    for (role, told) in [(AccountRole::Admin, "forbidden"), (AccountRole::Member, "yes")] {
        let caller = person(7, AccountRole::Member);
        let found = Some(invited(role));
        let resent = resend_invitation(&caller, &access(&caller), found, true, now().into());
        assert_eq!(outcome(&resent), told, "{role:?}");
    }
}

/// Invitations are for who is awaited, the password reset for who was here; who did not come in time is invited anew.
#[test]
fn what_can_be_sent_to_somebody_by_where_they_stand() {
    let caller = person(7, AccountRole::Admin);
    let access = access(&caller);
    let (invited, active, refused) =
        (Ok(SignInPurpose::Invitation), Ok(SignInPurpose::Reset), Err("invalid"));
    for (status, until, resend, reset, handed_over) in [
        (UserStatus::Active, None, "invalid", "yes", active),
        (UserStatus::Invited, Some(seconds(1)), "yes", "invalid", invited),
        (UserStatus::Invited, Some(now()), "invalid", "invalid", refused),
        (UserStatus::Expired, Some(seconds(1)), "invalid", "invalid", refused),
    ] {
        let somebody = User { status, invited_until: until, ..user(8, AccountRole::Member) };
        let found = || Some(somebody.clone());
        assert_eq!(
            outcome(&resend_invitation(&caller, &access, found(), true, now().into())),
            resend
        );
        assert_eq!(outcome(&reset_password(&caller, &access, found(), true)), reset);
        let handed = issue_sign_in_secret(&caller, &access, found(), now().into());
        let purpose = handed.as_ref().map(|(_, purpose)| *purpose).map_err(|_| outcome(&handed));
        assert_eq!(purpose, handed_over, "{status:?} until {until:?}");
    }
}

#[test]
fn an_invitation_stands_for_a_week_and_the_way_back_in_for_half_an_hour() {
    assert_eq!(now() + INVITATION_LIFETIME, at("2026-11-30T12:00:00Z"));
    assert_eq!(now() + RESET_LIFETIME, at("2026-11-23T12:30:00Z"));
}

/// An address that is accepted is one in the plainest grammar, whatever is thrown at it.
#[test]
fn accepted_addresses_are_plain() {
    proptest::proptest!(|(text in "[ -~]{0,12}@?[a-zA-Z0-9.\\-@ ]{0,16}")| {
        if let Ok(email) = Email::parse(&text) {
            let (local, domain) = text.split_once('@').unwrap();
            proptest::prop_assert_eq!(email.as_str(), &text);
            proptest::prop_assert!(!domain.contains('@') && domain.contains('.'));
            let quoted = |c: char| c.is_whitespace() || "\"(),:;<>[]\\".contains(c);
            proptest::prop_assert!(!local.is_empty() && !text.contains(quoted));
            proptest::prop_assert!(!text.contains("..") && !local.starts_with('.') && !local.ends_with('.'));
        }
    });
}
