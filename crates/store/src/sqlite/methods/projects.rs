//! The methods on projects and their restrictions, in SQLite.

use async_trait::async_trait;
use claviger_domain::{Project, ProjectId};

use crate::call::{Call, CreateProject, ListProjects, ListRestrictions, Page, UpdateProject};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, ProjectStore, operations};

#[async_trait]
impl ProjectStore for SqliteStore {
    async fn list_projects(&self, call: Call, query: ListProjects) -> CallResult<Page<Project>> {
        read!(self, list_projects(call, query))
    }

    async fn project(&self, call: Call, id: ProjectId) -> CallResult<Project> {
        read!(self, project(call, id))
    }

    async fn create_project(&self, call: Call, command: CreateProject) -> CallResult<Project> {
        write!(self, create_project(call, command))
    }

    async fn update_project(&self, call: Call, command: UpdateProject) -> CallResult<Project> {
        write!(self, update_project(call, command))
    }

    async fn delete_project(&self, call: Call, id: ProjectId) -> CallResult<()> {
        write!(self, delete_project(call, id))
    }

    async fn list_restrictions(
        &self,
        call: Call,
        query: ListRestrictions,
    ) -> CallResult<Page<Project>> {
        read!(self, list_restrictions(call, query))
    }

    async fn restrict(&self, call: Call, id: ProjectId) -> CallResult<Project> {
        write!(self, restrict(call, id))
    }

    async fn unrestrict(&self, call: Call, id: ProjectId) -> CallResult<()> {
        write!(self, unrestrict(call, id))
    }
}
