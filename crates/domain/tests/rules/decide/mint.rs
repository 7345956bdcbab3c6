//! Every way to a credential meets every policy (faults R2, R8).

use claviger_domain::decide::{
    Delivery, KeyWithSpaces, Mint, Occasion, RefreshRequest, SignInSecret, host_key,
    key_at_sign_in, refresh, service_key, sign_in_secret, user_key,
};
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    Access, AccountPolicy, AccountRole, ApiKey, Caller, Grants, KeyText, KeyType, Refusal,
    ResolvedGrants, SignInPurpose, UserId, UserStatus,
};
use jiff::{SignedDuration, Timestamp};

use super::outcome;
use crate::fixtures::{ACCOUNT, OWNER, USER_KEY, key, keyring, mint_for, now, person, seconds};

/// The caller: an administrator with a key that expires in a minute.
fn caller(policy: &AccountPolicy) -> Caller {
    let mut caller = person(1, AccountRole::Admin);
    caller.key.expires_at = Some(seconds(60));
    caller.account.policy = policy.clone();
    caller
}

/// Another active person.
fn other() -> Caller {
    person(2, AccountRole::Member)
}

fn subject(key: ApiKey) -> KeyWithSpaces {
    KeyWithSpaces { key, spaces: Vec::new(), has_unreadable_spaces: false, is_replaced: false }
}

fn refreshed(caller: &Caller, of: ApiKey) -> Result<Mint, Refusal> {
    let access = Access::new(AccountRole::Admin, []);
    let request = RefreshRequest {
        expires_at: None,
        grace: SignedDuration::ZERO,
        rule: RefreshExpiryRule::Free,
    };
    let plan = refresh(caller, &access, Some(&subject(of)), None, 0, request, now().into())?;
    Ok(plan.mint)
}

/// A secret that was made as `mint` says, presented by the person whom it lets in.
fn presented(mint: &Mint, user: &Caller, policy: &AccountPolicy) -> SignInSecret {
    let mut account = user.account.clone();
    account.policy = policy.clone();
    SignInSecret {
        user: user.user.clone(),
        account,
        digest: keyring().digest(&KeyText::parse(USER_KEY).unwrap(), &mint_for(ACCOUNT, OWNER)),
        purpose: SignInPurpose::Reset,
        expires_at: mint.expires_at().unwrap(),
        shown_to: (mint.occasion() == Occasion::ShownSecret).then(|| mint.minted_by()),
        made_with: mint.made_with(),
        is_line_revoked: false,
        is_address_proven: true,
    }
}

/// The credential that comes of an occasion, made with a key that expires in a minute: for the caller, or for another person.
fn mint(occasion: Occasion, policy: &AccountPolicy, for_another: bool) -> Result<Mint, Refusal> {
    let caller = caller(policy);
    let owner = if for_another { other() } else { caller.clone() };
    let week = seconds(7 * 24 * 60 * 60);
    match occasion {
        Occasion::UserKey => user_key(&caller, None, 0, now().into()),
        Occasion::ServiceKey => {
            let access = Access::new(AccountRole::Admin, []);
            let grants = Grants { account_role: AccountRole::Member, organizations: Vec::new() };
            let resolved = ResolvedGrants {
                grants,
                spaces: [].into(),
                roles: [].into(),
                bindings: Vec::new(),
            };
            service_key(&caller, &access, &resolved, None, now().into())
        }
        Occasion::Refresh => refreshed(&caller, key(9, KeyType::User, owner.user.id.number())),
        Occasion::MailedSecret => {
            sign_in_secret(&caller, &owner.user, Delivery::Mailed, true, week)
        }
        Occasion::ShownSecret => {
            sign_in_secret(&caller, &owner.user, Delivery::HandedOver, true, week)
        }
        Occasion::SignIn => {
            let secret = sign_in_secret(&caller, &owner.user, Delivery::HandedOver, true, week)?;
            let mut owner = owner;
            owner.user.is_developer = true;
            let key = key_at_sign_in(&presented(&secret, &owner, policy), now().into())?;
            Ok(key.unwrap())
        }
        Occasion::NewAccount | Occasion::Recovery => {
            Ok(host_key(occasion, &caller.account, caller.user.id, None, now().into()))
        }
    }
}

fn policy(set: impl FnOnce(&mut AccountPolicy)) -> AccountPolicy {
    let mut policy = AccountPolicy::default();
    set(&mut policy);
    policy
}

/// Whether nobody but the host asked for it.
fn is_of_host(occasion: Occasion) -> bool {
    matches!(occasion, Occasion::NewAccount | Occasion::Recovery)
}

#[test]
fn no_credential_outlives_the_key_it_was_made_with_under_the_cap() {
    let capped = policy(|policy| policy.derived_expiry_cap = true);
    for occasion in Occasion::ALL.into_iter().filter(|occasion| !is_of_host(*occasion)) {
        for for_another in [false, true] {
            let mint = mint(occasion, &capped, for_another).unwrap();
            assert!(
                mint.expires_at().is_some_and(|end| end <= seconds(60)),
                "{occasion:?} ends at {:?}",
                mint.expires_at()
            );
        }
    }
}

