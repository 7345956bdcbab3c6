//! Enumerations that may grow: a value this version does not know is kept as it came, and either casing is read.
//!
//! Servers of different ages write `read-only` or `READ_ONLY`; the wire's own word is the upper-case one.

/// The way a server writes the values of enumerations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `READ_ONLY`: dialect C and later.
    Upper,
    /// `read-only`: dialects A and B.
    Lower,
}

impl Spelling {
    /// How a server spells that wrote this.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let first = text.chars().next()?;
        if first.is_ascii_uppercase() {
            Some(Self::Upper)
        } else if first.is_ascii_lowercase() {
            Some(Self::Lower)
        } else {
            None
        }
    }

    pub(crate) fn is_lower(self) -> bool {
        self == Self::Lower
    }

    /// Spells a value that is upper-case.
    pub(crate) fn spell(self, value: &str) -> String {
        match self {
            Self::Upper => value.to_owned(),
            Self::Lower => value.to_ascii_lowercase().replace('_', "-"),
        }
    }
}

/// The upper-case word for a value in either casing.
pub(crate) fn canonical(text: &str) -> String {
    text.trim().to_ascii_uppercase().replace('-', "_")
}

/// Defines an enumeration with its words on the wire, the first being the one that is written.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)* ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value that this version does not know, as it came.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(text) => text,
                }
            }

            pub(crate) fn read(text: &str) -> Self {
                match $crate::open_enum::canonical(text).as_str() {
                    $( $word $(| $alias)* => Self::$variant, )+
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl From<&str> for $name {
            /// Reads the word in either casing; an unknown one is kept.
            fn from(text: &str) -> Self {
                Self::read(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(|text| Self::read(&text))
            }
        }
    };
}

pub(crate) use open_enum;
