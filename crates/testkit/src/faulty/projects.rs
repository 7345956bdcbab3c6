//! The methods on projects and their restrictions.

use async_trait::async_trait;
use claviger_domain::{Project, ProjectId};
use claviger_store::{
    Call, CallResult, CreateProject, ListProjects, ListRestrictions, Page, ProjectStore,
    UpdateProject,
};

use super::FaultyStore;

#[async_trait]
impl ProjectStore for FaultyStore {
    async fn list_projects(&self, call: Call, query: ListProjects) -> CallResult<Page<Project>> {
        self.inner()?.list_projects(call, query).await
    }

    async fn project(&self, call: Call, id: ProjectId) -> CallResult<Project> {
        self.inner()?.project(call, id).await
    }

    async fn create_project(&self, call: Call, command: CreateProject) -> CallResult<Project> {
        self.inner()?.create_project(call, command).await
    }

    async fn update_project(&self, call: Call, command: UpdateProject) -> CallResult<Project> {
        self.inner()?.update_project(call, command).await
    }

    async fn delete_project(&self, call: Call, id: ProjectId) -> CallResult<()> {
        self.inner()?.delete_project(call, id).await
    }

    async fn list_restrictions(
        &self,
        call: Call,
        query: ListRestrictions,
    ) -> CallResult<Page<Project>> {
        self.inner()?.list_restrictions(call, query).await
    }

    async fn restrict(&self, call: Call, id: ProjectId) -> CallResult<Project> {
        self.inner()?.restrict(call, id).await
    }

    async fn unrestrict(&self, call: Call, id: ProjectId) -> CallResult<()> {
        self.inner()?.unrestrict(call, id).await
    }
}
