//! Mail to people who are invited, have lost their way in, or whose key somebody else has refreshed or found.
//!
//! Rule: mail goes out after the change is kept, and never holds up or changes an answer. What does not arrive is logged, without the
//! address and without the secret; it can be sent again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claviger_domain::{ApiKey, MintedKey, User};
use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

/// How much mail may be on its way at once. What is beyond is given up and logged.
const MOST_ON_THE_WAY: usize = 1_000;

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

/// Why a letter did not go out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailError(pub String);

/// Where mail is handed in.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands a letter in. It has gone out when this returns.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>>;
}

/// What writes letters and sees them off.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    mailer: Arc<dyn Mailer>,
    /// Where people reach the server.
    public_url: String,
    on_the_way: Mutex<JoinSet<()>>,
}

impl Outbox {
    /// An outbox for a server that people reach at this URL.
    pub fn new(mailer: Arc<dyn Mailer>, public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self(Arc::new(Shared { mailer, public_url, on_the_way: Mutex::default() }))
    }

    /// Sends an invitation, good for seven days.
    pub(crate) fn invite(&self, user: &User, secret: &MintedKey) {
        let what = "You are invited. The secret below lets you in once, within seven days";
        self.send(user, "Your invitation", what, secret);
    }

    /// Sends a way back in, good for thirty minutes.
    pub(crate) fn let_back_in(&self, user: &User, secret: &MintedKey) {
        let what = "Somebody asked for a way back in for you. The secret below lets you in once, within thirty minutes";
        self.send(user, "Your way back in", what, secret);
    }

    /// Tells a person that an administrator has put a key in the place of theirs, and holds it (BAR T34).
    pub(crate) fn say_who_refreshed(&self, owner: &User, key: &ApiKey) {
        let text = format!(
            "Hello {name},\n\nan administrator of your account has refreshed your API key \"{key}\". The new key acts for you, and they \
             have it; yours has ended, or will.\n\nIf you did not ask for this, revoke it, and speak with them. The audit log says who \
             did it and when:\n\n    curl -H \"Authorization: Bearer $KEY\" {url}/v2/audit-logs\n",
            name = owner.name,
            key = key.name.as_str(),
            url = self.0.public_url,
        );
        self.hand_in(owner, "An administrator has refreshed your API key", text);
    }

    /// Tells a person that an administrator was shown a secret that acts for them.
    pub(crate) fn say_who_took_secret(&self, owner: &User) {
        let text = format!(
            "Hello,\n\nan administrator of your account asked for a sign-in secret of yours and was shown it. Whoever holds it can make a \
             key that acts for you, for thirty minutes.\n\nIf you did not ask for this, speak with your administrators, and revoke the keys \
             that you do not know:\n\n    curl -H \"Authorization: Bearer $KEY\" {url}/v2/api-keys\n",
            url = self.0.public_url,
        );
        self.hand_in(owner, "An administrator has a sign-in secret of yours", text);
    }

    /// Tells a person that somebody signed in with a secret that was shown to an administrator.
    pub(crate) fn say_signed_in(&self, owner: &User) {
        let text = format!(
            "Hello,\n\na new API key acts for you. It was made by signing in with a secret that an administrator of your account was \
             shown.\n\nIf that was not you, revoke the key, and speak with your administrators:\n\n    curl -H \"Authorization: Bearer \
             $KEY\" {url}/v2/api-keys\n",
            url = self.0.public_url,
        );
        self.hand_in(owner, "A new API key acts for you", text);
    }

    /// Tells whoever made a key that somebody has found it, and that it is dead (BAR T53).
    pub(crate) fn say_leaked(&self, maker: &User, key: &ApiKey) {
        let text = format!(
            "Hello {name},\n\nyour API key \"{key}\" was found where others can read it, and has been revoked, \
             with the keys that it was refreshed to and from. Whatever uses them needs a new one.\n\nLook at what it was used for \
             lately. Administrators of your account find the report in the audit log.\n",
            name = maker.name,
            key = key.name.as_str(),
        );
        self.hand_in(maker, "Your API key was found, and has been revoked", text);
    }

    fn send(&self, user: &User, subject: &'static str, what: &str, secret: &MintedKey) {
        let text = format!(
            "Hello {name},\n\n{what}, and gives you an API key:\n\n    {secret}\n\nTo use it:\n\n    \
             curl -X POST -H \"Authorization: Bearer $SECRET\" {url}/auth/v1/sign-in\n\n\
             If you did not expect this, do nothing: it lapses by itself.\n",
            name = user.name,
            secret = secret.reveal(),
            url = self.0.public_url,
        );
        self.hand_in(user, subject, text);
    }

    fn hand_in(&self, user: &User, subject: &'static str, text: String) {
        let mail = Mail { to: user.email.clone(), subject, text };
        let mut on_the_way = self.0.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        while on_the_way.try_join_next().is_some() {}
        if on_the_way.len() >= MOST_ON_THE_WAY {
            tracing::error!(user.id = %user.id, "too much mail is on its way: a letter was given up");
            return;
        }
        let (mailer, id) = (Arc::clone(&self.0.mailer), user.id);
        on_the_way.spawn(async move {
            match mailer.send(mail).await {
                Ok(()) => tracing::debug!(user.id = %id, "a letter went out"),
                Err(error) => tracing::error!(user.id = %id, %error, "a letter did not go out"),
            }
        });
    }

    /// Waits for what is on its way, but not for long.
    pub(crate) async fn finish(&self) {
        let on_the_way =
            std::mem::take(&mut *self.0.on_the_way.lock().unwrap_or_else(PoisonError::into_inner));
        if tokio::time::timeout(LAST_WAIT, on_the_way.join_all()).await.is_err() {
            tracing::error!("the server ends with mail on its way");
        }
    }
}
