//! Making a client step by step.

use std::time::Duration;

use super::Client;
use crate::config::{Config, Setting};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::Retries;

/// Makes a [`Client`]. From [`Client::builder`].
///
/// What is not said comes from the environment, as with [`Client::new`].
#[derive(Clone, Debug, Default)]
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    config: Config,
    http: Option<reqwest::Client>,
}

impl Client {
    /// Begins a client.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = arize::Client::builder()
    ///     .api_key("ak-not-a-real-key")
    ///     .base_url("https://keys.example.com")
    ///     .timeout(Duration::from_secs(10))
    ///     .build()?;
    /// assert_eq!(client.config().host(), "keys.example.com");
    /// # Ok::<(), arize::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

impl ClientBuilder {
    /// Sets all settings at once, in place of those before.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Sets the key to authenticate with.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.config.api_key = Setting::To(key.into());
        self
    }

    /// Sets the address of the server, such as `https://keys.example.com:8443`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.config.base_url = Setting::To(url.into());
        self
    }

    /// Sets how long a call may take, with its retries and the pauses between them.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = Setting::To(timeout);
        self
    }

    /// Sets what is tried again, and how often.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.config.retries = retries;
        self
    }

    /// Adds a header to every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.default_headers.push((name.into(), value.into()));
        self
    }

    /// Sends requests with an HTTP client of the program's own, over its connections.
    ///
    /// Its certificates, proxies and redirects are its own affair; build it with
    /// [`redirect::Policy::none`](reqwest::redirect::Policy::none), or a redirect may take the key elsewhere. The settings
    /// `verify_tls`, `ca_certificate` and `proxy_url` cannot be set beside it.
    ///
    /// ```
    /// use arize::reqwest;
    ///
    /// let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    /// let client = arize::Client::builder().api_key("ak-not-a-real-key").http_client(http).build()?;
    /// # Ok::<(), arize::Error>(())
    /// ```
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(self) -> Result<Client> {
        let Some(http) = self.http else { return Client::new(self.config) };
        let config = &self.config;
        let is_set = [
            ("verify_tls", matches!(config.verify_tls, Setting::To(_))),
            ("ca_certificate", matches!(config.ca_certificate, Setting::To(_))),
            ("proxy_url", matches!(config.proxy_url, Setting::To(_))),
        ];
        if let Some((setting, _)) = is_set.into_iter().find(|(_, is_set)| *is_set) {
            let message = "it has no effect on the HTTP client that was given: set it there";
            return Err(Error::configuration(setting, message));
        }
        let own = Config {
            verify_tls: Setting::Off,
            ca_certificate: Setting::Off,
            proxy_url: Setting::Off,
            ..self.config
        };
        Client::over(own, http)
    }
}
