//! Roles, as service keys, users and memberships hold them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::open_enum::{Spelling, open_enum};

open_enum! {
    /// A role that every account has.
    ///
    /// Accounts know `Admin`, `Member`, `MemberUiOnly` and `Annotator`; organizations and spaces `Admin`, `Member`, `ReadOnly` and
    /// `Annotator`.
    pub enum PredefinedRole {
        /// Everything there.
        Admin = "ADMIN",
        /// Everyday work.
        Member = "MEMBER",
        /// Looking only.
        ReadOnly = "READ_ONLY",
        /// Annotating only. Keys cannot have it.
        Annotator = "ANNOTATOR",
        /// Working through the user interface only. Keys cannot have it.
        MemberUiOnly = "MEMBER_UI_ONLY",
    }
}

/// A role that is assigned: a predefined one, or one that the account made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoleAssignment {
    /// A role that every account has.
    Predefined(PredefinedRole),
    /// A role that the account made.
    Custom {
        /// Its id.
        id: String,
        /// Its name, where a server tells it. Sending it has no effect.
        name: Option<String>,
    },
}

impl RoleAssignment {
    /// The custom role with this id.
    pub fn custom(id: impl Into<String>) -> Self {
        Self::Custom { id: id.into(), name: None }
    }
}

impl From<PredefinedRole> for RoleAssignment {
    fn from(role: PredefinedRole) -> Self {
        Self::Predefined(role)
    }
}

/// A role as it is sent.
#[derive(Debug, Serialize)]
pub(crate) struct WireRole<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

impl RoleAssignment {
    /// The role in the spelling that the server knows.
    pub(crate) fn spelled(&self, spelling: Spelling) -> WireRole<'_> {
        match self {
            Self::Predefined(role) => WireRole {
                kind: spelling.spell("PREDEFINED"),
                name: Some(spelling.spell(role.as_str())),
                id: None,
            },
            Self::Custom { id, .. } => {
                WireRole { kind: spelling.spell("CUSTOM"), name: None, id: Some(id) }
            }
        }
    }
}

impl Serialize for RoleAssignment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spelled(Spelling::Upper).serialize(serializer)
    }
}

/// Reads every form that servers have written: a bare name, `builtin` or `predefined` with a name, `custom` with an id.
impl<'de> Deserialize<'de> for RoleAssignment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Name(PredefinedRole),
            Object { id: Option<String>, name: Option<String> },
        }
        match Wire::deserialize(deserializer)? {
            Wire::Name(role) => Ok(Self::Predefined(role)),
            Wire::Object { id: Some(id), name } => Ok(Self::Custom { id, name }),
            Wire::Object { id: None, name: Some(name) } => {
                Ok(Self::Predefined(PredefinedRole::read(&name)))
            }
            Wire::Object { id: None, name: None } => {
                Err(serde::de::Error::custom("a role has neither a name nor an id"))
            }
        }
    }
}
