//! What can be asked of the store: each operation with its rule, its statements and what it answers, once for every database.

mod audit;
mod authenticate;
mod bindings;
mod bot_users;
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

pub use audit::ListAuditRecords;
pub use authenticate::Authenticate;
pub use bindings::{
    CreateRoleBinding, DeleteRoleBinding, GetRoleBinding, ListRoleBindings, UpdateRoleBinding,
};
pub use bot_users::{BotOrganization, BotSpace, BotUser, SpaceRoleView};
pub use clock::{AcceptClock, AcceptedClock};
pub use create::{CreateServiceKey, CreateUserKey, CreatedServiceKey, GrantsOrSpace};
pub use exposure::NoteSecretInUrl;
pub use found::{
    CreateAccount, CreatedAccount, CreatedUser, FirstOrganization, FirstRole, FirstSpace,
    FirstUser, HostKey,
};
pub use leak::{Leak, ReportLeak, Reporter};
pub use list::{ListKeys, ListedKey};
pub use memberships::{
    OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember,
};
pub use organizations::{
    CreateOrganization, DeleteOrganization, GetOrganization, ListOrganizations, UpdateOrganization,
};
pub use page::{After, Page};
pub use policy::{ListAccounts, SetPolicy};
pub use projects::{
    CreateProject, DeleteProject, GetProject, ListProjects, ListRestrictions, RestrictProject,
    UnrestrictProject, UpdateProject,
};
pub use recover::RecoverAdministrator;
pub use refresh::{RefreshKey, Refreshed};
pub(crate) use refusals::note_refusal;
pub use revoke::{RevokeAllKeys, RevokeKey, RevokedKeys};
pub use roles::{CreateRole, DeleteRole, GetRole, ListRoles, UpdateRole};
pub use sign_in::{
    IssueSignInSecret, IssuedSignInSecret, ProveSignInSecret, Reminded, ResendInvitation,
    ResetPassword, SignIn, SignedIn,
};
pub use spaces::{CreateSpace, DeleteSpace, GetSpace, ListSpaces, UpdateSpace};
pub use users::{CreateUser, GetUser, InvitedUser, ListUsers, RemoveUser, UpdateUser};

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
