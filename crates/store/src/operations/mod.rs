//! What each method of the store does, over the statements of `tables`. Written once for every database.
//!
//! Rule: read, decide, write, in this order. The caller is authenticated before anything else is read.

mod audit;
mod authenticate;
mod bindings;
mod cascade;
mod clock;
mod create;
mod exposure;
mod found;
mod leak;
mod list;
mod makers;
mod memberships;
mod mint;
mod organizations;
mod page;
mod policy;
mod projects;
mod recover;
mod refresh;
mod refusals;
mod revoke;
mod roles;
mod sign_in;
mod spaces;
mod users;

use audit::audit;

pub(crate) use audit::list_audit_records;
pub(crate) use authenticate::authenticate;
pub(crate) use bindings::{
    create_role_binding, delete_role_binding, list_role_bindings, role_binding, update_role_binding,
};
pub(crate) use clock::accept_clock;
pub(crate) use create::{create_service_key, create_user_key};
pub(crate) use exposure::{exposed_key, note_secret_in_url};
pub(crate) use found::found;
pub(crate) use leak::{known_leak, report_leak};
pub(crate) use list::list_keys;
pub(crate) use memberships::{
    remove_organization_member, remove_space_member, set_organization_member, set_space_member,
};
pub(crate) use organizations::{
    create_organization, delete_organization, list_organizations, organization, update_organization,
};
pub(crate) use policy::set_policy;
pub(crate) use projects::{
    create_project, delete_project, list_projects, list_restrictions, project, restrict,
    unrestrict, update_project,
};
pub(crate) use recover::recover;
pub(crate) use refresh::refresh_key;
pub(crate) use refusals::{Attempt, note_refusal};
pub(crate) use revoke::{revoke_all_keys, revoke_key};
pub(crate) use roles::{create_role, delete_role, list_roles, role, update_role};
pub(crate) use sign_in::{
    hand_over, prove_sign_in_secret, resend_invitation, reset_password, sign_in,
};
pub(crate) use spaces::{create_space, delete_space, list_spaces, space, update_space};
pub(crate) use users::{create_user, list_users, remove_user, update_user, user};

#[cfg(test)]
mod tests {
    /// What is stored is spelled, not printed for debugging (fault S16).
    #[test]
    fn no_debug_text_is_stored() {
        let files = concat!(env!("CARGO_MANIFEST_DIR"), "/src/operations");
        let mut count = 0;
        for file in std::fs::read_dir(files).unwrap() {
            let path = file.unwrap().path();
            let debug = format!(":?{}", '}');
            assert!(
                !std::fs::read_to_string(&path).unwrap().contains(&debug),
                "{}",
                path.display()
            );
            count += 1;
        }
        assert!(count > 10, "{count}");
    }
}
