//! Options of single calls: a client like another one, over the same connections.

use std::fmt;
use std::time::Duration;

use super::{Client, Inner};
use crate::config::Setting;
use crate::error::Result;
use crate::secret::Secret;
use crate::transport::Retries;

/// What a derived client does differently. From [`Client::with_options`].
#[derive(Clone, Default)]
#[must_use = "hand it back to `with_options`"]
pub struct Options {
    pub(crate) key: Option<Secret>,
    pub(crate) timeout: Setting<Duration>,
    pub(crate) retries: Option<Retries>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Options {
    /// Authenticates with another key.
    pub fn key(mut self, key: impl Into<Secret>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets how long a call may take, with its retries and the pauses between them.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Setting::To(timeout);
        self
    }

    /// Lets calls take as long as they take.
    pub fn no_timeout(mut self) -> Self {
        self.timeout = Setting::Off;
        self
    }

    /// Sets what is tried again, and how often.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Adds a header, in place of one with the same name. The headers that the client sends itself cannot be replaced.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl fmt::Debug for Options {
    /// Masks what may hold a secret: the key and the values of headers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Options")
            .field("key", &self.key)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("headers", &names)
            .finish()
    }
}

impl Client {
    /// A client like this one, over the same connections, with other options: for one call, or for a part of a program.
    ///
    /// ```
    /// # fn run(client: arize::Client) -> arize::Result<()> {
    /// use std::time::Duration;
    ///
    /// use arize::Retries;
    ///
    /// let patient = client.with_options(|o| o.timeout(Duration::from_secs(120)).header("X-Team", "billing"))?;
    /// let once = client.with_options(|o| o.retries(Retries::NONE))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a header or the key cannot be sent.
    pub fn with_options(&self, set: impl FnOnce(Options) -> Options) -> Result<Self> {
        let config = self.inner.config.with_options(set(Options::default()))?;
        let http = self.inner.http.clone();
        let spelling = self.inner.spelling.clone();
        Ok(Self { inner: Inner { config, http, spelling }.into(), call: self.call })
    }

    /// A client like this one, over the same connections, that authenticates with another key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the key is blank or no header can carry it.
    pub fn with_key(&self, key: impl Into<Secret>) -> Result<Self> {
        self.with_options(|options| options.key(key))
    }
}
