//! Texts of letters.
//!
//! Rule: a letter begins with our own words, and every request in it works for its recipient. Texts of users are on a line of their own,
//! short, and reduced to letters and digits: they must not look like our words, nor be a link.

use claviger_domain::decide::may_have_keys;
use claviger_domain::{ApiKey, MintedKey, User};
use jiff::Timestamp;

/// The longest text of a user that a letter repeats.
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

/// A password reset.
pub(crate) fn password_reset(
    url: &str,
    user: &User,
    secret: &MintedKey,
    until: Timestamp,
) -> Letter {
    let what = "An administrator of your account requested a password reset for you.";
    Letter { subject: "Reset your access", text: with_secret(url, what, user, secret, until) }
}

fn with_secret(url: &str, what: &str, user: &User, secret: &MintedKey, until: Timestamp) -> String {
    let key = if may_have_keys(user) {
        "The response contains your new API key. It is not shown again."
    } else {
        "The response contains no API key, because you cannot have any."
    };
    format!(
        "{what} You can sign in with this secret once, until {until:.0}:\n\n    {secret}\n\nTo use it:\n\n    \
         curl -X POST -H \"Authorization: Bearer $SECRET\" {url}/auth/v1/sign-in\n\n{key}\n\n\
         If you did not expect this, do nothing: the secret expires.\n",
        secret = secret.reveal(),
    )
}

/// Tells a person that somebody else refreshed their key and has the new secret (docs/threat-model.md#impersonation).
pub(crate) fn key_refreshed(url: &str, key: &ApiKey) -> Letter {
    let text = format!(
        "An administrator of your account refreshed one of your API keys. The new key acts for you, and they have it. The old key is \
         revoked, or stops working within a day.\n\n{about}\n\nIf you did not ask for this, revoke the new key. You can do that with the old key, \
         even after it was revoked:\n\n    curl -X POST -H \"Authorization: Bearer $OLD_KEY\" {url}/auth/v1/leaked-keys\n\nThen talk to your \
         administrators. The audit log shows who did it, and when.\n",
        about = about(key),
    );
    Letter { subject: "An administrator refreshed your API key", text }
}

/// Tells a person that an administrator was shown a sign-in secret of theirs.
pub(crate) fn secret_shown(url: &str, person: &User, until: Timestamp) -> Letter {
    let what = format!(
        "An administrator of your account requested and received a sign-in secret of yours. It can be used to sign in as you once, \
         until {until:.0}."
    );
    let text = if person.invited_until.is_some() {
        format!("{what}\n\nIf they do not pass it on to you, talk to your administrators.\n")
    } else {
        format!("{what}\n\nIf you did not ask for this, revoke the secret.\n\n{}", end_all(url))
    };
    Letter { subject: "An administrator has a sign-in secret of yours", text }
}

/// Tells a person that somebody signed in with a secret that somebody else was shown.
pub(crate) fn signed_in(url: &str, key: &ApiKey) -> Letter {
    let text = format!(
        "A new API key acts for you. It was created by a sign-in with a secret that an administrator of your account received.\n\n\
         {about}\n\nIf that was you, do nothing. If not, revoke the key.\n\n{end_all}",
        about = about(key),
        end_all = end_all(url),
    );
    Letter { subject: "A new API key acts for you", text }
}

/// Tells the creator of a key that it was leaked and is revoked (docs/threat-model.md#leaked-keys).
pub(crate) fn key_leaked(key: &ApiKey) -> Letter {
    let text = format!(
        "An API key that you created was found in a place where others can read it. It was revoked, together with the keys that it \
         replaced and that replaced it. Programs that use them need a new key.\n\n{about}\n\nThe report is in the audit log of your account.\n",
        about = about(key),
    );
    Letter { subject: "Your API key was leaked and is revoked", text }
}

/// How a person revokes all their keys and every secret that somebody was shown. Any key of theirs may do it.
fn end_all(url: &str) -> String {
    format!(
        "This request revokes all API keys that act for you, except the one that it is sent with, and the sign-in secrets of yours that \
         somebody was shown:\n\n    curl -X POST -H \"Authorization: Bearer $KEY\" {url}/auth/v1/api-keys/revoke-all\n\nIf you have \
         no key, ask an administrator to send it for you. The audit log shows who did it, and when.\n"
    )
}

/// The key that a letter is about. Its name is a text of a user.
fn about(key: &ApiKey) -> String {
    let redacted = key.handle.redacted(key.key_type);
    format!("    key:    {redacted}\n    name:   {}", plain(key.name.as_str()))
}

/// A text of a user without characters that could make a link or a line, or change the text around it.
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
