//! Service keys and those who made them, in accounts whose policy lets no key hold more than its maker.
//!
//! Rule: a key is held against everybody in the line of its makers: a key made by a bot user against the bot and against whoever made
//! that one. Nothing is forgiven because a key in between is dead.

use crate::access::Access;
use crate::grants::ResolvedGrants;
use crate::refusal::Refusal;

/// Whether a bot user holds more than somebody who made it. A maker who was removed has no access, and holds less than any bot.
pub fn is_above_maker(bot: &ResolvedGrants, maker: Option<&Access>) -> bool {
    maker.is_none_or(|maker| bot.within(maker).is_err())
}

/// Decides whether a bot user may hold this, with a role that it was just given.
///
/// # Errors
///
/// A [`Refusal`]: 422 if it would be more than one of its makers holds.
pub fn stays_below_maker(bot: &ResolvedGrants, maker: Option<&Access>) -> Result<(), Refusal> {
    if is_above_maker(bot, maker) {
        return Err(Refusal::unprocessable(
            "the service key would hold more than the person who made it, which the account's policy `revoke_keys_above_maker` \
             rules out: give the role to its maker first, or make a key with that role yourself",
        ));
    }
    Ok(())
}
