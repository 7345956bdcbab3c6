//! Service keys above their makers: cut in accounts whose policy asks for it, and nowhere else.

use claviger_domain::{
    AccountPolicy, BoundTo, Change, KeyText, Name, PermissionSet, PredefinedRole, Refusal, RoleId,
    ScopedRole, UserId,
};

use super::house::{House, later, now, refusal};
use crate::{
    CallResult, CreateProject, CreateRoleBinding, GrantsOrSpace, RemoveOrganizationMember,
    RemoveUser, Request, RestrictProject, SetOrganizationMember, SetPolicy, Store, UpdateRole,
    UpdateSpace,
};

async fn set(house: &House<'_>, revoke_keys_above_maker: bool) {
    let policy = AccountPolicy { revoke_keys_above_maker, ..AccountPolicy::default() };
    house
        .store
        .execute(Request::host(), SetPolicy { account: house.acme.account, policy })
        .await
        .unwrap();
}

/// A key whose bot has this role in the organization `O1`, and is a member of `S1`.
async fn made(house: &House<'_>, who: &str, role: ScopedRole) -> KeyText {
    let GrantsOrSpace::Grants(mut grants) = house.grants(&[("O1", &["S1"])]) else {
        panic!("the house grants organizations");
    };
    grants.organizations[0].role = role;
    let command = house.service_key("of a maker", GrantsOrSpace::Grants(grants));
    let text = command.minted.text.clone();
    house.store.execute(house.call(who), command).await.unwrap();
    text
}

async fn demote(house: &House<'_>, who: &str) {
    let organization = house.organization("O1");
    let (user, role) = (house.user(who), ScopedRole::ReadOnly);
    let command = SetOrganizationMember { organization, user, role };
    house.store.execute(house.call("admin"), command).await.unwrap();
}

/// Who is given less keeps the keys that fit, and others keep theirs. The policy, when it comes, finds what it was not there for.
pub async fn keys_above_their_maker_are_cut(store: &Store) {
    let house = House::found(store).await;
    let above = made(&house, "member", ScopedRole::Member).await;
    let within = made(&house, "member", ScopedRole::ReadOnly).await;
    let others = made(&house, "other", ScopedRole::Member).await;
    let each = async |expected: [bool; 3]| {
        for (key, lives) in [&above, &within, &others].into_iter().zip(expected) {
            assert_eq!(house.opens(key, now()).await, lives);
        }
    };
    demote(&house, "member").await;
    each([true, true, true]).await;
    set(&house, true).await;
    each([false, true, true]).await;
    demote(&house, "other").await;
    each([false, true, false]).await;
    let (organization, user) = (house.organization("O1"), house.user("member"));
    let leave = RemoveOrganizationMember { organization, user };
    store.execute(house.call("admin"), leave).await.unwrap();
    each([false, false, false]).await;
}

/// Everything that a removed person made goes with them.
pub async fn a_maker_who_is_gone_holds_nothing(store: &Store) {
    let house = House::found(store).await;
    set(&house, true).await;
    let least = made(&house, "member", ScopedRole::ReadOnly).await;
    let others = made(&house, "other", ScopedRole::ReadOnly).await;
    store.execute(house.call("admin"), RemoveUser { id: house.user("member") }).await.unwrap();
    assert!(!house.opens(&least, now()).await);
    assert!(house.opens(&others, now()).await);
}

async fn bind(house: &House<'_>, bot: UserId, role: RoleId, place: BoundTo) -> CallResult<()> {
    let command = CreateRoleBinding { user: bot, role, place };
    house.store.execute(house.call("admin"), command).await.map(drop)
}

/// Closing a space or a project, and a role that grows, reach the makers of the bots that are in there or hold it.
pub async fn keys_are_held_against_makers_wherever_their_bots_are(store: &Store) {
    let house = House::found(store).await;
    set(&house, true).await;
    let make = async |space: &str| {
        let made = house.create_service("member", "of a maker", &[("O1", &[space])]).await;
        let (created, text) = made.unwrap();
        (text, created.bot.id)
    };
    let (text, _) = make("S1b").await;
    let close = UpdateSpace {
        id: house.space("S1b"),
        name: None,
        description: Change::Keep,
        is_private: Some(true),
    };
    store.execute(house.call("admin"), close).await.unwrap();
    assert!(!house.opens(&text, now()).await, "a space closed");

    let (text, bot) = make("S1").await;
    let place = BoundTo::Space(house.space("S1"));
    let lifted = bind(&house, bot, PredefinedRole::Space(ScopedRole::Admin).id(), place).await;
    assert!(matches!(refusal(lifted), Refusal::Unprocessable(_)));
    bind(&house, bot, house.role(), place).await.unwrap();
    let (id, permissions) = (house.role(), Some(PermissionSet::ALL));
    let grown = UpdateRole { id, name: None, description: Change::Keep, permissions };
    assert!(house.opens(&text, now()).await);
    store.execute(house.call("admin"), grown).await.unwrap();
    assert!(!house.opens(&text, now()).await, "a role grew");

    let (text, bot) = make("S1").await;
    let command = CreateProject { space: house.space("S1"), name: Name::parse("traces").unwrap() };
    let project = store.execute(house.call("admin"), command).await.unwrap().id;
    let viewer = PredefinedRole::ProjectViewer.id();
    bind(&house, bot, viewer, BoundTo::Project(project)).await.unwrap();
    assert!(house.opens(&text, now()).await);
    let call = house.call_at("admin", later(5));
    store.execute(call, RestrictProject { id: project }).await.unwrap();
    assert!(!house.opens(&text, later(5)).await, "a project closed");
}
