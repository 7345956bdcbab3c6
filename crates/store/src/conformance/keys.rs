//! Creating accounts and keys, and authentication.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use claviger_domain::{
    AccountPolicy, AccountRole, Description, Grants, KeyText, KeyType, MintedKey,
    OrganizationGrant, OverPrivileged, RateLimit, RefreshExpiryPolicy, Refusal, Resource,
    ScopedRole, SpaceGrant, SpaceRole, UserId, to_micros,
};
use jiff::{SignedDuration, Timestamp};

use super::fixture::{Fixture, call_with, later, now, own_keys, refusal};
use crate::{
    BotOrganization, BotSpace, BotUser, CreateUserKey, Credential, GetSpace, GetUser,
    GrantsOrSpace, ListAccounts, Quota, RemoveUser, Request, RevokeKey, SetPolicy, Share,
    SpaceRoleView, Store,
};

/// Making an account makes its people, what they are members of, and keys that open.
pub async fn founding_makes_what_it_says(store: &Store) {
    let fixture = Fixture::found(store).await;
    let shape: Vec<_> = fixture.acme.organizations.iter().map(|(_, spaces)| spaces.len()).collect();
    assert_eq!(shape, [3, 1]);
    assert_eq!((fixture.acme.users.len(), fixture.acme.roles.len()), (5, 1));
    for who in ["admin", "member", "other", "reader", "outsider", "stranger"] {
        assert!(fixture.opens(&fixture.text(who), now()).await, "{who}");
        assert_eq!(fixture.ids(who, own_keys()).await, [fixture.key(who)], "{who}");
        let user =
            store.execute(fixture.call(who), GetUser { id: fixture.user(who) }).await.unwrap();
        assert_eq!(user.email, format!("{who}@example.com"));
    }
}

/// A key opens only as a whole: its own handle, its own secret, its own kind.
pub async fn only_the_right_secret_authenticates(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (mine, other) = (fixture.text("member"), fixture.text("other"));
    let unknown = fixture.minted(KeyType::User).text;
    let crossed = KeyText { handle: other.handle, ..mine.clone() };
    let as_service = KeyText { key_type: KeyType::Service, ..mine.clone() };
    let other_secret = KeyText { secret: other.secret.clone(), ..mine.clone() };
    for text in [unknown, crossed, as_service, other_secret] {
        assert!(!fixture.opens(&text, now()).await);
    }
    assert!(fixture.opens(&mine, now()).await);
}

/// What was given comes back, from the call and from the list, to the microsecond; and its secret opens.
pub async fn a_user_key_is_kept_as_it_was_made(store: &Store) {
    let fixture = Fixture::found(store).await;
    let expires_at: Timestamp = "2027-01-01T00:00:00.123456Z".parse().unwrap();
    let command = CreateUserKey {
        description: Description::parse("for the\nnightly run ✓").unwrap(),
        expires_at: Some(expires_at),
        ..fixture.user_key("Schlüssel “one”")
    };
    let text = command.minted.text.clone();
    let made = store.execute(fixture.call("member"), command.clone()).await.unwrap();
    assert_eq!(made.account, fixture.acme.account);
    assert_eq!(made.key_type, KeyType::User);
    assert_eq!((&made.name, &made.description), (&command.name, &command.description));
    assert_eq!(made.handle, text.handle);
    assert_eq!((made.created_by, made.acts_for), (fixture.user("member"), fixture.user("member")));
    assert_eq!((made.created_at, made.expires_at), (now(), Some(expires_at)));
    assert_eq!((made.revoked_at, made.last_used_at, made.replaces), (None, None, None));
    let listed = fixture.list("member", own_keys()).await.unwrap().items.swap_remove(0);
    assert_eq!(listed.key, made);
    assert!(fixture.opens(&text, now()).await);
}

/// A key works up to its expiry, and at its expiry no more.
pub async fn expiry_boundary_exact(store: &Store) {
    let fixture = Fixture::found(store).await;
    let end = later(60);
    let command = CreateUserKey { expires_at: Some(end), ..fixture.user_key("short") };
    let text = command.minted.text.clone();
    store.execute(fixture.call("member"), command).await.unwrap();
    let micro = SignedDuration::from_micros(1);
    assert!(fixture.opens(&text, end - micro).await);
    assert!(!fixture.opens(&text, end).await);
    assert!(!fixture.opens(&text, end + micro).await);
}

