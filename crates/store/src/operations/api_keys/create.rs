//! Creating keys.

use std::collections::HashSet;

use claviger_domain::{
    Access, AccountRole, Action, ApiKey, Caller, Description, Grants, KeyName, MintedKey,
    OrganizationGrant, Refusal, ResolvedGrants, Resource, ScopedRole, SpaceGrant, SpaceId,
    SpaceRole, Target, User, UserId, UserKind, UserStatus, decide,
};
use jiff::Timestamp;
use serde_json::json;

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::mint::{self, Label};
use crate::operations::{BotOrganization, BotSpace, BotUser, SpaceRoleView, authenticate};
use crate::transaction::{Driver, RowResult, Transaction};

/// The two forms of a service key's grants.
#[derive(Clone, Debug)]
pub enum GrantsOrSpace {
    /// Organizations and their spaces (dialects D and E).
    Grants(Grants),
    /// One space, whose organization goes with it (dialects A to C).
    Space {
        /// The space.
        space: SpaceId,
        /// The role in it.
        space_role: ScopedRole,
        /// The role in its organization.
        organization_role: ScopedRole,
        /// The role in the account.
        account_role: AccountRole,
    },
}

/// A new service key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedServiceKey {
    /// The key.
    pub key: ApiKey,
    /// Its bot user, with all roles resolved.
    pub bot: BotUser,
}

/// A user key to make.
#[derive(Clone, Debug)]
pub struct CreateUserKey {
    /// The new secret and handle.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
    /// What to note about it.
    pub description: Option<Description>,
    /// When it is to expire.
    pub expires_at: Option<Timestamp>,
}

impl Operation for CreateUserKey {
    type Output = ApiKey;
    const NAME: &'static str = "create_user_key";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<ApiKey> {
        let now = tx.now();

        let caller = authenticate::minting_caller(tx).await?;
        let live = live_user_keys(tx, &caller, caller.user.id, now.at).await?;
        let mint = decide::user_key(&caller, self.expires_at, live, now)?;
        let CreateUserKey { minted, name, description, .. } = self;
        let label = Label { name, description, replaces: None };
        let key = mint::insert_key(tx, &mint, &minted.text, label).await?;
        let target = Target::ApiKey(key.id);
        let details = mint::flagged(json!({}), &mint);
        tx.audit(&caller, Action::ApiKeyCreate, target, details).await?;
        Ok(key)
    }
}

/// How many live user keys somebody of the caller's account has; exact at the account's limit, where it decides, and an upper bound below
/// it.
///
/// The count that is kept along includes keys that have expired since. They are told apart only when it matters.
pub(super) async fn live_user_keys<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    user: UserId,
    now: Timestamp,
) -> RowResult<u32> {
    let account = caller.account.id;
    let most = caller.account.policy.max_user_keys;
    let counted = tx.counted_user_keys(account, user).await?;
    if counted < most {
        return Ok(counted);
    }
    tx.live_user_keys(account, user, now, most).await
}

/// A service key to make.
#[derive(Clone, Debug)]
pub struct CreateServiceKey {
    /// The new secret and handle.
    pub minted: MintedKey,
    /// Its label, and the name of its bot user.
    pub name: KeyName,
    /// What to note about it.
    pub description: Option<Description>,
    /// When it is to expire.
    pub expires_at: Option<Timestamp>,
    /// What the bot user is to be given.
    pub grants: GrantsOrSpace,
}

impl Operation for CreateServiceKey {
    type Output = CreatedServiceKey;
    const NAME: &'static str = "create_service_key";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<CreatedServiceKey> {
        let now = tx.now();

