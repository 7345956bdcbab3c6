//! Decides about role bindings.
//!
//! Rule: a caller cannot grant a role that permits more than the caller holds in that place (docs/threat-model.md#no-escalation). To a
//! caller without access, a hidden place and a missing one look the same: 403 when granting a role, 404 when naming a binding
//! (docs/contract/roles.md#role-bindings).

use super::roles::above;
use crate::access::Access;
use crate::decide::read_user;
use crate::permission::{Permission, PermissionSet};
use crate::predefined_role::PredefinedRole;
use crate::project::SpaceOrProject;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;
use crate::role::{AccountRole, Role, ScopedRole};
use crate::user::{Caller, User};

/// Decides whether the caller may give roles there.
///
/// # Errors
///
/// 403 without `ROLE_BINDING_CREATE` there, and if there is no such place.
pub fn may_bind(access: &Access, found: Option<SpaceOrProject>) -> Result<SpaceOrProject, Refusal> {
    found
        .filter(|place| access.may(Permission::RoleBindingCreate, Scope::SpaceOrProject(place)))
        .ok_or_else(|| {
            Refusal::forbidden("giving roles needs ROLE_BINDING_CREATE in that space or project")
        })
}

/// Decides whether this user may be given this role there by the caller.
///
/// # Errors
///
/// 404 for a user or role that is not there, 400 for an annotator and another role or the other way round, 422 for a role above the
/// caller's own rights there.
pub fn bind(
    caller: &Caller,
    access: &Access,
    place: &SpaceOrProject,
    user: Option<User>,
    role: Option<Role>,
) -> Result<(User, Role), Refusal> {
    let user = read_user(caller, access, user)?;
    let role = give(access, place, &user, role)?;
    Ok((user, role))
}

/// Decides whether this role may take the place of the one that a user has.
///
/// # Errors
///
/// As [`bind`].
pub fn give(
    access: &Access,
    place: &SpaceOrProject,
    user: &User,
    role: Option<Role>,
) -> Result<Role, Refusal> {
    let role = crate::decide::role(access.at_account(), role)?;
    let annotator = PredefinedRole::Space(ScopedRole::Annotator).id();
    if (user.role == AccountRole::Annotator) != (role.id == annotator) {
        return Err(Refusal::invalid(
            "role_id",
            "annotators of the account have the role Annotator in spaces, and nobody else has it",
        ));
    }
    match above(role.permissions, access.at(place)) {
        None => Ok(role),
        Some(names) => Err(Refusal::unprocessable(format!(
            "`role_id`: the role is above your own privilege there: it permits {names}",
        ))),
    }
}

/// Decides whether the caller may do this to a binding.
///
/// # Errors
///
/// 404 without the permissions in its place, and if there is none.
pub fn in_binding<T>(
    access: &Access,
    found: Option<(T, SpaceOrProject)>,
    needed: PermissionSet,
) -> Result<(T, SpaceOrProject), Refusal> {
    found
        .filter(|(_, place)| needed.iter().all(|one| access.may(one, Scope::SpaceOrProject(place))))
        .ok_or(Refusal::NotFound(Resource::RoleBinding))
}
