//! The decisions, refusal by refusal: who is told what, and what is looked at first.

mod audit;
mod authenticate;
mod bindings;
mod create;
mod creator_ceiling;
mod leak;
mod list;
mod memberships;
mod mint;
mod places;
mod refresh;
mod revoke;
mod roles;
mod sign_in;
mod users;

use claviger_domain::{
    Access, AccountRole, Membership, OrganizationId, PermissionSet, Refusal, Resource, ScopedRole,
    Space, SpaceId,
};

/// A decision, in a word.
fn outcome<T>(decision: &Result<T, Refusal>) -> &'static str {
    match decision {
        Ok(_) => "yes",
        Err(Refusal::Unauthenticated) => "unauthenticated",
        Err(Refusal::Forbidden(_)) => "forbidden",
        Err(Refusal::NotFound(Resource::ApiKey)) => "no such key",
        Err(Refusal::NotFound(Resource::Organization)) => "no such organization",
        Err(Refusal::NotFound(Resource::Project)) => "no such project",
        Err(Refusal::NotFound(Resource::Restriction)) => "no such restriction",
        Err(Refusal::NotFound(Resource::RoleBinding)) => "no such binding",
        Err(Refusal::NotFound(Resource::Role)) => "no such role",
        Err(Refusal::NotFound(Resource::Space)) => "no such space",
        Err(Refusal::NotFound(Resource::User)) => "no such user",
        Err(Refusal::Invalid { .. }) => "invalid",
        Err(Refusal::Conflict(_)) => "in conflict",
        Err(Refusal::Unprocessable(_)) => "unprocessable",
        Err(Refusal::TooMany { .. }) => "too many",
        Err(Refusal::OverPrivileged(_)) => "over-privileged",
    }
}

fn in_organization(number: i64, role: ScopedRole) -> Membership {
    Membership::Organization(OrganizationId::new(number), role)
}

fn in_space(space: &Space, role: ScopedRole) -> Membership {
    Membership::Space(space.id, role.in_space())
}

fn in_space_with(number: i64, permissions: PermissionSet) -> Membership {
    Membership::Space(SpaceId::new(number), permissions)
}

fn member(memberships: impl IntoIterator<Item = Membership>) -> Access {
    Access::new(AccountRole::Member, memberships)
}
