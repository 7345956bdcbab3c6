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
            &[
                ("ARIZE_API_HOST", "keys.example.com"),
                ("ARIZE_SINGLE_PORT", "8443"),
                ("ARIZE_API_PORT", "9443"),
            ],
            "https://keys.example.com:9443",
        ),
        (
            &[("ARIZE_SINGLE_PORT", "0"), ("ARIZE_REGION", "us-east-1b")],
            "https://api.us-east-1b.arize.com",
        ),
        (&[("ARIZE_BASE_URL", " http://localhost:8080/ ")], "http://localhost:8080"),
        (
            &[
                ("ARIZE_BASE_URL", "http://localhost:8080"),
                ("ARIZE_API_HOST", "localhost:8080"),
                ("ARIZE_API_SCHEME", "http"),
            ],
            "http://localhost:8080",
        ),
        (
            &[("ARIZE_BASE_URL", "http://localhost:8080"), ("ARIZE_API_HOST", "localhost:8080")],
            "http://localhost:8080",
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

/// A part of an address, or two addresses, never take the key to a default host (fault C7).
#[test]
fn half_an_address_and_two_addresses_are_refused() {
    for (variables, setting) in [
        (&[("ARIZE_API_SCHEME", "http")][..], "api_scheme"),
        (&[("ARIZE_API_SCHEME", "https")], "api_scheme"),
        (&[("ARIZE_API_PORT", "8080")], "api_port"),
        (&[("ARIZE_SINGLE_PORT", "8080")], "single_port"),
        (&[("ARIZE_BASE_URL", "http://a"), ("ARIZE_API_HOST", "b")], "base_url, api_host"),
        (&[("ARIZE_BASE_URL", "http://a"), ("ARIZE_API_HOST", "a:81")], "base_url, api_host"),
        (&[("ARIZE_BASE_URL", "http://a"), ("ARIZE_API_SCHEME", "https")], "base_url, api_scheme"),
        (&[("ARIZE_BASE_URL", "http://a"), ("ARIZE_API_PORT", "81")], "base_url, api_port"),
        (&[("ARIZE_BASE_URL", "http://a"), ("ARIZE_REGION", "eu-west-1a")], "base_url, region"),
    ] {
        let (success, printed) = in_environment(&[&[KEY], variables].concat());
        assert!(!success && printed.contains(&format!("{setting}: ")), "{variables:?}: {printed}");
    }
}

/// (fault C7)
#[test]
fn a_base_url_is_scheme_host_and_port_alone() {
    for url in [
        "localhost:8080",
        "https://",
        "https://a/v2",
        "https://a?b",
        "https://a#b",
        "https://me@a",
        "https://me:secret-text@a",
        "ftp://a",
        "https:a",
        "https:\\\\a",
        "https://a b",
        "https://a:99999",
    ] {
        let (setting, message) = refusal(Config { base_url: url.into(), ..configured() });
        assert_eq!(setting, "base_url", "{url}");
        assert!(!message.contains("secret-text"), "{message}");
    }
    let url = |url: &str| base_url(Config { base_url: url.into(), ..configured() });
    assert_eq!(url("HTTPS://Keys.Example.com:443"), "https://keys.example.com");
    assert_eq!(url("http://[::1]:8080/"), "http://[::1]:8080");
}

/// A host of the program is never overridden in silence by a variable.
#[test]
fn what_the_program_names_counts_before_the_environment() {
    let with = |config: Config, name: &'static str, value: &'static str| {
        Client::with_environment(config, &|asked: &str| (asked == name).then(|| value.to_owned()))
            .map(|client| client.config().base_url().to_owned())
    };
    let key = || Config { api_key: "ak-secret-text".into(), ..Config::default() };
    let host = || Config { api_host: "a".into(), ..key() };
    assert_eq!(with(host(), "ARIZE_BASE_URL", "https://b").unwrap(), "https://a");
    assert_eq!(with(host(), "ARIZE_API_HOST", "b").unwrap(), "https://a");
    let error = with(host(), "ARIZE_REGION", "eu-west-1a").unwrap_err();
    assert_eq!(error.setting(), Some("api_host, region"));
    let whole = || Config { base_url: "https://a".into(), ..key() };
    for (name, value) in
        [("ARIZE_API_HOST", "b"), ("ARIZE_API_SCHEME", "http"), ("ARIZE_REGION", "eu-west-1a")]
    {
        assert_eq!(with(whole(), name, value).unwrap(), "https://a", "{name}");
    }
}

/// (fault C7)
#[test]
fn a_key_of_claviger_never_goes_to_arizes_own_service_by_default() {
    for key in ["clvu_9zXg32LPP2okydw0guLM_NaSHCm", "clvs_9zXg"] {
        let error = Client::new(Config { api_key: key.into(), ..Config::without_environment() });
        assert_eq!(error.unwrap_err().setting(), Some("base_url"));
    }
}

/// A variable that cannot be read is not one that is not set (fault C8).
#[test]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut command = Command::new(crate::examples::path("configuration"));
    let value = std::ffi::OsStr::from_bytes(b"localhost:8080\xff");
    let output = command.env_clear().envs([KEY]).env("ARIZE_API_HOST", value).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("ARIZE_API_HOST"), "{text}");
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
