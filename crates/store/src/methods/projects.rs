//! What is remembered of projects and their restrictions.

use async_trait::async_trait;
use claviger_domain::{Project, ProjectId};

use crate::CallResult;
use crate::call::{Call, CreateProject, ListProjects, ListRestrictions, Page, UpdateProject};

/// The methods on projects and their restrictions.
#[async_trait]
pub trait ProjectStore: Send + Sync {
    /// A page of the projects that the caller sees, oldest first.
    async fn list_projects(&self, call: Call, query: ListProjects) -> CallResult<Page<Project>>;

    /// One project.
    async fn project(&self, call: Call, id: ProjectId) -> CallResult<Project>;

    /// Makes a project.
    async fn create_project(&self, call: Call, command: CreateProject) -> CallResult<Project>;

    /// Changes a project.
    async fn update_project(&self, call: Call, command: UpdateProject) -> CallResult<Project>;

    /// Deletes a project for good, with the roles given in it.
    async fn delete_project(&self, call: Call, id: ProjectId) -> CallResult<()>;

    /// A page of the restricted projects whose restriction the caller can lift, oldest first.
    async fn list_restrictions(
        &self,
        call: Call,
        query: ListRestrictions,
    ) -> CallResult<Page<Project>>;

    /// Closes a project to all but those with a binding on it, and administrators. A second time changes nothing.
    async fn restrict(&self, call: Call, id: ProjectId) -> CallResult<Project>;

    /// Opens a restricted project again.
    async fn unrestrict(&self, call: Call, id: ProjectId) -> CallResult<()>;
}
