//! Shares of rate limits: whose share a caller uses, and which changes count.
//!
//! Rule: a person has a share of their own, and all bots behind them have one together: those that the person made, those that these made,
//! and so on. So more keys are not more room, and a service key uses up nothing that its creator needs. A change that only takes
//! rights away takes nothing from a share, and is never refused for being too often.

use claviger_domain::{AccountId, Caller, PermissionSet, UserId};

use crate::CallResult;
use crate::request::{Sender, Share};
use crate::transaction::{Driver, RowResult, Transaction};

/// What is known of a caller without asking the database: the person, or who made the bot.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    Person(UserId),
    BotMadeBy(UserId),
}

impl From<&Caller> for Origin {
    fn from(caller: &Caller) -> Self {
        if caller.is_bot() {
            Self::BotMadeBy(caller.key.created_by)
        } else {
            Self::Person(caller.user.id)
        }
    }
}

/// Whose share it is. Takes a statement for bots alone.
pub(super) async fn share<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    origin: impl Into<Origin> + Send,
) -> RowResult<Share> {
    Ok(match origin.into() {
        Origin::Person(person) => Share { person, is_of_bots: false },
        Origin::BotMadeBy(creator) => {
            let person = tx.person_behind(account, creator).await?.unwrap_or(creator);
            Share { person, is_of_bots: true }
        }
    })
}

/// Counts one more change, or refuses.
pub(super) async fn admit_change<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    origin: impl Into<Origin> + Send,
) -> CallResult<()> {
    if tx.request().quota.is_some() {
        let share = share(tx, account, origin).await?;
        tx.execution.admit(|quota| quota.admit_change(share))?;
    }
    Ok(())
}

/// Counts one more key or sign-in secret, or refuses.
pub(super) async fn admit_mint<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
) -> CallResult<()> {
    if tx.request().quota.is_some() {
        let share = share(tx, caller.account.id, caller).await?;
        tx.execution.admit(|quota| quota.admit(share))?;
    }
    Ok(())
}

/// Who sends a letter.
pub(super) async fn sender<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
) -> RowResult<Sender> {
    let account = caller.account.id;
    let share = share(tx, account, caller).await?;
    let is_administrator = caller.is_account_admin() && !caller.is_bot();
    Ok(Sender { account, share, is_administrator })
}

/// Whether somebody who had the one and has the other now has lost something, and gained nothing.
pub(super) fn takes_away(before: PermissionSet, after: PermissionSet) -> bool {
    after != before && after.is_subset_of(before)
}
