//! Service keys above their creators.

use claviger_domain::decide::{ensure_within_creator, exceeds_creator};
use claviger_domain::{Access, AccountRole, Refusal, ScopedRole};

use super::refresh::grants;
use super::{in_organization, in_space};
use crate::fixtures::space;

/// A bot user is above who holds less than it in any place, and above a removed person, whatever it holds.
#[test]
fn a_bot_is_above_who_holds_less_or_is_gone() {
    let bot = |role| grants(&[space(1, 1, false)], role);
    let creator = Access::new(
        AccountRole::Member,
        [
            in_organization(1, ScopedRole::ReadOnly),
            in_space(&space(1, 1, false), ScopedRole::Member),
        ],
    );
    for (role, is_above) in
        [(ScopedRole::ReadOnly, false), (ScopedRole::Member, false), (ScopedRole::Admin, true)]
    {
        let bot = bot(role);
        assert_eq!(exceeds_creator(&bot, Some(&creator)), is_above, "{role:?}");
        let told = ensure_within_creator(&bot, Some(&creator));
        assert_eq!(matches!(told, Err(Refusal::Unprocessable(_))), is_above, "{role:?}");
        assert!(exceeds_creator(&bot, None) && ensure_within_creator(&bot, None).is_err());
    }
    let nothing = grants(&[], ScopedRole::Member);
    assert!(exceeds_creator(&nothing, None));
    assert!(!exceeds_creator(&nothing, Some(&creator)));
}
