//! The statements of spaces, in SQLite.

use claviger_domain::{AccountId, Space, SpaceId};

use super::{SqliteRows, micros};
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
    ) -> RowResult<Vec<Space>> {
        let after = after.map_or(0, SpaceId::number);
        let name = sql::contains(query.name.as_deref());
        let account = account.number();
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

    async fn insert_space(&mut self, space: &Space) -> RowResult<SpaceId> {
        let row = (
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
}