/// The latest instant there is can be kept, and read again by everybody who lists the key.
pub async fn the_end_of_time_can_be_kept(store: &Store) {
    let fixture = Fixture::found(store).await;
    let last_second: Timestamp = "9999-12-30T22:00:00Z".parse().unwrap();
    for end in [last_second, to_micros(Timestamp::MAX)] {
        let command = CreateUserKey { expires_at: Some(end), ..fixture.user_key("for ever") };
        let made = store.execute(fixture.call("member"), command).await.unwrap();
        let listed = fixture.list("member", own_keys()).await.unwrap();
        assert_eq!(listed.items[0].key, made);
    }
}

fn roles(account: AccountRole, organization: BotOrganization, id: UserId) -> BotUser {
    let name = "robot".to_owned();
    BotUser { id, name, account_role: account, organizations: vec![organization] }
}

/// A service key acts for a new bot user, whose roles are answered with the names of custom ones.
pub async fn a_service_key_comes_with_its_bot_user(store: &Store) {
    let fixture = Fixture::found(store).await;
    let custom =
        SpaceGrant { space: fixture.space("S1b"), role: SpaceRole::Custom(fixture.role()) };
    let GrantsOrSpace::Grants(mut grants) = fixture.grants(&[("O1", &["S1"])]) else {
        panic!("grants are grants")
    };
    grants.organizations[0].spaces.push(custom);
    let command = fixture.service_key("robot", GrantsOrSpace::Grants(grants));
    let text = command.minted.text.clone();
    let made = store.execute(fixture.call("member"), command).await.unwrap();
    let name = "Project readers".to_owned();
    let organization = BotOrganization {
        id: fixture.organization("O1"),
        role: ScopedRole::ReadOnly,
        spaces: vec![
            BotSpace {
                id: fixture.space("S1"),
                role: SpaceRoleView::Predefined(ScopedRole::Member),
            },
            BotSpace {
                id: fixture.space("S1b"),
                role: SpaceRoleView::Custom { id: fixture.role(), name },
            },
        ],
    };
    let bot = made.bot.clone();
    assert_eq!(bot, roles(AccountRole::Member, organization, bot.id));
    assert_eq!((made.key.key_type, made.key.acts_for), (KeyType::Service, bot.id));
    assert_eq!(made.key.created_by, fixture.user("member"));
    assert!(fixture.opens(&text, now()).await);
    // What it may do is what its bot user may: it sees its spaces, and not the private one beside them.
    let call = || call_with(text.clone());
    assert!(store.execute(call(), GetSpace { id: fixture.space("S1") }).await.is_ok());
    let private = refusal(store.execute(call(), GetSpace { id: fixture.space("S1p") }).await);
    assert_eq!(private, Refusal::NotFound(Resource::Space));
    let minting = store.execute(call(), fixture.user_key("bot's")).await;
    assert!(matches!(refusal(minting), Refusal::Unprocessable(_)));
}

/// The flat form names a space; its organization goes with it.
pub async fn a_service_key_of_one_space_takes_its_organization_along(store: &Store) {
    let fixture = Fixture::found(store).await;
    let flat = |space| GrantsOrSpace::Space {
        space,
        space_role: ScopedRole::ReadOnly,
        organization_role: ScopedRole::ReadOnly,
        account_role: AccountRole::Member,
    };
    let command = fixture.service_key("robot", flat(fixture.space("S1")));
    let made = store.execute(fixture.call("member"), command).await.unwrap();
    let organization = BotOrganization {
        id: fixture.organization("O1"),
        role: ScopedRole::ReadOnly,
        spaces: vec![BotSpace {
            id: fixture.space("S1"),
            role: SpaceRoleView::Predefined(ScopedRole::ReadOnly),
        }],
    };
    assert_eq!(made.bot, roles(AccountRole::Member, organization, made.bot.id));
    for space in [fixture.space("S1p"), fixture.space("S2"), fixture.globex.organizations[0].1[0]] {
        let command = fixture.service_key("robot", flat(space));
        let refused = store.execute(fixture.call("member"), command).await;
        // The public spaces of other organizations and private ones are not the member's to see.
        let refused = refusal(refused);
        assert!(matches!(refused, Refusal::NotFound(_)), "{refused:?}");
    }
}

