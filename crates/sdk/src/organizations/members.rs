//! Members of organizations.

use serde::{Deserialize, Serialize};

use super::Organizations;
use crate::error::Result;
use crate::resolve;
use crate::role_assignment::{RoleAssignment, WireRole};
use crate::stage::Stage;
use crate::transport::Call;

/// A user in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct OrganizationMembership {
    /// Its id.
    pub id: String,
    /// The user.
    #[serde(default)]
    pub user_id: String,
    /// The organization.
    #[serde(default)]
    pub organization_id: String,
    /// The role in it.
    #[serde(default)]
    pub role: Option<RoleAssignment>,
}

#[derive(Serialize)]
struct Body<'a> {
    user_id: &'a str,
    role: WireRole<'a>,
}

impl Organizations {
    /// Takes a user, an e-mail address or an id, into an organization with a role, or gives a member another role.
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](crate::Error::is_bad_request) if the role does not go with the user's role in the account,
    /// [`is_forbidden`](crate::Error::is_forbidden) if the key may not give that role.
    pub async fn add_user(
        &self,
        organization: &str,
        user: &str,
        role: impl Into<RoleAssignment>,
    ) -> Result<OrganizationMembership> {
        let this = self.begin(Stage::Beta, "organizations.add_user");
        let organization_id = resolve::organization_id(&this.client, organization).await?;
        let user_id = resolve::user_id(&this.client, user).await?;
        let role = role.into();
        let answer = this.client.send_spelled(|spelling| {
            let body = Body { user_id: &user_id, role: role.spelled(spelling) };
            Call::post(
                "organizations.add_user",
                &["organizations", &organization_id, "users"],
                &body,
                &[200],
            )
        });
        answer.await?.document()
    }

    /// Takes a user out of an organization, and out of all its spaces.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the user is not in it.
    pub async fn remove_user(&self, organization: &str, user: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "organizations.remove_user");
        let organization_id = resolve::organization_id(&this.client, organization).await?;
        let user_id = resolve::user_id(&this.client, user).await?;
        let path = ["organizations", &organization_id, "users", &user_id];
        this.client.send(Call::delete("organizations.remove_user", &path)).await.map(drop)
    }
}
