//! What each method of the store does, over the statements of [`Rows`]. Written once for every database.
//!
//! Rule: read, decide, write, in this order. The caller is authenticated before anything else is read.

mod authenticate;
mod cascade;
mod create;
mod found;
mod list;
mod organizations;
mod refresh;
mod revoke;
mod spaces;
mod users;

use claviger_domain::{Action, AuditRecord, Caller, Target};
use serde_json::Value;

use crate::call::Call;
use crate::error::StoreError;
use crate::rows::Rows;

pub(crate) use authenticate::authenticate;
pub(crate) use create::{create_service_key, create_user_key};
pub(crate) use found::found;
pub(crate) use list::list_keys;
pub(crate) use organizations::{
    create_organization, delete_organization, list_organizations, organization, update_organization,
};
pub(crate) use refresh::refresh_key;
pub(crate) use revoke::revoke_key;
pub(crate) use spaces::{create_space, delete_space, list_spaces, space, update_space};
pub(crate) use users::{list_users, remove_user, user};

/// Writes down what a caller did.
async fn audit<R: Rows>(
    rows: &mut R,
    call: Call,
    caller: &Caller,
    action: Action,
    target: Target,
    details: Value,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        at: call.now,
        account: caller.account.id,
        actor: Some(caller.user.id),
        actor_key: Some(caller.key.id),
        action,
        target,
        details,
        context: call.context,
    };
    rows.insert_audit_record(&record).await
}
