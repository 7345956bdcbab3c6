//! What the methods on the audit are asked.

use claviger_domain::{AuditRecordId, UserId};
use jiff::Timestamp;

use super::After;

/// Which records to list.
#[derive(Clone, Debug)]
pub struct ListAuditRecords {
    /// Not before this instant; thirty days before the end if it is not said.
    pub from: Option<Timestamp>,
    /// Not after this instant; now if it is not said.
    pub to: Option<Timestamp>,
    /// Done by this user.
    pub user: Option<UserId>,
    /// With one of these actions, by name: up to twenty. With any if there is none.
    pub actions: Vec<String>,
    /// Changes alone are written down: a list of anything else is empty.
    pub of_changes: bool,
    /// Those before this one in the order of the list.
    pub after: Option<After<AuditRecordId>>,
    /// How many at most.
    pub limit: u32,
}