/// A right in one space and none in the next: nothing is made, no bot user and no key.
pub async fn a_service_key_is_made_whole_or_not_at_all(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.everything().await;
    let both = fixture.create_service("member", "both", &[("O1", &["S1"]), ("O2", &["S2"])]).await;
    assert_eq!(refusal(both), Refusal::NotFound(Resource::Organization));
    let role = |role| Grants {
        account_role: AccountRole::Member,
        organizations: vec![OrganizationGrant {
            organization: fixture.organization("O1"),
            role: ScopedRole::ReadOnly,
            spaces: vec![SpaceGrant { space: fixture.space("S1"), role }],
        }],
    };
    let admin = GrantsOrSpace::Grants(role(SpaceRole::Predefined(ScopedRole::Admin)));
    let command = fixture.service_key("above", admin);
    let above = store.execute(fixture.call("member"), command).await;
    assert!(matches!(refusal(above), Refusal::OverPrivileged(OverPrivileged(_))));
    let foreign = GrantsOrSpace::Grants(role(SpaceRole::Custom(fixture.globex.roles[0])));
    let command = fixture.service_key("foreign role", foreign);
    let foreign = store.execute(fixture.call("admin"), command).await;
    assert_eq!(refusal(foreign), Refusal::NotFound(Resource::Role));
    let reader = fixture.create_service("reader", "reader", &[("O1", &["S1"])]).await;
    assert!(matches!(refusal(reader), Refusal::Forbidden(_)));
    assert_eq!(fixture.everything().await, before);
}

/// Every call reads the caller's rights anew.
pub async fn removed_rights_bind_the_next_call(store: &Store) {
    let fixture = Fixture::found(store).await;
    fixture.create_service("member", "before", &[("O1", &["S1"])]).await.unwrap();
    let demote = format!(
        "UPDATE space_members SET role = 'read_only' WHERE user_id = {}",
        fixture.user("member")
    );
    let leave = format!(
        "UPDATE organization_members SET role = 'read_only' WHERE user_id = {}",
        fixture.user("member")
    );
    assert_eq!(store.tamper(&demote).await.unwrap(), 1);
    assert_eq!(store.tamper(&leave).await.unwrap(), 1);
    let after = fixture.create_service("member", "after", &[("O1", &["S1"])]).await;
    assert!(matches!(refusal(after), Refusal::Forbidden(_)));
}

/// At the limit no key more; an expired one does not count, a revoked one makes room.
pub async fn the_limit_of_user_keys_is_exact(store: &Store) {
    let fixture = Fixture::found(store).await;
    let policy = AccountPolicy { max_user_keys: 3, ..AccountPolicy::default() };
    store
        .execute(Request::host(), SetPolicy { account: fixture.acme.account, policy })
        .await
        .unwrap();
    let expiring = CreateUserKey { expires_at: Some(later(60)), ..fixture.user_key("expiring") };
    store.execute(fixture.call("member"), expiring).await.unwrap();
    let (second, _) = fixture.create("member", "second").await.unwrap();
    let full = fixture.create("member", "third").await;
    assert!(matches!(refusal(full), Refusal::Unprocessable(_)), "one founded, one expiring, one");
    fixture.create("other", "of somebody else").await.unwrap();
    // The expiring one's time is up: one more, and not two.
    let at_expiry = || fixture.call_at("member", later(60));
    store.execute(at_expiry(), fixture.user_key("third")).await.unwrap();
    let full = store.execute(at_expiry(), fixture.user_key("fourth")).await;
    assert!(matches!(refusal(full), Refusal::Unprocessable(_)));
    store.execute(at_expiry(), RevokeKey { id: second.id }).await.unwrap();
    store.execute(at_expiry(), fixture.user_key("fourth")).await.unwrap();
    let full = store.execute(at_expiry(), fixture.user_key("fifth")).await;
    assert!(matches!(refusal(full), Refusal::Unprocessable(_)));
    // A refresh without grace takes no room of its own.
    let ids = fixture.ids("member", own_keys()).await;
    fixture.refresh(at_expiry(), ids[0], 0).await.unwrap();
}

