//! Parses roles and bindings of service keys on the command line.

use arize::{PredefinedRole, RoleAssignment};
use data_encoding::BASE64;

/// One space that a service key works in: `organization=acme,space=raw,space-role=read-only`.
///
/// Not `ORGANIZATION/SPACE`: ids are base64, which has a slash.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Binding {
    pub organization: String,
    pub organization_role: Option<PredefinedRole>,
    pub space: String,
    pub space_role: Option<RoleAssignment>,
}

impl Binding {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut organization, mut organization_role) = (None, None);
        let (mut space, mut space_role) = (None, None);
        for part in text.split(',') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let slot = match name.trim() {
                "organization" => &mut organization,
                "organization-role" => &mut organization_role,
                "space" => &mut space,
                "space-role" => &mut space_role,
                _ => {
                    return Err(format!(
                        "`{name}` must be organization, organization-role, space or space-role"
                    ));
                }
            };
            if slot.replace(value).is_some() {
                return Err(format!("`{name}` is given twice"));
            }
        }
        let given = |value: Option<&str>, name: &str| match value {
            Some(value) if !value.trim().is_empty() => Ok(value.to_owned()),
            _ => Err(format!("`{name}=` must name one, such as organization=acme,space=raw")),
        };
        Ok(Self {
            organization: given(organization, "organization")?,
            organization_role: organization_role.map(role).transpose()?,
            space: given(space, "space")?,
            space_role: space_role.map(self::space_role).transpose()?,
        })
    }
}

/// A role that every account has, in either spelling.
pub(in crate::args) fn role(text: &str) -> Result<PredefinedRole, String> {
    match PredefinedRole::from(text) {
        PredefinedRole::Other(_) => Err("it must be `admin`, `member` or `read-only`".to_owned()),
        role => Ok(role),
    }
}

/// Such a role, or the id of one that the account made.
pub(in crate::args) fn space_role(text: &str) -> Result<RoleAssignment, String> {
    let is_id = BASE64.decode(text.as_bytes()).is_ok_and(|id| id.starts_with(b"Role:"));
    match PredefinedRole::from(text) {
        PredefinedRole::Other(id) if is_id => Ok(RoleAssignment::custom(id)),
        PredefinedRole::Other(_) => {
            Err("it must be `admin`, `member`, `read-only` or the id of a role".to_owned())
        }
        role => Ok(role.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_names_an_organization_and_a_space() {
        let binding =
            Binding::parse("organization=acme,space=U3BhY2U6MQ==,space-role=READ_ONLY").unwrap();
        assert_eq!(binding.space, "U3BhY2U6MQ==");
        assert_eq!(binding.space_role, Some(PredefinedRole::ReadOnly.into()));
        assert_eq!(binding.organization_role, None);
        let custom =
            Binding::parse("space=raw,organization=acme,space-role=Um9sZToxOlY0S2E=").unwrap();
        assert_eq!(custom.space_role, Some(RoleAssignment::custom("Um9sZToxOlY0S2E=")));
    }

    #[test]
    fn what_is_wrong_with_a_binding_is_said() {
        for (text, said) in [
            ("", "`` must be"),
            ("organization=acme", "`space=` must name"),
            ("organization=,space=raw", "`organization=` must name"),
            ("organisation=acme,space=raw", "`organisation` must be"),
            ("organization=acme,space=raw,space=clean", "`space` is given twice"),
            ("organization=acme,space=raw,space-role=owner", "it must be `admin`"),
            (
                "organization=acme,space=raw,organization-role=Um9sZToxOlY0S2E=",
                "it must be `admin`",
            ),
        ] {
            let error = Binding::parse(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
