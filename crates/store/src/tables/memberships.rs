//! The statements of memberships, of people and of bot users.

use claviger_domain::{
    AccountId, BoundTo, Membership, MembershipId, OrganizationId, PermissionSet, RoleId,
    ScopedRole, SpaceId, SpaceRole, UserId,
};
use serde_json::{Value, json};

use super::custom_roles::permissions;
use crate::operations::{BotOrganization, BotSpace, SpaceRoleView};
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Driver, RowResult, Transaction};

statements! {
    ORGANIZATION_MEMBERSHIPS = "
        SELECT organization_id, role FROM organization_members
        WHERE user_id = $1 AND account_id = $2";
    SPACE_MEMBERSHIPS = "
        SELECT m.space_id, m.role, r.permissions
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2";
    BOT_SPACES = "
        SELECT s.organization_id, m.space_id, m.role, m.custom_role_id, r.name
        FROM space_members m
        JOIN spaces s ON s.id = m.space_id AND s.account_id = m.account_id
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.account_id = $2
        ORDER BY m.space_id";
    /// One row for each pair of an organization and a role.
    INSERT_ORGANIZATION_MEMBERS = "
        INSERT INTO organization_members (user_id, account_id, organization_id, role)
        SELECT $1, $2, j.value ->> 0, j.value ->> 1 FROM json_each($3) j",
        postgres = "
        INSERT INTO organization_members (user_id, account_id, organization_id, role)
        SELECT $1, $2, (j.value ->> 0)::bigint, j.value ->> 1 FROM json_array_elements($3::json) AS j (value)";
    /// One row for each space with a role, a predefined or a custom one.
    INSERT_SPACE_MEMBERS = "
        INSERT INTO space_members (user_id, account_id, space_id, role, custom_role_id)
        SELECT $1, $2, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each($3) j",
        postgres = "
        INSERT INTO space_members (user_id, account_id, space_id, role, custom_role_id)
        SELECT $1, $2, (j.value ->> 0)::bigint, j.value ->> 1, (j.value ->> 2)::bigint FROM json_array_elements($3::json) AS j (value)";
    DELETE_ORGANIZATION_MEMBERSHIPS = "DELETE FROM organization_members WHERE user_id = $1 AND account_id = $2";
    DELETE_SPACE_MEMBERSHIPS = "DELETE FROM space_members WHERE user_id = $1 AND account_id = $2";
    DELETE_ORGANIZATION_MEMBERS = "DELETE FROM organization_members WHERE organization_id = $1 AND account_id = $2";
    DELETE_SPACE_MEMBERS = "DELETE FROM space_members WHERE space_id = $1 AND account_id = $2";
    ORGANIZATION_MEMBER = "
        SELECT id, role FROM organization_members WHERE user_id = $1 AND organization_id = $2 AND account_id = $3";
    SPACE_MEMBER = "
        SELECT m.id, m.role, m.custom_role_id, r.name
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.user_id = $1 AND m.space_id = $2 AND m.account_id = $3";
    HOLDERS_IN_SPACE = "
        SELECT user_id FROM space_members WHERE space_id = $1 AND account_id = $2
        UNION SELECT user_id FROM role_bindings WHERE space_id = $1 AND account_id = $2
        UNION SELECT b.user_id FROM projects p JOIN role_bindings b ON b.project_id = p.id AND b.account_id = p.account_id
              WHERE p.space_id = $1 AND p.account_id = $2
        ORDER BY user_id";
    SET_ORGANIZATION_MEMBER = "
        INSERT INTO organization_members (user_id, organization_id, account_id, role, id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id, organization_id) DO UPDATE SET role = excluded.role, id = excluded.id";
    SET_SPACE_MEMBER = "
        INSERT INTO space_members (user_id, space_id, account_id, role, custom_role_id, id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id, space_id) DO UPDATE SET role = excluded.role, custom_role_id = excluded.custom_role_id,
            id = excluded.id";
    DELETE_ORGANIZATION_MEMBER = "
        DELETE FROM organization_members WHERE user_id = $1 AND organization_id = $2 AND account_id = $3";
    DELETE_SPACE_MEMBER = "DELETE FROM space_members WHERE user_id = $1 AND space_id = $2 AND account_id = $3";
    DELETE_SPACE_MEMBERSHIPS_IN_ORGANIZATION = "
        DELETE FROM space_members
        WHERE user_id = $1 AND account_id = $2 AND space_id IN (
            SELECT s.id FROM spaces s WHERE s.organization_id = $3 AND s.account_id = space_members.account_id
        )";
}

