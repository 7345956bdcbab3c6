//! Making an account with what it starts with.

use claviger_domain::decide::{self, Occasion};
use claviger_domain::{
    Account, AccountId, Action, AuditRecord, CustomRole, Organization, OrganizationId,
    RequestContext, RoleId, Space, SpaceId, SpaceRole, Target, User, UserId, UserKind, UserStatus,
};
use jiff::Timestamp;
use serde_json::json;

use super::mint;
use crate::authority::Authority;
use crate::error::StoreError;
use crate::founding::{Founded, FoundedUser, Founding, FoundingKey, FoundingUser};
use crate::transaction::{Driver, RowResult, Transaction};

pub(crate) async fn found<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    founding: Founding,
) -> RowResult<Founded> {
    let now = tx.now().at;
    let draft = Account { id: AccountId::NOTHING, name: founding.account, policy: founding.policy };
    let account = tx.insert_account(&draft, now).await?;
    let kept = Account { id: account, ..draft };
    let mut founded =
        Founded { account, organizations: Vec::new(), roles: Vec::new(), users: Vec::new() };
    for organization in founding.organizations {
        let draft = Organization {
            id: OrganizationId::NOTHING,
            account,
            name: organization.name,
            description: String::new(),
            created_at: now,
        };
        let id = tx.insert_organization(&draft).await?;
        let mut spaces = Vec::new();
        for space in organization.spaces {
            let draft = Space {
                id: SpaceId::NOTHING,
                account,
                organization: id,
                name: space.name,
                description: String::new(),
                is_private: space.is_private,
                created_at: now,
            };
            spaces.push(tx.insert_space(&draft).await?);
        }
        founded.organizations.push((id, spaces));
    }
    for role in founding.roles {
        let draft = CustomRole {
            id: RoleId::NOTHING,
            account,
            name: role.name,
            description: String::new(),
            permissions: role.permissions,
            created_at: now,
            updated_at: now,
        };
        founded.roles.push(tx.insert_custom_role(&draft).await?);
    }
    for user in founding.users {
        let made = insert_user(tx, authority, (&kept, &founded), user, now).await?;
        founded.users.push(made);
    }
    record(tx, account, now).await?;
    Ok(founded)
}

async fn insert_user<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    (account, founded): (&Account, &Founded),
    user: FoundingUser,
    now: Timestamp,
) -> RowResult<FoundedUser> {
    let draft = User {
        id: UserId::NOTHING,
        account: account.id,
        kind: UserKind::Person,
        name: user.name,
        email: user.email,
        role: user.role,
        is_developer: user.is_developer,
        status: UserStatus::Active,
        created_at: now,
        invited_until: None,
    };
    let id = tx.insert_user(&draft).await?;
    for (place, role) in user.organizations {
        if let Some((organization, _)) = founded.organizations.get(place) {
            tx.set_organization_member(account.id, *organization, id, role, None).await?;
        }
    }
    for (organization, place, role) in user.spaces {
        let spaces = founded.organizations.get(organization).map(|(_, spaces)| spaces);
        if let Some(&space) = spaces.and_then(|spaces| spaces.get(place)) {
            let role = SpaceRole::Predefined(role);
            tx.set_space_member(account.id, space, id, role, None).await?;
        }
    }
    let key = match user.key {
        Some(key) => {
            let mint = decide::host_key(Occasion::NewAccount, account, id, None, tx.now());
            let FoundingKey { minted, name } = key;
            Some(mint::insert_key(tx, authority, &mint, &minted.text, name.into()).await?.id)
        }
        None => None,
    };
    Ok(FoundedUser { id, key })
}

async fn record<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        at: now,
        account,
        actor: None,
        actor_key: None,
        action: Action::AccountFound,
        target: Target::Account(account),
        details: json!({}),
        context: RequestContext::default(),
    };
    tx.insert_audit_record(&record).await
}
