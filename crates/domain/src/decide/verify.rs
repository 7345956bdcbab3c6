//! Decides where a caller may have keys verified that others were shown.
//!
//! Rule: the right is needed in the very place that is asked about. It does not depend on seeing anything else there.

use crate::access::Access;
use crate::decide::sees_project;
use crate::id::OrganizationId;
use crate::permission::Permission;
use crate::project::SpaceOrProject;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;

/// Where a key is to be verified.
#[derive(Clone, Debug)]
pub enum VerifyPlace {
    /// In the account as a whole.
    Account,
    /// In an organization.
    Organization(OrganizationId),
    /// In a space, or in a project of it.
    SpaceOrProject(SpaceOrProject),
}

impl VerifyPlace {
    /// The place, to ask what is permitted there.
    pub fn scope(&self) -> Scope<'_> {
        match self {
            Self::Account => Scope::Account,
            Self::Organization(id) => Scope::Organization(*id),
            Self::SpaceOrProject(place) => Scope::SpaceOrProject(place),
        }
    }

    fn is_seen(&self, access: &Access) -> bool {
        match self {
            Self::Account => true,
            Self::Organization(id) => access.sees_organization(*id),
            Self::SpaceOrProject(place) if place.project.is_none() => {
                access.sees_space(&place.space)
            }
            Self::SpaceOrProject(place) => sees_project(access, place),
        }
    }
}

/// Decides whether the caller may verify keys in the account.
///
/// # Errors
///
/// 403 without `KEY_VERIFY` in the account.
pub fn verify_in_account(access: &Access) -> Result<VerifyPlace, Refusal> {
    if access.may(Permission::KeyVerify, Scope::Account) {
        Ok(VerifyPlace::Account)
    } else {
        Err(Refusal::forbidden("verifying keys without a `scope` needs KEY_VERIFY in the account"))
    }
}

/// Decides whether the caller may verify keys in the place with an id or a name, and which one that is. Places in which they may not
/// do not count: a name does not tell that there are others of it.
///
/// # Errors
///
/// 404 if there is none that the caller sees, 403 without `KEY_VERIFY` there, and 422 if several have the name.
pub fn verify_in(
    access: &Access,
    found: Vec<VerifyPlace>,
    kind: Resource,
) -> Result<VerifyPlace, Refusal> {
    let is_seen = found.iter().any(|place| place.is_seen(access));
    let permitted =
        found.into_iter().filter(|place| access.may(Permission::KeyVerify, place.scope()));
    match only(permitted, kind)? {
        Some(place) => Ok(place),
        None if is_seen => {
            Err(Refusal::forbidden(format!("verifying keys needs KEY_VERIFY in the {kind}")))
        }
        None => Err(Refusal::NotFound(kind)),
    }
}

/// Decides in which place with an id or a name the caller is told what they may do: one that they see, or in which they may do more than
/// in the account as a whole. What they may do everywhere does not tell that there is such a place.
///
/// # Errors
///
/// 404 if there is none, and 422 if several have the name.
pub fn own_place(
    access: &Access,
    found: Vec<VerifyPlace>,
    kind: Resource,
) -> Result<VerifyPlace, Refusal> {
    let everywhere = access.at_account();
    let is_own = |place: &VerifyPlace| {
        place.is_seen(access) || !access.held(place.scope()).is_subset_of(everywhere)
    };
    only(found.into_iter().filter(is_own), kind)?.ok_or(Refusal::NotFound(kind))
}

/// The one place, or an error if there are several.
fn only(
    mut places: impl Iterator<Item = VerifyPlace>,
    kind: Resource,
) -> Result<Option<VerifyPlace>, Refusal> {
    let place = places.next();
    if places.next().is_some() {
        return Err(Refusal::unprocessable(format!(
            "`scope`: there is more than one {kind} with this name: send the id"
        )));
    }
    Ok(place)
}
