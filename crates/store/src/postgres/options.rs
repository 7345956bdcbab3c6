//! Where a database is, and how it is reached.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::Connector;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS, with a server that shows a certificate for its name.
    VerifyFull,
    /// None.
    Disabled,
}

/// A database of a PostgreSQL server.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    pub(super) connector: Connector,
    encryption: Encryption,
}

/// A URL that leads to no database, or not safely. Repeats nothing of the URL but names of its parts: there may be a password in it.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// It is not a URL of PostgreSQL.
    #[error(
        "the database URL cannot be read: it is written `postgres://USER@HOST/DATABASE`, with `/` in a socket's directory as `%2F`"
    )]
    Unreadable,
    /// Without a name there, one would be guessed.
    #[error("the database URL names no {0}: it is written `postgres://USER@HOST/DATABASE`")]
    Incomplete(&'static str),
    /// A mode of encryption that checks too little.
    #[error(
        "`sslmode={0}` does not check which server answers: use `sslmode=verify-full`, or `sslmode=disable` with --insecure-database"
    )]
    Unchecked(String),
    /// Nobody said twice that this is meant.
    #[error(
        "`sslmode=disable` lets anybody on the way read and change everything: leave it out, or say --insecure-database too"
    )]
    Insecure,
    /// The certificates of authorities cannot be read.
    #[error("the certificates in {} cannot be read: they are expected in PEM form", .0.display())]
    Authorities(PathBuf),
}

impl PostgresOptions {
    /// Reads a URL such as `postgres://claviger@db.example.com/claviger`. Beside it, a password that is in a file, and the certificates
    /// of authorities in another.
    ///
    /// The connection is encrypted and the server's certificate is checked, unless the server is on this machine. `is_insecure` allows
    /// `sslmode=disable` elsewhere.
    ///
    /// # Errors
    ///
    /// [`UrlError`] says what is wrong with the URL, without repeating it.
    pub fn new(
        url: &str,
        password: Option<&str>,
        authorities: Option<&Path>,
        is_insecure: bool,
    ) -> Result<Self, UrlError> {
        let Parts { url, mode, authorities: named } = Parts::of(url)?;
        let mut config = Config::from_str(&url).map_err(|_| UrlError::Unreadable)?;
        if config.get_user().is_none_or(str::is_empty) {
            return Err(UrlError::Incomplete("user"));
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(UrlError::Incomplete("database"));
        }
        if config.get_hosts().is_empty() {
            return Err(UrlError::Incomplete("host"));
        }
        let encryption = encryption(mode.as_deref(), is_local(&config), is_insecure)?;
        if let Some(password) = password {
            config.password(password);
        }
        let authorities = authorities.map(Path::to_owned).or(named);
        let roots = match encryption {
            Encryption::VerifyFull => {
                config.ssl_mode(SslMode::Require);
                roots(authorities.as_deref())?
            }
            Encryption::Disabled => {
                config.ssl_mode(SslMode::Disable);
                RootCertStore::empty()
            }
        };
        Ok(Self { connector: Connector::new(config, tls(roots)?), encryption })
    }

    /// How connections are protected.
    pub fn encryption(&self) -> Encryption {
        self.encryption
    }
}

/// A URL, without what the driver does not know.
struct Parts {
    url: String,
    mode: Option<String>,
    authorities: Option<PathBuf>,
}

impl Parts {
    fn of(url: &str) -> Result<Self, UrlError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(UrlError::Unreadable);
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut parts = Self { url: base.to_owned(), mode: None, authorities: None };
        let mut separator = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => parts.mode = Some(mode.to_owned()),
                Some(("sslrootcert", path)) => parts.authorities = Some(decoded(path)?.into()),
                _ => {
                    parts.url.push(separator);
                    parts.url.push_str(pair);
                    separator = '&';
                }
            }
        }
        Ok(parts)
    }
}

/// A text with its percent signs resolved.
fn decoded(text: &str) -> Result<String, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'%' => {
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let (high, low) = high.zip(low).ok_or(UrlError::Unreadable)?;
                u8::try_from(high * 16 + low).map_err(|_| UrlError::Unreadable)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| UrlError::Unreadable)
}

