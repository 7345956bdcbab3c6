//! Configuration: values, then the environment, then defaults; addresses; what is refused, and in which words (§§1–3).

use std::process::Command;

use arize::{Client, Config, ErrorKind, Region, Setting};

fn configured() -> Config {
    Config { api_key: "ak-secret-text".into(), ..Config::without_environment() }
}

fn base_url(config: Config) -> String {
    Client::new(config).unwrap().config().base_url().to_owned()
}

/// The setting that is wrong, and the whole message.
fn refusal(config: Config) -> (String, String) {
    let error = Client::new(config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    (error.setting().unwrap().to_owned(), error.to_string())
}

/// Runs the example `configuration`, which prints what the environment comes to, in an environment of these variables.
fn in_environment(variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(crate::examples::path("configuration"));
    let output = command.env_clear().envs(variables.iter().copied()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

const KEY: (&str, &str) = ("ARIZE_API_KEY", "ak-secret-text");

#[test]
fn the_defaults_are_arizes_own_service() {
    assert_eq!(base_url(configured()), "https://api.arize.com");
    let (_, printed) = in_environment(&[KEY]);
    assert!(printed.contains("https://api.arize.com") && printed.contains("30s"), "{printed}");
}

#[test]
fn every_variable_is_read() {
    for (variables, expected) in [
        (&[("ARIZE_API_HOST", " api.example.com ")][..], "https://api.example.com"),
        (
            &[("ARIZE_API_HOST", "localhost:8080"), ("ARIZE_API_SCHEME", "HTTP")],
            "http://localhost:8080",
        ),
        (
            &[("ARIZE_API_HOST", "localhost:8080"), ("ARIZE_API_PORT", "9090")],
            "https://localhost:9090",
        ),
        (&[("ARIZE_API_PORT", "0")], "https://api.arize.com"),
        (&[("ARIZE_REGION", "eu-west-1a")], "https://api.eu-west-1a.arize.com"),
        (&[("ARIZE_SINGLE_HOST", "one.example.com")], "https://one.example.com"),
        (
            &[("ARIZE_SINGLE_HOST", "one.example.com"), ("ARIZE_SINGLE_PORT", "8443")],
            "https://one.example.com:8443",
        ),
        (
            &[("ARIZE_SINGLE_PORT", "8443"), ("ARIZE_API_PORT", "9443")],
            "https://api.arize.com:9443",
        ),
        (
            &[("ARIZE_SINGLE_PORT", "0"), ("ARIZE_REGION", "us-east-1b")],
            "https://api.us-east-1b.arize.com",
        ),
        (&[("ARIZE_BASE_DOMAIN", "arize.example.com")], "https://api.arize.example.com"),
        (&[("ARIZE_API_HOST", "   ")], "https://api.arize.com"),
        (&[("ARIZE_REQUEST_VERIFY", "off")], "verify_tls: false"),
        (&[("ARIZE_REQUEST_VERIFY", "Yes")], "verify_tls: true"),
        (
            &[("ARIZE_PROXY_URL", "http://me:secret-password@proxy.example.com:3128")],
            "http://me:***@proxy.example.com:3128",
        ),
    ] {
        let (success, printed) = in_environment(&[&[KEY], variables].concat());
        assert!(success && printed.contains(expected), "{variables:?}: {printed}");
        assert!(!printed.contains("secret"), "{printed}");
    }
}

#[test]
fn a_variable_that_makes_no_sense_is_named() {
    for (name, value) in [
        ("ARIZE_API_PORT", "http"),
        ("ARIZE_API_PORT", "65536"),
        ("ARIZE_SINGLE_PORT", "-1"),
        ("ARIZE_REGION", "mars-1"),
        ("ARIZE_REQUEST_VERIFY", "ture"),
    ] {
        let (success, printed) = in_environment(&[KEY, (name, value)]);
        assert!(!success && printed.contains(name), "{name}={value}: {printed}");
    }
}

#[test]
fn a_value_overrides_the_environment_also_with_off() {
    // In this process the environment has no ARIZE_ variables, so the other one is asked by its example.
    let variables = [KEY, ("ARIZE_REGION", "eu-west-1a"), ("ARIZE_REQUEST_VERIFY", "false")];
    let (_, printed) = in_environment(&[&variables[..], &[("EXAMPLE_OVERRIDES", "1")]].concat());
    assert!(
        printed.contains("http://localhost:8080") && printed.contains("verify_tls: true"),
        "{printed}"
    );
}

#[test]
fn the_key_is_required_and_taken_as_it_is() {
    let (setting, message) = refusal(Config::without_environment());
    assert_eq!(setting, "api_key");
    assert!(message.contains("ARIZE_API_KEY"), "{message}");
    assert_eq!(refusal(Config { api_key: "  ".into(), ..configured() }).0, "api_key");
    let (setting, message) = refusal(Config { api_key: "ak-secret\n".into(), ..configured() });
    assert_eq!(setting, "api_key");
    assert!(!message.contains("secret"), "{message}");
}

#[test]
fn one_override_at_a_time() {
    let (setting, _) = refusal(Config {
        region: Region::UsEast1b.into(),
        single_port: 8443.into(),
        base_domain: "example.com".into(),
        ..configured()
    });
    assert_eq!(setting, "region, single_host/single_port, base_domain");
    // The conflict is reported before anything else that is wrong with the address.
    let (setting, _) = refusal(Config {
        region: Region::UsEast1b.into(),
        single_host: "a/b".into(),
        api_scheme: "ftp".into(),
        ..configured()
    });
    assert_eq!(setting, "region, single_host/single_port");
}

#[test]
fn addresses_are_checked_and_the_setting_named() {
    assert_eq!(refusal(Config { single_port: 0.into(), ..configured() }).0, "single_port");
    assert_eq!(refusal(Config { api_scheme: "ftp".into(), ..configured() }).0, "api_scheme");
    for host in ["", "a b", "http://a", "a/b", "user@a", "a?b", "a#b", "a:b", "a:99999", "[::1"] {
        assert_eq!(
            refusal(Config { api_host: host.into(), ..configured() }).0,
            "api_host",
            "{host}"
        );
    }
    assert_eq!(refusal(Config { base_domain: "a/b".into(), ..configured() }).0, "base_domain");
    assert_eq!(refusal(Config { single_host: "a/b".into(), ..configured() }).0, "single_host");
    let host = |host: &str| base_url(Config { api_host: host.into(), ..configured() });
    assert_eq!(host("[::1]:8080"), "https://[::1]:8080");
    assert_eq!(host("127.0.0.1"), "https://127.0.0.1");
}

#[test]
fn every_region_has_its_host() {
    for region in Region::ALL {
        let expected = format!("https://api.{region}.arize.com");
        assert_eq!(base_url(Config { region: region.into(), ..configured() }), expected);
        assert_eq!(region.name().parse(), Ok(region));
    }
    let names: Vec<_> = Region::ALL.iter().map(|region| region.name()).collect();
    assert_eq!(names, ["us-central-1a", "eu-west-1a", "ca-central-1a", "us-east-1b"]);
    assert!("EU".parse::<Region>().unwrap_err().to_string().contains("eu-west-1a"));
}

#[test]
fn certificates_and_proxies_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ca.pem");
    let with = |config: &dyn Fn(&mut Config)| {
        let mut changed = configured();
        config(&mut changed);
        refusal(changed)
    };
    assert_eq!(with(&|config| config.ca_certificate = file.clone().into()).0, "ca_certificate");
    std::fs::write(&file, "nothing to see").unwrap();
    let (setting, message) = with(&|config| config.ca_certificate = file.clone().into());
    assert_eq!(setting, "ca_certificate");
    assert!(message.contains("ca.pem"), "{message}");
    let (setting, _) = with(&|config| {
        config.ca_certificate = file.clone().into();
        config.verify_tls = false.into();
    });
    assert_eq!(setting, "ca_certificate");
    for url in ["", "proxy", "ftp://proxy.example.com", "http://"] {
        assert_eq!(with(&|config| config.proxy_url = url.into()).0, "proxy_url", "{url}");
    }
}

#[test]
fn headers_of_the_program_cannot_replace_our_own_or_smuggle() {
    let with = |name: &str, value: &str| {
        let default_headers = vec![(name.to_owned(), value.to_owned())];
        Client::new(Config { default_headers, ..configured() })
    };
    for (name, value) in [
        ("Authorization", "Bearer other"),
        ("sdk-language", "go"),
        ("Grpc-Metadata-x", "y"),
        ("a b", "c"),
        ("a:b", "c"),
        ("é", "c"),
        ("", "c"),
        ("a", "b\r\nc: d"),
        ("a", "b\0"),
        ("a", "\u{4e2d}"),
    ] {
        let error = with(name, value).unwrap_err();
        assert_eq!(error.setting(), Some("default_headers"), "{name}: {value}");
    }
    assert!(with("x-team", "platform é").is_ok());
}

#[test]
fn making_a_client_touches_no_network() {
    // 192.0.2.0/24 is kept for documentation (RFC 5737): nothing answers there.
    let config = Config { api_host: "192.0.2.1".into(), timeout: Setting::Off, ..configured() };
    assert!(Client::new(config).is_ok());
}
