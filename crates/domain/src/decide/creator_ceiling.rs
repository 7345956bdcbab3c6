//! Compares service keys with their creators, for accounts with the policy `revoke_keys_above_maker`.
//!
//! Rule: a key is compared with everybody in the line of its creators: a key made by a bot user against the bot and against the maker of
//! that one. Nothing is forgiven because a key in between is dead.

use crate::access::Access;
use crate::grants::ResolvedGrants;
use crate::refusal::Refusal;

/// Whether a bot user holds more than somebody who made it. A creator who was removed has no access, and holds less than any bot.
pub fn exceeds_creator(bot: &ResolvedGrants, creator: Option<&Access>) -> bool {
    creator.is_none_or(|creator| bot.within(creator).is_err())
}

/// Decides whether a bot user may hold this, with a role that it was just given.
///
/// # Errors
///
/// A [`Refusal`]: 422 if it would be more than one of its creators holds.
pub fn ensure_within_creator(
    bot: &ResolvedGrants,
    creator: Option<&Access>,
) -> Result<(), Refusal> {
    if exceeds_creator(bot, creator) {
        return Err(Refusal::unprocessable(
            "the service key would hold more than the person who made it, which the account's policy `revoke_keys_above_maker` \
             rules out: give the role to its creator first, or make a key with that role yourself",
        ));
    }
    Ok(())
}
