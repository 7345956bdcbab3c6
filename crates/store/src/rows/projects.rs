//! The statements of projects.

use claviger_domain::{AccountId, Place, Project, ProjectId, Reach, SpaceId};

use super::RowResult;

/// A part of a list of projects.
#[derive(Clone, Debug)]
pub(crate) struct ProjectPage {
    pub account: AccountId,
    pub after: Option<ProjectId>,
    pub space: Option<SpaceId>,
    /// Only restricted ones.
    pub restricted: bool,
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Whose space's name contains this, in whatever case.
    pub space_name: Option<String>,
    pub reach: ProjectReach,
    pub limit: u32,
}

/// The projects that a list is about.
#[derive(Clone, Debug)]
pub(crate) struct ProjectReach {
    /// The projects, and the places whose projects are meant.
    pub places: Reach,
    /// The spaces whose restricted projects are meant too.
    pub administered: Reach,
}

impl ProjectReach {
    /// Whether nothing is narrowed.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.places.everywhere || self.administered.everywhere
    }
}

/// The statements of projects.
pub(crate) trait ProjectRows: Send {
    /// A project, with its space.
    fn project(
        &mut self,
        account: AccountId,
        id: ProjectId,
    ) -> impl Future<Output = RowResult<Option<Place>>> + Send;

    /// These of the account's projects with their spaces, in no order.
    fn projects_by_id(
        &mut self,
        account: AccountId,
        ids: &[ProjectId],
    ) -> impl Future<Output = RowResult<Vec<Place>>> + Send;

    /// Projects with their spaces, oldest first.
    fn projects(
        &mut self,
        page: &ProjectPage,
    ) -> impl Future<Output = RowResult<Vec<Place>>> + Send;

    /// The project of this very name in a space.
    fn project_named(
        &mut self,
        account: AccountId,
        space: SpaceId,
        name: &str,
    ) -> impl Future<Output = RowResult<Option<ProjectId>>> + Send;

    fn insert_project(
        &mut self,
        project: &Project,
    ) -> impl Future<Output = RowResult<ProjectId>> + Send;

    /// Keeps the project's name, and whether it is restricted.
    fn update_project(&mut self, project: &Project) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes away a project that nothing refers to any more.
    fn delete_project(
        &mut self,
        account: AccountId,
        id: ProjectId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn delete_projects_of_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
