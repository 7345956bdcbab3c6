//! Creates an account with its first organization, space and administrator.

use claviger_domain::decide::{self, Occasion};
use claviger_domain::{
    Account, AccountId, AccountPolicy, AccountRole, Action, ApiKeyId, CustomRole, KeyName,
    MintedKey, Organization, OrganizationId, PermissionSet, RoleId, ScopedRole, Space, SpaceId,
    SpaceRole, Target, User, UserId, UserKind, UserStatus,
};
use jiff::Timestamp;
use serde_json::json;

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::Actor;
use crate::operations::{authenticate, mint};
use crate::transaction::{Driver, RowResult, Transaction};

/// Makes an account with what it starts with.
#[derive(Clone, Debug)]
pub struct CreateAccount {
    /// The account's name.
    pub account: String,
    /// What it demands of its keys.
    pub policy: AccountPolicy,
    /// Its organizations.
    pub organizations: Vec<FirstOrganization>,
    /// Its own roles.
    pub roles: Vec<FirstRole>,
    /// Its people.
    pub users: Vec<FirstUser>,
}

/// An organization to make.
#[derive(Clone, Debug)]
pub struct FirstOrganization {
    /// Its name.
    pub name: String,
    /// Its spaces.
    pub spaces: Vec<FirstSpace>,
}

/// A space to make.
#[derive(Clone, Debug)]
pub struct FirstSpace {
    /// Its name.
    pub name: String,
    /// Whether it is private.
    pub is_private: bool,
}

/// A custom role to make.
#[derive(Clone, Debug)]
pub struct FirstRole {
    /// Its name.
    pub name: String,
    /// What it permits.
    pub permissions: PermissionSet,
}

/// A person to make.
#[derive(Clone, Debug)]
pub struct FirstUser {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role in the account.
    pub role: AccountRole,
    /// Whether they may make keys.
    pub is_developer: bool,
    /// Their roles in organizations, by place in the founding.
    pub organizations: Vec<(usize, ScopedRole)>,
    /// Their roles in spaces, by places of organization and space in the founding.
    pub spaces: Vec<(usize, usize, ScopedRole)>,
    /// A first key.
    pub key: Option<HostKey>,
}

/// A user key to make.
#[derive(Clone, Debug)]
pub struct HostKey {
    /// Its secret and handle.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
}

/// What was made, in the order of the founding.
#[derive(Clone, Debug)]
pub struct CreatedAccount {
    /// The account.
    pub account: AccountId,
    /// Its organizations, each with its spaces.
    pub organizations: Vec<(OrganizationId, Vec<SpaceId>)>,
    /// Its own roles.
    pub roles: Vec<RoleId>,
    /// Its people.
    pub users: Vec<CreatedUser>,
}

/// A person that was made.
#[derive(Clone, Copy, Debug)]
pub struct CreatedUser {
    /// The user.
    pub id: UserId,
    /// Their first key.
    pub key: Option<ApiKeyId>,
}

impl Operation for CreateAccount {
    type Output = CreatedAccount;
    const NAME: &'static str = "create_account";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<CreatedAccount> {
        authenticate::host(tx)?;
        let now = tx.now().at;
        let draft = Account { id: AccountId::UNASSIGNED, name: self.account, policy: self.policy };
        let account = tx.insert_account(&draft, now).await?;
        let kept = Account { id: account, ..draft };
        let mut founded = CreatedAccount {
            account,
            organizations: Vec::new(),
            roles: Vec::new(),
            users: Vec::new(),
        };
        for organization in self.organizations {
            let draft = Organization {
                id: OrganizationId::UNASSIGNED,
                account,
                name: organization.name,
                description: String::new(),
                created_at: now,
            };
            let id = tx.insert_organization(&draft).await?;
            let mut spaces = Vec::new();
            for space in organization.spaces {
                let draft = Space {
                    id: SpaceId::UNASSIGNED,
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
        for role in self.roles {
            let draft = CustomRole {
                id: RoleId::UNASSIGNED,
                account,
                name: role.name,
                description: String::new(),
                permissions: role.permissions,
                created_at: now,
                updated_at: now,
            };
            founded.roles.push(tx.insert_custom_role(&draft).await?);
        }
        for user in self.users {
            let made = insert_user(tx, (&kept, &founded), user, now).await?;
            founded.users.push(made);
        }
        tx.audit(Actor::nobody(account), Action::AccountFound, Target::Account(account), json!({}))
            .await?;
        Ok(founded)
    }
}

async fn insert_user<D: Driver>(
    tx: &mut Transaction<'_, D>,
    (account, founded): (&Account, &CreatedAccount),
    user: FirstUser,
    now: Timestamp,
) -> RowResult<CreatedUser> {
    let draft = User {
        id: UserId::UNASSIGNED,
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
            let HostKey { minted, name } = key;
            Some(mint::insert_key(tx, &mint, &minted.text, name.into()).await?.id)
        }
        None => None,
    };
    Ok(CreatedUser { id, key })
}
