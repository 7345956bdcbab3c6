//! The HTTP client underneath: certificates, proxy, no redirects, no retries of its own.

use reqwest::{Certificate, Proxy, redirect};

use crate::config::{ResolvedConfig, Route};
use crate::error::Error;

/// Makes it. Reads the CA file, and does not touch the network.
pub(crate) fn http_client(config: &ResolvedConfig) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        // A redirect is an error: it would take the key to where nobody sent it.
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never());
    if !config.verify_tls {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    if let Some(path) = &config.ca_certificate {
        let refuse = |message: String| {
            Error::configuration("ca_certificate", format!("{}: {message}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
        let certificates = Certificate::from_pem_bundle(&pem)
            .map_err(|error| refuse(format!("not a PEM file of certificates: {error}")))?;
        if certificates.is_empty() {
            return Err(refuse("there is no certificate in it".to_owned()));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    // Which proxy applies has been decided: the library must not look into the environment by itself.
    builder = builder.no_proxy();
    if let Route::Proxy(url) = &config.route {
        let proxy = Proxy::all(url.clone())
            .map_err(|_| Error::configuration("proxy_url", "it is not the URL of a proxy"))?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| {
        Error::configuration("ca_certificate, verify_tls", format!("TLS cannot be set up: {error}"))
    })
}
