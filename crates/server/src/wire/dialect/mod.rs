//! Dialects: one row of a table for each range of client versions (docs/contract/dialects.md).
//!
//! Rule: a new client version is a new row, never a branch. What a client says of itself chooses the shape of the answer and nothing
//! else: it is not to be trusted.

mod recognize;
mod table;
pub(crate) mod vocabulary;

use axum::http::Method;

pub(crate) use recognize::recognize;
pub use vocabulary::Vocabulary;

/// What the answers to a client look like, and which contract its refreshes follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of differences")]
pub struct Dialect {
    /// The letter that the contract gives it, for logs and for choosing one by hand.
    pub letter: &'static str,
    /// The spelling of enumerations.
    pub casing: Casing,
    /// The status of a key that was removed, in lower case.
    pub removed: &'static str,
    /// Whether new keys are shown with their `redacted_key`.
    pub redacted_on_create: bool,
    /// Whether keys are shown with `last_used_at`: early Python clients fail on it.
    pub last_used: bool,
    /// Whether new service keys are shown with their `bot_user`.
    pub bot_on_create: bool,
    /// Whether listed service keys are shown with their `bot_user`: some Python clients fail on it, others without it.
    pub bot_on_list: bool,
    /// Whether spaces are shown with `is_private`.
    pub is_private: bool,
    /// Whether spaces are shown with their `organization_id`.
    pub space_organization: bool,
    /// Whether an empty description in a change takes it away. All clients' `null` does.
    pub empty_description_clears: bool,
    /// The form of a user's role.
    pub role_form: RoleForm,
    /// Whether the account role `MEMBER_UI_ONLY` has its own name; it is shown as `MEMBER` otherwise.
    pub member_ui_only: bool,
    /// Which operations may answer 422.
    pub unprocessable: Unprocessable,
    /// Whether a new restriction is answered inside a `resource_restriction`.
    pub wraps_restriction: bool,
    /// Which permission names roles are shown with.
    pub vocabulary: Vocabulary,
    /// Whether a refresh can only shorten a key's life.
    pub tightens_only: bool,
    /// Whether an annotator's account role for a key gets 400, as against 422 (docs/contract/keys.md#service-keys: changed at Python
    /// 8.61).
    pub annotator_is_malformed: bool,
}

/// How enumerations are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casing {
    /// `read-only`
    Lower,
    /// `READ_ONLY`
    Upper,
}

/// How the role of a user is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleForm {
    /// `"member"`
    Bare,
    /// `{"type":"builtin","name":"member"}`
    Builtin,
    /// `{"type":"predefined","name":"member"}`, in the dialect's casing.
    Predefined,
}

/// Which operations may answer 422. Elsewhere it is 400: clients read no problem from a status that they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unprocessable {
    /// All that change something.
    All,
    /// The creation of keys alone.
    KeyCreation,
    /// None.
    None,
}

impl Unprocessable {
    /// Whether a client knows the status from this operation.
    pub(crate) fn is_known(self, method: &Method, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::KeyCreation => method == Method::POST && path == "/v2/api-keys",
            Self::None => false,
        }
    }
}

impl Dialect {
    /// A canonical enumeration value, such as `READ_ONLY`, in the dialect's spelling.
    pub(crate) fn spell(&self, value: &'static str) -> String {
        match self.casing {
            Casing::Upper => value.to_owned(),
            Casing::Lower => value.to_lowercase().replace('_', "-"),
        }
    }

    /// A canonical enumeration value whose underscores stay, such as `EMAIL_LINK`, in the dialect's casing.
    pub(crate) fn word(&self, value: &'static str) -> String {
        match self.casing {
            Casing::Upper => value.to_owned(),
            Casing::Lower => value.to_lowercase(),
        }
    }

    /// The newest dialect: for clients that are not recognised.
    pub const NEWEST: Self = table::E;

    /// A dialect by its letter: `A`, `B`, `C`, `D` or `E`.
    pub fn by_letter(letter: &str) -> Option<Self> {
        table::BY_LETTER.iter().find(|dialect| dialect.letter.eq_ignore_ascii_case(letter)).copied()
    }
}
