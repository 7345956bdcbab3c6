//! Reading, making and changing roles.
//!
//! Rule: nobody makes or edits a role into more than they hold themselves (docs/threat-model.md#custom-roles). A role can be given in every
//! space of the account, so what counts is what the editor holds in the account as a whole: that holds everywhere below. `held` is that
//! everywhere here.

use crate::permission::{Permission, PermissionSet};
use crate::refusal::{Refusal, Resource};
use crate::requirement::Requirement;
use crate::role::Role;

/// How many permissions a refusal names.
const MAX_NAMED: usize = 5;

/// Decides whether the caller may list roles.
///
/// # Errors
///
/// 403 without `ROLE_READ` in the account.
pub fn list_roles(held: PermissionSet) -> Result<(), Refusal> {
    needs(held, Permission::RoleRead)
}

/// Decides whether the caller may see this role.
///
/// # Errors
///
/// 404 if there is none, and without `ROLE_READ` in the account.
pub fn role(held: PermissionSet, found: Option<Role>) -> Result<Role, Refusal> {
    let reads = in_account(held, Permission::RoleRead);
    found.filter(|_| reads).ok_or(Refusal::NotFound(Resource::Role))
}

/// Decides whether the caller may make a role that permits this.
///
/// # Errors
///
/// 403 without `ROLE_CREATE` in the account, 422 for more than the caller holds.
pub fn create_role(held: PermissionSet, permissions: PermissionSet) -> Result<(), Refusal> {
    needs(held, Permission::RoleCreate)?;
    within(permissions, held)
}

/// Decides whether the caller may change this role, and have it permit this from now on.
///
/// # Errors
///
/// 404 for a role that the caller does not see, 403 for a predefined one and without `ROLE_UPDATE` in the account, 422 for more than
/// the caller holds: everybody with the role would have it.
pub fn update_role(
    held: PermissionSet,
    found: Option<Role>,
    permissions: Option<PermissionSet>,
) -> Result<Role, Refusal> {
    let role = role(held, found)?;
    needs(held, Permission::RoleUpdate)?;
    custom(&role, "changed")?;
    if let Some(permissions) = permissions {
        within(permissions, held)?;
    }
    Ok(role)
}

/// Decides whether the caller may delete this role, which so many users hold.
///
/// # Errors
///
/// 404 for a role that the caller does not see, 403 for a predefined one and without `ROLE_DELETE` in the account, 400 while somebody
/// holds it.
pub fn delete_role(
    held: PermissionSet,
    found: Option<Role>,
    holders: usize,
) -> Result<Role, Refusal> {
    let role = role(held, found)?;
    needs(held, Permission::RoleDelete)?;
    custom(&role, "deleted")?;
    if holders > 0 {
        let reason = format!("{holders} users hold the role: take it from them first");
        return Err(Refusal::invalid("role_id", reason));
    }
    Ok(role)
}

fn custom(role: &Role, what: &str) -> Result<(), Refusal> {
    if role.is_predefined {
        Err(Refusal::forbidden(format!(
            "predefined roles cannot be {what}: make a role of your own"
        )))
    } else {
        Ok(())
    }
}

fn needs(held: PermissionSet, permission: Permission) -> Result<(), Refusal> {
    if in_account(held, permission) {
        Ok(())
    } else {
        Err(Refusal::forbidden(format!("this needs {} in the account", permission.name())))
    }
}

fn in_account(held: PermissionSet, permission: Permission) -> bool {
    Requirement::from(permission).is_met_by(held, PermissionSet::ALL)
}

/// The ceiling over what a role permits.
fn within(permissions: PermissionSet, held: PermissionSet) -> Result<(), Refusal> {
    match above(permissions, held) {
        None => Ok(()),
        Some(names) => Err(Refusal::unprocessable(format!(
            "`permissions`: you do not hold {names} in the account yourself",
        ))),
    }
}

/// What is permitted beyond what is held, in words; nothing if nothing is.
pub(super) fn above(permissions: PermissionSet, held: PermissionSet) -> Option<String> {
    let names: Vec<_> = permissions.without(held).iter().map(Permission::name).collect();
    let more = if names.len() > MAX_NAMED { " and more" } else { "" };
    let few = names.iter().take(MAX_NAMED).copied().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("{few}{more}"))
}
