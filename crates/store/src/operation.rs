//! Operations of the store. An operation is a value with its input, its implementation and its result, in one file.

use claviger_domain::Target;

use crate::CallResult;
use crate::transaction::{Driver, Transaction};

/// What an operation does with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes it. A change that is refused as an overreach is written to the audit log.
    Write,
    /// Reads what may be much: users take turns.
    Read,
    /// Reads the rows of one key or secret: never waits for lists.
    Proof,
}

/// Something to ask of a store, by [`Store::execute`](crate::Store::execute).
///
/// Rule: read, decide, write, in this order. Who asks is authenticated before anything else is read. A transaction may be carried out
/// more than once before it is committed; whatever is not undone with it belongs into the effects of the request.
pub trait Operation: Clone + Send + Sync + 'static {
    /// What comes of it.
    type Output: Send + 'static;
    /// What the audit calls it.
    const NAME: &'static str;
    /// What it does with the database.
    const KIND: Kind;
    /// Whether [`Operation::peek`] may answer it.
    const PEEKS: bool = false;

    /// What it changes, for the record that is made when it is refused: the thing, or the place that a new thing is for. Nothing if
    /// that is the account.
    fn target(&self) -> Option<Target> {
        None
    }

    /// Answers from a read, if nothing has to be written. What anybody can send must not cost a write.
    fn peek<D: Driver>(
        &self,
        _: &mut Transaction<'_, D>,
    ) -> impl Future<Output = CallResult<Option<Self::Output>>> + Send {
        std::future::ready(Ok(None))
    }

    /// Carries it out.
    fn run<D: Driver>(
        self,
        tx: &mut Transaction<'_, D>,
    ) -> impl Future<Output = CallResult<Self::Output>> + Send;
}
