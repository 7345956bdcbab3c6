//! Names of values in columns and in the details of audit records.
//!
//! Rule: a spelling never changes, whatever becomes of the names in the code. Records that were written before this rule hold the names
//! of the code of then, such as `ReadOnly`.

use crate::role::{AccountRole, ScopedRole};
use crate::user::{InviteMode, SignInPurpose};

impl AccountRole {
    /// The spelling that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Annotator => "annotator",
            Self::MemberUiOnly => "member_ui_only",
        }
    }
}

impl ScopedRole {
    /// The spelling that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
            Self::ReadOnly => "read_only",
            Self::Annotator => "annotator",
        }
    }
}

impl InviteMode {
    /// The spelling that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::EmailLink => "email_link",
            Self::TemporaryPassword => "temporary_password",
        }
    }
}

impl SignInPurpose {
    /// The spelling that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renaming a variant does not change what is stored (fault S16).
    #[test]
    fn spellings_stay() {
        use AccountRole as A;
        use ScopedRole as S;
        let account = [A::Admin, A::Member, A::Annotator, A::MemberUiOnly].map(A::name);
        assert_eq!(account, ["admin", "member", "annotator", "member_ui_only"]);
        let scoped = [S::Admin, S::Member, S::ReadOnly, S::Annotator].map(S::name);
        assert_eq!(scoped, ["admin", "member", "read_only", "annotator"]);
        let modes = [InviteMode::None, InviteMode::EmailLink, InviteMode::TemporaryPassword];
        assert_eq!(modes.map(InviteMode::name), ["none", "email_link", "temporary_password"]);
        let purposes = [SignInPurpose::Invitation, SignInPurpose::Reset].map(SignInPurpose::name);
        assert_eq!(purposes, ["invitation", "reset"]);
    }
}
