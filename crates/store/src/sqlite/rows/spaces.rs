//! The statements of spaces, in SQLite.

use claviger_domain::{AccountId, OrganizationId, Reach, Space, SpaceId};

use super::{SqliteRows, json, micros, sets};
use crate::call::ListSpaces;
use crate::rows::{RowResult, SpaceRows};
use crate::sql;

impl SpaceRows for SqliteRows<'_> {
    async fn space(&mut self, account: AccountId, id: SpaceId) -> RowResult<Option<Space>> {
        self.one("spaces", sql::SPACE, (id.number(), account.number()), |columns| columns.space())
    }

    async fn spaces(
        &mut self,
        account: AccountId,
        query: &ListSpaces,
        after: Option<SpaceId>,
        reach: &Reach,
    ) -> RowResult<Vec<Space>> {
        let after = after.map_or(0, SpaceId::number);
        let name = sql::contains(query.name.as_deref());
        let account = account.number();
        if !reach.everywhere {
            let (is_filtered, of) = (
                query.organization.is_some(),
                query.organization.map_or(0, OrganizationId::number),
            );
            let [spaces, organizations, private_of] = sets(reach);
            let page = (
                account,
                after,
                name,
                is_filtered,
                of,
                spaces,
                account,
                organizations,
                private_of,
                query.limit,
            );
            return self.all("spaces", sql::SPACES_REACHED, page, |columns| columns.space());
        }
        match query.organization {
            None => {
                let page = (account, after, name, query.limit);
                self.all("spaces", sql::SPACES, page, |columns| columns.space())
            }
            Some(organization) => {
                let page = (account, after, name, organization.number(), query.limit);
                self.all("spaces", sql::SPACES_OF_ORGANIZATION, page, |columns| columns.space())
            }
        }
    }

    async fn spaces_by_id(&mut self, account: AccountId, ids: &[SpaceId]) -> RowResult<Vec<Space>> {
        let row = (account.number(), json(ids.iter().map(|id| id.number())));
        self.all("spaces", sql::SPACES_BY_ID, row, |columns| columns.space())
    }

    async fn insert_space(&mut self, space: &Space) -> RowResult<SpaceId> {
        let row = (
            self.next_id("space")?,
            space.account.number(),
            space.organization.number(),
            &space.name,
            space.name.to_lowercase(),
            &space.description,
            space.is_private,
            micros(space.created_at),
        );
        self.insert(sql::INSERT_SPACE, row).map(SpaceId::new)
    }

    async fn space_named(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        name: &str,
    ) -> RowResult<Option<SpaceId>> {
        let row = (account.number(), organization.number(), name);
        self.one("spaces", sql::SPACE_NAMED, row, |columns| columns.take("id").map(SpaceId::new))
    }

    async fn space_ids(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> RowResult<Vec<SpaceId>> {
        let of_organization = (account.number(), organization.number());
        self.all("spaces", sql::SPACE_IDS, of_organization, |columns| {
            columns.take("id").map(SpaceId::new)
        })
    }

    async fn update_space(&mut self, space: &Space) -> RowResult<()> {
        let row = (
            &space.name,
            space.name.to_lowercase(),
            &space.description,
            space.is_private,
            space.id.number(),
            space.account.number(),
        );
        self.execute_one(sql::UPDATE_SPACE, row)
    }

    async fn delete_space(&mut self, account: AccountId, id: SpaceId) -> RowResult<()> {
        self.execute_one(sql::DELETE_SPACE, (id.number(), account.number()))
    }
}
