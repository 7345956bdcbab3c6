//! The methods on organizations, in SQLite.

use async_trait::async_trait;
use claviger_domain::{Organization, OrganizationId};

use crate::call::{Call, CreateOrganization, ListOrganizations, Page, UpdateOrganization};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, OrganizationStore, operations};

#[async_trait]
impl OrganizationStore for SqliteStore {
    async fn list_organizations(
        &self,
        call: Call,
        query: ListOrganizations,
    ) -> CallResult<Page<Organization>> {
        read!(self, list_organizations(call, query))
    }

    async fn organization(&self, call: Call, id: OrganizationId) -> CallResult<Organization> {
        read!(self, organization(call, id))
    }

    async fn create_organization(
        &self,
        call: Call,
        command: CreateOrganization,
    ) -> CallResult<Organization> {
        write!(self, create_organization(call, command))
    }

    async fn update_organization(
        &self,
        call: Call,
        command: UpdateOrganization,
    ) -> CallResult<Organization> {
        write!(self, update_organization(call, command))
    }

    async fn delete_organization(&self, call: Call, id: OrganizationId) -> CallResult<()> {
        write!(self, delete_organization(call, id))
    }
}
