//! Service keys above their makers.

use claviger_domain::decide::{is_above_maker, stays_below_maker};
use claviger_domain::{Access, AccountRole, Refusal, ScopedRole};

use super::refresh::grants;
use super::{in_organization, in_space};
use crate::cast::space;

/// A bot user is above who holds less than it in any place, and above whoever is gone, whatever it holds.
#[test]
fn a_bot_is_above_who_holds_less_or_is_gone() {
    let bot = |role| grants(&[space(1, 1, false)], role);
    let maker = Access::new(
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
        assert_eq!(is_above_maker(&bot, Some(&maker)), is_above, "{role:?}");
        let told = stays_below_maker(&bot, Some(&maker));
        assert_eq!(matches!(told, Err(Refusal::Unprocessable(_))), is_above, "{role:?}");
        assert!(is_above_maker(&bot, None) && stays_below_maker(&bot, None).is_err());
    }
    let nothing = grants(&[], ScopedRole::Member);
    assert!(is_above_maker(&nothing, None));
    assert!(!is_above_maker(&nothing, Some(&maker)));
}
