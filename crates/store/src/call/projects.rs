//! What the methods on projects and their restrictions are asked.

use claviger_domain::{Name, ProjectId, SpaceId};

use super::After;

/// Which projects to list.
#[derive(Clone, Debug)]
pub struct ListProjects {
    /// Of which space.
    pub space: Option<SpaceId>,
    /// Of spaces whose name contains this, in whatever case.
    pub space_name: Option<String>,
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<ProjectId>>,
    /// How many at most.
    pub limit: u32,
}

/// A project to make.
#[derive(Clone, Debug)]
pub struct CreateProject {
    /// The space it is to be in.
    pub space: SpaceId,
    /// Its name, unique in the space.
    pub name: Name,
}

/// What to change of a project.
#[derive(Clone, Debug)]
pub struct UpdateProject {
    /// Which.
    pub id: ProjectId,
    /// Its new name.
    pub name: Name,
}

/// Which restrictions to list.
#[derive(Clone, Debug)]
pub struct ListRestrictions {
    /// Whether projects are asked for: nothing else can be restricted here.
    pub of_projects: bool,
    /// Those after this one.
    pub after: Option<After<ProjectId>>,
    /// How many at most.
    pub limit: u32,
}
