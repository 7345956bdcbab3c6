//! The statements for verifying many keys at once: one for each kind of thing, however many keys there are.

use claviger_domain::decide::KeyRecord;
use claviger_domain::{
    AccountId, BoundTo, KeyHandle, Membership, OrganizationId, Space, SpaceOrProject, UserId,
};

use super::{json, json_texts};
use crate::param::params;
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

/// Compares a column with the texts of a JSON array.
macro_rules! of_texts {
    ($start:expr, $json:literal) => {
        concat!($start, " IN (SELECT value FROM json_each($", $json, "))")
    };
    ($start:expr, $json:literal, postgres) => {
        concat!($start, " IN (SELECT json_array_elements_text($", $json, "::json))")
    };
}

macro_rules! keys_with_handles {
    () => {
        concat!(
            "SELECT ",
            key_columns!(),
            ", k.pepper, k.digest, ",
            user_columns!(),
            ", ",
            account_columns!(),
            "
            FROM api_keys k
            JOIN users u ON u.id = k.acts_for_user_id AND u.account_id = k.account_id
            JOIN accounts a ON a.id = k.account_id
            WHERE k.account_id = $1 AND k.handle"
        )
    };
}

macro_rules! organizations_with_names {
    () => {
        "SELECT o.id, o.name FROM organizations o WHERE o.account_id = $1 AND o.name"
    };
}

macro_rules! spaces_with_names {
    () => {
        concat!(
            "SELECT ", space_columns!(), "
            FROM organizations o JOIN spaces s ON s.organization_id = o.id AND s.account_id = o.account_id
            WHERE o.account_id = $1 AND s.name"
        )
    };
}

macro_rules! projects_with_names {
    () => {
        concat!(
            "SELECT ",
            project_columns!(),
            ", ",
            space_columns!(),
            "
            FROM spaces s JOIN projects p ON p.space_id = s.id AND p.account_id = s.account_id
            WHERE s.account_id = $1 AND p.name"
        )
    };
}

statements! {
    KEYS_WITH_HANDLES = of_texts!(keys_with_handles!(), 2), postgres = of_texts!(keys_with_handles!(), 2, postgres);
    ORGANIZATIONS_WITH_NAMES = of_texts!(organizations_with_names!(), 2),
        postgres = of_texts!(organizations_with_names!(), 2, postgres);
    SPACES_WITH_NAMES = of_texts!(spaces_with_names!(), 2), postgres = of_texts!(spaces_with_names!(), 2, postgres);
    PROJECTS_WITH_NAMES = of_texts!(projects_with_names!(), 2), postgres = of_texts!(projects_with_names!(), 2, postgres);
    ORGANIZATION_MEMBERSHIPS_OF_USERS = "
        SELECT user_id, organization_id, role FROM organization_members
        WHERE account_id = $1 AND user_id IN (SELECT value FROM json_each($2))";
    SPACE_MEMBERSHIPS_OF_USERS = "
        SELECT m.user_id, m.space_id, m.role, r.permissions
        FROM space_members m
        LEFT JOIN custom_roles r ON r.id = m.custom_role_id AND r.account_id = m.account_id
        WHERE m.account_id = $1 AND m.user_id IN (SELECT value FROM json_each($2))";
    /// In two halves, for which there is an index each.
    BOUND_ROLES_OF_USERS = "
        SELECT b.user_id, b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_space
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.account_id = $1 AND b.user_id IN (SELECT value FROM json_each($2)) AND b.space_id IS NOT NULL
        UNION ALL
        SELECT b.user_id, b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_project
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.account_id = $1 AND b.user_id IN (SELECT value FROM json_each($2)) AND b.project_id IS NOT NULL";
}

impl<D: Driver> Transaction<'_, D> {
    /// The account's keys with these handles, in no order.
    pub(crate) async fn keys_with_handles(
        &mut self,
        account: AccountId,
        handles: &[KeyHandle],
    ) -> RowResult<Chunk<KeyRecord>> {
        let row = params![account, json_texts(handles.iter().map(|handle| handle.as_str()))];
        self.chunk("api_keys", KEYS_WITH_HANDLES, &row, |columns| columns.key_record()).await
    }

    /// The account's organizations with these names, in no order.
    pub(crate) async fn organizations_with_names(
        &mut self,
        account: AccountId,
        names: &[&str],
    ) -> RowResult<Chunk<(OrganizationId, String)>> {
        let row = params![account, json_texts(names.iter().copied())];
        self.chunk("organizations", ORGANIZATIONS_WITH_NAMES, &row, |columns| {
            Ok((columns.take("id")?, columns.take("name")?))
        })
        .await
    }

    /// The account's spaces with these names, in no order.
    pub(crate) async fn spaces_with_names(
        &mut self,
        account: AccountId,
        names: &[&str],
    ) -> RowResult<Chunk<Space>> {
        let row = params![account, json_texts(names.iter().copied())];
        self.chunk("spaces", SPACES_WITH_NAMES, &row, |columns| columns.space()).await
    }

    /// The account's projects with these names, in no order.
    pub(crate) async fn projects_with_names(
        &mut self,
        account: AccountId,
        names: &[&str],
    ) -> RowResult<Chunk<SpaceOrProject>> {
        let row = params![account, json_texts(names.iter().copied())];
        self.chunk("projects", PROJECTS_WITH_NAMES, &row, |columns| columns.project_in_space())
            .await
    }

    /// The memberships of these users, in no order.
    pub(crate) async fn memberships_of_users(
        &mut self,
        account: AccountId,
        users: &[UserId],
    ) -> RowResult<Vec<(UserId, Membership)>> {
        let row = params![account, json(users.iter().map(|id| id.number()))];
        let mut found = self
            .all("organization_members", ORGANIZATION_MEMBERSHIPS_OF_USERS, &row, |columns| {
                let user = columns.take("user_id")?;
                let id = columns.take("organization_id")?;
                Ok((user, Membership::Organization(id, columns.scoped_role()?)))
            })
            .await?;
        found.extend(
            self.all("space_members", SPACE_MEMBERSHIPS_OF_USERS, &row, |columns| {
                let user = columns.take("user_id")?;
                let id = columns.take("space_id")?;
                Ok((user, Membership::Space(id, columns.space_permissions()?)))
            })
            .await?,
        );
        found.extend(
            self.all("role_bindings", BOUND_ROLES_OF_USERS, &row, |columns| {
                let user = columns.take("user_id")?;
                Ok(match columns.bound_role()? {
                    (BoundTo::Space(id), held) => (user, Membership::Space(id, held)),
                    (BoundTo::Project(id), held) => (user, Membership::Project(id, held)),
                })
            })
            .await?,
        );
        Ok(found)
    }
}
