//! What clients send to the operations of `/v2`, and what they get: a file for each resource.

pub(crate) mod api_keys;
pub(crate) mod audit_logs;
pub(crate) mod custom_roles;
pub(crate) mod memberships;
pub(crate) mod organizations;
pub(crate) mod projects;
pub(crate) mod resource_restrictions;
pub(crate) mod role_bindings;
pub(crate) mod role_schema;
pub(crate) mod roles;
pub(crate) mod spaces;
pub(crate) mod users;
pub(crate) mod words;
