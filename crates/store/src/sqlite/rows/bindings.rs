//! The statements of role bindings, in SQLite.

use claviger_domain::{
    AccountId, BoundTo, PermissionSet, ProjectId, RoleBinding, RoleBindingId, SpaceId, UserId,
};

use super::{SqliteRows, json, micros, sets};
use crate::rows::{BindingPage, BindingRows, ProjectReach, RowResult};
use crate::sql;

/// The two columns of a place.
fn columns_of(place: BoundTo) -> (Option<i64>, Option<i64>) {
    match place {
        BoundTo::Space(id) => (Some(id.number()), None),
        BoundTo::Project(id) => (None, Some(id.number())),
    }
}

impl SqliteRows<'_> {
    fn bindings_reached(&self, page: &BindingPage) -> RowResult<Vec<RoleBinding>> {
        let (account, after) = (page.account.number(), page.after.map_or(0, RoleBindingId::number));
        let (is_of_one, user) = (page.user.is_some(), page.user.map_or(0, UserId::number));
        let ProjectReach { places, administered } = &page.reach;
        let [spaces, organizations, private_of] = sets(places);
        if !page.in_projects {
            let row = (
                account,
                after,
                is_of_one,
                user,
                spaces,
                account,
                organizations,
                private_of,
                page.limit,
            );
            let text = sql::ROLE_BINDINGS_IN_SPACES_REACHED;
            return self.all("role_bindings", text, row, |columns| columns.role_binding());
        }
        let [own_spaces, own_organizations, own_private_of] = sets(administered);
        let row = (
            account,
            after,
            is_of_one,
            user,
            json(places.projects.iter().map(|id| id.number())),
            account,
            spaces,
            account,
            organizations,
            private_of,
            own_spaces,
            account,
            own_organizations,
            own_private_of,
            page.limit,
        );
        let text = sql::ROLE_BINDINGS_IN_PROJECTS_REACHED;
        self.all("role_bindings", text, row, |columns| columns.role_binding())
    }
}

impl BindingRows for SqliteRows<'_> {
    async fn role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> RowResult<Option<RoleBinding>> {
        let row = (id.number(), account.number());
        self.one("role_bindings", sql::ROLE_BINDING, row, |columns| columns.role_binding())
    }

    async fn role_bindings(&mut self, page: &BindingPage) -> RowResult<Vec<RoleBinding>> {
        if !page.reach.is_everywhere() {
            return self.bindings_reached(page);
        }
        let row = (
            page.account.number(),
            page.after.map_or(0, RoleBindingId::number),
            page.in_projects,
            page.user.is_some(),
            page.user.map_or(0, UserId::number),
            page.limit,
        );
        self.all("role_bindings", sql::ROLE_BINDINGS, row, |columns| columns.role_binding())
    }

    async fn role_binding_in(
        &mut self,
        account: AccountId,
        user: UserId,
        place: BoundTo,
    ) -> RowResult<Option<RoleBindingId>> {
        let (space, project) = columns_of(place);
        let row = (user.number(), account.number(), space, project);
        self.one("role_bindings", sql::ROLE_BINDING_IN, row, |columns| {
            columns.take("id").map(RoleBindingId::new)
        })
    }

    async fn bound_roles(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<Vec<(BoundTo, PermissionSet)>> {
        let (user, account) = (user.number(), account.number());
        let row = (user, account, user, account);
        self.all("role_bindings", sql::BOUND_ROLES, row, |columns| columns.bound_role())
    }

    async fn holders_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> RowResult<Vec<UserId>> {
        let rows = (project.number(), account.number());
        self.all("role_bindings", sql::HOLDERS_IN_PROJECT, rows, |columns| {
            columns.take("user_id").map(UserId::new)
        })
    }

    async fn insert_role_binding(&mut self, binding: &RoleBinding) -> RowResult<RoleBindingId> {
        let (space, project) = columns_of(binding.place);
        let row = (
            self.next_id("role_binding")?,
            binding.account.number(),
            binding.user.number(),
            binding.role.number(),
            space,
            project,
            micros(binding.created_at),
            micros(binding.updated_at),
        );
        self.insert(sql::INSERT_ROLE_BINDING, row).map(RoleBindingId::new)
    }

    async fn update_role_binding(&mut self, binding: &RoleBinding) -> RowResult<()> {
        let row = (
            binding.role.number(),
            micros(binding.updated_at),
            binding.id.number(),
            binding.account.number(),
        );
        self.execute_one(sql::UPDATE_ROLE_BINDING, row)
    }

    async fn delete_role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> RowResult<()> {
        self.execute_one(sql::DELETE_ROLE_BINDING, (id.number(), account.number()))
    }

    async fn delete_bindings_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> RowResult<()> {
        self.execute(sql::DELETE_BINDINGS_IN_PROJECT, (project.number(), account.number()))?;
        Ok(())
    }

    async fn delete_bindings_of_user_in_space(
        &mut self,
        account: AccountId,
        user: UserId,
        space: SpaceId,
    ) -> RowResult<()> {
        let (account, space) = (account.number(), space.number());
        let row = (user.number(), account, space, space, account);
        self.execute(sql::DELETE_BINDINGS_OF_USER_IN_SPACE, row)?;
        Ok(())
    }

    async fn delete_bindings_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        let (account, space) = (account.number(), space.number());
        self.execute(sql::DELETE_BINDINGS_IN_SPACE, (account, space, space, account))?;
        Ok(())
    }
}
