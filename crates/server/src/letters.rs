//! What letters say.
//!
//! Rule: a letter begins with our own words, and every way that it names works for whoever gets it. What people have written stands on a
//! line of its own, short, and as letters and digits: it must not pass for ours, nor be a link.

use claviger_domain::decide::may_have_keys;
use claviger_domain::{ApiKey, MintedKey, User};
use jiff::Timestamp;

/// The longest text of somebody's that a letter repeats.
const MAX_LEN: usize = 60;

/// A letter to a person.
pub(crate) struct Letter {
    pub subject: &'static str,
    pub text: String,
}

/// An invitation.
pub(crate) fn invitation(url: &str, user: &User, secret: &MintedKey, until: Timestamp) -> Letter {
    let what = "You are invited to Claviger, which manages API keys.";
    Letter { subject: "Your invitation", text: with_secret(url, what, user, secret, until) }
}

/// A way back in.
pub(crate) fn way_back(url: &str, user: &User, secret: &MintedKey, until: Timestamp) -> Letter {
    let what = "Somebody who administers your account asked for a way back in for you.";
    Letter { subject: "Your way back in", text: with_secret(url, what, user, secret, until) }
}

fn with_secret(url: &str, what: &str, user: &User, secret: &MintedKey, until: Timestamp) -> String {
    let key = if may_have_keys(user) {
        "The answer holds an API key of yours. It is not shown again."
    } else {
        "The answer holds no API key: you may not have any."
    };
    format!(
        "{what} This secret lets you in once, until {until:.0}:\n\n    {secret}\n\nTo use it:\n\n    \
         curl -X POST -H \"Authorization: Bearer $SECRET\" {url}/auth/v1/sign-in\n\n{key}\n\n\
         If you did not expect this, do nothing: the secret ends by itself.\n",
        secret = secret.reveal(),
    )
}

/// Tells a person that somebody else has put a key in the place of theirs, and holds it (docs/threat-model.md#impersonation).
pub(crate) fn key_refreshed(url: &str, key: &ApiKey) -> Letter {
    let text = format!(
        "An administrator of your account has refreshed an API key of yours. The new key acts for you, and they have it. The old one has \
         ended, or ends within a day.\n\n{about}\n\nIf you did not ask for this, end the new key. Your old key does that, even when it \
         has ended itself:\n\n    curl -X POST -H \"Authorization: Bearer $OLD_KEY\" {url}/auth/v1/leaked-keys\n\nThen speak with your \
         administrators. They see in the audit log who did it, and when.\n",
        about = about(key),
    );
    Letter { subject: "An administrator has refreshed your API key", text }
}

/// Tells a person that an administrator was shown a secret that lets in as them.
pub(crate) fn secret_shown(url: &str, person: &User, until: Timestamp) -> Letter {
    let what = format!(
        "An administrator of your account asked for a sign-in secret of yours and was shown it. Whoever holds it can sign in as you once, \
         until {until:.0}."
    );
    let text = if person.invited_until.is_some() {
        format!("{what}\n\nIf they do not pass it on to you, speak with your administrators.\n")
    } else {
        format!("{what}\n\nIf you did not ask for this, end that secret.\n\n{}", end_all(url))
    };
    Letter { subject: "An administrator has a sign-in secret of yours", text }
}

/// Tells a person that somebody signed in with a secret that somebody else was shown.
pub(crate) fn signed_in(url: &str, key: &ApiKey) -> Letter {
    let text = format!(
        "A new API key acts for you. It was made by signing in with a secret that an administrator of your account was shown.\n\n\
         {about}\n\nIf that was you, do nothing. If not, end that key.\n\n{end_all}",
        about = about(key),
        end_all = end_all(url),
    );
    Letter { subject: "A new API key acts for you", text }
}

/// Tells whoever made a key that somebody has found it, and that it is dead (docs/threat-model.md#leaked-keys).
pub(crate) fn key_leaked(key: &ApiKey) -> Letter {
    let text = format!(
        "An API key that you made was found where others can read it. It is revoked, and so are the keys that it was refreshed to and \
         from. Whatever uses them needs a new one.\n\n{about}\n\nAdministrators of your account find the report in the audit log.\n",
        about = about(key),
    );
    Letter { subject: "Your API key was found, and is revoked", text }
}

/// How a person ends every key of theirs and every secret that somebody was shown: it takes no right but a key.
fn end_all(url: &str) -> String {
    format!(
        "This call does it. It ends all API keys that act for you, but not the one that it is made with, and the sign-in secrets of yours \
         that somebody was shown:\n\n    curl -X POST -H \"Authorization: Bearer $KEY\" {url}/auth/v1/api-keys/revoke-all\n\nIf you have \
         no key, ask an administrator to make this call for you. They see in the audit log who did it, and when.\n"
    )
}

/// Which key a letter is about. What it is called is its maker's own words.
fn about(key: &ApiKey) -> String {
    let redacted = key.handle.redacted(key.key_type);
    format!("    key:    {redacted}\n    called: {}", plain(key.name.as_str()))
}

/// Somebody's words, without what could be a link, a line of its own, or change what is around it.
fn plain(text: &str) -> String {
    let mut characters = text.chars().map(|character| match character {
        ' ' | '-' | '_' => character,
        _ if character.is_alphanumeric() => character,
        _ => '_',
    });
    let mut plain: String = characters.by_ref().take(MAX_LEN).collect();
    if characters.next().is_some() {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (fault R11)
    #[test]
    fn words_of_people_are_short_and_hold_no_link() {
        for (text, shown) in [
            ("ci deploy-2_b", "ci deploy-2_b"),
            ("Schlüssel für Zürich", "Schlüssel für Zürich"),
            ("see https://evil.example/x?y=1", "see https___evil_example_x_y_1"),
            ("www.evil.example", "www_evil_example"),
            ("mail me@evil.example", "mail me_evil_example"),
            ("evil\u{3002}example evil\u{ff0e}example", "evil_example evil_example"),
            ("a\n\nYour key is\u{202e} safe\u{0}", "a__Your key is_ safe_"),
            ("<b>\"quoted\"</b>", "_b__quoted___b_"),
        ] {
            assert_eq!(plain(text), shown);
        }
        let long = plain(&"n".repeat(256));
        assert_eq!(long.chars().count(), MAX_LEN + 1);
    }
}
