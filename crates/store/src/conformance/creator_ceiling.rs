//! Service keys above their creators: revoked in accounts with the policy, and only there.

use claviger_domain::{
    AccountPolicy, BoundTo, Change, KeyText, Name, PermissionSet, PredefinedRole, Refusal, RoleId,
    ScopedRole, UserId,
};

use super::fixture::{Fixture, later, now, refusal};
use crate::{
    CallResult, CreateProject, CreateRoleBinding, GrantsOrSpace, RemoveOrganizationMember,
    RemoveUser, Request, RestrictProject, SetOrganizationMember, SetPolicy, Store, UpdateRole,
    UpdateSpace,
};

async fn set(fixture: &Fixture<'_>, revoke_keys_above_maker: bool) {
    let policy = AccountPolicy { revoke_keys_above_maker, ..AccountPolicy::default() };
    fixture
        .store
        .execute(Request::host(), SetPolicy { account: fixture.acme.account, policy })
        .await
        .unwrap();
}

/// A key whose bot has this role in the organization `O1`, and is a member of `S1`.
async fn made(fixture: &Fixture<'_>, who: &str, role: ScopedRole) -> KeyText {
    let GrantsOrSpace::Grants(mut grants) = fixture.grants(&[("O1", &["S1"])]) else {
        panic!("the fixture grants organizations");
    };
    grants.organizations[0].role = role;
    let command = fixture.service_key("of a maker", GrantsOrSpace::Grants(grants));
    let text = command.minted.text.clone();
    fixture.store.execute(fixture.call(who), command).await.unwrap();
    text
}

async fn demote(fixture: &Fixture<'_>, who: &str) {
    let organization = fixture.organization("O1");
    let (user, role) = (fixture.user(who), ScopedRole::ReadOnly);
    let command = SetOrganizationMember { organization, user, role };
    fixture.store.execute(fixture.call("admin"), command).await.unwrap();
}

/// Who is given less keeps the keys that fit, and others keep theirs. The policy, when it comes, finds what it was not there for.
pub async fn keys_above_their_maker_are_cut(store: &Store) {
    let fixture = Fixture::found(store).await;
    let above = made(&fixture, "member", ScopedRole::Member).await;
    let within = made(&fixture, "member", ScopedRole::ReadOnly).await;
    let others = made(&fixture, "other", ScopedRole::Member).await;
    let each = async |expected: [bool; 3]| {
        for (key, lives) in [&above, &within, &others].into_iter().zip(expected) {
            assert_eq!(fixture.opens(key, now()).await, lives);
        }
    };
    demote(&fixture, "member").await;
    each([true, true, true]).await;
    set(&fixture, true).await;
    each([false, true, true]).await;
    demote(&fixture, "other").await;
    each([false, true, false]).await;
    let (organization, user) = (fixture.organization("O1"), fixture.user("member"));
    let leave = RemoveOrganizationMember { organization, user };
    store.execute(fixture.call("admin"), leave).await.unwrap();
    each([false, false, false]).await;
}

/// Everything that a removed person made goes with them.
pub async fn a_maker_who_is_gone_holds_nothing(store: &Store) {
    let fixture = Fixture::found(store).await;
    set(&fixture, true).await;
    let least = made(&fixture, "member", ScopedRole::ReadOnly).await;
    let others = made(&fixture, "other", ScopedRole::ReadOnly).await;
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    assert!(!fixture.opens(&least, now()).await);
    assert!(fixture.opens(&others, now()).await);
}

async fn bind(fixture: &Fixture<'_>, bot: UserId, role: RoleId, place: BoundTo) -> CallResult<()> {
    let command = CreateRoleBinding { user: bot, role, place };
    fixture.store.execute(fixture.call("admin"), command).await.map(drop)
}

/// Closing a space or a project, and a role that grows, reach the creators of the bots that are in there or hold it.
pub async fn keys_are_held_against_makers_wherever_their_bots_are(store: &Store) {
    let fixture = Fixture::found(store).await;
    set(&fixture, true).await;
    let make = async |space: &str| {
        let made = fixture.create_service("member", "of a maker", &[("O1", &[space])]).await;
        let (created, text) = made.unwrap();
        (text, created.bot.id)
    };
    let (text, _) = make("S1b").await;
    let close = UpdateSpace {
        id: fixture.space("S1b"),
        name: None,
        description: Change::Keep,
        is_private: Some(true),
    };
    store.execute(fixture.call("admin"), close).await.unwrap();
    assert!(!fixture.opens(&text, now()).await, "a space closed");

    let (text, bot) = make("S1").await;
    let place = BoundTo::Space(fixture.space("S1"));
    let lifted = bind(&fixture, bot, PredefinedRole::Space(ScopedRole::Admin).id(), place).await;
    assert!(matches!(refusal(lifted), Refusal::Unprocessable(_)));
    bind(&fixture, bot, fixture.role(), place).await.unwrap();
    let (id, permissions) = (fixture.role(), Some(PermissionSet::ALL));
    let grown = UpdateRole { id, name: None, description: Change::Keep, permissions };
    assert!(fixture.opens(&text, now()).await);
    store.execute(fixture.call("admin"), grown).await.unwrap();
    assert!(!fixture.opens(&text, now()).await, "a role grew");

    let (text, bot) = make("S1").await;
    let command =
        CreateProject { space: fixture.space("S1"), name: Name::parse("traces").unwrap() };
    let project = store.execute(fixture.call("admin"), command).await.unwrap().id;
    let viewer = PredefinedRole::ProjectViewer.id();
    bind(&fixture, bot, viewer, BoundTo::Project(project)).await.unwrap();
    assert!(fixture.opens(&text, now()).await);
    let call = fixture.call_at("admin", later(5));
    store.execute(call, RestrictProject { id: project }).await.unwrap();
    assert!(!fixture.opens(&text, later(5)).await, "a project closed");
}