/// A membership of an organization: its id, which bot users' have none of, and the role.
pub(crate) type OrganizationMembership = (Option<MembershipId>, ScopedRole);

/// A membership of a space: its id, which bot users' have none of, and the role.
pub(crate) type SpaceMembership = (Option<MembershipId>, SpaceRoleView);

fn space_role_columns(role: SpaceRole) -> (Option<&'static str>, Option<i64>) {
    match role {
        SpaceRole::Predefined(role) => (Some(role.name()), None),
        SpaceRole::Custom(id) => (None, Some(id.number())),
    }
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Vec<Membership>> {
        let of_user = params![user, account];
        let mut found = self
            .all("organization_members", ORGANIZATION_MEMBERSHIPS, &of_user, |columns| {
                let id = columns.take("organization_id")?;
                Ok(Membership::Organization(id, columns.scoped_role()?))
            })
            .await?;
        found.extend(
            self.all("space_members", SPACE_MEMBERSHIPS, &of_user, |columns| {
                let id = columns.take("space_id")?;
                Ok(Membership::Space(id, columns.space_permissions()?))
            })
            .await?,
        );
        let bound = self.bound_roles(account, user).await?;
        found.extend(bound.into_iter().map(|(place, permissions)| match place {
            BoundTo::Space(id) => Membership::Space(id, permissions),
            BoundTo::Project(id) => Membership::Project(id, permissions),
        }));
        Ok(found)
    }

    /// The organizations of a bot user, without their spaces.
    pub(crate) async fn bot_organizations(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<BotOrganization>> {
        let of_bot = params![bot, account];
        self.all("organization_members", ORGANIZATION_MEMBERSHIPS, &of_bot, |columns| {
            let id = columns.take("organization_id")?;
            Ok(BotOrganization { id, role: columns.scoped_role()?, spaces: Vec::new() })
        })
        .await
    }

    /// The spaces of a bot user, each with its organization.
    pub(crate) async fn bot_spaces(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> RowResult<Vec<(OrganizationId, BotSpace)>> {
        let of_bot = params![bot, account];
        self.all("space_members", BOT_SPACES, &of_bot, |columns| {
            let organization = columns.take("organization_id")?;
            let id = columns.take("space_id")?;
            Ok((organization, BotSpace { id, role: columns.space_role_view()? }))
        })
        .await
    }

    /// Puts a new bot user into organizations.
    pub(crate) async fn insert_organization_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(OrganizationId, ScopedRole)],
    ) -> RowResult<()> {
        let pairs = roles.iter().map(|(id, role)| json!([id.number(), role.name()]));
        let row = params![bot, account, pairs.collect::<Value>().to_string()];
        self.execute_each(INSERT_ORGANIZATION_MEMBERS, &row, roles.len()).await
    }

    /// Puts a new bot user into spaces.
    pub(crate) async fn insert_space_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(SpaceId, SpaceRole)],
    ) -> RowResult<()> {
        let those = roles.iter().map(|(id, role)| {
            let (role, custom) = space_role_columns(*role);
            json!([id.number(), role, custom])
        });
        let row = params![bot, account, those.collect::<Value>().to_string()];
        self.execute_each(INSERT_SPACE_MEMBERS, &row, roles.len()).await
    }

    /// Takes everybody out of an organization, people and bot users.
    pub(crate) async fn delete_organization_members(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> RowResult<()> {
        let members = params![organization, account];
        self.execute(DELETE_ORGANIZATION_MEMBERS, &members).await?;
        Ok(())
    }

    /// Takes everybody out of a space, people and bot users.
    pub(crate) async fn delete_space_members(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        self.execute(DELETE_SPACE_MEMBERS, &params![space, account]).await?;
        Ok(())
    }

    pub(crate) async fn organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<Option<OrganizationMembership>> {
        let row = params![user, organization, account];
        self.one("organization_members", ORGANIZATION_MEMBER, &row, |columns| {
            let id: Option<i64> = columns.take("id")?;
            Ok((id.map(MembershipId::new), columns.scoped_role()?))
        })
        .await
    }

    pub(crate) async fn space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> RowResult<Option<SpaceMembership>> {
        let row = params![user, space, account];
        self.one("space_members", SPACE_MEMBER, &row, |columns| {
            let id: Option<i64> = columns.take("id")?;
            Ok((id.map(MembershipId::new), columns.space_role_view()?))
        })
        .await
    }

    /// The users with a role in a space or a project of it, by membership or binding, each once.
    pub(crate) async fn holders_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<Vec<UserId>> {
        let rows = params![space, account];
        self.all("space_members", HOLDERS_IN_SPACE, &rows, |columns| columns.take("user_id")).await
    }

    /// Gives a person a role, in the place of the one they have. The membership keeps the id that it `has`.
    pub(crate) async fn set_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
        has: Option<MembershipId>,
    ) -> RowResult<MembershipId> {
        let id = match has {
            Some(id) => id.number(),
            None => self.next_id("organization_member").await?,
        };
        let row = params![user, organization, account, role.name(), id];
        self.execute_one(SET_ORGANIZATION_MEMBER, &row).await?;
        Ok(MembershipId::new(id))
    }

    /// Gives a person a role, in the place of the one they have. The membership keeps the id that it `has`.
    pub(crate) async fn set_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
        has: Option<MembershipId>,
    ) -> RowResult<MembershipId> {
        let id = match has {
            Some(id) => id.number(),
            None => self.next_id("space_member").await?,
        };
        let (role, custom) = space_role_columns(role);
        let row = params![user, space, account, role, custom, id];
        self.execute_one(SET_SPACE_MEMBER, &row).await?;
        Ok(MembershipId::new(id))
    }

    pub(crate) async fn delete_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<()> {
        let row = params![user, organization, account];
        self.execute_one(DELETE_ORGANIZATION_MEMBER, &row).await
    }

    pub(crate) async fn delete_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> RowResult<()> {
        let row = params![user, space, account];
        self.execute_one(DELETE_SPACE_MEMBER, &row).await
    }

    /// Takes a user out of all spaces of an organization, and says how many those were.
    pub(crate) async fn delete_space_memberships_in(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> RowResult<u32> {
        let rows = params![user, account, organization];
        let count = self.execute(DELETE_SPACE_MEMBERSHIPS_IN_ORGANIZATION, &rows).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

impl Columns<'_> {
    pub(super) fn scoped_role(&mut self) -> Decoded<ScopedRole> {
        self.parse("role", scoped_role)
    }

    /// The permissions of a space membership: of a predefined role, or of a custom one.
    pub(super) fn space_permissions(&mut self) -> Decoded<PermissionSet> {
        let role: Option<String> = self.take("role")?;
        let custom: Option<String> = self.take("permissions")?;
        let found = match (role, custom) {
            (Some(role), None) => scoped_role(&role).map(ScopedRole::in_space),
            (None, Some(custom)) => permissions(&custom),
            _ => None,
        };
        found.ok_or_else(|| self.corrupt("role"))
    }

    /// A role in a space as bot users show it.
    pub(super) fn space_role_view(&mut self) -> Decoded<SpaceRoleView> {
        let role: Option<String> = self.take("role")?;
        let custom: Option<i64> = self.take("custom_role_id")?;
        let name: Option<String> = self.take("name")?;
        let found = match (role, custom) {
            (Some(role), None) => scoped_role(&role).map(SpaceRoleView::Predefined),
            (None, Some(id)) => {
                let (id, name) = (RoleId::new(id), name.unwrap_or_default());
                Some(SpaceRoleView::Custom { id, name })
            }
            _ => None,
        };
        found.ok_or_else(|| self.corrupt("role"))
    }
}

fn scoped_role(text: &str) -> Option<ScopedRole> {
    [ScopedRole::Admin, ScopedRole::Member, ScopedRole::ReadOnly, ScopedRole::Annotator]
        .into_iter()
        .find(|value| value.name() == text)
}
