//! Output of `claviger policy`: a line for each setting, or JSON.

use arize::jiff::SignedDuration;
use claviger_domain::{Account, RefreshExpiryPolicy};
use serde::Serialize;
use serde_json::json;

use super::records::{self, Record};
use super::stdout::write;

/// A setting, in the words of the command line.
#[derive(Debug, Serialize)]
struct Setting {
    setting: &'static str,
    value: String,
}

impl Record for Setting {
    const HEADERS: &'static [&'static str] = &["SETTING", "VALUE"];

    fn cells(&self) -> Vec<String> {
        vec![self.setting.to_owned(), self.value.clone()]
    }
}

/// The policy of an account.
pub(crate) fn show(account: &Account, json: bool) -> anyhow::Result<()> {
    let policy = &account.policy;
    let refresh_expiry = match policy.refresh_expiry {
        RefreshExpiryPolicy::ByDialect => "by-dialect",
        RefreshExpiryPolicy::TightenOnly => "tighten-only",
    };
    if json {
        let document = json!({
            "account": account.name,
            "max_key_lifetime_seconds": policy.max_key_lifetime.map(|limit| limit.as_secs()),
            "refresh_expiry": refresh_expiry,
            "bots_may_mint": policy.bots_may_mint,
            "bots_may_invite": policy.bots_may_invite,
            "max_user_keys": policy.max_user_keys,
            "revoke_keys_above_maker": policy.revoke_keys_above_maker,
            "only_owners_refresh_user_keys": policy.only_owners_refresh_user_keys,
            "derived_expiry_cap": policy.derived_expiry_cap,
        });
        return write(&document.to_string());
    }
    let switch = |is_on: bool| if is_on { "on" } else { "off" }.to_owned();
    let settings = [
        ("max-key-lifetime", policy.max_key_lifetime.map_or("none".to_owned(), span)),
        ("refresh-expiry", refresh_expiry.to_owned()),
        ("bots-may-mint", switch(policy.bots_may_mint)),
        ("bots-may-invite", switch(policy.bots_may_invite)),
        ("max-user-keys", policy.max_user_keys.to_string()),
        ("revoke-keys-above-maker", switch(policy.revoke_keys_above_maker)),
        ("only-owners-refresh-user-keys", switch(policy.only_owners_refresh_user_keys)),
        ("derived-expiry-cap", switch(policy.derived_expiry_cap)),
    ];
    let settings = settings.map(|(setting, value)| Setting { setting, value });
    records::list("settings", &settings, false, false)
}

/// A span of time as it is typed, in the largest unit that it is whole in.
fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let units = [(24 * 60 * 60, "d"), (60 * 60, "h"), (60, "m")];
    let unit = units.into_iter().find(|(length, _)| seconds % length == 0);
    let (length, unit) = unit.unwrap_or((1, "s"));
    format!("{}{unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_printed_as_they_are_typed() {
        for (seconds, typed) in [(7_776_000, "90d"), (3_600, "1h"), (5_400, "90m"), (61, "61s")] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), typed);
        }
    }
}
