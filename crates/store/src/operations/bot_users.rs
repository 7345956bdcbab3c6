//! Bot users, with their roles at all three levels.

use claviger_domain::{
    AccountId, AccountRole, OrganizationId, RoleId, ScopedRole, SpaceId, User, UserId,
};

use crate::transaction::{Driver, RowResult, Transaction};

/// A bot user, with its roles at all three levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotUser {
    /// Its id.
    pub id: UserId,
    /// What it is called; empty if it is gone.
    pub name: String,
    /// Its role in the account.
    pub account_role: AccountRole,
    /// Its organizations; empty in lists that a space filters.
    pub organizations: Vec<BotOrganization>,
}

/// A bot user's role in an organization and in its spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The role in it.
    pub role: ScopedRole,
    /// The spaces.
    pub spaces: Vec<BotSpace>,
}

/// A bot user's role in a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotSpace {
    /// The space.
    pub id: SpaceId,
    /// The role in it.
    pub role: SpaceRoleView,
}

/// A role in a space, with the name of a custom one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpaceRoleView {
    /// One of the four.
    Predefined(ScopedRole),
    /// One of the account's own.
    Custom {
        /// Its id.
        id: RoleId,
        /// What it is called.
        name: String,
    },
}

pub(super) fn without_roles(user: User) -> BotUser {
    BotUser { id: user.id, name: user.name, account_role: user.role, organizations: Vec::new() }
}

/// A bot user that is gone or cannot be read has no name and the contract's placeholder role.
pub(super) fn unresolved(id: UserId) -> BotUser {
    let account_role = AccountRole::Member;
    BotUser { id, name: String::new(), account_role, organizations: Vec::new() }
}

/// A bot user with all its roles.
pub(super) async fn bot<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    id: UserId,
) -> RowResult<BotUser> {
    let Some(user) = tx.user(account, id).await? else {
        return Ok(unresolved(id));
    };
    let mut organizations = tx.bot_organizations(account, id).await?;
    for (organization, space) in tx.bot_spaces(account, id).await? {
        if let Some(found) = organizations.iter_mut().find(|found| found.id == organization) {
            found.spaces.push(space);
        }
    }
    Ok(BotUser { organizations, ..without_roles(user) })
}
