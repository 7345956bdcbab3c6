//! Arguments of `claviger login` and `logout`.

use clap::Args as ClapArgs;

use super::Connection;
use crate::profile;

/// `claviger login`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
The key is read from the terminal, from standard input, or from `--key-file`. It is tried, and stored together with the server in a file \
of mode 0600, `~/.config/claviger/profiles/NAME.env`. It is only ever sent to that server, or to one that `--host` names.

Commands use the profile that `--profile` or `CLAVIGER_PROFILE` names. Without one, they use the key in `ARIZE_API_KEY`; if there is \
none, the profile `default`.

Examples:
  claviger login --host keys.example.com
  claviger login --profile dev --host localhost:8080 --scheme http
  claviger keys list --profile dev")]
pub(crate) struct Login {
    #[command(flatten)]
    pub connection: Connection,
}

/// `claviger logout`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Logout {
    /// Profile to remove [default: `CLAVIGER_PROFILE`, or `default`]
    #[arg(long, value_name = "NAME", value_parser = profile::name)]
    pub profile: Option<String>,
}
