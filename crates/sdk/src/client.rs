//! The client: one configuration, one pool of connections, one method for each resource.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::api_keys::ApiKeys;
use crate::audit_logs::AuditLogs;
use crate::config::{Config, ResolvedConfig, Setting, VARIABLES};
use crate::error::{Error, Result};
use crate::open_enum::Spelling;
use crate::organizations::Organizations;
use crate::resource_restrictions::ResourceRestrictions;
use crate::role_bindings::RoleBindings;
use crate::roles::Roles;
use crate::secret::Secret;
use crate::spaces::Spaces;
use crate::transport::{self, Answer, Call};
use crate::users::Users;

/// A client for the REST API.
///
/// Making one touches the environment and perhaps a file, never the network. It can be cloned and shared between tasks and threads:
/// clones share their connections. It needs a tokio runtime to call; without one, see the feature `blocking`.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: ResolvedConfig,
    http: reqwest::Client,
    /// How the server spells enumerations: 0 while that is not known, else 1 + [`Spelling`].
    spelling: AtomicU8,
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a setting is missing, wrong, or contradicts another;
    /// [`Error::setting`](crate::Error::setting) names it.
    pub fn new(config: Config) -> Result<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is where the environment of the program is read"
        )]
        {
            // A variable that cannot be read must not count as one that is not set.
            for name in VARIABLES {
                if matches!(std::env::var(name), Err(std::env::VarError::NotUnicode(_))) {
                    return Err(Error::configuration(name, "it is not UTF-8"));
                }
            }
            Self::of(config.resolve(&|name| std::env::var(name).ok())?)
        }
    }

    /// Makes a client from the environment alone.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_environment() -> Result<Self> {
        Self::new(Config::default())
    }

    /// Makes a client that looks variables up with `environment` in place of the environment of the program: from a file, say.
    ///
    /// ```
    /// use arize::{Client, Config};
    ///
    /// let variables = |name: &str| match name {
    ///     "ARIZE_API_KEY" => Some("ak-not-a-real-key".to_owned()),
    ///     "ARIZE_BASE_DOMAIN" => Some("arize.example.com".to_owned()),
    ///     _ => None,
    /// };
    /// let client = Client::with_environment(Config::default(), &variables)?;
    /// assert_eq!(client.config().base_url(), "https://api.arize.example.com");
    /// # Ok::<(), arize::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_environment(
        config: Config,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        Self::of(config.resolve(environment)?)
    }

    fn of(config: ResolvedConfig) -> Result<Self> {
        let http = transport::http_client(&config)?;
        Ok(Self(Arc::new(Inner { config, http, spelling: AtomicU8::new(0) })))
    }

    /// A client like this one, over the same connections, that authenticates with another key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the key is blank or no header can carry it.
    pub fn with_key(&self, key: Secret) -> Result<Self> {
        let config = self.0.config.with_key(key)?;
        let spelling = AtomicU8::new(self.0.spelling.load(Ordering::Relaxed));
        Ok(Self(Arc::new(Inner { config, http: self.0.http.clone(), spelling })))
    }

    /// What the settings and the environment came to.
    pub fn config(&self) -> &ResolvedConfig {
        &self.0.config
    }

    /// API keys: list, create, refresh, rotate, delete, revoke.
    pub fn api_keys(&self) -> ApiKeys {
        ApiKeys::of(self.clone())
    }

    /// Spaces.
    pub fn spaces(&self) -> Spaces {
        Spaces::of(self.clone())
    }

    /// Organizations.
    pub fn organizations(&self) -> Organizations {
        Organizations::of(self.clone())
    }

    /// Users.
    pub fn users(&self) -> Users {
        Users::of(self.clone())
    }

    /// Roles: sets of permissions.
    pub fn roles(&self) -> Roles {
        Roles::of(self.clone())
    }

    /// Role bindings: who has which role on which space or project.
    pub fn role_bindings(&self) -> RoleBindings {
        RoleBindings::of(self.clone())
    }

    /// Resource restrictions: what is closed to all who have no role on it itself.
    pub fn resource_restrictions(&self) -> ResourceRestrictions {
        ResourceRestrictions::of(self.clone())
    }

    /// Audit logs: who did what.
    pub fn audit_logs(&self) -> AuditLogs {
        AuditLogs::of(self.clone())
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// Remembers how the server spells, once it has written something.
    pub(crate) fn learn_spelling(&self, text: &str) {
        let code = match Spelling::of(text) {
            None => return,
            Some(Spelling::Upper) => 1,
            Some(Spelling::Lower) => 2,
        };
        self.0.spelling.store(code, Ordering::Relaxed);
    }

    /// Sends a call that holds values of enumerations.
    ///
    /// Servers of dialects A and B know only the lower-case ones. Until the server has shown how it spells, a refusal as malformed,
    /// which says that nothing was done, is followed by the same call in the old spelling; if that is refused too, the first refusal
    /// stands.
    pub(crate) async fn send_spelled<'a>(
        &self,
        call: impl Fn(Spelling) -> Result<Call<'a>>,
    ) -> Result<Answer> {
        match self.0.spelling.load(Ordering::Relaxed) {
            1 => self.send(call(Spelling::Upper)?).await,
            2 => self.send(call(Spelling::Lower)?).await,
            _ => match self.send(call(Spelling::Upper)?).await {
                Err(refusal) if refusal.is_bad_request() => {
                    let answer = self.send(call(Spelling::Lower)?).await;
                    answer.map_err(|_| refusal)
                }
                answer => answer,
            },
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Client").field(&self.0.config).finish()
    }
}

impl From<Secret> for Config {
    /// The environment's configuration, with this key.
    fn from(key: Secret) -> Self {
        Self { api_key: Setting::To(key), ..Self::default() }
    }
}
