//! The statements of memberships, of people and of bot users, in SQLite.

use claviger_domain::{
    AccountId, BoundTo, Membership, MembershipId, OrganizationId, ScopedRole, SpaceId, SpaceRole,
    UserId,
};
use serde_json::{Value, json};

use super::SqliteRows;
use crate::call::{BotOrganization, BotSpace};
use crate::rows::{MembershipRows, OrganizationMembership, RowResult, SpaceMembership};
use crate::sql;

fn space_role_columns(role: SpaceRole) -> (Option<&'static str>, Option<i64>) {
    match role {
        SpaceRole::Predefined(role) => (Some(role.name()), None),
        SpaceRole::Custom(id) => (None, Some(id.number())),
    }
}

impl MembershipRows for SqliteRows<'_> {
    async fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Vec<Membership>> {
        let of_user = (user.number(), account.number());
        let mut found =
            self.all("organization_members", sql::ORGANIZATION_MEMBERSHIPS, of_user, |columns| {
                let id = OrganizationId::new(columns.take("organization_id")?);
                Ok(Membership::Organization(id, columns.scoped_role()?))
            })?;
        found.extend(self.all("space_members", sql::SPACE_MEMBERSHIPS, of_user, |columns| {
            let id = SpaceId::new(columns.take("space_id")?);
            Ok(Membership::Space(id, columns.space_permissions()?))
        })?);
        let of_user = (user.number(), account.number(), user.number(), account.number());
        let bound =
            self.all("role_bindings", sql::BOUND_ROLES, of_user, |columns| columns.bound_role())?;
        found.extend(bound.into_iter().map(|(place, permissions)| match place {
            BoundTo::Space(id) => Membership::Space(id, permissions),
            BoundTo::Project(id) => Membership::Project(id, permissions),
        }));
        Ok(found)
    }

    async fn bot_organizations(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<BotOrganization>> {
        let of_bot = (bot.number(), account.number());
        self.all("organization_members", sql::ORGANIZATION_MEMBERSHIPS, of_bot, |columns| {
            let id = OrganizationId::new(columns.take("organization_id")?);
            Ok(BotOrganization { id, role: columns.scoped_role()?, spaces: Vec::new() })
        })
    }

    async fn bot_spaces(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<(OrganizationId, BotSpace)>> {
        let of_bot = (bot.number(), account.number());
        self.all("space_members", sql::BOT_SPACES, of_bot, |columns| {
            let organization = OrganizationId::new(columns.take("organization_id")?);
            let id = SpaceId::new(columns.take("space_id")?);
            Ok((organization, BotSpace { id, role: columns.space_role_view()? }))
        })
    }

    async fn insert_organization_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(OrganizationId, ScopedRole)],
    ) -> RowResult<()> {
        let pairs = roles.iter().map(|(id, role)| json!([id.number(), role.name()]));
        let row = (bot.number(), account.number(), pairs.collect::<Value>().to_string());
        self.execute_each(sql::INSERT_ORGANIZATION_MEMBERS, row, roles.len())
    }

    async fn insert_space_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(SpaceId, SpaceRole)],
    ) -> RowResult<()> {
        let those = roles.iter().map(|(id, role)| {
            let (role, custom) = space_role_columns(*role);
            json!([id.number(), role, custom])
        });
        let row = (bot.number(), account.number(), those.collect::<Value>().to_string());
        self.execute_each(sql::INSERT_SPACE_MEMBERS, row, roles.len())
    }

    async fn delete_organization_members(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> RowResult<()> {
        let members = (organization.number(), account.number());
        self.execute(sql::DELETE_ORGANIZATION_MEMBERS, members)?;
        Ok(())
    }

    async fn delete_space_members(&mut self, account: AccountId, space: SpaceId) -> RowResult<()> {
        self.execute(sql::DELETE_SPACE_MEMBERS, (space.number(), account.number()))?;
        Ok(())
    }

    async fn organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<Option<OrganizationMembership>> {
        let row = (user.number(), organization.number(), account.number());
        self.one("organization_members", sql::ORGANIZATION_MEMBER, row, |columns| {
            let id: Option<i64> = columns.take("id")?;
            Ok((id.map(MembershipId::new), columns.scoped_role()?))
        })
    }

    async fn space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> RowResult<Option<SpaceMembership>> {
        let row = (user.number(), space.number(), account.number());
        self.one("space_members", sql::SPACE_MEMBER, row, |columns| {
            let id: Option<i64> = columns.take("id")?;
            Ok((id.map(MembershipId::new), columns.space_role_view()?))
        })
    }

    async fn holders_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<Vec<UserId>> {
        let (account, space) = (account.number(), space.number());
        let rows = (space, account, space, account, space, account);
        self.all("space_members", sql::HOLDERS_IN_SPACE, rows, |columns| {
            columns.take("user_id").map(UserId::new)
        })
    }

    async fn set_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
        has: Option<MembershipId>,
    ) -> RowResult<MembershipId> {
        let id = match has {
            Some(id) => id.number(),
            None => self.next_id("organization_member")?,
        };
        let (user, organization) = (user.number(), organization.number());
        let row = (user, organization, account.number(), role.name(), id);
        self.execute_one(sql::SET_ORGANIZATION_MEMBER, row)?;
        Ok(MembershipId::new(id))
    }

    async fn set_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
        has: Option<MembershipId>,
    ) -> RowResult<MembershipId> {
        let id = match has {
            Some(id) => id.number(),
            None => self.next_id("space_member")?,
        };
        let (role, custom) = space_role_columns(role);
        let row = (user.number(), space.number(), account.number(), role, custom, id);
        self.execute_one(sql::SET_SPACE_MEMBER, row)?;
        Ok(MembershipId::new(id))
    }

    async fn delete_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<()> {
        let row = (user.number(), organization.number(), account.number());
        self.execute_one(sql::DELETE_ORGANIZATION_MEMBER, row)
    }

    async fn delete_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> RowResult<()> {
        let row = (user.number(), space.number(), account.number());
        self.execute_one(sql::DELETE_SPACE_MEMBER, row)
    }

    async fn delete_space_memberships_in(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<u32> {
        let rows = (user.number(), account.number(), organization.number());
        let count = self.execute(sql::DELETE_SPACE_MEMBERSHIPS_IN_ORGANIZATION, rows)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
