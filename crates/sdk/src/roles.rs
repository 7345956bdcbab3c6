//! Roles, as service keys, users and memberships hold them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::open_enum::open_enum;

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

impl Serialize for RoleAssignment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "type", rename_all = "UPPERCASE")]
        enum Wire<'a> {
            Predefined { name: &'a PredefinedRole },
            Custom { id: &'a str },
        }
        match self {
            Self::Predefined(name) => Wire::Predefined { name },
            Self::Custom { id, .. } => Wire::Custom { id },
        }
        .serialize(serializer)
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