        let caller = authenticate::minting_caller(tx).await?;
        decide::may_create_service_keys(&caller)?;
        let access = authenticate::access(tx, &caller).await?;
        let grants = complete(tx, &caller, &access, self.grants).await?;
        let resolved = authenticate::resolve(tx, caller.account.id, grants).await?;
        let mint = decide::service_key(&caller, &access, &resolved, self.expires_at, now)?;
        let bot = insert_bot(tx, &caller, &resolved, self.name.as_str(), now.at).await?;
        let CreateServiceKey { minted, name, description, .. } = self;
        let label = Label { name, description, replaces: None };
        let mint = mint.acting_for(bot.id);
        let key = mint::insert_key(tx, &mint, &minted.text, label).await?;
        let spaces: Vec<_> = resolved.grants.spaces().map(|(_, _, grant)| grant.space).collect();
        mint::insert_key_spaces(tx, &caller, &key, &spaces).await?;
        let details = json!({ "bot_user": bot.id.number(), "made_by_bot": caller.is_bot() });
        let details = mint::flagged(details, &mint);
        let target = Target::ApiKey(key.id);
        tx.audit(&caller, Action::ServiceKeyCreate, target, details).await?;
        Ok(CreatedServiceKey { key, bot })
    }
}

/// Fills in the organization of a lone space. What is not in the caller's account ends here, with the same words as what is in it
/// and not visible to them.
async fn complete<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    access: &Access,
    grants: GrantsOrSpace,
) -> CallResult<Grants> {
    let account = caller.account.id;
    let (space, space_role, organization_role, account_role) = match grants {
        GrantsOrSpace::Grants(grants) => {
            let named = || grants.organizations.iter().map(|grant| grant.organization);
            let ids: Vec<_> = named().collect();
            let found: HashSet<_> =
                tx.organizations_by_id(account, &ids).await?.into_iter().collect();
            if named().any(|id| !found.contains(&id) || !access.sees_organization(id)) {
                return Err(Refusal::NotFound(Resource::Organization).into());
            }
            return Ok(grants);
        }
        GrantsOrSpace::Space { space, space_role, organization_role, account_role } => {
            (space, space_role, organization_role, account_role)
        }
    };
    let space = tx
        .space(account, space)
        .await?
        .filter(|space| access.sees_space(space))
        .ok_or(Refusal::NotFound(Resource::Space))?;
    let spaces = vec![SpaceGrant { space: space.id, role: SpaceRole::Predefined(space_role) }];
    let organization =
        OrganizationGrant { organization: space.organization, role: organization_role, spaces };
    Ok(Grants { account_role, organizations: vec![organization] })
}

async fn insert_bot<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    resolved: &ResolvedGrants,
    name: &str,
    now: Timestamp,
) -> RowResult<BotUser> {
    let account = caller.account.id;
    let bot = User {
        id: UserId::UNASSIGNED,
        account,
        kind: UserKind::Bot,
        name: name.to_owned(),
        // Official clients refuse users without a valid address (docs/contract/dialects.md#go). RFC 6761 keeps `.invalid` from ever being
        // one.
        email: "bot@claviger.invalid".to_owned(),
        role: resolved.grants.account_role,
        is_developer: false,
        status: UserStatus::Active,
        created_at: now,
        invited_until: None,
    };
    let id = tx.insert_user(&bot).await?;
    let grants = &resolved.grants;
    let roles: Vec<_> =
        grants.organizations.iter().map(|grant| (grant.organization, grant.role)).collect();
    tx.insert_organization_members(account, id, &roles).await?;
    let roles: Vec<_> = grants.spaces().map(|(_, _, grant)| (grant.space, grant.role)).collect();
    tx.insert_space_members(account, id, &roles).await?;
    let shown = |grant: &OrganizationGrant| {
        let view =
            |space: &SpaceGrant| BotSpace { id: space.space, role: view(resolved, space.role) };
        let spaces = grant.spaces.iter().map(view).collect();
        BotOrganization { id: grant.organization, role: grant.role, spaces }
    };
    let organizations = grants.organizations.iter().map(shown).collect();
    Ok(BotUser { id, name: bot.name, account_role: bot.role, organizations })
}

fn view(resolved: &ResolvedGrants, role: SpaceRole) -> SpaceRoleView {
    match role {
        SpaceRole::Predefined(role) => SpaceRoleView::Predefined(role),
        SpaceRole::Custom(id) => {
            let name = resolved.roles.get(&id).map(|role| role.name.clone());
            SpaceRoleView::Custom { id, name: name.unwrap_or_default() }
        }
    }
}
