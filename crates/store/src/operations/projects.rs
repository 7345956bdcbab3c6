//! Projects, and restricting them.

use claviger_domain::decide::{self, Requirement, Scope};
use claviger_domain::{
    Access, Action, Name, Permission, Project, ProjectId, Refusal, Resource, SpaceId,
    SpaceOrProject, Target,
};
use serde_json::json;

use super::audit_logs::note_revoked;
use super::authenticate::caller_and_access;
use super::creator_ceiling::Affected;
use super::page::Filling;
use super::{After, Page, cascade, creator_ceiling, page};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::tables::{ProjectPage, ProjectReach};
use crate::transaction::{Driver, Transaction};

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

impl Operation for ListProjects {
    type Output = Page<Project>;
    const NAME: &'static str = "list_projects";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<Project>> {
        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        if let Some(space) = self.space {
            let found = tx.space(account, space).await?;
            found
                .filter(|space| access.sees_space(space))
                .ok_or(Refusal::NotFound(Resource::Space))?;
        }
        let wanted = ProjectPage {
            account,
            after: page::place(&caller, self.after)?,
            space: self.space,
            restricted: false,
            name: self.name,
            space_name: self.space_name,
            reach: reach(&access, Permission::ProjectRead),
            limit: self.limit + 1,
        };
        let seen =
            filtered(tx, wanted, self.limit, |place| decide::sees_project(&access, place)).await?;
        Ok(page::cut(&caller, seen, self.limit))
    }
}

/// The projects in which something is permitted, as far as that can be told before they are read.
pub(super) fn reach(access: &Access, permission: Permission) -> ProjectReach {
    ProjectReach { places: access.reach(permission), administered: access.administered_spaces() }
}

/// The projects of a list that the caller is shown: one more than asked for, if there are.
async fn filtered<D: Driver>(
    tx: &mut Transaction<'_, D>,
    mut page: ProjectPage,
    limit: u32,
    shows: impl Fn(&SpaceOrProject) -> bool + Send,
) -> CallResult<Vec<Project>> {
    let mut list = Filling::new(limit, page.after, ProjectId::new);
    while list.goes_on {
        page.after = list.after;
        list.add(tx.projects(&page).await?, &shows);
    }
    Ok(list.shown.into_iter().filter_map(|place| place.project).collect())
}

/// Reads a project.
#[derive(Clone, Copy, Debug)]
pub struct GetProject {
    /// Which.
    pub id: ProjectId,
}

impl Operation for GetProject {
    type Output = Project;
    const NAME: &'static str = "project";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Project> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.project(caller.account.id, id).await?;
        of(decide::in_project(&access, found, Permission::ProjectRead)?)
    }
}

/// The project of a place that is one.
fn of(place: SpaceOrProject) -> CallResult<Project> {
    Ok(place.project.ok_or(Refusal::NotFound(Resource::Project))?)
}

/// A project to make.
#[derive(Clone, Debug)]
pub struct CreateProject {
    /// The space it is to be in.
    pub space: SpaceId,
    /// Its name, unique in the space.
    pub name: Name,
}

impl Operation for CreateProject {
    type Output = Project;
    const NAME: &'static str = "create_project";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Space(self.space))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Project> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.space(caller.account.id, self.space).await?;
        let requirement = Requirement::Permission(Permission::ProjectCreate);
        let space = decide::in_space(&access, found, requirement)?;
        let draft = Project {
            id: ProjectId::UNASSIGNED,
            account: space.account,
            space: space.id,
            name: self.name.into(),
            created_at: now.at,
            restricted_at: None,
        };
        name_is_free(tx, &access, &draft).await?;
        let id = tx.insert_project(&draft).await?;
        let project = Project { id, ..draft };
        let details = json!({ "space": space.id.number(), "after": { "name": project.name } });
        tx.audit(&caller, Action::ProjectCreate, Target::Project(id), details).await?;
        Ok(project)
    }
}

/// What to change of a project.
#[derive(Clone, Debug)]
pub struct UpdateProject {
    /// Which.
    pub id: ProjectId,
    /// Its new name.
    pub name: Name,
}

