//! Members of spaces.

use serde::{Deserialize, Serialize};

use super::Spaces;
use crate::error::Result;
use crate::resolve;
use crate::role_assignment::{RoleAssignment, WireRole};
use crate::stage::Stage;
use crate::transport::Call;

/// A user in a space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct SpaceMembership {
    /// Its id.
    pub id: String,
    /// The user.
    #[serde(default)]
    pub user_id: String,
    /// The space.
    #[serde(default)]
    pub space_id: String,
    /// The role in it.
    #[serde(default)]
    pub role: Option<RoleAssignment>,
}

#[derive(Serialize)]
struct Body<'a> {
    user_id: &'a str,
    role: WireRole<'a>,
}

impl Spaces {
    /// Takes a user, an e-mail address or an id, into a space with a role, or gives a member another role.
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](crate::Error::is_bad_request) if the user is not in the organization of the space,
    /// [`is_forbidden`](crate::Error::is_forbidden) if the key may not give that role.
    pub async fn add_user(
        &self,
        space: &str,
        user: &str,
        role: impl Into<RoleAssignment>,
    ) -> Result<SpaceMembership> {
        let this = self.begin(Stage::Beta, "spaces.add_user");
        let space_id = resolve::space_id(&this.client, space).await?;
        let user_id = resolve::user_id(&this.client, user).await?;
        let role = role.into();
        let answer = this.client.send_spelled(|spelling| {
            let body = Body { user_id: &user_id, role: role.spelled(spelling) };
            Call::post("spaces.add_user", &["spaces", &space_id, "users"], &body, &[200])
        });
        answer.await?.document()
    }

    /// Takes a user out of a space.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the user is not in it.
    pub async fn remove_user(&self, space: &str, user: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "spaces.remove_user");
        let space_id = resolve::space_id(&this.client, space).await?;
        let user_id = resolve::user_id(&this.client, user).await?;
        let path = ["spaces", &space_id, "users", &user_id];
        this.client.send(Call::delete("spaces.remove_user", &path)).await.map(drop)
    }
}
