//! Arguments of `claviger policy`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{Database, duration};

/// `claviger policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Print the policy of an account
    #[command(after_long_help = "\
Examples:
  claviger policy show --data-dir /var/lib/claviger
  claviger policy show --data-dir /var/lib/claviger --json")]
    Show(PolicyShow),
    /// Change the policy of an account
    #[command(after_long_help = "\
Examples:
  claviger policy set --data-dir /var/lib/claviger \\
    --max-key-lifetime 90d --refresh-expiry tighten-only
  claviger policy set --data-dir /var/lib/claviger --revoke-keys-above-maker on")]
    Set(PolicySet),
}

/// Which account's policy, and where it is.
#[derive(Debug, ClapArgs)]
pub(crate) struct PolicyPlace {
    /// Data directory; stop its server first
    #[arg(long, env = "CLAVIGER_DATA_DIR")]
    pub data_dir: PathBuf,
    /// Pepper file [default: pepper.json in the data directory]
    #[arg(long, env = "CLAVIGER_PEPPER_FILE")]
    pub pepper_file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// Name of the account; needed if there are several
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
}

/// `claviger policy show`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PolicyShow {
    #[command(flatten)]
    pub place: PolicyPlace,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `claviger policy set`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PolicySet {
    #[command(flatten)]
    pub place: PolicyPlace,
    #[command(flatten)]
    pub change: PolicyChange,
}

/// What to change: something.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = true)]
pub(crate) struct PolicyChange {
    /// Maximum lifetime of keys that are created or refreshed from now on, such as 90d, or `none`
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    pub max_key_lifetime: Option<Lifetime>,
    /// Whether a refresh may extend the lifetime of a key
    #[arg(long, value_enum, value_name = "RULE")]
    pub refresh_expiry: Option<RefreshExpiry>,
    /// Allow service keys to create service keys
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub bots_may_mint: Option<Switch>,
    /// Allow service keys to invite people, resend invitations and reset passwords
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub bots_may_invite: Option<Switch>,
    /// Maximum number of live user keys for each person; existing keys stay
    #[arg(long, value_name = "COUNT")]
    pub max_user_keys: Option<u32>,
    /// Revoke a service key as soon as it has more permissions than its creator; `on` also revokes existing ones
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub revoke_keys_above_maker: Option<Switch>,
    /// Forbid administrators to refresh another person's user key
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub only_owners_refresh_user_keys: Option<Switch>,
    /// Make keys expire no later than the key that creates or refreshes them
    #[arg(long, value_enum, value_name = "SWITCH")]
    pub derived_expiry_cap: Option<Switch>,
}

/// A longest lifetime, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// No limit.
    Unlimited,
    /// This long.
    AtMost(Duration),
}

/// Whether a refresh may lengthen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RefreshExpiry {
    /// By client version: older clients may extend it, newer ones may only shorten it
    ByDialect,
    /// Never: a refresh can only shorten it
    TightenOnly,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Yes
    On,
    /// No
    Off,
}

fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text == "none" {
        return Ok(Lifetime::Unlimited);
    }
    match duration::parse(text) {
        Ok(Duration::ZERO) => Err("no key would live: it must be longer, or `none`".to_owned()),
        Ok(duration) => Ok(Lifetime::AtMost(duration)),
        Err(reason) => Err(format!("{reason}, or `none`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_span_of_time_or_none() {
        assert_eq!(lifetime("none"), Ok(Lifetime::Unlimited));
        assert_eq!(lifetime("90d"), Ok(Lifetime::AtMost(Duration::from_hours(90 * 24))));
        for text in ["0s", "0d", "90", "never", ""] {
            assert!(lifetime(text).unwrap_err().contains("`none`"), "{text}");
        }
    }
}