/// The count that is kept along is what counting would find, after whatever happened to the keys.
pub async fn the_count_of_user_keys_follows_them(store: &Store) {
    let fixture = Fixture::found(store).await;
    let agree = async |what: &str| {
        let differing =
            "SELECT count(*) FROM users u WHERE u.user_keys <> (SELECT count(*) FROM api_keys k
            WHERE k.acts_for_user_id = u.id AND k.key_type = 'user' AND k.status = 'active')";
        assert_eq!(fixture.value(differing).await, "0", "after {what}");
    };
    agree("founding").await;
    let (first, _) = fixture.create("member", "first").await.unwrap();
    agree("a creation").await;
    let (second, _) = fixture.refresh(fixture.call("member"), first.id, 300).await.unwrap();
    agree("a refresh with grace").await;
    let (third, _) = fixture.refresh(fixture.call("admin"), second.id, 0).await.unwrap();
    agree("a refresh of an administrator, without grace").await;
    let (robot, _) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let (robot, _) = fixture.refresh(fixture.call("member"), robot.key.id, 300).await.unwrap();
    store.execute(fixture.call("member"), RevokeKey { id: robot.id }).await.unwrap();
    agree("the life of a service key").await;
    for id in [third.id, third.id, first.id] {
        store.execute(fixture.call("admin"), RevokeKey { id }).await.unwrap();
    }
    agree("revocations").await;
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("other") }).await.unwrap();
    agree("a removal").await;
}

/// Counts who asked, and lets so many through.
#[derive(Debug)]
struct Counting(AtomicU32, u32);

impl Quota for Counting {
    fn admit(&self, _: Share) -> Result<(), Refusal> {
        if self.0.fetch_add(1, Ordering::Relaxed) < self.1 {
            return Ok(());
        }
        Err(Refusal::TooMany { limit: RateLimit::Keys, retry_after: SignedDuration::from_secs(5) })
    }

