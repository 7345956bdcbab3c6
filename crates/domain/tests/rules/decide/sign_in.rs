//! Getting in without a key: which secrets let in whom, and who gets a key by it.

use claviger_domain::decide::{SignInSecret, key_at_sign_in, sign_in};
use claviger_domain::{
    AccountId, AccountRole, KeyText, Refusal, SignInPurpose, UserId, UserStatus,
};
use jiff::SignedDuration;

use super::outcome;
use crate::fixtures::{
    ACCOUNT, OWNER, SERVICE_KEY, USER_KEY, keyring, mint_for, now, person, seconds,
};

/// A secret that stops in a minute, with the text of the cast's user key.
fn secret(purpose: SignInPurpose, status: UserStatus) -> SignInSecret {
    let mut caller = person(OWNER.number(), AccountRole::Member);
    caller.user.status = status;
    caller.user.invited_until = (status == UserStatus::Invited).then(|| seconds(60));
    SignInSecret {
        digest: keyring().digest(&KeyText::parse(USER_KEY).unwrap(), &mint_for(ACCOUNT, OWNER)),
        user: caller.user,
        account: caller.account,
        purpose,
        expires_at: seconds(60),
        shown_to: None,
        made_with: None,
        is_line_revoked: false,
        is_address_proven: true,
    }
}

fn of_invited() -> SignInSecret {
    secret(SignInPurpose::Invitation, UserStatus::Invited)
}

fn of_active() -> SignInSecret {
    secret(SignInPurpose::Reset, UserStatus::Active)
}

fn present(text: &str, found: Option<SignInSecret>) -> Result<SignInSecret, Refusal> {
    sign_in(&keyring(), &KeyText::parse(text).unwrap(), found, now().into())
}

#[test]
fn invitations_let_in_the_invited_and_resets_those_who_take_part() {
    for secret in [of_invited, of_active] {
        assert_eq!(present(USER_KEY, Some(secret())).unwrap().user, secret().user);
        let mut last = secret();
        last.expires_at = now() + SignedDuration::from_micros(1);
        assert!(present(USER_KEY, Some(last)).is_ok(), "until the last microsecond");
    }
    let statuses =
        [UserStatus::Active, UserStatus::Invited, UserStatus::Expired, UserStatus::Blocked];
    for status in statuses {
        for (purpose, lets_in) in [
            (SignInPurpose::Invitation, UserStatus::Invited),
            (SignInPurpose::Reset, UserStatus::Active),
        ] {
            let told = present(USER_KEY, Some(secret(purpose, status)));
            assert_eq!(told.is_ok(), status == lets_in, "{purpose:?} of somebody {status:?}");
        }
    }
}

#[test]
fn auth_failure_bodies_identical_for_sign_in_secrets() {
    for secret in [of_invited, of_active] {
        let change = |change: fn(&mut SignInSecret)| {
            let mut found = secret();
            change(&mut found);
            Some(found)
        };
        let failures = [
            ("no row has the handle", USER_KEY, None),
            ("another secret", SERVICE_KEY, Some(secret())),
            ("it stops at this instant", USER_KEY, change(|found| found.expires_at = now())),
            ("it stopped before", USER_KEY, change(|found| found.expires_at = seconds(-1))),
            ("its user was removed", USER_KEY, {
                change(|found| found.user.status = UserStatus::Blocked)
            }),
            ("its user is elsewhere", USER_KEY, {
                change(|found| found.user.account = AccountId::new(8))
            }),
            ("moved to another account", USER_KEY, {
                change(|found| {
                    found.account.id = AccountId::new(8);
                    found.user.account = AccountId::new(8);
                })
            }),
            ("moved to another user", USER_KEY, change(|found| found.user.id = UserId::new(2))),
        ];
        for (why, text, found) in failures {
            let refusal = present(text, found).expect_err(why);
            assert_eq!(refusal, Refusal::Unauthenticated, "{why}");
        }
    }
    // The secret does not outlive the invitation.
    let mut lapsed = of_invited();
    lapsed.user.invited_until = Some(now());
    assert_eq!(present(USER_KEY, Some(lapsed)).err(), Some(Refusal::Unauthenticated));
}

#[test]
fn whoever_may_have_keys_gets_one_at_sign_in() {
    for (role, is_developer, gets_a_key) in [
        (AccountRole::Admin, true, true),
        (AccountRole::Admin, false, true),
        (AccountRole::Member, true, true),
        (AccountRole::Member, false, false),
        (AccountRole::Annotator, true, true),
        (AccountRole::Annotator, false, false),
        (AccountRole::MemberUiOnly, false, false),
    ] {
        let mut secret = of_invited();
        secret.user.role = role;
        secret.user.is_developer = is_developer;
        let key =
            key_at_sign_in(&secret, now().into()).map(|mint| mint.map(|mint| mint.expires_at()));
        assert_eq!(key, Ok(gets_a_key.then_some(None)), "{role:?}, developer: {is_developer}");
    }
}

/// The longest lifetime holds for this key too. The limit on how many does not: a thief could reach it (fault R28).
#[test]
fn the_key_of_a_sign_in_lives_no_longer_than_others() {
    let mut secret = of_active();
    secret.account.policy.max_key_lifetime = Some(SignedDuration::from_secs(3_600));
    secret.account.policy.max_user_keys = 0;
    let key = key_at_sign_in(&secret, now().into()).unwrap().unwrap();
    assert_eq!(key.expires_at(), Some(seconds(3_600)));
    secret.user.is_developer = false;
    assert_eq!(key_at_sign_in(&secret, now().into()), Ok(None));
}

/// A secret ends with the key that it was made with, but for a password reset that went to an address where mail has reached the person
/// before (lead L4, fault H2).
#[test]
fn a_secret_ends_with_the_key_that_it_was_made_with() {
    for (secret, shown_to, is_address_proven, expected) in [
        (of_invited(), Some(UserId::new(9)), true, "unauthenticated"),
        (of_invited(), None, true, "unauthenticated"),
        (of_active(), Some(UserId::new(9)), true, "unauthenticated"),
        (of_active(), None, true, "yes"),
        (of_active(), None, false, "unauthenticated"),
    ] {
        let secret = SignInSecret { shown_to, is_line_revoked: true, is_address_proven, ..secret };
        assert_eq!(outcome(&present(USER_KEY, Some(secret))), expected, "{shown_to:?}");
    }
}