#[test]
fn without_the_cap_what_outlives_its_key_is_flagged() {
    for occasion in Occasion::ALL.into_iter().filter(|occasion| !is_of_host(*occasion)) {
        let mint = mint(occasion, &AccountPolicy::default(), false).unwrap();
        assert!(mint.outlives(), "{occasion:?}");
    }
}

#[test]
fn no_key_lives_longer_than_the_account_allows() {
    let day = SignedDuration::from_hours(24);
    let short = policy(|policy| policy.max_key_lifetime = Some(day));
    let secrets = [Occasion::MailedSecret, Occasion::ShownSecret];
    for occasion in Occasion::ALL.into_iter().filter(|occasion| !secrets.contains(occasion)) {
        let mint = mint(occasion, &short, false).unwrap();
        assert_eq!(mint.expires_at(), Some(now() + day), "{occasion:?}");
    }
}

#[test]
fn nobody_holds_a_secret_that_acts_for_another_under_the_strict_policy() {
    let strict = policy(|policy| policy.only_owners_refresh_user_keys = true);
    for (occasion, expected) in [
        (Occasion::Refresh, "forbidden"),
        (Occasion::ShownSecret, "forbidden"),
        (Occasion::SignIn, "forbidden"),
        // It goes to the person's address: the caller does not see it.
        (Occasion::MailedSecret, "yes"),
    ] {
        assert_eq!(outcome(&mint(occasion, &strict, true)), expected, "{occasion:?}");
        assert_eq!(outcome(&mint(occasion, &strict, false)), "yes", "{occasion:?}, for oneself");
    }
}

/// An invited person's secret is shown under the strict policy only where there is no other way in, and a sign-in with it is flagged
/// (lead L1).
#[test]
fn an_invited_persons_secret_is_shown_only_where_no_mail_goes() {
    let strict = policy(|policy| policy.only_owners_refresh_user_keys = true);
    let mut guest = other();
    guest.user.status = UserStatus::Invited;
    for delivery in [Delivery::HandedOver, Delivery::TemporaryPassword] {
        let secret =
            |mail| sign_in_secret(&caller(&strict), &guest.user, delivery, mail, seconds(60));
        assert_eq!(outcome(&secret(true)), "forbidden", "{delivery:?}");
        let secret = secret(false).unwrap();
        assert_eq!(secret.impersonates(), delivery == Delivery::HandedOver);
        let mut of_guest = presented(&secret, &guest, &strict);
        of_guest.purpose = SignInPurpose::Invitation;
        of_guest.user.is_developer = true;
        let key = key_at_sign_in(&of_guest, now().into()).unwrap().unwrap();
        assert!(key.impersonates(), "{delivery:?}");
    }
}

#[test]
fn what_acts_for_another_is_flagged() {
    for occasion in [Occasion::Refresh, Occasion::ShownSecret, Occasion::SignIn] {
        let free = AccountPolicy::default();
        assert!(mint(occasion, &free, true).unwrap().impersonates(), "{occasion:?}");
        assert!(!mint(occasion, &free, false).unwrap().impersonates(), "{occasion:?}");
    }
    let mailed = mint(Occasion::MailedSecret, &AccountPolicy::default(), true).unwrap();
    assert!(!mailed.impersonates());
}

/// A key whose time is up by now is not made.
#[test]
fn a_secret_whose_key_has_expired_lets_nobody_make_a_key() {
    let capped = policy(|policy| policy.derived_expiry_cap = true);
    let mut secret = presented(
        &sign_in_secret(
            &caller(&AccountPolicy::default()),
            &other().user,
            Delivery::HandedOver,
            true,
            seconds(600),
        )
        .unwrap(),
        &other(),
        &capped,
    );
    secret.user.is_developer = true;
    let late: Timestamp = seconds(61);
    assert_eq!(outcome(&key_at_sign_in(&secret, late.into())), "unprocessable");
}

#[test]
fn who_refreshes_a_key_holds_it() {
    let of_other = ApiKey {
        created_by: UserId::new(7),
        minted_by: UserId::new(7),
        ..key(9, KeyType::User, 1)
    };
    let mint = refreshed(&caller(&AccountPolicy::default()), of_other).unwrap();
    assert_eq!((mint.created_by(), mint.minted_by()), (UserId::new(7), UserId::new(1)));
}

/// The holder of a key that acts for somebody else also holds what is made with it.
#[test]
fn the_holder_of_a_key_holds_what_is_made_with_it() {
    let mut taken = caller(&AccountPolicy::default());
    taken.key.minted_by = UserId::new(5);
    let made = user_key(&taken, None, 0, now().into()).unwrap();
    assert_eq!((made.created_by(), made.minted_by()), (UserId::new(1), UserId::new(5)));
    let own = key(9, KeyType::User, 1);
    assert_eq!(refreshed(&taken, own).unwrap().minted_by(), UserId::new(5));
}
