//! The statements of organizations.

use claviger_domain::{AccountId, Organization, OrganizationId, Reach};

use super::{contains, json, sets};
use crate::operations::ListOrganizations;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    ORGANIZATION = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o WHERE o.id = $1 AND o.account_id = $2"
    );
    ORGANIZATIONS = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o
        WHERE o.account_id = $1 AND o.id > $2 AND o.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY o.id LIMIT $4"
    );
    /// Of these only.
    ORGANIZATIONS_REACHED = concat!(
        "SELECT ", organization_columns!(), " FROM organizations o
        WHERE +o.account_id = $1 AND +o.id > $2 AND o.name_folded LIKE $3 ESCAPE '\\'
          AND o.id IN (SELECT value FROM json_each($4))
        ORDER BY o.id LIMIT $5"
    );
    ORGANIZATIONS_BY_ID = "
        SELECT o.id FROM organizations o WHERE o.account_id = $1 AND o.id IN (SELECT value FROM json_each($2))";
    INSERT_ORGANIZATION returning id = "
        INSERT INTO organizations (id, account_id, name, name_folded, description, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    ORGANIZATIONS_NAMED = "SELECT id FROM organizations WHERE account_id = $1 AND name = $2";
    UPDATE_ORGANIZATION = "
        UPDATE organizations SET name = $1, name_folded = $2, description = $3 WHERE id = $4 AND account_id = $5";
    DELETE_ORGANIZATION = "DELETE FROM organizations WHERE id = $1 AND account_id = $2";
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> RowResult<Option<Organization>> {
        let row = params![id, account];
        self.one("organizations", ORGANIZATION, &row, |columns| columns.organization()).await
    }

    /// The organizations of a reach, oldest first.
    pub(crate) async fn organizations(
        &mut self,
        account: AccountId,
        query: &ListOrganizations,
        after: Option<OrganizationId>,
        reach: &Reach,
    ) -> RowResult<Chunk<Organization>> {
        let after = after.map_or(0, OrganizationId::number);
        let name = contains(query.name.as_deref());
        if !reach.everywhere {
            let [_, ids, _] = sets(reach);
            let page = params![account, after, name, ids, query.limit];
            return self
                .chunk("organizations", ORGANIZATIONS_REACHED, &page, |columns| {
                    columns.organization()
                })
                .await;
        }
        let page = params![account, after, name, query.limit];
        self.chunk("organizations", ORGANIZATIONS, &page, |columns| columns.organization()).await
    }

    /// Which of these are the account's.
    pub(crate) async fn organizations_by_id(
        &mut self,
        account: AccountId,
        ids: &[OrganizationId],
    ) -> RowResult<Vec<OrganizationId>> {
        let row = params![account, json(ids.iter().map(|id| id.number()))];
        self.all("organizations", ORGANIZATIONS_BY_ID, &row, |columns| columns.take("id")).await
    }

    pub(crate) async fn insert_organization(
        &mut self,
        organization: &Organization,
    ) -> RowResult<OrganizationId> {
        let row = params![
            self.next_id("organization").await?,
            organization.account,
            &organization.name,
            organization.name.to_lowercase(),
            &organization.description,
            organization.created_at
        ];
        self.insert(INSERT_ORGANIZATION, &row).await.map(OrganizationId::new)
    }

    /// The organizations of this very name, in no order.
    pub(crate) async fn organizations_named(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> RowResult<Vec<OrganizationId>> {
        let row = params![account, name];
        self.all("organizations", ORGANIZATIONS_NAMED, &row, |columns| columns.take("id")).await
    }

    /// Keeps the organization's name and description.
    pub(crate) async fn update_organization(
        &mut self,
        organization: &Organization,
    ) -> RowResult<()> {
        let row = params![
            &organization.name,
            organization.name.to_lowercase(),
            &organization.description,
            organization.id,
            organization.account
        ];
        self.execute_one(UPDATE_ORGANIZATION, &row).await
    }

    /// Takes away an organization that nothing refers to any more.
    pub(crate) async fn delete_organization(
        &mut self,
        account: AccountId,
        id: OrganizationId,
    ) -> RowResult<()> {
        self.execute_one(DELETE_ORGANIZATION, &params![id, account]).await
    }
}

impl Columns<'_> {
    pub(super) fn organization(&mut self) -> Decoded<Organization> {
        Ok(Organization {
            id: self.take("id")?,
            account: self.take("account_id")?,
            name: self.take("name")?,
            description: self.take("description")?,
            created_at: self.take("created_at")?,
        })
    }
}
