//! Members that servers leave out or write as null.

use serde::{Deserialize, Deserializer};

/// A text, empty where there is none.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::<String>::deserialize(deserializer).map(Option::unwrap_or_default)
}
