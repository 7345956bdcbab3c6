//! Giving people roles in organizations and spaces, and taking them away.

use claviger_domain::{Refusal, Resource, ScopedRole, SpaceRole};

use super::fixture::{Fixture, refusal};
use crate::Store;
use crate::{
    RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember, SetSpaceMember,
    SpaceRoleView,
};

fn in_organization(fixture: &Fixture<'_>, who: &str, role: ScopedRole) -> SetOrganizationMember {
    SetOrganizationMember {
        organization: fixture.organization("O2"),
        user: fixture.user(who),
        role,
    }
}

fn in_space(fixture: &Fixture<'_>, who: &str, role: SpaceRole) -> SetSpaceMember {
    SetSpaceMember { space: fixture.space("S2"), user: fixture.user(who), role }
}

/// A role is given, given again, changed and taken away; the membership stays the same as long as it stays.
pub async fn memberships_are_kept_as_they_were_given(store: &Store) {
    let fixture = Fixture::found(store).await;
    let call = || fixture.call("admin");
    let command = in_organization(&fixture, "member", ScopedRole::ReadOnly);
    let first = store.execute(call(), command).await.unwrap();
    assert_eq!((first.user, first.role), (fixture.user("member"), ScopedRole::ReadOnly));
    let before = fixture.everything().await;
    assert_eq!(store.execute(call(), command).await.unwrap(), first);
    assert_eq!(fixture.everything().await, before, "nothing is written twice");
    let role = SpaceRole::Custom(fixture.role());
    let command = in_space(&fixture, "member", role);
    let custom = store.execute(call(), command).await.unwrap();
    let name = "Project readers".to_owned();
    assert_eq!(custom.role, SpaceRoleView::Custom { id: fixture.role(), name });
    let command = in_space(&fixture, "member", SpaceRole::Predefined(ScopedRole::Admin));
    let admin = store.execute(call(), command).await.unwrap();
    assert_eq!(admin.id, custom.id);
    assert_eq!(admin.role, SpaceRoleView::Predefined(ScopedRole::Admin));
    // The role holds at once: its holder takes it away from themselves.
    let (space, organization) = (fixture.space("S2"), fixture.organization("O2"));
    let user = fixture.user("member");
    let leave = RemoveSpaceMember { space, user };
    store.execute(fixture.call("member"), leave).await.unwrap();
    let gone = refusal(store.execute(call(), leave).await);
    assert_eq!(gone, Refusal::NotFound(Resource::User));
    let command = in_space(&fixture, "member", SpaceRole::Predefined(ScopedRole::Member));
    let again = store.execute(call(), command).await.unwrap();
    assert!(again.id > admin.id, "an id is handed out once");
    // Leaving the organization is leaving its spaces.
    let leave = RemoveOrganizationMember { organization, user };
    store.execute(call(), leave).await.unwrap();
    for table in ["organization_members", "space_members"] {
        let left = format!("SELECT count(*) FROM {table} WHERE user_id = {user}");
        assert_eq!(fixture.value(&left).await, "1", "what was there before, and nothing more");
    }
    let gone = refusal(store.execute(call(), leave).await);
    assert_eq!(gone, Refusal::NotFound(Resource::User));
}

/// A caller grants only what they hold. A user joins a space only as a member of its organization, and with a role of their kind.
pub async fn memberships_are_bounded(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (robot, _) = fixture.create_service("admin", "robot", &[("O1", &["S1"])]).await.unwrap();
    let before = fixture.everything().await;
    let member = SpaceRole::Predefined(ScopedRole::Member);
    let outside = store.execute(fixture.call("admin"), in_space(&fixture, "member", member));
    assert!(matches!(refusal(outside.await), Refusal::Invalid { .. }));
    let annotator = in_organization(&fixture, "member", ScopedRole::Annotator);
    let beside = store.execute(fixture.call("admin"), annotator).await;
    assert!(matches!(refusal(beside), Refusal::Invalid { .. }));
    let (space, role) = (fixture.space("S1"), member);
    let command = SetSpaceMember { space, user: fixture.user("reader"), role };
    let forbidden = refusal(store.execute(fixture.call("member"), command).await);
    assert!(matches!(forbidden, Refusal::Forbidden(_)), "{forbidden:?}");
    let bot = SetSpaceMember { space, user: robot.bot.id, role };
    let bot = refusal(store.execute(fixture.call("admin"), bot).await);
    assert!(matches!(bot, Refusal::Unprocessable(_)), "{bot:?}");
    assert_eq!(fixture.everything().await, before);
}
