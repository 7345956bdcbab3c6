//! Organizations.

use claviger_domain::decide::{self, Requirement};
use claviger_domain::{
    Access, AccountId, Action, Change, Description, Name, Organization, OrganizationId, Permission,
    Refusal, Resource, Target,
};
use serde_json::{Value, json};

use super::audit_logs::note_revoked;
use super::authenticate::caller_and_access;
use super::page::Filling;
use super::{After, Page, cascade, page};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

/// Which organizations to list.
#[derive(Clone, Debug)]
pub struct ListOrganizations {
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<OrganizationId>>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListOrganizations {
    type Output = Page<Organization>;
    const NAME: &'static str = "list_organizations";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<Organization>> {
        let mut query = self;

        let (caller, access) = caller_and_access(tx).await?;
        let wanted = query.limit;
        let after = page::place(&caller, query.after)?;
        let reach = access.reach(Permission::OrganizationRead);
        query.limit += 1;
        let mut list = Filling::new(wanted, after, OrganizationId::new);
        while list.goes_on {
            let chunk = tx.organizations(caller.account.id, &query, list.after, &reach).await?;
            list.add(chunk, |found| access.sees_organization(found.id));
        }
        Ok(page::cut(&caller, list.shown, wanted))
    }
}

/// Reads an organization.
#[derive(Clone, Copy, Debug)]
pub struct GetOrganization {
    /// Which.
    pub id: OrganizationId,
}

impl Operation for GetOrganization {
    type Output = Organization;
    const NAME: &'static str = "organization";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Organization> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.organization(caller.account.id, id).await?;
        let seen = found.filter(|found| access.sees_organization(found.id));
        Ok(seen.ok_or(Refusal::NotFound(Resource::Organization))?)
    }
}

/// An organization to make.
#[derive(Clone, Debug)]
pub struct CreateOrganization {
    /// Its name, unique in the account.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
}

impl Operation for CreateOrganization {
    type Output = Organization;
    const NAME: &'static str = "create_organization";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Organization> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        decide::create_organization(&access)?;
        let account = caller.account.id;
        name_is_free(tx, &access, account, self.name.as_str()).await?;
        let draft = Organization {
            id: OrganizationId::UNASSIGNED,
            account,
            name: self.name.into(),
            description: self.description.map(String::from).unwrap_or_default(),
            created_at: now.at,
        };
        let id = tx.insert_organization(&draft).await?;
        let organization = Organization { id, ..draft };
        let details = json!({ "after": audit_snapshot(&organization) });
        tx.audit(&caller, Action::OrganizationCreate, Target::Organization(id), details).await?;
        Ok(organization)
    }
}

/// What to change of an organization.
#[derive(Clone, Debug)]
pub struct UpdateOrganization {
    /// Which.
    pub id: OrganizationId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
}

impl Operation for UpdateOrganization {
    type Output = Organization;
    const NAME: &'static str = "update_organization";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Organization(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Organization> {
        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.organization(caller.account.id, self.id).await?;
        let requirement = Requirement::Permission(Permission::OrganizationUpdate);
        let before = decide::in_organization(&access, found, requirement)?;
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name.into();
        }
        match self.description {
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
        let details = json!({ "before": audit_snapshot(&before), "after": audit_snapshot(&after) });
        let target = Target::Organization(after.id);
        tx.audit(&caller, Action::OrganizationUpdate, target, details).await?;
        Ok(after)
    }
}

/// Deletes an organization with its spaces.
#[derive(Clone, Copy, Debug)]
pub struct DeleteOrganization {
    /// Which.
    pub id: OrganizationId,
}

impl Operation for DeleteOrganization {
    type Output = ();
    const NAME: &'static str = "delete_organization";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Organization(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.organization(caller.account.id, id).await?;
        let requirement = Requirement::Permission(Permission::OrganizationDelete);
        let organization = decide::in_organization(&access, found, requirement)?;
        let removed = cascade::remove_organization(tx, &organization, now.at).await?;
        let mut details = json!({
            "before": audit_snapshot(&organization),
            "spaces": removed.spaces,
        });
        note_revoked(&mut details, "revoked_service_keys", &removed.service_keys);
        tx.audit(&caller, Action::OrganizationDelete, Target::Organization(id), details).await?;
        Ok(())
    }
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<'_, D>,
    access: &Access,
    account: AccountId,
    name: &str,
) -> CallResult<()> {
    let others = tx.organizations_named(account, name).await?;
    Ok(decide::organization_name_is_free(access, &others)?)
}

/// What people wrote about an organization, for the audit.
fn audit_snapshot(organization: &Organization) -> Value {
    json!({ "name": organization.name, "description": organization.description })
}