fn encryption(
    mode: Option<&str>,
    is_local: bool,
    is_insecure: bool,
) -> Result<Encryption, UrlError> {
    match mode {
        None if is_local => Ok(Encryption::Disabled),
        None | Some("verify-full") => Ok(Encryption::VerifyFull),
        Some("disable") if is_local || is_insecure => Ok(Encryption::Disabled),
        Some("disable") => Err(UrlError::Insecure),
        Some(other) => Err(UrlError::Unchecked(other.chars().take(20).collect())),
    }
}

/// Whether every server that the URL names is on this machine.
fn is_local(config: &Config) -> bool {
    let is_loopback = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    };
    config.get_hosts().iter().all(is_loopback)
        && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// The authorities in a file, or those that this machine trusts.
fn roots(file: Option<&Path>) -> Result<RootCertStore, UrlError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    let unreadable = || UrlError::Authorities(path.to_owned());
    for certificate in CertificateDer::pem_file_iter(path).map_err(|_| unreadable())? {
        roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
    }
    if roots.is_empty() { Err(unreadable()) } else { Ok(roots) }
}

fn tls(roots: RootCertStore) -> Result<MakeRustlsConnect, UrlError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| UrlError::Unreadable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str, is_insecure: bool) -> Result<Encryption, String> {
        let options = PostgresOptions::new(url, None, None, is_insecure);
        options.map(|options| options.encryption()).map_err(|error| error.to_string())
    }

    #[test]
    fn servers_elsewhere_are_checked() {
        for url in [
            "postgres://c@db.example.com/c",
            "postgresql://c:secret@203.0.113.1:6432/c",
            "postgres://c@localhost,db.example.com/c",
            "postgres://c@localhost/c?sslmode=verify-full",
            "postgres://c@localhost/c?hostaddr=203.0.113.1",
        ] {
            assert_eq!(options(url, false), Ok(Encryption::VerifyFull), "{url}");
            assert_eq!(options(url, true), Ok(Encryption::VerifyFull), "{url}");
        }
        for url in [
            "postgres://c@%2Frun%2Fpostgresql/c",
            "postgres://c@localhost/c",
            "postgres://c@127.0.0.1/c?application_name=x",
            "postgres://c@[::1]/c?sslmode=disable",
        ] {
            assert_eq!(options(url, false), Ok(Encryption::Disabled), "{url}");
        }
    }

    #[test]
    fn weaker_modes_are_said_twice() {
        let url = "postgres://c@db.example.com/c?sslmode=disable";
        assert!(options(url, false).unwrap_err().contains("--insecure-database"));
        assert_eq!(options(url, true), Ok(Encryption::Disabled));
        for mode in ["require", "prefer", "allow", "verify-ca", ""] {
            let url = format!("postgres://c@db.example.com/c?sslmode={mode}");
            assert!(options(&url, true).unwrap_err().contains("verify-full"), "{mode}");
        }
    }

    #[test]
    fn nothing_of_a_url_is_repeated() {
        for url in [
            "mysql://c:hunter2@localhost/c",
            "postgres://c:hunter2@localhost:x/c",
            "postgres://c:hunter2@localhost/c?nonsense=hunter2",
            "postgres://:hunter2@localhost/c",
            "postgres://c:hunter2@localhost",
            "postgres://c:hunter2@localhost/c?sslrootcert=%zz",
            "hunter2",
        ] {
            let said = options(url, true).unwrap_err();
            assert!(!said.contains("hunter2"), "{said}");
        }
        let options =
            PostgresOptions::new("postgres://c:hunter2@localhost/c", Some("hunter3"), None, false);
        let said = format!("{:?}", options.unwrap());
        assert!(!said.contains("hunter"), "{said}");
    }

    #[test]
    fn authorities_come_from_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        let with = |path: &Path| {
            PostgresOptions::new("postgres://c@db.example.com/c", None, Some(path), false)
        };
        assert!(matches!(with(&path), Err(UrlError::Authorities(_))));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(matches!(with(&path), Err(UrlError::Authorities(_))));
    }
}
