//! Where letters go out: to people who are invited, have lost their way in, or in whose name somebody did something.
//!
//! Rule: mail goes out after the change is kept, and never holds up or changes an answer. What does not arrive is logged, without the
//! address and without the secret; it can be sent again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_domain::User;
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::letters::Letter;

/// How much mail may be on its way at once.
const MAX_ON_THE_WAY: usize = 1_000;

/// How long the end of the server waits for it.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// A letter to a person. What it says is not shown by `Debug`: there is a secret in it.
pub struct Mail {
    /// The person's address.
    pub to: String,
    /// What it is about.
    pub subject: &'static str,
    /// What it says.
    pub text: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailError(pub String);

/// Where mail is handed in.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands a letter in. It has gone out when this returns.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
}

/// Room for one letter on its way.
#[derive(Debug)]
pub(crate) struct Room<'a> {
    outbox: &'a Outbox,
    place: OwnedSemaphorePermit,
}

/// What sees letters off.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    mailer: Arc<dyn Mailer>,
    /// Where people reach the server.
    public_url: String,
    places: Arc<Semaphore>,
    on_the_way: Mutex<JoinSet<()>>,
}

impl Outbox {
    /// An outbox for a server that people reach at this URL.
    pub fn new(mailer: Arc<dyn Mailer>, public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        let places = Arc::new(Semaphore::new(MAX_ON_THE_WAY));
        Self(Arc::new(Shared { mailer, public_url, places, on_the_way: Mutex::default() }))
    }

    /// Where people reach the server.
    pub(crate) fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// Room for one more letter, if there is any. Taken before what the letter tells is done.
    pub(crate) fn room(&self) -> Option<Room<'_>> {
        let place = Arc::clone(&self.0.places).try_acquire_owned().ok()?;
        Some(Room { outbox: self, place })
    }

    fn send(&self, person: &User, letter: Letter, place: OwnedSemaphorePermit) {
        let Letter { subject, text } = letter;
        let mail = Mail { to: person.email.clone(), subject, text };
        let mut on_the_way = self.0.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        while on_the_way.try_join_next().is_some() {}
        let (mailer, id) = (Arc::clone(&self.0.mailer), person.id);
        on_the_way.spawn(async move {
            match mailer.send(mail).await {
                Ok(()) => tracing::debug!(user.id = %id, "sent a letter"),
                Err(error) => tracing::error!(user.id = %id, %error, "cannot send a letter"),
            }
            drop(place);
        });
    }

    /// Waits for what is on its way, but not for long.
    pub(crate) async fn finish(&self) {
        let on_the_way =
            std::mem::take(&mut *self.0.on_the_way.lock().unwrap_or_else(PoisonError::into_inner));
        if tokio::time::timeout(LAST_WAIT, on_the_way.join_all()).await.is_err() {
            tracing::error!("stopping with unsent mail");
        }
    }
}

impl Room<'_> {
    /// Where people reach the server.
    pub(crate) fn public_url(&self) -> &str {
        self.outbox.public_url()
    }

    /// Sends a letter.
    pub(crate) fn send(self, person: &User, letter: Letter) {
        self.outbox.send(person, letter, self.place);
    }
}
