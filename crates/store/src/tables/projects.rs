//! The statements of projects.

use claviger_domain::{AccountId, Project, ProjectId, Reach, SpaceId, SpaceOrProject};

use super::{contains, json, sets};
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    PROJECT = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.id = $1 AND p.account_id = $2"
    );
    /// A filter that is off is 0.
    PROJECTS = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.account_id = $1 AND p.id > $2 AND ($3 = 0 OR p.space_id = $4) AND ($5 = 0 OR p.restricted_at IS NOT NULL)
          AND p.name_folded LIKE $6 ESCAPE '\\' AND s.name_folded LIKE $7 ESCAPE '\\'
        ORDER BY p.id LIMIT $8"
    );
    /// Of a reach only: its own projects, and those of its spaces, restricted ones only of spaces that are administered.
    PROJECTS_REACHED = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE +p.account_id = $1 AND +p.id > $2 AND ($3 = 0 OR p.space_id = $4) AND ($5 = 0 OR p.restricted_at IS NOT NULL)
          AND p.name_folded LIKE $6 ESCAPE '\\' AND s.name_folded LIKE $7 ESCAPE '\\'
          AND p.id IN (", reached_projects!(8, 1, 9, 1, 10, 11, 12, 1, 13, 14), ")
        ORDER BY p.id LIMIT $15"
    );
    PROJECTS_BY_ID = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.account_id = $1 AND p.id IN (SELECT value FROM json_each($2))"
    );
    PROJECTS_NAMED = concat!(
        "SELECT ", project_columns!(), ", ", space_columns!(), "
        FROM projects p JOIN spaces s ON s.id = p.space_id AND s.account_id = p.account_id
        WHERE p.space_id = $1 AND p.account_id = $2 AND p.name = $3"
    );
    INSERT_PROJECT returning id = "
        INSERT INTO projects (id, account_id, space_id, name, name_folded, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE_PROJECT = "
        UPDATE projects SET name = $1, name_folded = $2, restricted_at = $3 WHERE id = $4 AND account_id = $5";
    DELETE_PROJECT = "DELETE FROM projects WHERE id = $1 AND account_id = $2";
    DELETE_PROJECTS_OF_SPACE = "DELETE FROM projects WHERE space_id = $1 AND account_id = $2";
}

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

impl<D: Driver> Transaction<'_, D> {
    async fn projects_reached(&mut self, page: &ProjectPage) -> RowResult<Chunk<SpaceOrProject>> {
        let ProjectReach { places, administered } = &page.reach;
        let [spaces, organizations, private_of] = sets(places);
        let [own_spaces, own_organizations, own_private_of] = sets(administered);
        let row = params![
            page.account,
            page.after.map_or(0, ProjectId::number),
            page.space.is_some(),
            page.space.map_or(0, SpaceId::number),
            page.restricted,
            contains(page.name.as_deref()),
            contains(page.space_name.as_deref()),
            json(places.projects.iter().map(|id| id.number())),
            spaces,
            organizations,
            private_of,
            own_spaces,
            own_organizations,
            own_private_of,
            page.limit
        ];
        self.chunk("projects", PROJECTS_REACHED, &row, |columns| columns.project_in_space()).await
    }

    /// A project, with its space.
    pub(crate) async fn project(
        &mut self,
        account: AccountId,
        id: ProjectId,
    ) -> RowResult<Option<SpaceOrProject>> {
        let row = params![id, account];
        self.one("projects", PROJECT, &row, |columns| columns.project_in_space()).await
    }

    /// These of the account's projects with their spaces, in no order.
    pub(crate) async fn projects_by_id(
        &mut self,
        account: AccountId,
        ids: &[ProjectId],
    ) -> RowResult<Chunk<SpaceOrProject>> {
        let row = params![account, json(ids.iter().map(|id| id.number()))];
        self.chunk("projects", PROJECTS_BY_ID, &row, |columns| columns.project_in_space()).await
    }

    /// Projects with their spaces, oldest first.
    pub(crate) async fn projects(
        &mut self,
        page: &ProjectPage,
    ) -> RowResult<Chunk<SpaceOrProject>> {
        if !page.reach.is_everywhere() {
            return self.projects_reached(page).await;
        }
        let row = params![
            page.account,
            page.after.map_or(0, ProjectId::number),
            page.space.is_some(),
            page.space.map_or(0, SpaceId::number),
            page.restricted,
            contains(page.name.as_deref()),
            contains(page.space_name.as_deref()),
            page.limit
        ];
        self.chunk("projects", PROJECTS, &row, |columns| columns.project_in_space()).await
    }

    /// The projects of this very name in a space, in no order.
    pub(crate) async fn projects_named(
        &mut self,
        account: AccountId,
        space: SpaceId,
        name: &str,
    ) -> RowResult<Vec<SpaceOrProject>> {
        let row = params![space, account, name];
        self.all("projects", PROJECTS_NAMED, &row, |columns| columns.project_in_space()).await
    }

    pub(crate) async fn insert_project(&mut self, project: &Project) -> RowResult<ProjectId> {
        let row = params![
            self.next_id("project").await?,
            project.account,
            project.space,
            &project.name,
            project.name.to_lowercase(),
            project.created_at
        ];
        self.insert(INSERT_PROJECT, &row).await.map(ProjectId::new)
    }

    /// Keeps the project's name, and whether it is restricted.
    pub(crate) async fn update_project(&mut self, project: &Project) -> RowResult<()> {
        let row = params![
            &project.name,
            project.name.to_lowercase(),
            project.restricted_at,
            project.id,
            project.account
        ];
        self.execute_one(UPDATE_PROJECT, &row).await
    }

    /// Takes away a project that nothing refers to any more.
    pub(crate) async fn delete_project(
        &mut self,
        account: AccountId,
        id: ProjectId,
    ) -> RowResult<()> {
        self.execute_one(DELETE_PROJECT, &params![id, account]).await
    }

    pub(crate) async fn delete_projects_of_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        self.execute(DELETE_PROJECTS_OF_SPACE, &params![space, account]).await?;
        Ok(())
    }
}

impl Columns<'_> {
    pub(super) fn project_in_space(&mut self) -> Decoded<SpaceOrProject> {
        let project = Project {
            id: self.take("id")?,
            account: self.take("account_id")?,
            space: self.take("space_id")?,
            name: self.take("name")?,
            created_at: self.take("created_at")?,
            restricted_at: self.take("restricted_at")?,
        };
        let space = self.then("spaces").space()?;
        Ok(SpaceOrProject { space, project: Some(project) })
    }
}
