//! The client: one configuration, one pool of connections, one method for each resource.

mod builder;
mod options;
mod raw;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::time::Instant;

pub use self::builder::ClientBuilder;
pub use self::options::Options;
pub use self::raw::RequestBuilder;
use crate::api_keys::ApiKeys;
use crate::audit_logs::AuditLogs;
use crate::config::{Config, ResolvedConfig, Setting, VARIABLES};
use crate::error::{Error, Result};
use crate::open_enum::Spelling;
use crate::organizations::Organizations;
use crate::projects::Projects;
use crate::resource_restrictions::ResourceRestrictions;
use crate::role_bindings::RoleBindings;
use crate::roles::Roles;
use crate::secret::Secret;
use crate::spaces::Spaces;
use crate::stage::Stage;
use crate::transport::{self, Answer, Call};
use crate::users::Users;

/// A client for the REST API.
///
/// Making one touches the environment and perhaps a file, never the network. It can be cloned and shared between tasks and threads:
/// clones share their connections. It needs a tokio runtime to call; without one, see the feature `blocking`.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// The call that this client makes requests for, if it is one that makes several.
    call: Option<Scope>,
}

/// A call of a program, which may take several requests.
#[derive(Clone, Copy)]
struct Scope {
    /// When its time is over; none if it has no limit, or if its parts have their own.
    deadline: Option<Instant>,
}

struct Inner {
    config: ResolvedConfig,
    http: reqwest::Client,
    /// How the server spells enumerations: 0 while that is not known, else 1 + [`Spelling`].
    spelling: Arc<AtomicU8>,
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a setting is missing, wrong, or contradicts another;
    /// [`Error::setting`](crate::Error::setting) names it.
    pub fn new(config: Config) -> Result<Self> {
        Self::of(Self::resolved(config)?)
    }

    /// Makes a client over an HTTP client that is there.
    fn over(config: Config, http: reqwest::Client) -> Result<Self> {
        Ok(Self::of_parts(Self::resolved(config)?, http))
    }

    /// Decides every setting by the environment of the program.
    fn resolved(config: Config) -> Result<ResolvedConfig> {
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
            config.resolve(&|name| std::env::var(name).ok())
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
        Ok(Self::of_parts(config, http))
    }

    fn of_parts(config: ResolvedConfig, http: reqwest::Client) -> Self {
        Self { inner: Arc::new(Inner { config, http, spelling: Arc::default() }), call: None }
    }

    /// What the settings and the environment came to.
    pub fn config(&self) -> &ResolvedConfig {
        &self.inner.config
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

    /// Projects.
    pub fn projects(&self) -> Projects {
        Projects::of(self.clone())
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

    /// The client for the requests of one call. They share its time; parts that are calls of their own warn of nothing.
    pub(crate) fn begin(&self, stage: Stage, method: &'static str) -> Self {
        self.warn_once(stage, method);
        let deadline = match self.call.and_then(|call| call.deadline) {
            Some(deadline) => Some(deadline),
            // An end that is too far away to be told is none.
            None => self.config().timeout.and_then(|limit| Instant::now().checked_add(limit)),
        };
        Self { call: Some(Scope { deadline }), ..self.clone() }
    }

    /// The client for the parts of a call that each have a time of their own.
    pub(crate) fn nest(&self, stage: Stage, method: &'static str) -> Self {
        self.warn_once(stage, method);
        Self { call: Some(Scope { deadline: None }), ..self.clone() }
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.call.is_some()
    }

    /// When the time of the call is over.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let of_call = self.call.and_then(|call| call.deadline);
        of_call.or_else(|| Instant::now().checked_add(self.config().timeout?))
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    /// Remembers how the server spells, once it has written something.
    pub(crate) fn learn_spelling(&self, text: &str) {
        let code = match Spelling::of(text) {
            None => return,
            Some(Spelling::Upper) => 1,
            Some(Spelling::Lower) => 2,
        };
        self.inner.spelling.store(code, Ordering::Relaxed);
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
        match self.inner.spelling.load(Ordering::Relaxed) {
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
        formatter.debug_tuple("Client").field(&self.inner.config).finish()
    }
}

impl From<Secret> for Config {
    /// The environment's configuration, with this key.
    fn from(key: Secret) -> Self {
        Self { api_key: Setting::To(key), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn client(timeout: Setting<Duration>) -> Client {
        let config = Config { api_key: "ak-x".into(), timeout, ..Config::without_environment() };
        Client::new(config).unwrap()
    }

    /// A call that looks a name up first has one time-out, not one for each request (fault K9).
    #[test]
    fn the_requests_of_a_call_share_its_time() {
        let call = client(Duration::from_millis(450).into()).begin(Stage::Beta, "spaces.get");
        let deadline = call.deadline().unwrap();
        assert_eq!(call.begin(Stage::Beta, "spaces.list").deadline(), Some(deadline));
        assert_eq!(call.clone().deadline(), Some(deadline));
        let parts =
            client(Duration::from_millis(450).into()).nest(Stage::Beta, "users.bulk_delete");
        let part = parts.begin(Stage::Beta, "users.delete");
        assert!(part.deadline().unwrap() >= deadline, "a part has a time of its own");
    }

    /// (fault C10)
    #[test]
    fn a_time_out_that_is_too_far_away_is_none() {
        let far = client(Duration::MAX.into()).begin(Stage::Beta, "spaces.get");
        assert_eq!(far.deadline(), None);
        assert_eq!(client(Setting::Off).begin(Stage::Beta, "spaces.get").deadline(), None);
    }
}
