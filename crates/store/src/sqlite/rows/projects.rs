//! The statements of projects, in SQLite.

use claviger_domain::{AccountId, Place, Project, ProjectId, SpaceId};

use rusqlite::params;

use super::{SqliteRows, json, micros, sets};
use crate::rows::{ProjectPage, ProjectReach, ProjectRows, RowResult};
use crate::sql;

impl SqliteRows<'_> {
    fn projects_reached(&self, page: &ProjectPage) -> RowResult<Vec<Place>> {
        let account = page.account.number();
        let ProjectReach { places, administered } = &page.reach;
        let [spaces, organizations, private_of] = sets(places);
        let [own_spaces, own_organizations, own_private_of] = sets(administered);
        let row = params![
            account,
            page.after.map_or(0, ProjectId::number),
            page.space.is_some(),
            page.space.map_or(0, SpaceId::number),
            page.restricted,
            sql::contains(page.name.as_deref()),
            sql::contains(page.space_name.as_deref()),
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
        ];
        self.all("projects", sql::PROJECTS_REACHED, row, |columns| columns.project_in_space())
    }
}

impl ProjectRows for SqliteRows<'_> {
    async fn project(&mut self, account: AccountId, id: ProjectId) -> RowResult<Option<Place>> {
        let row = (id.number(), account.number());
        self.one("projects", sql::PROJECT, row, |columns| columns.project_in_space())
    }

    async fn projects_by_id(
        &mut self,
        account: AccountId,
        ids: &[ProjectId],
    ) -> RowResult<Vec<Place>> {
        let row = (account.number(), json(ids.iter().map(|id| id.number())));
        self.all("projects", sql::PROJECTS_BY_ID, row, |columns| columns.project_in_space())
    }

    async fn projects(&mut self, page: &ProjectPage) -> RowResult<Vec<Place>> {
        if !page.reach.is_everywhere() {
            return self.projects_reached(page);
        }
        let row = (
            page.account.number(),
            page.after.map_or(0, ProjectId::number),
            page.space.is_some(),
            page.space.map_or(0, SpaceId::number),
            page.restricted,
            sql::contains(page.name.as_deref()),
            sql::contains(page.space_name.as_deref()),
            page.limit,
        );
        self.all("projects", sql::PROJECTS, row, |columns| columns.project_in_space())
    }

    async fn project_named(
        &mut self,
        account: AccountId,
        space: SpaceId,
        name: &str,
    ) -> RowResult<Option<ProjectId>> {
        let row = (space.number(), account.number(), name);
        self.one("projects", sql::PROJECT_NAMED, row, |columns| {
            columns.take("id").map(ProjectId::new)
        })
    }

    async fn insert_project(&mut self, project: &Project) -> RowResult<ProjectId> {
        let row = (
            self.next_id("project")?,
            project.account.number(),
            project.space.number(),
            &project.name,
            project.name.to_lowercase(),
            micros(project.created_at),
        );
        self.insert(sql::INSERT_PROJECT, row).map(ProjectId::new)
    }

    async fn update_project(&mut self, project: &Project) -> RowResult<()> {
        let row = (
            &project.name,
            project.name.to_lowercase(),
            project.restricted_at.map(micros),
            project.id.number(),
            project.account.number(),
        );
        self.execute_one(sql::UPDATE_PROJECT, row)
    }

    async fn delete_project(&mut self, account: AccountId, id: ProjectId) -> RowResult<()> {
        self.execute_one(sql::DELETE_PROJECT, (id.number(), account.number()))
    }

    async fn delete_projects_of_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> RowResult<()> {
        self.execute(sql::DELETE_PROJECTS_OF_SPACE, (space.number(), account.number()))?;
        Ok(())
    }
}
