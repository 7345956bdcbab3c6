//! The statements of spaces.

use claviger_domain::{AccountId, OrganizationId, Reach, Space, SpaceId, UserId};

use super::{contains, json, sets};
use crate::operations::ListSpaces;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    SPACE = concat!("SELECT ", space_columns!(), " FROM spaces s WHERE s.id = $1 AND s.account_id = $2");
    SPACES = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\'
        ORDER BY s.id LIMIT $4"
    );
    SPACES_OF_ORGANIZATION = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE s.account_id = $1 AND s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\' AND s.organization_id = $4
        ORDER BY s.id LIMIT $5"
    );
    /// Of a reach only. A filter that is off is 0.
    SPACES_REACHED = concat!(
        "SELECT ", space_columns!(), " FROM spaces s
        WHERE +s.account_id = $1 AND +s.id > $2 AND s.name_folded LIKE $3 ESCAPE '\\' AND ($4 = 0 OR s.organization_id = $5)
          AND s.id IN (", reached_spaces!(6, 1, 7, 8), ")
        ORDER BY s.id LIMIT $9"
    );
    SPACES_BY_ID = concat!(
        "SELECT ", space_columns!(), " FROM spaces s WHERE s.account_id = $1 AND s.id IN (SELECT value FROM json_each($2))"
    );
    SPACES_OF_USER = concat!(
        "SELECT ", space_columns!(), " FROM spaces s WHERE s.account_id = $1 AND s.id IN (", spaces_of_user!(2, 1), ")
        ORDER BY s.id"
    );
    INSERT_SPACE returning id = "
        INSERT INTO spaces (id, account_id, organization_id, name, name_folded, description, is_private, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SPACES_NAMED = concat!(
        "SELECT ", space_columns!(), " FROM spaces s WHERE s.account_id = $1 AND s.organization_id = $2 AND s.name = $3"
    );
    SPACE_IDS = "SELECT id FROM spaces WHERE account_id = $1 AND organization_id = $2 ORDER BY id";
    UPDATE_SPACE = "
        UPDATE spaces SET name = $1, name_folded = $2, description = $3, is_private = $4 WHERE id = $5 AND account_id = $6";
    DELETE_SPACE = "DELETE FROM spaces WHERE id = $1 AND account_id = $2";
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn space(
        &mut self,
        account: AccountId,
        id: SpaceId,
    ) -> RowResult<Option<Space>> {
        self.one("spaces", SPACE, &params![id, account], |columns| columns.space()).await
    }

    /// The spaces of a reach, oldest first.
    pub(crate) async fn spaces(
        &mut self,
        account: AccountId,
        query: &ListSpaces,
        after: Option<SpaceId>,
        reach: &Reach,
    ) -> RowResult<Chunk<Space>> {
        let after = after.map_or(0, SpaceId::number);
        let name = contains(query.name.as_deref());
        if !reach.everywhere {
            let [spaces, organizations, private_of] = sets(reach);
            let page = params![
                account,
                after,
                name,
                query.organization.is_some(),
                query.organization.map_or(0, OrganizationId::number),
                spaces,
                organizations,
                private_of,
                query.limit
            ];
            return self.chunk("spaces", SPACES_REACHED, &page, |columns| columns.space()).await;
        }
        match query.organization {
            None => {
                let page = params![account, after, name, query.limit];
                self.chunk("spaces", SPACES, &page, |columns| columns.space()).await
            }
            Some(organization) => {
                let page = params![account, after, name, organization, query.limit];
                self.chunk("spaces", SPACES_OF_ORGANIZATION, &page, |columns| columns.space()).await
            }
        }
    }

    /// These of the account's spaces, in no order.
    pub(crate) async fn spaces_by_id(
        &mut self,
        account: AccountId,
        ids: &[SpaceId],
    ) -> RowResult<Chunk<Space>> {
        let row = params![account, json(ids.iter().map(|id| id.number()))];
        self.chunk("spaces", SPACES_BY_ID, &row, |columns| columns.space()).await
    }

    /// The spaces in which a user has a role: by membership, or by a binding in the space or in a project of it.
    pub(crate) async fn spaces_of_user(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Chunk<Space>> {
        self.chunk("spaces", SPACES_OF_USER, &params![account, user], |columns| columns.space())
            .await
    }

    pub(crate) async fn insert_space(&mut self, space: &Space) -> RowResult<SpaceId> {
        let row = params![
            self.next_id("space").await?,
            space.account,
            space.organization,
            &space.name,
            space.name.to_lowercase(),
            &space.description,
            space.is_private,
            space.created_at
        ];
        self.insert(INSERT_SPACE, &row).await.map(SpaceId::new)
    }

    /// The spaces of this very name in an organization, in no order.
    pub(crate) async fn spaces_named(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        name: &str,
    ) -> RowResult<Vec<Space>> {
        let row = params![account, organization, name];
        self.all("spaces", SPACES_NAMED, &row, |columns| columns.space()).await
    }

    /// Every space of an organization.
    pub(crate) async fn space_ids(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> RowResult<Vec<SpaceId>> {
        let of_organization = params![account, organization];
        self.all("spaces", SPACE_IDS, &of_organization, |columns| columns.take("id")).await
    }

    /// Keeps the space's name, description and privacy.
    pub(crate) async fn update_space(&mut self, space: &Space) -> RowResult<()> {
        let row = params![
            &space.name,
            space.name.to_lowercase(),
            &space.description,
            space.is_private,
            space.id,
            space.account
        ];
        self.execute_one(UPDATE_SPACE, &row).await
    }

    /// Takes away a space that nothing refers to any more.
    pub(crate) async fn delete_space(&mut self, account: AccountId, id: SpaceId) -> RowResult<()> {
        self.execute_one(DELETE_SPACE, &params![id, account]).await
    }
}

impl Columns<'_> {
    pub(super) fn space(&mut self) -> Decoded<Space> {
        Ok(Space {
            id: self.take("id")?,
            account: self.take("account_id")?,
            organization: self.take("organization_id")?,
            name: self.take("name")?,
            description: self.take("description")?,
            is_private: self.take("is_private")?,
            created_at: self.take("created_at")?,
        })
    }
}
