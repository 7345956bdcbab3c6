//! Decides whether a name or an address is free.
//!
//! Rule: a conflict is about something that the caller may see. A name that only hidden things have is as free as one that nothing has: an
//! answer that differed would tell that they are there.

use crate::access::Access;
use crate::decide::sees_project;
use crate::id::OrganizationId;
use crate::organization::Space;
use crate::project::SpaceOrProject;
use crate::refusal::Refusal;

/// Decides whether an organization may have a name that these have.
///
/// # Errors
///
/// 409 if the caller sees one of them.
pub fn organization_name_is_free(
    access: &Access,
    others: &[OrganizationId],
) -> Result<(), Refusal> {
    let is_seen = others.iter().any(|other| access.sees_organization(*other));
    free_unless(is_seen, "`name`: another organization of the account has this name")
}

/// Decides whether a space may have a name that these of its organization have.
///
/// # Errors
///
/// 409 if the caller sees one of them.
pub fn space_name_is_free(access: &Access, others: &[Space]) -> Result<(), Refusal> {
    let is_seen = others.iter().any(|other| access.sees_space(other));
    free_unless(is_seen, "`name`: another space of the organization has this name")
}

/// Decides whether a project may have a name that these of its space have.
///
/// # Errors
///
/// 409 if the caller sees one of them.
pub fn project_name_is_free(access: &Access, others: &[SpaceOrProject]) -> Result<(), Refusal> {
    let is_seen = others.iter().any(|other| sees_project(access, other));
    free_unless(is_seen, "`name`: another project of the space has this name")
}

fn free_unless(is_seen: bool, reason: &'static str) -> Result<(), Refusal> {
    if is_seen { Err(Refusal::conflict(reason)) } else { Ok(()) }
}
