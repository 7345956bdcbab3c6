//! Prints what the environment comes to, without any secret. With `EXAMPLE_OVERRIDES` set, some values override it.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::{Client, Config, Setting};

fn main() -> arize::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a program of its own")]
    let overrides = std::env::var_os("EXAMPLE_OVERRIDES").is_some();
    let config = if overrides {
        Config {
            region: Setting::Off,
            verify_tls: true.into(),
            api_host: "localhost:8080".into(),
            api_scheme: "http".into(),
            ..Config::default()
        }
    } else {
        Config::default()
    };
    let client = Client::new(config)?;
    println!("{}", client.config().base_url());
    println!("{:?}", client.config());
    Ok(())
}
