//! Inviting, changing and letting in people.

use claviger_domain::{
    AccountRole, Email, InviteMode, KeyName, KeyText, KeyType, Name, Refusal, Resource, User,
    UserId, UserStatus,
};
use jiff::Timestamp;

use super::fixture::{Fixture, call_with, later, now, refusal};
use crate::Store;
use crate::{
    CallResult, CreateUser, GetUser, InvitedUser, IssueSignInSecret, ListUsers, ProveSignInSecret,
    RemoveUser, SignIn, SignedIn, UpdateUser,
};

const WEEK: i64 = 7 * 24 * 60 * 60;

/// Invites somebody, and keeps what a temporary password would be.
pub(super) async fn invite(
    fixture: &Fixture<'_>,
    who: &str,
    email: &str,
    invite_mode: InviteMode,
    now: Timestamp,
) -> CallResult<(InvitedUser, KeyText)> {
    let command = CreateUser {
        name: Name::parse("Ada").unwrap(),
        email: Email::parse(email).unwrap(),
        role: AccountRole::Member,
        is_developer: None,
        invite_mode,
        is_mailed: true,
        minted: fixture.minted(KeyType::User),
    };
    let text = command.minted.text.clone();
    let invited = fixture.store.execute(fixture.call_at(who, now), command).await?;
    Ok((invited, text))
}

async fn come_in(
    fixture: &Fixture<'_>,
    secret: &KeyText,
    now: Timestamp,
) -> CallResult<(SignedIn, KeyText)> {
    let name = KeyName::parse("first").unwrap();
    let command = SignIn { minted: fixture.minted(KeyType::User), name };
    let text = command.minted.text.clone();
    fixture.store.set_time(now);
    let call = call_with(secret.clone()).with_sign_in_secret();
    Ok((fixture.store.execute(call, command).await?, text))
}

async fn status(fixture: &Fixture<'_>, id: UserId, now: Timestamp) -> UserStatus {
    let call = fixture.call_at("admin", now);
    fixture.store.execute(call, GetUser { id }).await.unwrap().status
}

/// A user is kept as described, and found by the status of the moment.
pub async fn invitations_lapse_by_themselves(store: &Store) {
    let fixture = Fixture::found(store).await;
    let mode = InviteMode::EmailLink;
    let (invited, _) = invite(&fixture, "member", "ada@example.org", mode, now()).await.unwrap();
    assert!(invited.is_new);
    let user = invited.user;
    assert_eq!((user.status, user.is_developer), (UserStatus::Invited, true));
    assert_eq!(store.execute(fixture.call("admin"), GetUser { id: user.id }).await.unwrap(), user);
    let standing = invite(&fixture, "admin", "ADA@example.org", mode, now()).await.unwrap().0;
    assert_eq!((standing.user.id, standing.is_new), (user.id, false));
    assert_eq!(status(&fixture, user.id, later(WEEK - 1)).await, UserStatus::Invited);
    assert_eq!(status(&fixture, user.id, later(WEEK)).await, UserStatus::Expired);
    for (wanted, found) in [(UserStatus::Invited, 0), (UserStatus::Expired, 1)] {
        let query = ListUsers { email: None, statuses: vec![wanted], after: None, limit: 9 };
        let call = fixture.call_at("admin", later(WEEK));
        let users = store.execute(call, query).await.unwrap().items;
        assert!(users.iter().all(|user| user.status == wanted));
        assert_eq!(users.len(), found, "{wanted:?}");
    }
    let (again, _) = invite(&fixture, "admin", "ada@example.org", mode, later(WEEK)).await.unwrap();
    assert!(again.is_new && again.user.id > user.id);
    let gone = store.execute(fixture.call("admin"), GetUser { id: user.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::User));
}

/// An address is somebody's, once in an account.
pub async fn an_address_is_taken_once(store: &Store) {
    let fixture = Fixture::found(store).await;
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("other") }).await.unwrap();
    let before = fixture.everything().await;
    for email in ["member@example.com", "MEMBER@EXAMPLE.COM", "other@example.com"] {
        for mode in [InviteMode::None, InviteMode::EmailLink, InviteMode::TemporaryPassword] {
            let refused = refusal(invite(&fixture, "admin", email, mode, now()).await);
            assert!(matches!(refused, Refusal::Conflict(_)), "{email} {mode:?}: {refused:?}");
        }
    }
    assert_eq!(fixture.everything().await, before);
    invite(&fixture, "stranger", "member@example.com", InviteMode::None, now()).await.unwrap();
}

