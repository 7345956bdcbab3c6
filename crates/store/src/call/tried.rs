//! What a change is tried on, for the record that is made when it is refused.

use claviger_domain::{
    ApiKeyId, OrganizationId, ProjectId, RoleBindingId, RoleId, SpaceId, Target, UserId,
};

use super::{
    CreateOrganization, CreateProject, CreateRole, CreateRoleBinding, CreateServiceKey,
    CreateSpace, CreateUser, CreateUserKey, HandOver, LeakReport, RefreshKey, Remind,
    RemoveOrganizationMember, RemoveSpaceMember, RevokeAllKeys, SetOrganizationMember,
    SetSpaceMember, SignIn, UpdateOrganization, UpdateProject, UpdateRole, UpdateRoleBinding,
    UpdateSpace, UpdateUser,
};

/// What a method is asked to change.
pub(crate) trait Tried {
    /// The thing, or the place that a new thing is for; nothing if that is the account.
    fn target(&self) -> Option<Target>;
}

macro_rules! tried {
    ($($asked:ident $(.$member:ident)? => $target:ident,)*) => {$(
        impl Tried for $asked {
            fn target(&self) -> Option<Target> {
                Some(Target::$target(self$(.$member)?.to_owned()))
            }
        }
    )*};
}

macro_rules! tried_on_the_account {
    ($($asked:ident,)*) => {$(
        impl Tried for $asked {
            fn target(&self) -> Option<Target> {
                None
            }
        }
    )*};
}

tried! {
    ApiKeyId => ApiKey,
    RefreshKey.id => ApiKey,
    OrganizationId => Organization,
    UpdateOrganization.id => Organization,
    SetOrganizationMember.organization => Organization,
    RemoveOrganizationMember.organization => Organization,
    CreateSpace.organization => Organization,
    SpaceId => Space,
    UpdateSpace.id => Space,
    SetSpaceMember.space => Space,
    RemoveSpaceMember.space => Space,
    CreateProject.space => Space,
    ProjectId => Project,
    UpdateProject.id => Project,
    RoleId => Role,
    UpdateRole.id => Role,
    RoleBindingId => RoleBinding,
    UpdateRoleBinding.id => RoleBinding,
    CreateRoleBinding.user => User,
    UserId => User,
    UpdateUser.id => User,
    Remind.id => User,
    HandOver.id => User,
}

tried_on_the_account! {
    LeakReport,
    CreateUserKey,
    CreateServiceKey,
    CreateOrganization,
    CreateRole,
    CreateUser,
    SignIn,
}

impl Tried for RevokeAllKeys {
    fn target(&self) -> Option<Target> {
        self.user.map(Target::User)
    }
}
