//! What may be done to an organization or a space.
//!
//! Rule: whoever may not know of it is told 404, whoever may and lacks the right 403.

use crate::access::Access;
use crate::organization::{Organization, Space};
use crate::permission::{Permission, PermissionSet};
use crate::predefined;
use crate::refusal::{Refusal, Resource};

/// What an operation asks of its caller in the place that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// One permission there.
    Permission(Permission),
    /// Everything that an administrator of the place may do there.
    Administration,
}

impl Need {
    fn is_met(self, held: PermissionSet, administrator: PermissionSet) -> bool {
        match self {
            Self::Permission(permission) => held.contains(permission),
            Self::Administration => administrator.is_subset_of(held),
        }
    }

    fn refusal(self, place: Resource) -> Refusal {
        match self {
            Self::Permission(permission) => {
                Refusal::forbidden(format!("this needs {} in the {place}", permission.name()))
            }
            Self::Administration => {
                Refusal::forbidden(format!("this is for administrators of the {place}"))
            }
        }
    }
}

/// Decides whether the caller may make organizations.
///
/// # Errors
///
/// 403 without `ORGANIZATION_CREATE` in the account.
pub fn create_organization(access: &Access) -> Result<(), Refusal> {
    if access.at_account().contains(Permission::OrganizationCreate) {
        Ok(())
    } else {
        Err(Refusal::forbidden("making organizations needs ORGANIZATION_CREATE in the account"))
    }
}

/// Decides whether the caller may do this in the organization.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 if what is needed is not held there.
pub fn in_organization(
    access: &Access,
    found: Option<Organization>,
    need: Need,
) -> Result<Organization, Refusal> {
    let organization = found
        .filter(|organization| access.sees_organization(organization.id))
        .ok_or(Refusal::NotFound(Resource::Organization))?;
    let held = access.at_organization(organization.id);
    if need.is_met(held, predefined::ORGANIZATION_ADMIN) {
        Ok(organization)
    } else {
        Err(need.refusal(Resource::Organization))
    }
}

/// Decides whether the caller may do this in the space.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 if what is needed is not held there.
pub fn in_space(access: &Access, found: Option<Space>, need: Need) -> Result<Space, Refusal> {
    let space =
        found.filter(|space| access.sees_space(space)).ok_or(Refusal::NotFound(Resource::Space))?;
    if need.is_met(access.at_space(&space), predefined::SPACE_ADMIN) {
        Ok(space)
    } else {
        Err(need.refusal(Resource::Space))
    }
}

/// Decides whether the caller may change the space, and whom it is open to.
///
/// Opening or closing it changes what everybody in the organization may do there: that is for administrators of the space.
///
/// # Errors
///
/// As [`in_space`].
pub fn change_space(
    access: &Access,
    found: Option<Space>,
    is_private: Option<bool>,
) -> Result<Space, Refusal> {
    let space = in_space(access, found, Need::Permission(Permission::SpaceUpdate))?;
    if is_private.is_some_and(|is_private| is_private != space.is_private) {
        return in_space(access, Some(space), Need::Administration);
    }
    Ok(space)
}
