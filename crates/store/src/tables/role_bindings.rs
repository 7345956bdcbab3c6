//! The statements of role bindings.

use claviger_domain::{
    AccountId, BoundTo, PermissionSet, PredefinedRole, ProjectId, RoleBinding, RoleBindingId,
    SpaceId, UserId,
};

use super::custom_roles::permissions;
use super::projects::ProjectReach;
use super::{json, sets};
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

macro_rules! binding_columns {
    () => {
        "b.id, b.account_id, b.user_id, b.role_id, b.space_id, b.project_id, b.created_at, b.updated_at"
    };
}

statements! {
    ROLE_BINDING = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b WHERE b.id = $1 AND b.account_id = $2"
    );
    /// In projects if $3 is 1, else in spaces. A filter that is off is 0.
    ROLE_BINDINGS = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b
        WHERE b.account_id = $1 AND b.id > $2 AND (b.project_id IS NOT NULL) = ($3 = 1) AND ($4 = 0 OR b.user_id = $5)
        ORDER BY b.id LIMIT $6"
    );
    /// In the spaces of a reach. A filter that is off is 0.
    ROLE_BINDINGS_IN_SPACES_REACHED = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b INDEXED BY bindings_of_space
        WHERE +b.account_id = $1 AND +b.id > $2 AND ($3 = 0 OR b.user_id = $4)
          AND b.space_id IN (", reached_spaces!(5, 1, 6, 7), ")
        ORDER BY +b.id LIMIT $8"
    );
    /// In the projects of a reach. A filter that is off is 0.
    ROLE_BINDINGS_IN_PROJECTS_REACHED = concat!(
        "SELECT ", binding_columns!(), " FROM role_bindings b INDEXED BY bindings_of_project
        WHERE +b.account_id = $1 AND +b.id > $2 AND ($3 = 0 OR b.user_id = $4)
          AND b.project_id IN (", reached_projects!(5, 1, 6, 1, 7, 8, 9, 1, 10, 11), ")
        ORDER BY +b.id LIMIT $12"
    );
    /// The binding of a user in a place.
    ROLE_BINDING_IN = "
        SELECT id FROM role_bindings
        WHERE user_id = $1 AND +account_id = $2 AND (space_id = $3 OR project_id = $4)";
    /// What a user's bindings permit: the permissions of custom roles beside the ids of all.
    ///
    /// In two halves, for which there is an index each.
    BOUND_ROLES = "
        SELECT b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_space
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.user_id = $1 AND b.account_id = $2 AND b.space_id IS NOT NULL
        UNION ALL
        SELECT b.space_id, b.project_id, b.role_id, r.permissions
        FROM role_bindings b INDEXED BY one_binding_in_a_project
        LEFT JOIN custom_roles r ON r.id = b.role_id AND r.account_id = b.account_id
        WHERE b.user_id = $1 AND b.account_id = $2 AND b.project_id IS NOT NULL";
    HOLDERS_IN_PROJECT = "
        SELECT DISTINCT user_id FROM role_bindings WHERE project_id = $1 AND account_id = $2 ORDER BY user_id";
    INSERT_ROLE_BINDING returning id = "
        INSERT INTO role_bindings (id, account_id, user_id, role_id, space_id, project_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE_ROLE_BINDING = "
        UPDATE role_bindings SET role_id = $1, updated_at = $2 WHERE id = $3 AND account_id = $4";
    DELETE_ROLE_BINDING = "DELETE FROM role_bindings WHERE id = $1 AND account_id = $2";
    DELETE_BINDINGS_OF_USER = "DELETE FROM role_bindings WHERE user_id = $1 AND account_id = $2";
    DELETE_BINDINGS_OF_USER_IN_SPACE = "
        DELETE FROM role_bindings
        WHERE user_id = $1 AND account_id = $2
          AND (space_id = $3 OR project_id IN (SELECT p.id FROM projects p WHERE p.space_id = $3 AND p.account_id = $2))";
    DELETE_BINDINGS_IN_PROJECT = "DELETE FROM role_bindings WHERE project_id = $1 AND account_id = $2";
    DELETE_BINDINGS_IN_SPACE = "
        DELETE FROM role_bindings
        WHERE account_id = $1
          AND (space_id = $2 OR project_id IN (SELECT p.id FROM projects p WHERE p.space_id = $2 AND p.account_id = $1))";
}

/// A part of a list of bindings.
#[derive(Clone, Debug)]
pub(crate) struct BindingPage {
    pub account: AccountId,
    pub after: Option<RoleBindingId>,
    /// In projects, as against spaces.
    pub in_projects: bool,
    pub user: Option<UserId>,
    pub reach: ProjectReach,
    pub limit: u32,
}

/// The two columns of a place.
fn columns_of(place: BoundTo) -> (Option<i64>, Option<i64>) {
    match place {
        BoundTo::Space(id) => (Some(id.number()), None),
        BoundTo::Project(id) => (None, Some(id.number())),
    }
}