/// A temporary password lets its person in, once and in time, and gives them a key.
pub async fn a_sign_in_secret_lets_in_once(store: &Store) {
    let fixture = Fixture::found(store).await;
    let mode = InviteMode::TemporaryPassword;
    let (invited, secret) =
        invite(&fixture, "member", "ada@example.org", mode, now()).await.unwrap();
    assert!(!fixture.opens(&secret, now()).await, "it is no key");
    let before = fixture.everything().await;
    assert_eq!(refusal(come_in(&fixture, &secret, later(WEEK)).await), Refusal::Unauthenticated);
    let member = fixture.text("member");
    assert_eq!(refusal(come_in(&fixture, &member, now()).await), Refusal::Unauthenticated);
    store
        .execute(call_with(secret.clone()).with_sign_in_secret(), ProveSignInSecret)
        .await
        .unwrap();
    assert_eq!(fixture.everything().await, before);
    let (signed_in, text) = come_in(&fixture, &secret, later(5)).await.unwrap();
    let expected = User { status: UserStatus::Active, invited_until: None, ..invited.user };
    assert_eq!(signed_in.user, expected);
    assert_eq!(signed_in.key.unwrap().acts_for, expected.id);
    assert!(fixture.opens(&text, later(WEEK)).await);
    assert_eq!(refusal(come_in(&fixture, &secret, later(5)).await), Refusal::Unauthenticated);
    let counted = format!("SELECT user_keys FROM users WHERE id = {}", expected.id);
    assert_eq!(fixture.value(&counted).await, "1");
}

/// What is handed over takes the place of what was, and leads in only who is meant.
pub async fn a_secret_handed_over_replaces_the_one_before(store: &Store) {
    let fixture = Fixture::found(store).await;
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let command = IssueSignInSecret {
            id: fixture.user("other"),
            minted: fixture.minted(KeyType::User),
            is_mailed: true,
        };
        secrets.push(command.minted.text.clone());
        let until = store.execute(fixture.call("admin"), command).await.unwrap();
        assert_eq!(until.until, later(30 * 60));
    }
    assert_eq!(refusal(come_in(&fixture, &secrets[0], now()).await), Refusal::Unauthenticated);
    assert_eq!(
        refusal(come_in(&fixture, &secrets[1], later(1800)).await),
        Refusal::Unauthenticated
    );
    let (signed_in, _) = come_in(&fixture, &secrets[1], later(1799)).await.unwrap();
    assert_eq!(signed_in.user.id, fixture.user("other"));
    let command = IssueSignInSecret {
        id: fixture.user("admin"),
        minted: fixture.minted(KeyType::User),
        is_mailed: true,
    };
    let refused = refusal(store.execute(fixture.call("member"), command).await);
    assert!(matches!(refused, Refusal::Forbidden(_)));
}

/// Name and developer access are changed by those who may, and nothing else is.
pub async fn people_are_changed_by_administrators(store: &Store) {
    let fixture = Fixture::found(store).await;
    let change = |is_developer| UpdateUser {
        id: fixture.user("other"),
        name: Some(Name::parse("renamed").unwrap()),
        is_developer,
    };
    let before =
        store.execute(fixture.call("admin"), GetUser { id: fixture.user("other") }).await.unwrap();
    let refused = refusal(store.execute(fixture.call("member"), change(None)).await);
    assert!(matches!(refused, Refusal::Forbidden(_)));
    let after = store.execute(fixture.call("admin"), change(Some(false))).await.unwrap();
    let expected = User { name: "renamed".to_owned(), is_developer: false, ..before };
    assert_eq!(after, expected);
    assert_eq!(
        store.execute(fixture.call("member"), GetUser { id: expected.id }).await.unwrap(),
        expected
    );
}
