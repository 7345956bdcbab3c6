//! Decides about projects and restrictions.
//!
//! Rule: a project that is restricted is not there for those without a binding on it, administrators of its space aside.

use crate::access::Access;
use crate::permission::Permission;
use crate::project::SpaceOrProject;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;

/// Decides whether the caller may do this to the project.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 without the permission there.
pub fn in_project(
    access: &Access,
    found: Option<SpaceOrProject>,
    permission: Permission,
) -> Result<SpaceOrProject, Refusal> {
    let place = found
        .filter(|place| sees_project(access, place))
        .ok_or(Refusal::NotFound(Resource::Project))?;
    if access.may(permission, Scope::SpaceOrProject(&place)) {
        Ok(place)
    } else {
        Err(Refusal::forbidden(format!("this needs {} in the project", permission.name())))
    }
}

/// Whether the caller may know that the project exists.
pub fn sees_project(access: &Access, place: &SpaceOrProject) -> bool {
    place.project.is_some() && access.may(Permission::ProjectRead, Scope::SpaceOrProject(place))
}