impl<D: Driver> Transaction<'_, D> {
    async fn bindings_reached(&mut self, page: &BindingPage) -> RowResult<Chunk<RoleBinding>> {
        let (account, after) = (page.account, page.after.map_or(0, RoleBindingId::number));
        let (is_of_one, user) = (page.user.is_some(), page.user.map_or(0, UserId::number));
        let ProjectReach { places, administered } = &page.reach;
        let [spaces, organizations, private_of] = sets(places);
        if !page.in_projects {
            let row = params![
                account,
                after,
                is_of_one,
                user,
                spaces,
                organizations,
                private_of,
                page.limit
            ];
            let text = ROLE_BINDINGS_IN_SPACES_REACHED;
            return self.chunk("role_bindings", text, &row, |columns| columns.role_binding()).await;
        }
        let [own_spaces, own_organizations, own_private_of] = sets(administered);
        let row = params![
            account,
            after,
            is_of_one,
            user,
            json(places.projects.iter().map(|id| id.number())),
            spaces,
            organizations,
            private_of,
            own_spaces,
            own_organizations,
            own_private_of,
            page.limit
        ];
        let text = ROLE_BINDINGS_IN_PROJECTS_REACHED;
        self.chunk("role_bindings", text, &row, |columns| columns.role_binding()).await
    }

    pub(crate) async fn role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> RowResult<Option<RoleBinding>> {
        let row = params![id, account];
        self.one("role_bindings", ROLE_BINDING, &row, |columns| columns.role_binding()).await
    }

    /// Bindings, oldest first.
    pub(crate) async fn role_bindings(
        &mut self,
        page: &BindingPage,
    ) -> RowResult<Chunk<RoleBinding>> {
        if !page.reach.is_everywhere() {
            return self.bindings_reached(page).await;
        }
        let row = params![
            page.account,
            page.after.map_or(0, RoleBindingId::number),
            page.in_projects,
            page.user.is_some(),
            page.user.map_or(0, UserId::number),
            page.limit
        ];
        self.chunk("role_bindings", ROLE_BINDINGS, &row, |columns| columns.role_binding()).await
    }

    /// The binding of a user in a place.
    pub(crate) async fn role_binding_in(
        &mut self,
        account: AccountId,
        user: UserId,
        place: BoundTo,
    ) -> RowResult<Option<RoleBindingId>> {
        let (space, project) = columns_of(place);
        let row = params![user, account, space, project];
        self.one("role_bindings", ROLE_BINDING_IN, &row, |columns| columns.take("id")).await
    }

    /// What a user's bindings permit, and where.
    pub(crate) async fn bound_roles(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Vec<(BoundTo, PermissionSet)>> {
        let row = params![user, account];
        self.all("role_bindings", BOUND_ROLES, &row, |columns| columns.bound_role()).await
    }

    /// The users with a role in a project, each once.
    pub(crate) async fn holders_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> RowResult<Vec<UserId>> {
        let rows = params![project, account];
        self.all("role_bindings", HOLDERS_IN_PROJECT, &rows, |columns| columns.take("user_id"))
            .await
    }

    pub(crate) async fn insert_role_binding(
        &mut self,
        binding: &RoleBinding,
    ) -> RowResult<RoleBindingId> {
        let (space, project) = columns_of(binding.place);
        let row = params![
            self.next_id("role_binding").await?,
            binding.account,
            binding.user,
            binding.role,
            space,
            project,
            binding.created_at,
            binding.updated_at
        ];
        self.insert(INSERT_ROLE_BINDING, &row).await.map(RoleBindingId::new)
    }

    /// Keeps the binding's role.
    pub(crate) async fn update_role_binding(&mut self, binding: &RoleBinding) -> RowResult<()> {
        let row = params![binding.role, binding.updated_at, binding.id, binding.account];
        self.execute_one(UPDATE_ROLE_BINDING, &row).await
    }

    pub(crate) async fn delete_role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> RowResult<()> {
        self.execute_one(DELETE_ROLE_BINDING, &params![id, account]).await
    }

    pub(crate) async fn delete_bindings_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> RowResult<()> {
        self.execute(DELETE_BINDINGS_IN_PROJECT, &params![project, account]).await?;
        Ok(())
    }

    /// Takes away a user's bindings in a space and in all its projects.
    pub(crate) async fn delete_bindings_of_user_in_space(
        &mut self,
        account: AccountId,
        user: UserId,
        space: SpaceId,
    ) -> RowResult<()> {
        let row = params![user, account, space];
        self.execute(DELETE_BINDINGS_OF_USER_IN_SPACE, &row).await?;
        Ok(())
    }

    /// Takes away the bindings in a space and in all its projects.
    pub(crate) async fn delete_bindings_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        self.execute(DELETE_BINDINGS_IN_SPACE, &params![account, space]).await?;
        Ok(())
    }
}

impl Columns<'_> {
    pub(super) fn bound_to(&mut self) -> Decoded<BoundTo> {
        let space: Option<i64> = self.take("space_id")?;
        let project: Option<i64> = self.take("project_id")?;
        match (space, project) {
            (Some(id), None) => Ok(BoundTo::Space(SpaceId::new(id))),
            (None, Some(id)) => Ok(BoundTo::Project(ProjectId::new(id))),
            _ => Err(self.corrupt("space_id")),
        }
    }

    pub(super) fn role_binding(&mut self) -> Decoded<RoleBinding> {
        Ok(RoleBinding {
            id: self.take("id")?,
            account: self.take("account_id")?,
            user: self.take("user_id")?,
            role: self.take("role_id")?,
            place: self.bound_to()?,
            created_at: self.take("created_at")?,
            updated_at: self.take("updated_at")?,
        })
    }

    /// Where a binding is, and what it permits there.
    pub(super) fn bound_role(&mut self) -> Decoded<(BoundTo, PermissionSet)> {
        let place = self.bound_to()?;
        let role = self.take("role_id")?;
        let custom: Option<String> = self.take("permissions")?;
        let found = match PredefinedRole::of(role) {
            Some(role) => Some(role.permissions()),
            None => custom.and_then(|custom| permissions(&custom)),
        };
        found.map(|permitted| (place, permitted)).ok_or_else(|| self.corrupt("role_id"))
    }
}
