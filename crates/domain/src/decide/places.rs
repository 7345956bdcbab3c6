//! Decides about organizations and spaces.
//!
//! Rule: 404 if the caller may not know of it, 403 if they may and lack the permission.

use crate::access::Access;
use crate::organization::{Organization, Space};
use crate::permission::Permission;
use crate::refusal::{Refusal, Resource};
use crate::requirement::{Requirement, Scope};

impl Requirement {
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
    if access.may(Permission::OrganizationCreate, Scope::Account) {
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
    requirement: Requirement,
) -> Result<Organization, Refusal> {
    let organization = found
        .filter(|organization| access.sees_organization(organization.id))
        .ok_or(Refusal::NotFound(Resource::Organization))?;
    if access.may(requirement, Scope::Organization(organization.id)) {
        Ok(organization)
    } else {
        Err(requirement.refusal(Resource::Organization))
    }
}

/// Decides whether the caller may do this in the space.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 if what is needed is not held there.
pub fn in_space(
    access: &Access,
    found: Option<Space>,
    requirement: Requirement,
) -> Result<Space, Refusal> {
    let space =
        found.filter(|space| access.sees_space(space)).ok_or(Refusal::NotFound(Resource::Space))?;
    if access.may(requirement, Scope::Space(&space)) {
        Ok(space)
    } else {
        Err(requirement.refusal(Resource::Space))
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
    let space = in_space(access, found, Requirement::Permission(Permission::SpaceUpdate))?;
    if is_private.is_some_and(|is_private| is_private != space.is_private) {
        return in_space(access, Some(space), Requirement::Administration);
    }
    Ok(space)
}
