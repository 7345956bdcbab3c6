//! What a key learns of itself.

use claviger_verify::Facts;

use super::VerifyScope;
use super::authenticate::caller_and_access;
use super::places::Places;
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

/// Reads the key of the request, whom it acts for, and what it is permitted somewhere.
#[derive(Clone, Debug)]
pub struct GetSelf {
    /// Where.
    pub scope: VerifyScope,
}

impl Operation for GetSelf {
    type Output = Facts;
    const NAME: &'static str = "get_self";
    const KIND: Kind = Kind::Proof;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Facts> {
        let (holder, access) = caller_and_access(tx).await?;
        let places = Places::read(tx, holder.account.id, &[&self.scope]).await?;
        let place = places.own(&access, &self.scope)?;
        Ok(Facts { held: access.held(place.scope()), holder })
    }
}
