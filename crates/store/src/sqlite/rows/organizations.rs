//! The statements of organizations, in SQLite.

use claviger_domain::{AccountId, Organization, OrganizationId, Reach};

use super::{SqliteRows, json, micros, sets};
use crate::call::ListOrganizations;
use crate::rows::{OrganizationRows, RowResult};
use crate::sql;

impl OrganizationRows for SqliteRows<'_> {
    async fn organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> RowResult<Option<Organization>> {
        let row = (id.number(), account.number());
        self.one("organizations", sql::ORGANIZATION, row, |columns| columns.organization())
    }

    async fn organizations(
        &mut self,
        account: AccountId,
        query: &ListOrganizations,
        after: Option<OrganizationId>,
        reach: &Reach,
    ) -> RowResult<Vec<Organization>> {
        let after = after.map_or(0, OrganizationId::number);
        let name = sql::contains(query.name.as_deref());
        if !reach.everywhere {
            let [_, ids, _] = sets(reach);
            let page = (account.number(), after, name, ids, query.limit);
            return self.all("organizations", sql::ORGANIZATIONS_REACHED, page, |columns| {
                columns.organization()
            });
        }
        let page = (account.number(), after, name, query.limit);
        self.all("organizations", sql::ORGANIZATIONS, page, |columns| columns.organization())
    }

    async fn organizations_by_id(
        &mut self,
        account: AccountId,
        ids: &[OrganizationId],
    ) -> RowResult<Vec<OrganizationId>> {
        let row = (account.number(), json(ids.iter().map(|id| id.number())));
        self.all("organizations", sql::ORGANIZATIONS_BY_ID, row, |columns| {
            columns.take("id").map(OrganizationId::new)
        })
    }

    async fn insert_organization(
        &mut self,
        organization: &Organization,
    ) -> RowResult<OrganizationId> {
        let row = (
            self.next_id("organization")?,
            organization.account.number(),
            &organization.name,
            organization.name.to_lowercase(),
            &organization.description,
            micros(organization.created_at),
        );
        self.insert(sql::INSERT_ORGANIZATION, row).map(OrganizationId::new)
    }

    async fn organization_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> RowResult<Option<OrganizationId>> {
        let row = (account.number(), name);
        self.one("organizations", sql::ORGANIZATION_NAMED, row, |columns| {
            columns.take("id").map(OrganizationId::new)
        })
    }

    async fn update_organization(&mut self, organization: &Organization) -> RowResult<()> {
        let row = (
            &organization.name,
            organization.name.to_lowercase(),
            &organization.description,
            organization.id.number(),
            organization.account.number(),
        );
        self.execute_one(sql::UPDATE_ORGANIZATION, row)
    }

    async fn delete_organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> RowResult<()> {
        self.execute_one(sql::DELETE_ORGANIZATION, (id.number(), account.number()))
    }
}