    fn admit_change(&self, _: Share) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Minting is counted once the key is proven, and what is over the quota is not made.
pub async fn the_quota_is_asked_before_anything_is_minted(store: &Store) {
    let fixture = Fixture::found(store).await;
    let quota = Arc::new(Counting(AtomicU32::new(0), 1));
    let call = |who| Request { quota: Some(quota.clone()), ..fixture.call(who) };
    store.execute(call("member"), fixture.user_key("one")).await.unwrap();
    let before = fixture.everything().await;
    let over = |result| assert!(matches!(refusal::<()>(result), Refusal::TooMany { .. }));
    over(store.execute(call("member"), fixture.user_key("two")).await.map(drop));
    let command = fixture.service_key("robot", fixture.grants(&[("O1", &["S1"])]));
    over(store.execute(call("member"), command).await.map(drop));
    let refresh = fixture.refresh_of(fixture.key("member"), 0);
    over(store.execute(call("member"), refresh).await.map(drop));
    assert_eq!(fixture.everything().await, before);
    assert_eq!(quota.0.load(Ordering::Relaxed), 4);
    // Who is nobody is not counted; and what mints nothing is not either.
    let nobody = Request {
        credential: Credential::ApiKey(fixture.minted(KeyType::User).text),
        ..call("member")
    };
    assert_eq!(
        refusal(store.execute(nobody, fixture.user_key("x")).await),
        Refusal::Unauthenticated
    );
    store.execute(call("member"), own_keys()).await.unwrap();
    store.execute(call("member"), RevokeKey { id: fixture.key("member") }).await.unwrap();
    assert_eq!(quota.0.load(Ordering::Relaxed), 4);
}

/// The account's limit holds for new keys, refreshed keys, and keys that asked for none.
pub async fn policy_max_ttl_enforced_on_create_and_refresh(store: &Store) {
    let fixture = Fixture::found(store).await;
    let day = SignedDuration::from_hours(24);
    let policy = AccountPolicy { max_key_lifetime: Some(day), ..AccountPolicy::default() };
    store
        .execute(Request::host(), SetPolicy { account: fixture.acme.account, policy })
        .await
        .unwrap();
    let (key, _) = fixture.create("member", "unlimited?").await.unwrap();
    assert_eq!(key.expires_at, Some(now() + day));
    let (service, _) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    assert_eq!(service.key.expires_at, Some(now() + day));
    let beyond = CreateUserKey { expires_at: Some(later(86_401)), ..fixture.user_key("beyond") };
    let beyond = store.execute(fixture.call("member"), beyond).await;
    assert!(matches!(refusal(beyond), Refusal::Unprocessable(_)));
    // The founded key has no expiry; its successor has one.
    let (refreshed, _) =
        fixture.refresh(fixture.call("member"), fixture.key("member"), 0).await.unwrap();
    assert_eq!(refreshed.expires_at, Some(now() + day));
    // Other accounts are not bound.
    assert_eq!(fixture.create("stranger", "free").await.unwrap().0.expires_at, None);
}

/// When a key was last used is noted in memory and written when asked; what is written never goes back.
pub async fn uses_are_written_in_batches_and_never_go_back(store: &Store) {
    let fixture = Fixture::found(store).await;
    let read = "SELECT coalesce(cast(max(last_used_at) AS text), 'never') FROM api_keys";
    assert!(fixture.opens(&fixture.text("member"), later(5)).await);
    assert_eq!(fixture.value(read).await, "never", "using a key writes nothing");
    fixture.write_last_uses(later(5)).await.unwrap();
    assert_eq!(fixture.value(read).await, later(5).as_microsecond().to_string());
    assert!(fixture.opens(&fixture.text("member"), later(3)).await);
    fixture.write_last_uses(later(5)).await.unwrap();
    assert_eq!(fixture.value(read).await, later(5).as_microsecond().to_string());
    // Presenting a wrong secret is no use of the key.
    let wrong = MintedKey { text: fixture.text("other") };
    let wrong = KeyText { secret: fixture.text("member").secret.clone(), ..wrong.text };
    assert!(!fixture.opens(&wrong, later(9)).await);
    fixture.write_last_uses(later(9)).await.unwrap();
    assert_eq!(fixture.value(read).await, later(5).as_microsecond().to_string());
    let listed = fixture.list("member", own_keys()).await.unwrap();
    assert_eq!(listed.items[0].key.last_used_at, Some(later(5)));
    fixture.write_last_uses(later(9)).await.unwrap();
}

/// Every setting of a policy is kept, for its account alone.
pub async fn a_policy_is_kept_as_it_was_set(store: &Store) {
    let fixture = Fixture::found(store).await;
    let policy = AccountPolicy {
        max_key_lifetime: Some(SignedDuration::from_hours(24 * 90)),
        refresh_expiry: RefreshExpiryPolicy::TightenOnly,
        bots_may_mint: true,
        bots_may_invite: true,
        max_user_keys: 7,
        revoke_keys_above_maker: true,
        only_owners_refresh_user_keys: true,
        derived_expiry_cap: true,
    };
    for policy in [policy, AccountPolicy::default()] {
        store
            .execute(
                Request::host(),
                SetPolicy { account: fixture.acme.account, policy: policy.clone() },
            )
            .await
            .unwrap();
        let kept = store.execute(Request::host(), ListAccounts).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|one| (one.id, one.name, one.policy)).collect();
        let others = (fixture.globex.account, "globex".to_owned(), AccountPolicy::default());
        assert_eq!(kept, [(fixture.acme.account, "acme".to_owned(), policy), others]);
    }
    let details = fixture.value("SELECT details FROM audit_records ORDER BY id DESC LIMIT 1").await;
    for said in [r#""after":{"bots_may_invite":false"#, r#""before":{"bots_may_invite":true"#] {
        assert!(details.contains(said), "{details}");
    }
}
