//! Reports of leaked keys: our own format and GitHub's. Not part of Arize's API.

use claviger_domain::{CharacterKind, KeyText, Refusal};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// The longest address that is kept of where a key was found.
const MAX_URL: usize = 2_048;

/// A token that was found in public, in GitHub's format. Unknown members are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FoundSecret)]
pub(crate) struct FoundSecretBody {
    /// The token that looks like a key.
    #[schema(value_type = String)]
    token: FoundText,
    /// GitHub's name for this type of token.
    #[serde(rename = "type")]
    kind: String,
    /// URL where the token was found; may be empty.
    #[serde(default)]
    #[schema(nullable = false)]
    url: Option<String>,
}

/// A text that may be a key: not printed.
#[derive(Deserialize)]
#[serde(transparent)]
struct FoundText(String);

impl std::fmt::Debug for FoundText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FoundText")
    }
}

impl FoundSecretBody {
    /// Reads a report: an array of these.
    pub(crate) fn read_all(bytes: &[u8]) -> Result<Vec<Self>, Refusal> {
        serde_json::from_slice(bytes).map_err(|_| {
            let expected = "it must be an array of objects with `token`, `type` and `url`";
            Refusal::invalid("body", expected)
        })
    }

    /// The key, if it has the form of one.
    pub(crate) fn key(&self) -> Option<KeyText> {
        KeyText::parse(&self.token.0).ok()
    }

    /// Where it was found, as far as that can be kept: a line of ordinary length without a secret.
    pub(crate) fn url(&self) -> Option<String> {
        let url = self.url.as_ref().filter(|url| !url.is_empty() && url.len() <= MAX_URL)?;
        let is_seen =
            |c| matches!(CharacterKind::of(c), CharacterKind::Visible | CharacterKind::Blank);
        let is_line = url.chars().all(is_seen);
        (is_line && !KeyText::looks_like_one(url)).then(|| url.clone())
    }
}

/// Verdict for a token, which is named by its SHA-256 in hexadecimal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundSecretVerdict)]
pub(crate) struct VerdictView {
    token_hash: String,
    token_type: String,
    label: Label,
}

/// Whether the token is a key of this installation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FoundSecretLabel)]
enum Label {
    TruePositive,
    FalsePositive,
}

impl VerdictView {
    pub(crate) fn of(found: FoundSecretBody, is_ours: bool) -> Self {
        Self {
            token_hash: HEXLOWER.encode(&Sha256::digest(found.token.0.as_bytes())),
            token_type: found.kind,
            label: if is_ours { Label::TruePositive } else { Label::FalsePositive },
        }
    }
}
