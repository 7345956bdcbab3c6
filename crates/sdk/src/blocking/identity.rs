//! Blocking calls for everything but keys. See the async ones for what they do and their errors.

use super::client::Client;
use super::iter::Iter;
use crate::audit_logs::AuditLog;
use crate::error::Result;
use crate::organizations::{Organization, OrganizationMembership};
use crate::page::Page;
use crate::projects::Project;
use crate::resource_restrictions::ResourceRestriction;
use crate::role_assignment::RoleAssignment;
use crate::role_bindings::RoleBinding;
use crate::roles::Role;
use crate::spaces::{Space, SpaceMembership};
use crate::users::{BulkDeleted, User, UserCreated};
use crate::{
    audit_logs, organizations, projects, resource_restrictions, role_bindings, roles, spaces, users,
};

/// Defines the waiting twin of a group of calls: a page, all pages, and the rest.
macro_rules! waiting {
    ($name:ident of $module:ident lists $item:ty; $(fn $call:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[doc = concat!("The waiting twin of [`", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ").")]
        #[derive(Clone, Debug)]
        pub struct $name {
            client: Client,
        }

        impl $name {
            pub(super) fn of(client: Client) -> Self {
                Self { client }
            }

            /// Reads a page, 50 if no limit is given.
            ///
            /// # Errors
            ///
            #[doc = concat!("As [the async one](crate::", stringify!($module), "::", stringify!($name), "::list).")]
            pub fn list(&self, request: $module::ListRequest) -> Result<Page<$item>> {
                self.client.wait(self.client.inner().$module().list(request))
            }

            /// Reads all of them, page by page, as they are asked for.
            pub fn list_all(&self, request: $module::ListRequest) -> Iter<$item> {
                Iter::over(self.client.clone(), self.client.inner().$module().list_all(request))
            }

            $(
                #[doc = concat!("Waits for [the async one](crate::", stringify!($module), "::", stringify!($name), "::", stringify!($call), ").")]
                ///
                /// # Errors
                ///
                /// As written there.
                pub fn $call(&self, $($argument: $type),*) -> Result<$answer> {
                    self.client.wait(self.client.inner().$module().$call($($argument),*))
                }
            )*
        }
    };
}

waiting! {
    Organizations of organizations lists Organization;
    fn get(name_or_id: &str) -> Organization;
    fn create(request: organizations::CreateRequest) -> Organization;
    fn update(request: organizations::UpdateRequest) -> Organization;
    fn delete(name_or_id: &str) -> ();
    fn add_user(organization: &str, user: &str, role: impl Into<RoleAssignment>) -> OrganizationMembership;
    fn remove_user(organization: &str, user: &str) -> ();
}

waiting! {
    Spaces of spaces lists Space;
    fn get(name_or_id: &str) -> Space;
    fn create(request: spaces::CreateRequest) -> Space;
    fn update(request: spaces::UpdateRequest) -> Space;
    fn delete(name_or_id: &str) -> ();
    fn add_user(space: &str, user: &str, role: impl Into<RoleAssignment>) -> SpaceMembership;
    fn remove_user(space: &str, user: &str) -> ();
}

waiting! {
    Projects of projects lists Project;
    fn get(name_or_id: &str) -> Project;
    fn create(request: projects::CreateRequest) -> Project;
    fn update(request: projects::UpdateRequest) -> Project;
    fn delete(name_or_id: &str) -> ();
}

waiting! {
    Users of users lists User;
    fn get(email_or_id: &str) -> User;
    fn create(request: users::CreateRequest) -> UserCreated;
    fn update(request: users::UpdateRequest) -> User;
    fn delete(email_or_id: &str) -> ();
    fn bulk_delete(emails_or_ids: &[&str]) -> BulkDeleted;
    fn resend_invitation(email_or_id: &str) -> ();
    fn reset_password(email_or_id: &str) -> ();
}

waiting! {
    Roles of roles lists Role;
    fn get(name_or_id: &str) -> Role;
    fn create(request: roles::CreateRequest) -> Role;
    fn update(request: roles::UpdateRequest) -> Role;
    fn delete(name_or_id: &str) -> ();
}

waiting! {
    RoleBindings of role_bindings lists RoleBinding;
    fn get(binding_id: &str) -> RoleBinding;
    fn create(request: role_bindings::CreateRequest) -> RoleBinding;
    fn update(binding_id: &str, role: &str) -> RoleBinding;
    fn delete(binding_id: &str) -> ();
}

waiting! {
    ResourceRestrictions of resource_restrictions lists ResourceRestriction;
    fn restrict(resource_id: &str) -> ResourceRestriction;
    fn unrestrict(resource_id: &str) -> ();
}

waiting! {
    AuditLogs of audit_logs lists AuditLog;
}
