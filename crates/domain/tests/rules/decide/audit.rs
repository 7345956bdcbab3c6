//! Who may read the audit (docs/contract/audit-logs.md).

use claviger_domain::AccountRole;
use claviger_domain::decide::read_audit;

use super::outcome;
use crate::fixtures::{bot, person};

#[test]
fn the_audit_is_read_by_administrators_of_the_account_alone() {
    for (role, expected) in [
        (AccountRole::Admin, "yes"),
        (AccountRole::Member, "forbidden"),
        (AccountRole::Annotator, "forbidden"),
        (AccountRole::MemberUiOnly, "forbidden"),
    ] {
        for caller in [person(1, role), bot(1, role)] {
            assert_eq!(outcome(&read_audit(&caller)), expected, "{role:?}");
        }
    }
}
