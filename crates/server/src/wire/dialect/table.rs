//! The rows.

use super::recognize::Language;
use super::{Casing, Dialect, RoleForm, Unprocessable, Vocabulary};

const A: Dialect = Dialect {
    letter: "A",
    casing: Casing::Lower,
    removed: "deleted",
    redacted_on_create: true,
    last_used: true,
    bot_on_create: false,
    bot_on_list: false,
    is_private: false,
    space_organization: false,
    empty_description_clears: true,
    role_form: RoleForm::Predefined,
    vocabulary: Vocabulary(24),
    member_ui_only: false,
    unprocessable: Unprocessable::All,
    wraps_restriction: true,
    tightens_only: false,
    annotator_is_malformed: false,
};
const B: Dialect = Dialect { letter: "B", removed: "revoked", ..A };
const C: Dialect = Dialect {
    letter: "C",
    casing: Casing::Upper,
    redacted_on_create: false,
    vocabulary: Vocabulary(39),
    wraps_restriction: false,
    tightens_only: true,
    ..B
};
const D: Dialect = Dialect {
    letter: "D",
    redacted_on_create: true,
    bot_on_create: true,
    vocabulary: Vocabulary(41),
    ..C
};
pub(super) const E: Dialect = Dialect {
    letter: "E",
    bot_on_list: true,
    is_private: true,
    space_organization: true,
    member_ui_only: true,
    vocabulary: Vocabulary::OF_ARIZE,
    ..D
};

/// The last of B, in every language.
const LATE_B: Dialect = Dialect { tightens_only: true, vocabulary: Vocabulary(39), ..B };
/// D since spaces could be private.
const PRIVATE_D: Dialect = Dialect { is_private: true, ..D };

/// D where any permission name is taken: the JavaScript client has no list of its own.
const TOLERANT_D: Dialect = Dialect { vocabulary: Vocabulary::OF_ARIZE, ..PRIVATE_D };

/// A for clients that know 422 from the creation of keys alone.
const EARLY_A: Dialect = Dialect { unprocessable: Unprocessable::KeyCreation, ..A };
/// The same for Python, which fails on `last_used_at`.
const EARLY_PYTHON: Dialect = Dialect { last_used: false, ..EARLY_A };

/// The dialects that can be chosen by hand.
pub(super) const BY_LETTER: [Dialect; 5] = [A, B, C, D, E];

/// A band of client versions: from this one on, up to the next row of the same language.
pub(super) struct Band {
    pub language: Language,
    pub from: (u16, u16, u16),
    pub dialect: Dialect,
}

const fn band(language: Language, from: (u16, u16, u16), dialect: Dialect) -> Band {
    Band { language, from, dialect }
}

/// Every band, oldest first within its language (docs/contract/dialects.md#versions).
pub(super) const BANDS: &[Band] = &[
    band(Language::Go, (0, 0, 0), EARLY_A),
    band(Language::Go, (0, 5, 0), A),
    band(Language::Go, (0, 12, 0), B),
    band(Language::Go, (0, 16, 0), LATE_B),
    band(Language::Go, (0, 17, 0), C),
    band(Language::Go, (0, 19, 0), PRIVATE_D),
    // Before 8.22.4, Python clients do not say their version and are recognised by their user agent alone.
    band(
        Language::Python,
        (0, 0, 0),
        Dialect { role_form: RoleForm::Bare, vocabulary: Vocabulary(9), ..EARLY_PYTHON },
    ),
    band(
        Language::Python,
        (8, 22, 4),
        Dialect { role_form: RoleForm::Builtin, vocabulary: Vocabulary(21), ..EARLY_PYTHON },
    ),
    band(Language::Python, (8, 24, 0), EARLY_PYTHON),
    band(
        Language::Python,
        (8, 25, 0),
        Dialect { unprocessable: Unprocessable::None, ..EARLY_PYTHON },
    ),
    band(Language::Python, (8, 28, 0), Dialect { last_used: false, ..A }),
    band(Language::Python, (8, 28, 2), A),
    band(Language::Python, (8, 34, 0), B),
    band(Language::Python, (8, 39, 0), LATE_B),
    band(Language::Python, (8, 40, 0), C),
    band(Language::Python, (8, 41, 0), D),
    band(Language::Python, (8, 43, 0), PRIVATE_D),
    band(Language::Python, (8, 50, 0), Dialect { vocabulary: Vocabulary(50), ..PRIVATE_D }),
    band(Language::Python, (8, 53, 0), Dialect { vocabulary: Vocabulary(53), ..PRIVATE_D }),
    band(Language::Python, (8, 57, 0), Dialect { vocabulary: Vocabulary(57), ..PRIVATE_D }),
    band(
        Language::Python,
        (8, 58, 0),
        Dialect { member_ui_only: false, vocabulary: Vocabulary(57), ..E },
    ),
    band(
        Language::Python,
        (8, 61, 0),
        Dialect {
            annotator_is_malformed: true,
            empty_description_clears: false,
            vocabulary: Vocabulary(61),
            ..E
        },
    ),
    band(Language::JavaScript, (0, 0, 0), A),
    band(Language::JavaScript, (1, 18, 0), B),
    band(Language::JavaScript, (1, 23, 0), LATE_B),
    band(Language::JavaScript, (1, 24, 0), C),
    band(Language::JavaScript, (1, 25, 0), TOLERANT_D),
    // The `arize` crate: the newest shapes, and the refresh that the page asked for describes
    // (docs/contract/go-sdk-page.md#refresh-without-an-expiry).
    band(
        Language::Rust,
        (0, 0, 0),
        Dialect { tightens_only: false, vocabulary: Vocabulary::ALL, ..E },
    ),
];
