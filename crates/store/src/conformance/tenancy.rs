//! Accounts do not know of each other.

use claviger_domain::{
    ApiKeyId, Grants, OrganizationGrant, OrganizationId, RoleId, ScopedRole, SpaceGrant, SpaceId,
    SpaceRole, UserId,
};

use super::TestedStore;
use super::house::{House, now, own_keys, refusal};
use crate::{
    CallResult, CreateSpace, GrantsOrSpace, ListKeys, ListOrganizations, ListSpaces, ListUsers,
    RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember, SetSpaceMember,
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
async fn told(house: &House<'_>, ids: &Ids) -> Vec<String> {
    let store = house.store;
    let call = || house.call("admin");
    let grants = |organization, space, role| {
        let spaces = vec![SpaceGrant { space, role }];
        let organization = OrganizationGrant { organization, role: ScopedRole::ReadOnly, spaces };
        let account_role = claviger_domain::AccountRole::Member;
        let grants = Grants { account_role, organizations: vec![organization] };
        house.service_key("robot", GrantsOrSpace::Grants(grants))
    };
    let flat = GrantsOrSpace::Space {
        space: ids.space,
        space_role: ScopedRole::Member,
        organization_role: ScopedRole::ReadOnly,
        account_role: claviger_domain::AccountRole::Member,
    };
    let member = SpaceRole::Predefined(ScopedRole::Member);
    let (own_organization, own_space) = (house.organization("O1"), house.space("S1"));
    let commands = [
        grants(ids.organization, own_space, member),
        grants(own_organization, ids.space, member),
        grants(own_organization, own_space, SpaceRole::Custom(ids.role)),
        house.service_key("robot", flat),
    ];
    let mut told = Vec::new();
    let mut tell = |what: &str, result: CallResult<()>| {
        let refused = refusal(result);
        told.push(format!("{what}: {refused:?} {refused}"));
    };
    for (number, command) in commands.into_iter().enumerate() {
        let made = store.create_service_key(call(), command).await;
        tell(&format!("create {number}"), made.map(drop));
    }
    tell("refresh", house.refresh(call(), ids.key, 0).await.map(drop));
    tell("revoke", store.revoke_key(call(), ids.key).await);
    tell("organization", store.organization(call(), ids.organization).await.map(drop));
    tell("space", store.space(call(), ids.space).await.map(drop));
    let name = || Some(claviger_domain::Name::parse("x").unwrap());
    let description = claviger_domain::Change::Keep;
    let command = UpdateOrganization { id: ids.organization, name: name(), description };
    tell("update organization", store.update_organization(call(), command).await.map(drop));
    tell("delete organization", store.delete_organization(call(), ids.organization).await);
    let description = claviger_domain::Change::Keep;
    let command = UpdateSpace { id: ids.space, name: name(), description, is_private: None };
    tell("update space", store.update_space(call(), command).await.map(drop));
    tell("delete space", store.delete_space(call(), ids.space).await);
    let command = CreateSpace {
        organization: ids.organization,
        name: claviger_domain::Name::parse("x").unwrap(),
        description: None,
        is_private: false,
    };
    tell("create space", store.create_space(call(), command).await.map(drop));
    tell("user", store.user(call(), ids.user).await.map(drop));
    let command = UpdateUser { id: ids.user, name: name(), is_developer: None };
    tell("update user", store.update_user(call(), command).await.map(drop));
    tell(
        "resend",
        store
            .resend_invitation(call(), crate::Remind { id: ids.user, minted: None })
            .await
            .map(drop),
    );
    tell(
        "reset",
        store.reset_password(call(), crate::Remind { id: ids.user, minted: None }).await.map(drop),
    );
    let minted = house.minted(claviger_domain::KeyType::User);
    let command = crate::HandOver { id: ids.user, minted, is_mailed: true };
    tell("hand over", store.hand_over(call(), command).await.map(drop));
    let (organization, user, role) = (own_organization, ids.user, ScopedRole::Member);
    let command = SetOrganizationMember { organization, user, role };
    tell("add to organization", store.set_organization_member(call(), command).await.map(drop));
    let command = SetOrganizationMember { organization: ids.organization, ..command };
    tell("add to foreign", store.set_organization_member(call(), command).await.map(drop));
    let command = RemoveOrganizationMember { organization, user };
    tell("leave organization", store.remove_organization_member(call(), command).await);
    let command = SetSpaceMember { space: own_space, user, role: member };
    tell("add to space", store.set_space_member(call(), command).await.map(drop));
    let role = SpaceRole::Custom(ids.role);
    let user = house.user("member");
    let command = SetSpaceMember { space: own_space, user, role };
    tell("give a role", store.set_space_member(call(), command).await.map(drop));
    let command = RemoveSpaceMember { space: ids.space, user };
    tell("leave space", store.remove_space_member(call(), command).await);
    tell("remove", store.remove_user(call(), ids.user).await);
    let in_space = ListKeys { space: Some(ids.space), ..own_keys() };
    tell("keys of space", store.list_keys(call(), in_space).await.map(drop));
    let of_user = ListKeys { user: Some(ids.user), ..own_keys() };
    tell("keys of user", store.list_keys(call(), of_user).await.map(drop));
    let both = ListKeys { space: Some(own_space), user: Some(ids.user), ..own_keys() };
    tell("keys of space by user", store.list_keys(call(), both).await.map(drop));
    let organization = Some(ids.organization);
    let spaces = ListSpaces { organization, name: None, after: None, limit: 5 };
    tell("spaces", store.list_spaces(call(), spaces).await.map(drop));
    told
}

/// Every operation with an id: somebody else's and nobody's are the same.
pub async fn foreign_ids_are_answered_like_unknown_ones(store: &dyn TestedStore) {
    let house = House::found(store).await;
    let (organization, spaces) = house.globex.organizations[0].clone();
    let foreign = Ids {
        key: house.key("stranger"),
        organization,
        space: spaces[0],
        role: house.globex.roles[0],
        user: house.user("stranger"),
    };
    let nothing = Ids {
        key: ApiKeyId::NOTHING,
        organization: OrganizationId::NOTHING,
        space: SpaceId::NOTHING,
        role: RoleId::NOTHING,
        user: UserId::NOTHING,
    };
    let before = house.everything().await;
    let answers = told(&house, &foreign).await;
    assert_eq!(answers, told(&house, &nothing).await);
    for answer in &answers {
        assert!(answer.contains("NotFound"), "{answer}");
    }
    assert_eq!(house.everything().await, before);
    assert!(house.opens(&house.text("stranger"), now()).await);
}

/// An administrator's lists end at the account.
pub async fn lists_never_cross_accounts(store: &dyn TestedStore) {
    let house = House::found(store).await;
    house.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let call = || house.call("stranger");
    let own = [house.key("stranger")];
    assert_eq!(house.ids("stranger", own_keys()).await, own);
    let service = Some(claviger_domain::KeyType::Service);
    let service = ListKeys { key_type: service, ..own_keys() };
    assert!(house.ids("stranger", service.clone()).await.is_empty());
    let query = ListUsers { email: None, statuses: vec![], after: None, limit: 100 };
    let users = store.list_users(call(), query).await.unwrap().items;
    assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [house.user("stranger")]);
    let query = ListSpaces { organization: None, name: None, after: None, limit: 100 };
    let spaces = store.list_spaces(call(), query).await.unwrap().items;
    assert_eq!(spaces.iter().map(|s| s.id).collect::<Vec<_>>(), house.globex.organizations[0].1);
    let query = ListOrganizations { name: None, after: None, limit: 100 };
    let organizations = store.list_organizations(call(), query).await.unwrap().items;
    assert_eq!(organizations.len(), 1);
    assert_eq!(house.ids("admin", service).await.len(), 1);
}
