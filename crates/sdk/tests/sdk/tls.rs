//! Certificates and proxies, with a real TLS server (§4).

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use arize::api_keys::ListRequest;
use arize::{Client, Config, ErrorKind, Setting};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedKey, IsCa, KeyPair, date_time_ymd,
    generate_simple_self_signed,
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::scripted::{Reply, Scripted};

const PAGE: &str = r#"{"api_keys":[],"pagination":{"has_more":false}}"#;

/// A TLS server whose certificate nobody knows, and the file with that certificate.
async fn tls_server() -> (SocketAddr, PathBuf, TempDir) {
    tls_server_with(generate_simple_self_signed(["localhost".to_owned()]).unwrap()).await
}

/// What `openssl req -x509` makes: a certificate that is an authority, signs itself, and is the server's.
fn self_signed_authority(name: &str, not_after: i32) -> CertifiedKey<KeyPair> {
    let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.not_after = date_time_ymd(not_after, 1, 1);
    let signing_key = KeyPair::generate().unwrap();
    CertifiedKey { cert: parameters.self_signed(&signing_key).unwrap(), signing_key }
}

async fn tls_server_with(certified: CertifiedKey<KeyPair>) -> (SocketAddr, PathBuf, TempDir) {
    let CertifiedKey { cert, signing_key } = certified;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let Reply::Bytes(bytes) = Reply::json(200, PAGE) else { return };
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    (address, file, directory)
}

fn config(address: SocketAddr) -> Config {
    Config {
        api_key: "ak-x".into(),
        api_host: format!("localhost:{}", address.port()).into(),
        ..Config::without_environment()
    }
}

async fn list(config: Config) -> arize::Result<()> {
    Client::new(config)?.api_keys().list(ListRequest::new()).await.map(drop)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (address, _, _directory) = tls_server().await;
    let error = list(config(address)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.was_not_done(), "the key was never sent");
}

#[tokio::test]
async fn a_certificate_file_adds_to_what_is_trusted() {
    let (address, file, _directory) = tls_server().await;
    list(Config { ca_certificate: file.into(), ..config(address) }).await.unwrap();
}

/// (fault C9)
#[tokio::test]
async fn a_self_signed_authority_that_is_named_is_accepted() {
    let (address, file, _directory) =
        tls_server_with(self_signed_authority("localhost", 4000)).await;
    list(Config { ca_certificate: file.into(), ..config(address) }).await.unwrap();
}

/// Only that very certificate, and only for its names and within its dates (fault C9).
#[tokio::test]
async fn a_self_signed_authority_is_accepted_for_nothing_else() {
    let (_, other, _directory) = tls_server_with(self_signed_authority("localhost", 4000)).await;
    for (name, not_after, named, reason) in [
        ("localhost", 4000, None, "UnknownIssuer"),
        ("localhost", 4000, Some(&other), "UnknownIssuer"),
        ("example.com", 4000, None, "UnknownIssuer"),
        ("example.com", 4000, Some(&PathBuf::new()), "not valid for name"),
        ("localhost", 2020, Some(&PathBuf::new()), "certificate expired"),
    ] {
        let (address, file, _directory) =
            tls_server_with(self_signed_authority(name, not_after)).await;
        let config = match named {
            None => config(address),
            // An empty path stands for the file of the server itself.
            Some(path) if path.as_os_str().is_empty() => {
                Config { ca_certificate: file.into(), ..config(address) }
            }
            Some(path) => Config { ca_certificate: path.clone().into(), ..config(address) },
        };
        let error = list(config).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{name} {not_after}");
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        let causes = causes.join("; ");
        assert!(causes.contains(reason), "{reason}: {causes}");
        assert!(!causes.contains("CaUsedAsEndEntity"), "{causes}");
    }
}

#[tokio::test]
async fn verification_can_be_switched_off() {
    let (address, _, _directory) = tls_server().await;
    list(Config { verify_tls: false.into(), ..config(address) }).await.unwrap();
}

#[tokio::test]
async fn a_proxy_gets_the_requests_and_off_goes_through_none() {
    let proxy = Scripted::always(Reply::json(200, PAGE)).await;
    let server = Scripted::always(Reply::json(200, PAGE)).await;
    let through = |proxy_url: Setting<String>| Config {
        api_scheme: "http".into(),
        api_host: server.address().to_string().into(),
        proxy_url,
        ..config(server.address())
    };
    list(through(format!("http://{}", proxy.address()).into())).await.unwrap();
    assert_eq!((proxy.lines().len(), server.lines().len()), (1, 0));
    let target = format!("GET http://{}/v2/api-keys?limit=50", server.address());
    assert_eq!(proxy.lines(), [target]);
    list(through(Setting::Off)).await.unwrap();
    assert_eq!((proxy.lines().len(), server.lines().len()), (1, 1));
}

#[test]
fn no_proxy_holds_for_a_proxy_that_was_given() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (proxy, server) = runtime.block_on(async {
        let page = || Reply::json(200, PAGE);
        (Scripted::always(page()).await, Scripted::always(page()).await)
    });
    for (no_proxy, expected) in [("", (1, 0)), ("127.0.0.1", (1, 1))] {
        let output = std::process::Command::new(crate::examples::path("list_keys"))
            .env_clear()
            .env("ARIZE_API_KEY", "ak-x")
            .env("ARIZE_API_HOST", server.address().to_string())
            .env("ARIZE_API_SCHEME", "http")
            .env("ARIZE_PROXY_URL", format!("http://{}", proxy.address()))
            .env("NO_PROXY", no_proxy)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!((proxy.lines().len(), server.lines().len()), expected, "NO_PROXY={no_proxy}");
    }
}
