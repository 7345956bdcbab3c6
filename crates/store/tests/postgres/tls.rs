//! Encrypted connections, to a real server with a certificate of the test's own authority.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use claviger_store::{OpenError, PostgresOptions, Store, UrlError};
use claviger_test_postgres::Cluster;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Seeded, clock, ring};

/// The name in the server's certificate. It is never looked up: the URLs give its address.
const NAME: &str = "db.example.com";

/// A server that takes connections over TCP, at an address of this machine that is its own.
struct Encrypted {
    cluster: Cluster,
    directory: TempDir,
    address: String,
}

/// Writes the certificate of a new authority, and returns its key.
fn authority(path: &Path) -> Issuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    std::fs::write(path, params.self_signed(&key).unwrap().pem()).unwrap();
    Issuer::new(params, key)
}

impl Encrypted {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path();
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o755)).unwrap();
        let issuer = authority(&place.join("ca.pem"));
        authority(&place.join("other.pem"));
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().pem();
        std::fs::write(place.join("server.pem"), certificate).unwrap();
        let path = place.join("server.key");
        std::fs::write(&path, key.serialize_pem()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        if let Some(owner) = Cluster::owner() {
            chown(&path, Some(owner), Some(owner)).unwrap();
        }
        // Every address that begins with 127 is this machine's.
        let id = std::process::id();
        let address = format!("127.{}.{}.{}", 1 + (id >> 16) % 250, (id >> 8) % 256, id % 256);
        let files = [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")];
        let mut settings = vec!["ssl=on".to_owned(), format!("listen_addresses={address}")];
        settings.extend(
            files.map(|(name, file)| format!("{name}={}", directory.path().join(file).display())),
        );
        let settings: Vec<_> = settings.iter().map(String::as_str).collect();
        Self { cluster: Cluster::start(&settings), directory, address }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Makes an installation in a new database, by a URL with this host and what goes behind it.
    async fn create(&self, host: &str, more: &str, ca: Option<&str>) -> Result<Store, OpenError> {
        let database = self.cluster.database();
        let name = database.rsplit('/').next().unwrap();
        let url = format!("postgres://claviger@{host}/{name}?hostaddr={}{more}", self.address);
        let ca = ca.map(|name| self.file(name));
        let options = PostgresOptions::new(&url, None, ca.as_deref(), true).unwrap();
        options.create(ring(1), &Seeded(9.into()), clock()).await
    }
}

/// What was wrong, with every reason below it.
#[track_caller]
fn refused(result: Result<Store, OpenError>) -> String {
    let refused = result.unwrap_err();
    let mut error: Option<&dyn std::error::Error> = Some(&refused);
    let mut said = Vec::new();
    while let Some(reason) = error {
        said.push(reason.to_string());
        error = reason.source();
    }
    said.join(": ")
}

async fn is_encrypted(store: &Store) -> bool {
    let rows = store.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").await;
    rows.unwrap()[0][0] == "t"
}

/// A server is believed if an authority says that it has the name that the URL gives it, and not otherwise.
#[tokio::test]
async fn a_server_shows_a_certificate_for_its_name() {
    let server = Encrypted::start();
    let store = server.create(NAME, "", Some("ca.pem")).await.unwrap();
    assert!(is_encrypted(&store).await);
    store.close().await;
    let root = format!("&sslmode=verify-full&sslrootcert={}", server.file("ca.pem").display());
    let store = server.create(NAME, &root, None).await.unwrap();
    assert!(is_encrypted(&store).await);
    store.close().await;

    let said = refused(server.create("other.example.com", "", Some("ca.pem")).await);
    assert!(said.contains("not valid for name"), "{said}");
    for ca in [Some("other.pem"), None] {
        let said = refused(server.create(NAME, "", ca).await);
        assert!(said.contains("invalid peer certificate"), "{ca:?}: {said}");
    }

    // Unencrypted only if somebody says twice that this is meant.
    let store = server.create(NAME, "&sslmode=disable", None).await.unwrap();
    assert!(!is_encrypted(&store).await);
    store.close().await;
    let plain = format!("postgres://claviger@{NAME}/c?hostaddr={}&sslmode=disable", server.address);
    let refused = PostgresOptions::new(&plain, None, None, false);
    assert!(matches!(refused, Err(UrlError::Insecure)), "{refused:?}");
}

/// A server that does not encrypt is told nothing, although it is the one at the address.
#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let unencrypted = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut asked = [0; 8];
        client.read_exact(&mut asked).await.unwrap();
        // To whoever asks for encryption, a server that has none answers one letter.
        client.write_all(b"N").await.unwrap();
        client.read(&mut asked).await.unwrap()
    });
    let url = format!("postgres://claviger@{NAME}:{port}/c?hostaddr=127.0.0.1");
    let options = PostgresOptions::new(&url, None, None, false).unwrap();
    let said = refused(options.create(ring(1), &Seeded(9.into()), clock()).await);
    assert!(said.contains("server does not support TLS"), "{said}");
    assert_eq!(unencrypted.await.unwrap(), 0, "the server was told something");
}
