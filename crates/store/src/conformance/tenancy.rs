//! Accounts are isolated from each other.

use claviger_domain::{
    ApiKeyId, Grants, OrganizationGrant, OrganizationId, RoleId, ScopedRole, SpaceGrant, SpaceId,
    SpaceRole, UserId,
};

use super::fixture::{Fixture, now, own_keys, refusal};
use crate::Store;
use crate::{
    CallResult, CreateSpace, DeleteOrganization, DeleteSpace, GetOrganization, GetSpace, GetUser,
    GrantsOrSpace, ListKeys, ListOrganizations, ListSpaces, ListUsers, RemoveOrganizationMember,
    RemoveSpaceMember, RemoveUser, RevokeKey, SetOrganizationMember, SetSpaceMember,
    UpdateOrganization, UpdateSpace, UpdateUser,
};

/// Ids of one account, or of nothing.
struct Ids {
    key: ApiKeyId,
    organization: OrganizationId,
    space: SpaceId,
    role: RoleId,
    user: UserId,
}

/// What `admin` of `acme` is told about these ids, operation by operation.
async fn told(fixture: &Fixture<'_>, ids: &Ids) -> Vec<String> {
    let store = fixture.store;
    let call = || fixture.call("admin");
    let grants = |organization, space, role| {
        let spaces = vec![SpaceGrant { space, role }];
        let organization = OrganizationGrant { organization, role: ScopedRole::ReadOnly, spaces };
        let account_role = claviger_domain::AccountRole::Member;
        let grants = Grants { account_role, organizations: vec![organization] };
        fixture.service_key("robot", GrantsOrSpace::Grants(grants))
    };
    let flat = GrantsOrSpace::Space {
        space: ids.space,
        space_role: ScopedRole::Member,
        organization_role: ScopedRole::ReadOnly,
        account_role: claviger_domain::AccountRole::Member,
    };
    let member = SpaceRole::Predefined(ScopedRole::Member);
    let (own_organization, own_space) = (fixture.organization("O1"), fixture.space("S1"));
    let commands = [
        grants(ids.organization, own_space, member),
        grants(own_organization, ids.space, member),
        grants(own_organization, own_space, SpaceRole::Custom(ids.role)),
        fixture.service_key("robot", flat),
    ];
    let mut told = Vec::new();
    let mut tell = |what: &str, result: CallResult<()>| {
        let refused = refusal(result);
        told.push(format!("{what}: {refused:?} {refused}"));
    };
    for (number, command) in commands.into_iter().enumerate() {
        let made = store.execute(call(), command).await;
        tell(&format!("create {number}"), made.map(drop));
    }
    tell("refresh", fixture.refresh(call(), ids.key, 0).await.map(drop));
    tell("revoke", store.execute(call(), RevokeKey { id: ids.key }).await);
    let command = GetOrganization { id: ids.organization };
    tell("organization", store.execute(call(), command).await.map(drop));
    tell("space", store.execute(call(), GetSpace { id: ids.space }).await.map(drop));
    let name = || Some(claviger_domain::Name::parse("x").unwrap());
    let description = claviger_domain::Change::Keep;
    let command = UpdateOrganization { id: ids.organization, name: name(), description };
    tell("update organization", store.execute(call(), command).await.map(drop));
    let command = DeleteOrganization { id: ids.organization };
    tell("delete organization", store.execute(call(), command).await);
    let description = claviger_domain::Change::Keep;
    let command = UpdateSpace { id: ids.space, name: name(), description, is_private: None };
    tell("update space", store.execute(call(), command).await.map(drop));
    tell("delete space", store.execute(call(), DeleteSpace { id: ids.space }).await);
    let command = CreateSpace {
        organization: ids.organization,
        name: claviger_domain::Name::parse("x").unwrap(),
        description: None,
        is_private: false,
    };
    tell("create space", store.execute(call(), command).await.map(drop));
    tell("user", store.execute(call(), GetUser { id: ids.user }).await.map(drop));
    let command = UpdateUser { id: ids.user, name: name(), is_developer: None };
    tell("update user", store.execute(call(), command).await.map(drop));
    let command = crate::ResendInvitation { id: ids.user, minted: None };
    tell("resend", store.execute(call(), command).await.map(drop));
    let command = crate::ResetPassword { id: ids.user, minted: None };
    tell("reset", store.execute(call(), command).await.map(drop));
    let minted = fixture.minted(claviger_domain::KeyType::User);
    let command = crate::IssueSignInSecret { id: ids.user, minted, is_mailed: true };
    tell("hand over", store.execute(call(), command).await.map(drop));
    let (organization, user, role) = (own_organization, ids.user, ScopedRole::Member);
    let command = SetOrganizationMember { organization, user, role };
    tell("add to organization", store.execute(call(), command).await.map(drop));
    let command = SetOrganizationMember { organization: ids.organization, ..command };
    tell("add to foreign", store.execute(call(), command).await.map(drop));
    let command = RemoveOrganizationMember { organization, user };
    tell("leave organization", store.execute(call(), command).await);
    let command = SetSpaceMember { space: own_space, user, role: member };
    tell("add to space", store.execute(call(), command).await.map(drop));
    let role = SpaceRole::Custom(ids.role);
    let user = fixture.user("member");
    let command = SetSpaceMember { space: own_space, user, role };
    tell("give a role", store.execute(call(), command).await.map(drop));
    let command = RemoveSpaceMember { space: ids.space, user };
    tell("leave space", store.execute(call(), command).await);
    tell("remove", store.execute(call(), RemoveUser { id: ids.user }).await);
    let in_space = ListKeys { space: Some(ids.space), ..own_keys() };
    tell("keys of space", store.execute(call(), in_space).await.map(drop));
    let of_user = ListKeys { user: Some(ids.user), ..own_keys() };
    tell("keys of user", store.execute(call(), of_user).await.map(drop));
    let both = ListKeys { space: Some(own_space), user: Some(ids.user), ..own_keys() };
    tell("keys of space by user", store.execute(call(), both).await.map(drop));
    let organization = Some(ids.organization);
    let spaces = ListSpaces { organization, name: None, after: None, limit: 5 };
    tell("spaces", store.execute(call(), spaces).await.map(drop));
    told
}

