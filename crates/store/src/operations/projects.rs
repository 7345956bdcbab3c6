//! Projects, and restricting them.

use claviger_domain::decide::{self, Here, Need};
use claviger_domain::{
    Access, Action, Permission, Place, Project, ProjectId, Refusal, Resource, Target,
};
use serde_json::json;

use super::authenticate::caller_and_access;
use super::makers::Affected;
use super::{audit, cascade, makers, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateProject, ListProjects, ListRestrictions, Page, TimedCall, UpdateProject};
use crate::tables::{ProjectPage, ProjectReach};
use crate::transaction::{Driver, Transaction};

pub(crate) async fn list_projects<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListProjects,
) -> CallResult<Page<Project>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    if let Some(space) = query.space {
        let found = tx.space(account, space).await?;
        found.filter(|space| access.sees_space(space)).ok_or(Refusal::NotFound(Resource::Space))?;
    }
    let wanted = ProjectPage {
        account,
        after: page::place(&caller, query.after)?,
        space: query.space,
        restricted: false,
        name: query.name,
        space_name: query.space_name,
        reach: reach(&access, Permission::ProjectRead),
        limit: query.limit + 1,
    };
    let seen =
        filtered(tx, wanted, query.limit, |place| decide::sees_project(&access, place)).await?;
    Ok(page::cut(&caller, seen, query.limit))
}

/// The projects in which something is permitted, as far as that can be told before they are read.
pub(super) fn reach(access: &Access, permission: Permission) -> ProjectReach {
    ProjectReach { places: access.reach(permission), administered: access.administered_spaces() }
}

/// The projects of a list that the caller is shown: one more than asked for, if there are.
async fn filtered<D: Driver>(
    tx: &mut Transaction<D>,
    mut page: ProjectPage,
    limit: u32,
    shows: impl Fn(&Place) -> bool,
) -> CallResult<Vec<Project>> {
    let after = page.after;
    let found = page::filled(limit, after, ProjectId::new, async |after| {
        page.after = after;
        let mut chunk = tx.projects(&page).await?;
        chunk.items.retain(&shows);
        Ok(chunk)
    });
    Ok(found.await?.into_iter().filter_map(|place| place.project).collect())
}

pub(crate) async fn project<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: ProjectId,
) -> CallResult<Project> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.project(caller.account.id, id).await?;
    of(decide::in_project(&access, found, Permission::ProjectRead)?)
}

/// The project of a place that is one.
fn of(place: Place) -> CallResult<Project> {
    Ok(place.project.ok_or(Refusal::NotFound(Resource::Project))?)
}

pub(crate) async fn create_project<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateProject,
) -> CallResult<Project> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.space(caller.account.id, command.space).await?;
    let need = Need::Permission(Permission::ProjectCreate);
    let space = decide::in_space(&access, found, need)?;
    let draft = Project {
        id: ProjectId::NOTHING,
        account: space.account,
        space: space.id,
        name: command.name.into(),
        created_at: call.now.at,
        restricted_at: None,
    };
    name_is_free(tx, &access, &draft).await?;
    let id = tx.insert_project(&draft).await?;
    let project = Project { id, ..draft };
    let details = json!({ "space": space.id.number(), "after": { "name": project.name } });
    audit(tx, call, &caller, Action::ProjectCreate, Target::Project(id), details).await?;
    Ok(project)
}

pub(crate) async fn update_project<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateProject,
) -> CallResult<Project> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.project(caller.account.id, command.id).await?;
    let before = of(decide::in_project(&access, found, Permission::ProjectUpdate)?)?;
    let after = Project { name: command.name.into(), ..before.clone() };
    if after == before {
        return Ok(after);
    }
    name_is_free(tx, &access, &after).await?;
    tx.update_project(&after).await?;
    let details = json!({ "before": { "name": before.name }, "after": { "name": after.name } });
    let target = Target::Project(after.id);
    audit(tx, call, &caller, Action::ProjectUpdate, target, details).await?;
    Ok(after)
}

pub(crate) async fn delete_project<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: ProjectId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let found = tx.project(account, id).await?;
    let project = of(decide::in_project(&access, found, Permission::ProjectDelete)?)?;
    let service_keys = cascade::remove_project(tx, &project, call.now.at).await?;
    let mut details = json!({ "before": { "name": project.name } });
    if service_keys > 0 {
        details["revoked_service_keys"] = service_keys.into();
    }
    audit(tx, call, &caller, Action::ProjectDelete, Target::Project(id), details).await?;
    Ok(())
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<D>,
    access: &Access,
    project: &Project,
) -> CallResult<()> {
    let others = tx.projects_named(project.account, project.space, &project.name).await?;
    Ok(decide::project_name_is_free(access, &others)?)
}

pub(crate) async fn list_restrictions<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListRestrictions,
) -> CallResult<Page<Project>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let wanted = ProjectPage {
        account: caller.account.id,
        after: page::place(&caller, query.after)?,
        space: None,
        restricted: true,
        name: None,
        space_name: None,
        reach: reach(&access, Permission::ProjectRestrict),
        limit: query.limit + 1,
    };
    if !query.of_projects {
        return Ok(page::cut(&caller, Vec::new(), query.limit));
    }
    let manages = |place: &Place| access.may(Permission::ProjectRestrict, Here::Place(place));
    let seen = filtered(tx, wanted, query.limit, manages).await?;
    Ok(page::cut(&caller, seen, query.limit))
}

pub(crate) async fn restrict<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: ProjectId,
) -> CallResult<Project> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.project(caller.account.id, id).await?;
    let before = of(decide::in_project(&access, found, Permission::ProjectRestrict)?)?;
    if before.restricted_at.is_some() {
        return Ok(before);
    }
    let after = Project { restricted_at: Some(call.now.at), ..before };
    tx.update_project(&after).await?;
    let action = Action::ProjectRestrict;
    makers::cut(tx, &call, &caller, action, Affected::Project(id)).await?;
    audit(tx, call, &caller, action, Target::Project(id), json!({})).await?;
    Ok(after)
}

pub(crate) async fn unrestrict<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: ProjectId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.project(caller.account.id, id).await?;
    let before = of(decide::in_project(&access, found, Permission::ProjectRestrict)?)?;
    if before.restricted_at.is_none() {
        return Err(Refusal::NotFound(Resource::Restriction).into());
    }
    tx.update_project(&Project { restricted_at: None, ..before }).await?;
    audit(tx, call, &caller, Action::ProjectUnrestrict, Target::Project(id), json!({})).await?;
    Ok(())
}
