//! Audit logs: who did what, newest first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::open_enum::open_enum;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{list_request, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

open_enum! {
    /// What kind of operation was logged.
    pub enum OperationType {
        /// Something was read.
        Query = "QUERY",
        /// Something was changed.
        Mutation = "MUTATION",
        /// Somebody listened.
        Subscription = "SUBSCRIPTION",
    }
}

/// An operation that was logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct AuditLog {
    /// Its id.
    pub id: String,
    /// Who did it.
    #[serde(default)]
    pub user_id: Option<String>,
    /// From which address.
    #[serde(default)]
    pub ip: Option<String>,
    /// What kind of operation it was.
    #[serde(default)]
    pub operation_type: Option<OperationType>,
    /// Its name.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// Its text.
    #[serde(default)]
    pub operation_text: Option<String>,
    /// Its variables: a JSON document as text.
    #[serde(default)]
    pub variables: Option<String>,
    /// When it was done.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Not before this; 30 days before the end if not given.
    pub start_time: Option<Timestamp>,
    /// Not after this; now if not given.
    pub end_time: Option<Timestamp>,
    /// Only what this user did: an e-mail address or an id.
    pub user: Option<String>,
    /// Only operations of this kind.
    pub operation_type: Option<OperationType>,
    /// Only operations with one of these names; all if empty. Up to 20.
    pub operation_names: Vec<String>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

list_request!(ListRequest);
setters! {
    impl ListRequest {
        start_time: Timestamp,
        end_time: Timestamp,
        user: impl Into<String>,
        operation_type: OperationType,
    }
}

impl ListRequest {
    /// Adds a [name](Self#structfield.operation_names) to those that are listed.
    #[must_use]
    pub fn operation_name(mut self, name: impl Into<String>) -> Self {
        self.operation_names.push(name.into());
        self
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    logs: Vec<AuditLog>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pagination: Pagination,
}

/// The audit log of the account. From [`Client::audit_logs`].
#[derive(Clone, Debug)]
pub struct AuditLogs {
    client: Client,
}

const LIST: &str = "audit_logs.list";

impl AuditLogs {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of entries, newest first.
    ///
    /// # Errors
    ///
    /// [`is_forbidden`](crate::Error::is_forbidden) unless the key is an account administrator's.
    pub async fn list(&self, request: ListRequest) -> Result<Page<AuditLog>> {
        let this = self.begin(Stage::Beta, LIST);
        let user_id = match &request.user {
            Some(user) => Some(resolve::user_id(&this.client, user).await?),
            None => None,
        };
        let call = Call::get(LIST, &["audit-logs"])
            .query("start_time", request.start_time)
            .query("end_time", request.end_time)
            .query("user_id", user_id)
            .query("operation_type", request.operation_type.as_ref())
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let names = request.operation_names.iter();
        let call = names.fold(call, |call, name| call.query("operation_name", Some(name)));
        let Wire { logs, pagination } = this.client.send(call).await?.document()?;
        Ok(Page { items: logs, pagination })
    }

    /// Reads all entries, page by page, as they are asked for.
    ///
    /// Give an `end_time`, or entries that are written meanwhile move what is still to be read.
    pub fn list_all(&self, request: ListRequest) -> Pager<AuditLog> {
        let logs = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (logs, request) = (logs.clone(), ListRequest { cursor, ..request.clone() });
            async move { logs.list(request).await }
        })
    }
}