/// Every operation with an id: somebody else's and nobody's are the same.
pub async fn foreign_ids_are_answered_like_unknown_ones(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (organization, spaces) = fixture.globex.organizations[0].clone();
    let foreign = Ids {
        key: fixture.key("stranger"),
        organization,
        space: spaces[0],
        role: fixture.globex.roles[0],
        user: fixture.user("stranger"),
    };
    let nothing = Ids {
        key: ApiKeyId::UNASSIGNED,
        organization: OrganizationId::UNASSIGNED,
        space: SpaceId::UNASSIGNED,
        role: RoleId::UNASSIGNED,
        user: UserId::UNASSIGNED,
    };
    let before = fixture.everything().await;
    let answers = told(&fixture, &foreign).await;
    assert_eq!(answers, told(&fixture, &nothing).await);
    for answer in &answers {
        assert!(answer.contains("NotFound"), "{answer}");
    }
    assert_eq!(fixture.everything().await, before);
    assert!(fixture.opens(&fixture.text("stranger"), now()).await);
}

/// An administrator's lists end at the account.
pub async fn lists_never_cross_accounts(store: &Store) {
    let fixture = Fixture::found(store).await;
    fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let call = || fixture.call("stranger");
    let own = [fixture.key("stranger")];
    assert_eq!(fixture.ids("stranger", own_keys()).await, own);
    let service = Some(claviger_domain::KeyType::Service);
    let service = ListKeys { key_type: service, ..own_keys() };
    assert!(fixture.ids("stranger", service.clone()).await.is_empty());
    let query = ListUsers { email: None, statuses: vec![], after: None, limit: 100 };
    let users = store.execute(call(), query).await.unwrap().items;
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [fixture.user("stranger")]);
    let query = ListSpaces { organization: None, name: None, after: None, limit: 100 };
    let spaces = store.execute(call(), query).await.unwrap().items;
    assert_eq!(spaces.iter().map(|s| s.id).collect::<Vec<_>>(), fixture.globex.organizations[0].1);
    let query = ListOrganizations { name: None, after: None, limit: 100 };
    let organizations = store.execute(call(), query).await.unwrap().items;
    assert_eq!(organizations.len(), 1);
    assert_eq!(fixture.ids("admin", service).await.len(), 1);
}
