//! Giving people roles in organizations and spaces, and taking them away (docs/contract/organizations.md#members).
//!
//! Rule: a caller cannot grant a role that permits more than the caller holds in that place, whatever the role's name
//! (docs/threat-model.md#no-escalation). The caller's permissions are checked before the user is looked up, so that the response does not
//! reveal who is in the account.

use crate::access::Access;
use crate::decide::{Requirement, in_organization, in_space};
use crate::grants::{GrantField, OverPrivileged};
use crate::organization::{Organization, Space};
use crate::permission::{Permission, PermissionSet};
use crate::refusal::{Refusal, Resource};
use crate::role::{AccountRole, CustomRole, ScopedRole, SpaceRole};
use crate::user::{User, UserKind, UserStatus};

/// Decides whether the caller may give and take roles in the organization.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 to all but its administrators.
pub fn organization_members(
    access: &Access,
    found: Option<Organization>,
) -> Result<Organization, Refusal> {
    in_organization(access, found, Requirement::Administration)
}

/// Decides whether the caller may give a role of this kind in the space. To put a custom role in the place of another one is also to
/// take that one away.
///
/// # Errors
///
/// 404 if there is none that the caller sees; 403 for predefined roles to all but its administrators, for custom ones without
/// `ROLE_BINDING_CREATE`, and without `ROLE_BINDING_DELETE` if the user `has` another role.
pub fn give_space_role(
    access: &Access,
    found: Option<Space>,
    role: SpaceRole,
    has: Option<SpaceRole>,
) -> Result<Space, Refusal> {
    match role {
        SpaceRole::Predefined(_) => in_space(access, found, Requirement::Administration),
        SpaceRole::Custom(_) => {
            let space =
                in_space(access, found, Requirement::Permission(Permission::RoleBindingCreate))?;
            if has.is_some_and(|has| has != role) {
                let requirement = Requirement::Permission(Permission::RoleBindingDelete);
                return in_space(access, Some(space), requirement);
            }
            Ok(space)
        }
    }
}

/// Decides whether the caller may take people out of the space.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 without `ROLE_BINDING_DELETE` there.
pub fn remove_space_member(access: &Access, found: Option<Space>) -> Result<Space, Refusal> {
    in_space(access, found, Requirement::Permission(Permission::RoleBindingDelete))
}

/// The person who is to be given a role.
///
/// # Errors
///
/// 404 if there is none in the account or they were removed; 422 for bot users, whose roles are those of their key.
pub fn new_member(found: Option<User>) -> Result<User, Refusal> {
    let user = found
        .filter(|user| user.status != UserStatus::Blocked)
        .ok_or(Refusal::NotFound(Resource::User))?;
    match user.kind {
        UserKind::Person => Ok(user),
        UserKind::Bot => Err(Refusal::unprocessable(
            "`user_id`: a bot user has the roles that its key was made with",
        )),
    }
}

/// Annotators of the account are annotators everywhere, and nobody else is one (docs/permissions.md#annotators).
fn tracks_meet(user: &User, is_annotator: bool) -> Result<(), Refusal> {
    match (user.role == AccountRole::Annotator, is_annotator) {
        (true, false) => Err(Refusal::invalid(
            "role",
            "it must be ANNOTATOR: the user is an annotator of the account",
        )),
        (false, true) => Err(Refusal::invalid(
            "role",
            "it must not be ANNOTATOR: the user is not an annotator of the account",
        )),
        _ => Ok(()),
    }
}

fn within(granted: PermissionSet, held: PermissionSet) -> Result<(), Refusal> {
    if granted.is_subset_of(held) { Ok(()) } else { Err(OverPrivileged(GrantField::Role).into()) }
}

/// Decides whether this user may be given this role in the organization, by a caller who may give roles there.
///
/// # Errors
///
/// 400 if an annotator meets another role, or another user that of annotators; 422 for a role above the caller's own.
pub fn organization_role(
    access: &Access,
    organization: &Organization,
    user: &User,
    role: ScopedRole,
) -> Result<(), Refusal> {
    tracks_meet(user, role == ScopedRole::Annotator)?;
    within(role.in_organization(), access.at_organization(organization.id))
}

/// Decides whether this user may be given this role in the space, by a caller who may give roles there. `is_member` says whether the
/// user is a member of the space's organization, `custom` is what the role's id led to.
///
/// # Errors
///
/// 404 for a custom role that is not the account's; 400 for users outside the organization, and as [`organization_role`]; 422 for a
/// role above the caller's own.
pub fn space_role(
    access: &Access,
    space: &Space,
    user: &User,
    is_member: bool,
    role: SpaceRole,
    custom: Option<&CustomRole>,
) -> Result<(), Refusal> {
    let granted = match role {
        SpaceRole::Predefined(role) => role.in_space(),
        SpaceRole::Custom(_) => custom.ok_or(Refusal::NotFound(Resource::Role))?.permissions,
    };
    if !is_member {
        return Err(Refusal::invalid(
            "user_id",
            "it must be a member of the space's organization: add the user there first",
        ));
    }
    tracks_meet(user, role == SpaceRole::Predefined(ScopedRole::Annotator))?;
    within(granted, access.at_space(space))
}