impl Operation for UpdateProject {
    type Output = Project;
    const NAME: &'static str = "update_project";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Project(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Project> {
        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.project(caller.account.id, self.id).await?;
        let before = of(decide::in_project(&access, found, Permission::ProjectUpdate)?)?;
        let after = Project { name: self.name.into(), ..before.clone() };
        if after == before {
            return Ok(after);
        }
        name_is_free(tx, &access, &after).await?;
        tx.update_project(&after).await?;
        let details = json!({ "before": { "name": before.name }, "after": { "name": after.name } });
        let target = Target::Project(after.id);
        tx.audit(&caller, Action::ProjectUpdate, target, details).await?;
        Ok(after)
    }
}

/// Deletes a project permanently, with the roles given in it.
#[derive(Clone, Copy, Debug)]
pub struct DeleteProject {
    /// Which.
    pub id: ProjectId,
}

impl Operation for DeleteProject {
    type Output = ();
    const NAME: &'static str = "delete_project";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Project(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = tx.project(account, id).await?;
        let project = of(decide::in_project(&access, found, Permission::ProjectDelete)?)?;
        let service_keys = cascade::remove_project(tx, &project, now.at).await?;
        let mut details = json!({ "before": { "name": project.name } });
        if !service_keys.is_empty() {
            note_revoked(&mut details, "revoked_service_keys", &service_keys);
        }
        tx.audit(&caller, Action::ProjectDelete, Target::Project(id), details).await?;
        Ok(())
    }
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<'_, D>,
    access: &Access,
    project: &Project,
) -> CallResult<()> {
    let others = tx.projects_named(project.account, project.space, &project.name).await?;
    Ok(decide::project_name_is_free(access, &others)?)
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

impl Operation for ListRestrictions {
    type Output = Page<Project>;
    const NAME: &'static str = "list_restrictions";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<Project>> {
        let (caller, access) = caller_and_access(tx).await?;
        let wanted = ProjectPage {
            account: caller.account.id,
            after: page::place(&caller, self.after)?,
            space: None,
            restricted: true,
            name: None,
            space_name: None,
            reach: reach(&access, Permission::ProjectRestrict),
            limit: self.limit + 1,
        };
        if !self.of_projects {
            return Ok(page::cut(&caller, Vec::new(), self.limit));
        }
        let manages = |place: &SpaceOrProject| {
            access.may(Permission::ProjectRestrict, Scope::SpaceOrProject(place))
        };
        let seen = filtered(tx, wanted, self.limit, manages).await?;
        Ok(page::cut(&caller, seen, self.limit))
    }
}

/// Closes a project to those who inherit a role in it. A second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct RestrictProject {
    /// Which.
    pub id: ProjectId,
}

impl Operation for RestrictProject {
    type Output = Project;
    const NAME: &'static str = "restrict";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Project(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Project> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.project(caller.account.id, id).await?;
        let before = of(decide::in_project(&access, found, Permission::ProjectRestrict)?)?;
        if before.restricted_at.is_some() {
            return Ok(before);
        }
        let after = Project { restricted_at: Some(now.at), ..before };
        tx.update_project(&after).await?;
        let action = Action::ProjectRestrict;
        creator_ceiling::revoke_exceeding(tx, &caller, action, Affected::Project(id)).await?;
        tx.audit(&caller, action, Target::Project(id), json!({})).await?;
        Ok(after)
    }
}

/// Opens a restricted project again.
#[derive(Clone, Copy, Debug)]
pub struct UnrestrictProject {
    /// Which.
    pub id: ProjectId,
}

impl Operation for UnrestrictProject {
    type Output = ();
    const NAME: &'static str = "unrestrict";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Project(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.project(caller.account.id, id).await?;
        let before = of(decide::in_project(&access, found, Permission::ProjectRestrict)?)?;
        if before.restricted_at.is_none() {
            return Err(Refusal::NotFound(Resource::Restriction).into());
        }
        tx.update_project(&Project { restricted_at: None, ..before }).await?;
        tx.audit(&caller, Action::ProjectUnrestrict, Target::Project(id), json!({})).await?;
        Ok(())
    }
}
