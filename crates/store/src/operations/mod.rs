//! The operations, each with its rule, its statements and its result, written once for every database.

mod accounts;
mod api_keys;
mod audit_logs;
mod authenticate;
mod bot_users;
mod cascade;
mod creator_ceiling;
mod memberships;
mod mint;
mod organizations;
mod page;
mod projects;
mod refusals;
mod role_bindings;
mod roles;
mod shares;
mod sign_in;
mod spaces;
mod users;
mod verify;

pub use accounts::{
    AcceptClock, AcceptedClock, CreateAccount, CreatedAccount, CreatedUser, FirstOrganization,
    FirstRole, FirstSpace, FirstUser, HostKey, ListAccounts, RecoverAdministrator, SetPolicy,
};
pub use api_keys::{
    CreateServiceKey, CreateUserKey, CreatedServiceKey, GrantsOrSpace, Leak, ListKeys, ListedKey,
    NoteSecretInUrl, RefreshKey, Refreshed, ReportLeak, Reporter, RevokeAllKeys, RevokeKey,
    RevokedKeys,
};
pub use audit_logs::ListAuditRecords;
pub use authenticate::Authenticate;
pub use bot_users::{BotOrganization, BotSpace, BotUser, SpaceRoleView};
pub use memberships::{
    OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember,
};
pub use organizations::{
    CreateOrganization, DeleteOrganization, GetOrganization, ListOrganizations, UpdateOrganization,
};
pub use page::{After, Page};
pub use projects::{
    CreateProject, DeleteProject, GetProject, ListProjects, ListRestrictions, RestrictProject,
    UnrestrictProject, UpdateProject,
};
pub(crate) use refusals::note_refusal;
pub use role_bindings::{
    CreateRoleBinding, DeleteRoleBinding, GetRoleBinding, ListRoleBindings, UpdateRoleBinding,
};
pub use roles::{CreateRole, DeleteRole, GetRole, ListRoles, UpdateRole};
pub use sign_in::{
    IssueSignInSecret, IssuedSignInSecret, ProveSignInSecret, Reminded, ResendInvitation,
    ResetPassword, SignIn, SignedIn,
};
pub use spaces::{CreateSpace, DeleteSpace, GetSpace, ListSpaces, UpdateSpace};
pub use users::{CreateUser, GetUser, InvitedUser, ListUsers, RemoveUser, UpdateUser};
pub use verify::{
    GetSelf, IdOrName, Question, Verification, Verified, VerifyKey, VerifyKeys, VerifyScope,
};

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    fn sources(directory: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(directory).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// What is stored is spelled, not printed for debugging (fault S16).
    #[test]
    fn no_debug_text_is_stored() {
        let sources = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/operations")));
        assert!(sources.len() > 10, "{sources:?}");
        let debug = format!(":?{}", '}');
        for path in sources.iter().filter(|path| !path.ends_with("operations/mod.rs")) {
            let text = std::fs::read_to_string(path).unwrap();
            assert!(!text.contains(&debug), "{}", path.display());
        }
    }
}
