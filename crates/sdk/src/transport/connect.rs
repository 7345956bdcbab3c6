//! The HTTP client underneath: certificates, proxy, no redirects, no retries of its own.

use std::path::Path;

use reqwest::{Proxy, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::certificates;
use crate::config::{ResolvedConfig, Route};
use crate::error::Error;

/// Makes it. Reads the CA file, and does not touch the network.
pub(crate) fn http_client(config: &ResolvedConfig) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        // A redirect is an error: it would take the key to where nobody sent it.
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never());
    if config.verify_tls {
        let named = config.ca_certificate.as_deref().map_or(Ok(Vec::new()), named_certificates)?;
        builder = builder
            .tls_backend_preconfigured(certificates::config(named).map_err(|e| cannot_set_up(&e))?);
    } else {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    // Which proxy applies has been decided: the library must not look into the environment by itself.
    builder = builder.no_proxy();
    if let Route::Proxy(url) = &config.route {
        let proxy = Proxy::all(url.clone())
            .map_err(|_| Error::configuration("proxy_url", "it is not the URL of a proxy"))?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| cannot_set_up(&error))
}

/// The certificates in a PEM file: at least one.
fn named_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |message: String| {
        Error::configuration("ca_certificate", format!("{}: {message}", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates =
        certificates.map_err(|error| refuse(format!("not a PEM file of certificates: {error}")))?;
    if certificates.is_empty() {
        return Err(refuse("there is no certificate in it".to_owned()));
    }
    Ok(certificates)
}

fn cannot_set_up(error: &dyn std::error::Error) -> Error {
    Error::configuration("ca_certificate, verify_tls", format!("TLS cannot be set up: {error}"))
}
