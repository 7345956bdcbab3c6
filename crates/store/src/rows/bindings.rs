//! The statements of role bindings.

use claviger_domain::{
    AccountId, BoundTo, PermissionSet, ProjectId, RoleBinding, RoleBindingId, SpaceId, UserId,
};

use super::{ProjectReach, RowResult};

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

/// The statements of role bindings.
pub(crate) trait BindingRows: Send {
    fn role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> impl Future<Output = RowResult<Option<RoleBinding>>> + Send;

    /// Bindings, oldest first.
    fn role_bindings(
        &mut self,
        page: &BindingPage,
    ) -> impl Future<Output = RowResult<Vec<RoleBinding>>> + Send;

    /// The binding of a user in a place.
    fn role_binding_in(
        &mut self,
        account: AccountId,
        user: UserId,
        place: BoundTo,
    ) -> impl Future<Output = RowResult<Option<RoleBindingId>>> + Send;

    /// What a user's bindings permit, and where.
    fn bound_roles(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<Vec<(BoundTo, PermissionSet)>>> + Send;

    /// The users with a role in a project, each once.
    fn holders_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> impl Future<Output = RowResult<Vec<UserId>>> + Send;

    fn insert_role_binding(
        &mut self,
        binding: &RoleBinding,
    ) -> impl Future<Output = RowResult<RoleBindingId>> + Send;

    /// Keeps the binding's role.
    fn update_role_binding(
        &mut self,
        binding: &RoleBinding,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn delete_role_binding(
        &mut self,
        account: AccountId,
        id: RoleBindingId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn delete_bindings_in_project(
        &mut self,
        account: AccountId,
        project: ProjectId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away a user's bindings in a space and in all its projects.
    fn delete_bindings_of_user_in_space(
        &mut self,
        account: AccountId,
        user: UserId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away the bindings in a space and in all its projects.
    fn delete_bindings_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
