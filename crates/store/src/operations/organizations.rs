//! Organizations.

use claviger_domain::decide::{self, Need};
use claviger_domain::{
    Access, AccountId, Action, Change, Organization, OrganizationId, Permission, Refusal, Resource,
    Target,
};
use serde_json::{Value, json};

use super::authenticate::caller_and_access;
use super::{audit, cascade, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateOrganization, ListOrganizations, Page, TimedCall, UpdateOrganization};
use crate::transaction::{Driver, Transaction};

pub(crate) async fn list_organizations<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    mut query: ListOrganizations,
) -> CallResult<Page<Organization>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let wanted = query.limit;
    let after = page::place(&caller, query.after)?;
    let reach = access.reach(Permission::OrganizationRead);
    query.limit += 1;
    let found = page::filled(wanted, after, OrganizationId::new, async |after| {
        let mut chunk = tx.organizations(caller.account.id, &query, after, &reach).await?;
        chunk.items.retain(|found| access.sees_organization(found.id));
        Ok(chunk)
    });
    Ok(page::cut(&caller, found.await?, wanted))
}

pub(crate) async fn organization<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: OrganizationId,
) -> CallResult<Organization> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.organization(caller.account.id, id).await?;
    let seen = found.filter(|found| access.sees_organization(found.id));
    Ok(seen.ok_or(Refusal::NotFound(Resource::Organization))?)
}

pub(crate) async fn create_organization<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateOrganization,
) -> CallResult<Organization> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    decide::create_organization(&access)?;
    let account = caller.account.id;
    name_is_free(tx, &access, account, command.name.as_str()).await?;
    let draft = Organization {
        id: OrganizationId::NOTHING,
        account,
        name: command.name.into(),
        description: command.description.map(String::from).unwrap_or_default(),
        created_at: call.now.at,
    };
    let id = tx.insert_organization(&draft).await?;
    let organization = Organization { id, ..draft };
    let details = json!({ "after": words(&organization) });
    audit(tx, call, &caller, Action::OrganizationCreate, Target::Organization(id), details).await?;
    Ok(organization)
}

pub(crate) async fn update_organization<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateOrganization,
) -> CallResult<Organization> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.organization(caller.account.id, command.id).await?;
    let need = Need::Permission(Permission::OrganizationUpdate);
    let before = decide::in_organization(&access, found, need)?;
    let mut after = before.clone();
    if let Some(name) = command.name {
        after.name = name.into();
    }
    match command.description {
        Change::Keep => {}
        Change::Clear => after.description.clear(),
        Change::Set(description) => after.description = description.into(),
    }
    if after == before {
        return Ok(after);
    }
    if after.name != before.name {
        name_is_free(tx, &access, after.account, &after.name).await?;
    }
    tx.update_organization(&after).await?;
    let details = json!({ "before": words(&before), "after": words(&after) });
    let target = Target::Organization(after.id);
    audit(tx, call, &caller, Action::OrganizationUpdate, target, details).await?;
    Ok(after)
}

pub(crate) async fn delete_organization<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: OrganizationId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.organization(caller.account.id, id).await?;
    let need = Need::Permission(Permission::OrganizationDelete);
    let organization = decide::in_organization(&access, found, need)?;
    let removed = cascade::remove_organization(tx, &organization, call.now.at).await?;
    let details = json!({
        "before": words(&organization),
        "spaces": removed.spaces,
        "revoked_service_keys": removed.service_keys,
    });
    audit(tx, call, &caller, Action::OrganizationDelete, Target::Organization(id), details).await?;
    Ok(())
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<D>,
    access: &Access,
    account: AccountId,
    name: &str,
) -> CallResult<()> {
    let others = tx.organizations_named(account, name).await?;
    Ok(decide::organization_name_is_free(access, &others)?)
}

/// What people wrote about an organization, for the audit.
fn words(organization: &Organization) -> Value {
    json!({ "name": organization.name, "description": organization.description })
}
