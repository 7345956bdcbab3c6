//! Spaces.

use claviger_domain::decide::{self, Need};
use claviger_domain::{
    Access, Action, Change, Permission, Refusal, Resource, Space, SpaceId, Target,
};
use serde_json::{Value, json};

use super::authenticate::caller_and_access;
use super::makers::Affected;
use super::{audit, cascade, makers, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateSpace, ListSpaces, Page, TimedCall, UpdateSpace};
use crate::transaction::{Driver, Transaction};

pub(crate) async fn list_spaces<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    mut query: ListSpaces,
) -> CallResult<Page<Space>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    if let Some(organization) = query.organization {
        let found = tx.organization(caller.account.id, organization).await?;
        found
            .filter(|found| access.sees_organization(found.id))
            .ok_or(Refusal::NotFound(Resource::Organization))?;
    }
    let wanted = query.limit;
    let after = page::place(&caller, query.after)?;
    let reach = access.reach(Permission::SpaceRead);
    query.limit += 1;
    let found = page::filled(wanted, after, SpaceId::new, async |after| {
        let mut chunk = tx.spaces(caller.account.id, &query, after, &reach).await?;
        chunk.items.retain(|space| access.sees_space(space));
        Ok(chunk)
    });
    Ok(page::cut(&caller, found.await?, wanted))
}

pub(crate) async fn space<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: SpaceId,
) -> CallResult<Space> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.space(caller.account.id, id).await?;
    let seen = found.filter(|space| access.sees_space(space));
    Ok(seen.ok_or(Refusal::NotFound(Resource::Space))?)
}

pub(crate) async fn create_space<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateSpace,
) -> CallResult<Space> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.organization(caller.account.id, command.organization).await?;
    let need = Need::Permission(Permission::SpaceCreate);
    let organization = decide::in_organization(&access, found, need)?;
    let draft = Space {
        id: SpaceId::NOTHING,
        account: organization.account,
        organization: organization.id,
        name: command.name.into(),
        description: command.description.map(String::from).unwrap_or_default(),
        is_private: command.is_private,
        created_at: call.now.at,
    };
    name_is_free(tx, &access, &draft).await?;
    let id = tx.insert_space(&draft).await?;
    let space = Space { id, ..draft };
    let details = json!({ "organization": space.organization.number(), "after": words(&space) });
    audit(tx, call, &caller, Action::SpaceCreate, Target::Space(id), details).await?;
    Ok(space)
}

pub(crate) async fn update_space<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateSpace,
) -> CallResult<Space> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.space(caller.account.id, command.id).await?;
    let before = decide::change_space(&access, found, command.is_private)?;
    let mut after = before.clone();
    if let Some(name) = command.name {
        after.name = name.into();
    }
    match command.description {
        Change::Keep => {}
        Change::Clear => after.description.clear(),
        Change::Set(description) => after.description = description.into(),
    }
    if let Some(is_private) = command.is_private {
        after.is_private = is_private;
    }
    if after == before {
        return Ok(after);
    }
    if after.name != before.name {
        name_is_free(tx, &access, &after).await?;
    }
    tx.update_space(&after).await?;
    if after.is_private && !before.is_private {
        let affected = Affected::Space(after.id);
        makers::cut(tx, &call, &caller, Action::SpaceUpdate, affected).await?;
    }
    let details = json!({ "before": words(&before), "after": words(&after) });
    audit(tx, call, &caller, Action::SpaceUpdate, Target::Space(after.id), details).await?;
    Ok(after)
}

pub(crate) async fn delete_space<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: SpaceId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.space(caller.account.id, id).await?;
    let space = decide::in_space(&access, found, Need::Permission(Permission::SpaceDelete))?;
    let removed = cascade::remove_space(tx, space.account, id, call.now.at).await?;
    let details = json!({ "before": words(&space), "revoked_service_keys": removed.service_keys });
    audit(tx, call, &caller, Action::SpaceDelete, Target::Space(id), details).await?;
    Ok(())
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<D>,
    access: &Access,
    space: &Space,
) -> CallResult<()> {
    let others = tx.spaces_named(space.account, space.organization, &space.name).await?;
    Ok(decide::space_name_is_free(access, &others)?)
}

/// What people said about a space, for the audit.
fn words(space: &Space) -> Value {
    json!({ "name": space.name, "description": space.description, "is_private": space.is_private })
}
