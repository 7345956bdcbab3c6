//! When keys end: to the microsecond, never later than a rule allows, and never later because of a grace.

use claviger_domain::decide::{self, RefreshRequest};
use claviger_domain::expiry::{self, MAX_GRACE, RefreshExpiryRule};
use claviger_domain::{
    Access, AccountPolicy, AccountRole, KeyStatus, KeyType, RefreshExpiryPolicy, Refusal, to_micros,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::fixtures::{at, key, now, person, seconds, user_key_of};
use crate::property::{cases, check};

const HOUR: i64 = 3_600;

fn limited(hours: i64) -> AccountPolicy {
    AccountPolicy {
        max_key_lifetime: Some(SignedDuration::from_hours(hours)),
        ..AccountPolicy::default()
    }
}

fn is_unprocessable<T>(result: &Result<T, Refusal>) -> bool {
    matches!(result, Err(Refusal::Unprocessable(_)))
}

#[test]
fn expiry_boundary_exact() {
    let mut key = key(1, KeyType::User, 1);
    key.expires_at = Some(seconds(60));
    let micros = SignedDuration::from_micros;
    for (offset, live) in [(-60_000_000, true), (-1, true), (0, false), (1, false)] {
        assert_eq!(key.is_live(seconds(60) + micros(offset)), live, "{offset} µs");
    }
    // An expired key is an active one whose time is up; a revoked one is dead whatever its time.
    assert_eq!(key.status(), KeyStatus::Active);
    key.revoked_at = Some(now());
    assert_eq!(key.status(), KeyStatus::Revoked);
    assert!(!key.is_live(now() - SignedDuration::from_hours(1)));
    key.revoked_at = None;
    key.expires_at = None;
    assert!(key.is_live(Timestamp::MAX));
}

#[test]
fn at_creation_only_the_future_will_do() {
    let free = AccountPolicy::default();
    let create = |asked| expiry::at_creation(asked, &free, None, now().into());
    assert_eq!(create(None), Ok(None));
    let next = now() + SignedDuration::from_micros(1);
    for later in [next, seconds(60), Timestamp::MAX] {
        assert_eq!(create(Some(later)), Ok(Some(later)));
    }
    for past in [now(), seconds(-1), Timestamp::MIN] {
        assert!(is_unprocessable(&create(Some(past))), "{past}");
    }
}

#[test]
fn the_account_limits_how_long_a_key_lives() {
    let policy = limited(24);
    let create = |asked| expiry::at_creation(asked, &policy, None, now().into());
    let latest = seconds(24 * HOUR);
    assert_eq!(create(None), Ok(Some(latest)), "a key without expiry gets the latest");
    assert_eq!(create(Some(latest)), Ok(Some(latest)));
    assert_eq!(create(Some(seconds(HOUR))), Ok(Some(seconds(HOUR))));
    let beyond = latest + SignedDuration::from_micros(1);
    assert!(is_unprocessable(&create(Some(beyond))));
    assert!(is_unprocessable(&create(Some(now()))));
    // A limit beyond the end of time limits nothing, and breaks nothing.
    let endless =
        AccountPolicy { max_key_lifetime: Some(SignedDuration::MAX), ..AccountPolicy::default() };
    let unlimited = expiry::at_creation(None, &endless, None, now().into());
    assert_eq!(unlimited, Ok(Some(to_micros(Timestamp::MAX))));
}

/// A short-lived key makes no eternal one where the account says so, and it is noticed everywhere
/// (docs/threat-model.md#keys-that-outlive-their-creator-key).
#[test]
fn a_derived_expiry_is_capped_by_policy() {
    let free = AccountPolicy::default();
    let policy = AccountPolicy { derived_expiry_cap: true, ..free.clone() };
    let end = seconds(HOUR);
    let beyond = end + SignedDuration::from_micros(1);
    let create = |asked| expiry::at_creation(asked, &policy, Some(end), now().into());
    assert_eq!(create(None), Ok(Some(end)), "a key without expiry gets the latest");
    assert_eq!(create(Some(end)), Ok(Some(end)));
    assert_eq!(create(Some(seconds(1))), Ok(Some(seconds(1))));
    assert!(is_unprocessable(&create(Some(beyond))));
    for rule in [RefreshExpiryRule::Free, RefreshExpiryRule::TightenOnly] {
        let refresh =
            |asked| expiry::at_refresh(None, asked, rule, &policy, Some(end), now().into());
        assert_eq!(refresh(None), Ok(Some(end)));
        assert!(is_unprocessable(&refresh(Some(beyond))));
    }
    // What has no expiry caps nothing; nor does anything in an account that does not ask for it.
    assert_eq!(expiry::at_creation(None, &policy, None, now().into()), Ok(None));
    assert_eq!(expiry::at_creation(Some(beyond), &free, Some(end), now().into()), Ok(Some(beyond)));
    // The earlier of two limits holds.
    for (hours, latest) in [(1, end), (2, seconds(HOUR * 2))] {
        let both = AccountPolicy { derived_expiry_cap: true, ..limited(hours) };
        let cap = seconds(HOUR * 2);
        assert_eq!(expiry::at_creation(None, &both, Some(cap), now().into()), Ok(Some(latest)));
        assert_eq!(expiry::at_creation(None, &both, Some(end), now().into()), Ok(Some(end)));
    }
    for (new, own, noticed) in [
        (None, None, false),
        (Some(beyond), None, false),
        (None, Some(end), true),
        (Some(beyond), Some(end), true),
        (Some(end), Some(end), false),
    ] {
        assert_eq!(expiry::outlives(new, own), noticed, "{new:?} {own:?}");
    }
}

#[test]
fn each_contract_has_its_rule_at_refresh() {
    use RefreshExpiryRule::{Free, NeverLater, TightenOnly};
    let (soon, own, late) = (seconds(HOUR), seconds(2 * HOUR), seconds(3 * HOUR));
    let unprocessable = None;
    let none = Some(None);
    let table = [
        (Free, None, None, none),
        (Free, None, Some(late), Some(Some(late))),
        // A refreshed key without `expires_at` never expires (docs/contract/go-sdk-page.md#refresh-without-an-expiry).
        (Free, Some(own), None, none),
        (Free, Some(own), Some(late), Some(Some(late))),
        (Free, Some(own), Some(now()), unprocessable),
        (TightenOnly, None, None, none),
        (TightenOnly, None, Some(late), Some(Some(late))),
        (TightenOnly, Some(own), None, unprocessable),
        (TightenOnly, Some(own), Some(late), unprocessable),
        (TightenOnly, Some(own), Some(own), Some(Some(own))),
        (TightenOnly, Some(own), Some(soon), Some(Some(soon))),
        (TightenOnly, Some(own), Some(now()), unprocessable),
        (NeverLater, None, None, none),
        (NeverLater, None, Some(late), Some(Some(late))),
        (NeverLater, Some(own), None, Some(Some(own))),
        (NeverLater, Some(own), Some(late), unprocessable),
        (NeverLater, Some(own), Some(soon), Some(Some(soon))),
    ];
    for (rule, old, asked, expected) in table {
        let policy = AccountPolicy::default();
        let result = expiry::at_refresh(old, asked, rule, &policy, None, now().into());
        assert_eq!(result.clone().ok(), expected, "{rule:?} {old:?} {asked:?}");
        assert!(result.is_ok() || is_unprocessable(&result));
    }
    let short = limited(1);
    let refresh = |asked, rule| expiry::at_refresh(None, asked, rule, &short, None, now().into());
    assert_eq!(refresh(None, Free), Ok(Some(soon)));
    assert_eq!(refresh(None, TightenOnly), Ok(Some(soon)));
    // What the account allows by now ends a key before its own end would.
    let unsaid = expiry::at_refresh(Some(own), None, NeverLater, &short, None, now().into());
    assert_eq!(unsaid, Ok(Some(soon)));
    assert!(is_unprocessable(&refresh(Some(own), Free)));
}

#[test]
fn the_accounts_policy_binds_every_client() {
    use RefreshExpiryRule::{Free, TightenOnly};
    let policy = |refresh_expiry| AccountPolicy { refresh_expiry, ..AccountPolicy::default() };
    for (kind, rule, expected) in [
        (RefreshExpiryPolicy::ByDialect, Free, Free),
        (RefreshExpiryPolicy::ByDialect, TightenOnly, TightenOnly),
        (RefreshExpiryPolicy::TightenOnly, Free, TightenOnly),
        (RefreshExpiryPolicy::TightenOnly, TightenOnly, TightenOnly),
    ] {
        assert_eq!(rule.under(&policy(kind)), expected, "{kind:?} {rule:?}");
    }
    assert_eq!((Free.name(), TightenOnly.name()), ("free", "tighten_only"));
}

#[test]
fn refresh_never_later_than_old_expiry() {
    let instants = || any::<i64>().prop_map(|n| seconds(n % (400 * 24 * HOUR)));
    let old = instants();
    check(cases(10_000), (old, proptest::option::of(instants())), |(old, asked)| {
        let rule = RefreshExpiryRule::TightenOnly;
        let policy = AccountPolicy::default();
        let result = expiry::at_refresh(Some(old), asked, rule, &policy, None, now().into());
        if let Ok(new) = result {
            prop_assert!(new.is_some_and(|new| new <= old && new > now()));
        }
        Ok(())
    });
}

#[test]
fn grace_never_extends() {
    let expiry = prop_oneof![
        Just(None),
        (1..1_000_000_i64).prop_map(|micros| Some(now() + SignedDuration::from_micros(micros))),
        (1..400 * 24 * HOUR).prop_map(|after| Some(seconds(after))),
        Just(Some(Timestamp::MAX)),
    ];
    let grace = prop_oneof![Just(0), 1..=86_400_i64, Just(86_400)];
    let caller = person(1, AccountRole::Member);
    check(cases(10_000), (expiry, grace), |(own, grace)| {
        let mut subject = user_key_of(1);
        subject.key.expires_at = own;
        let grace = SignedDuration::from_secs(grace);
        let request = RefreshRequest { expires_at: None, grace, rule: RefreshExpiryRule::Free };
        let access = Access::default();
        let plan =
            decide::refresh(&caller, &access, Some(&subject), None, 0, request, now().into())
                .unwrap();
        match plan.old_expires_at {
            None => prop_assert!(grace.is_zero()),
            Some(end) => {
                prop_assert!(own.is_none_or(|own| end <= own), "later than its own");
                prop_assert!(end <= now() + grace, "later than the grace");
                prop_assert!(
                    own.is_some_and(|own| end == own) || end == now() + grace,
                    "earlier than both"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn grace_at_the_end_of_time() {
    let end = expiry::in_grace(None, MAX_GRACE, Timestamp::MAX.into());
    assert_eq!(end, to_micros(Timestamp::MAX));
    assert_eq!(MAX_GRACE, SignedDuration::from_secs(86_400));
}

#[test]
fn instants_are_cut_to_what_databases_keep() {
    for (text, expected) in [
        ("2026-11-23T12:00:00.123456789Z", "2026-11-23T12:00:00.123456Z"),
        ("2026-11-23T12:00:00.000000999Z", "2026-11-23T12:00:00Z"),
        ("2026-11-23T12:00:00.1Z", "2026-11-23T12:00:00.1Z"),
    ] {
        let kept = to_micros(at(text));
        assert_eq!(kept, at(expected));
        assert_eq!(Timestamp::from_microsecond(kept.as_microsecond()).unwrap(), kept);
    }
    for extreme in [Timestamp::MIN, Timestamp::MAX, at("1969-12-31T23:59:59.9999999Z")] {
        let kept = to_micros(extreme);
        assert_eq!(Timestamp::from_microsecond(kept.as_microsecond()).unwrap(), kept);
    }
}
