//! Users: list, get, invite, update, remove; by e-mail address or id.

mod bulk;
mod change;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::bulk::BulkDeleted;
pub use self::change::{CreateRequest, InviteMode, UpdateRequest, UserCreated};
use crate::client::Client;
use crate::error::Result;
use crate::open_enum::open_enum;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::role_assignment::RoleAssignment;
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

open_enum! {
    /// Where a user is between invitation and membership.
    pub enum UserStatus {
        /// A member of the account.
        Active = "ACTIVE",
        /// Invited, and not there yet.
        Invited = "INVITED",
        /// Invited too long ago.
        Expired = "EXPIRED",
    }
}

/// A user of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The id.
    pub id: String,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The e-mail address.
    #[serde(default)]
    pub email: String,
    /// Where the user is between invitation and membership.
    #[serde(default)]
    pub status: Option<UserStatus>,
    /// The role in the account.
    #[serde(default)]
    pub role: Option<RoleAssignment>,
    /// Whether the user may make keys, where the server tells.
    #[serde(default)]
    pub is_developer: Option<bool>,
    /// When the user was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which users to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Only those whose address contains this, in either case.
    pub email: Option<String>,
    /// Only those with one of these; all of them if empty.
    pub statuses: Vec<UserStatus>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        email: impl Into<String>,
    }
}

impl ListRequest {
    /// Adds a [status](Self#structfield.statuses) to those that are listed.
    #[must_use]
    pub fn status(mut self, status: UserStatus) -> Self {
        self.statuses.push(status);
        self
    }
}

/// The users of the account. From [`Client::users`].
#[derive(Clone, Debug)]
pub struct Users {
    client: Client,
}

/// A page as it comes.
#[derive(Deserialize)]
pub(crate) struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    users: Vec<User>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub pagination: Pagination,
}

const LIST: &str = "users.list";

impl Users {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of the users of the account, oldest first.
    ///
    /// # Errors
    ///
    /// Refusals of the server.
    pub async fn list(&self, request: ListRequest) -> Result<Page<User>> {
        let this = self.begin(Stage::Beta, LIST);
        this.page(&request).await
    }

    /// Reads all users of the account, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<User> {
        let users = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (users, request) = (users.clone(), ListRequest { cursor, ..request.clone() });
            async move { users.list(request).await }
        })
    }

    /// Reads one user, by e-mail address in either case or by id.
    ///
    /// # Errors
    ///
    /// Refusals of the server; [`ErrorKind::NameNotFound`](crate::ErrorKind::NameNotFound) if no user has the address.
    pub async fn get(&self, email_or_id: &str) -> Result<User> {
        let this = self.begin(Stage::Beta, "users.get");
        let id = resolve::user_id(&this.client, email_or_id).await?;
        this.client.send(Call::get("users.get", &["users", &id])).await?.document()
    }

    pub(crate) async fn page(&self, request: &ListRequest) -> Result<Page<User>> {
        let answer = self.client.send_spelled(|spelling| {
            let call = Call::get(LIST, &["users"])
                .query("email", request.email.as_ref())
                .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
                .query("cursor", request.cursor.as_ref());
            let spelled = request.statuses.iter().map(|status| spelling.spell(status.as_str()));
            Ok(spelled.fold(call, |call, status| call.query("status", Some(status))))
        });
        let Wire { users, pagination } = answer.await?.document()?;
        Ok(Page { items: users, pagination })
    }
}
