//! API keys: list, create, refresh, rotate, delete, revoke one or all.
//!
//! All methods warn, once per process, that they are at an early stage.

mod key;
mod key_file;
mod requests;
mod rotate;
mod service_key;
mod successor;

use jiff::Timestamp;
use reqwest::Method;
use serde::Serialize;

pub use self::key::{
    ApiKey, ApiKeyCreated, BotUser, BotUserOrganization, BotUserSpace, KeyStatus, KeyType,
};
#[cfg(feature = "fuzzing")]
pub(crate) use self::key::{WireKey, WireList};
#[cfg(feature = "blocking")]
pub(crate) use self::key_file::KeyFile;
pub use self::key_file::{StoreFile, StoredFile, store_file};
pub use self::requests::{
    CreateRequest, CreateServiceKeyRequest, DEFAULT_GRACE_PERIOD_SECONDS, ListRequest,
    OrganizationBinding, RefreshRequest, RevokeAllRequest, RevokedKeys, SpaceBinding,
};
pub use self::rotate::{RotateError, RotateRequest, Stored};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::id::require_id;
use crate::open_enum::Spelling;
use crate::page::{DEFAULT_LIMIT, Page, Pager};
use crate::resolve;
use crate::stage::Stage;
use crate::transport::{Answer, Call, Repeat};

const LIST: &str = "api_keys.list";
const CREATE: &str = "api_keys.create";
const REFRESH: &str = "api_keys.refresh";
const DELETE: &str = "api_keys.delete";
const REVOKE: &str = "api_keys.revoke";
const REVOKE_ALL: &str = "api_keys.revoke_all";

/// The API keys that the key may see. From [`Client::api_keys`].
#[derive(Clone, Debug)]
pub struct ApiKeys {
    client: Client,
}

#[derive(Serialize)]
struct CreateBody<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    key_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct RefreshBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grace_period_seconds: Option<u32>,
}

#[derive(Serialize)]
struct RevokeAllBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    include_current_key: bool,
}

impl ApiKeys {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of keys, 50 if no limit is given.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// use arize::api_keys::{KeyStatus, KeyType, ListRequest};
    ///
    /// let request = ListRequest::new()
    ///     .key_type(KeyType::Service)
    ///     .status(KeyStatus::Active)
    ///     .space("S1") // a name or an id
    ///     .limit(20);
    /// let page = client.api_keys().list(request).await?;
    /// for key in &page.items {
    ///     println!("{} {} {} {}", key.id, key.name, key.key_type, key.status);
    /// }
    /// # assert!(!page.items.is_empty());
    /// if page.pagination.has_more {
    ///     println!("there is more, from {:?} on", page.pagination.next_cursor);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](Error::is_unauthorized) if the client's own key is not accepted, [`is_forbidden`](Error::is_forbidden) if
    /// it may not see these, [`is_not_found`](Error::is_not_found) if there is no such space or user.
    pub async fn list(&self, mut request: ListRequest) -> Result<Page<ApiKey>> {
        let this = self.begin(Stage::Alpha, LIST);
        if let Some(space) = &request.space {
            request.space = Some(resolve::space_id(&this.client, space).await?);
        }
        this.page(request).await
    }

    /// Reads all keys, page by page, as they are asked for.
    ///
    /// ```
    /// # async fn run(client: arize::Client) -> Result<(), arize::Error> {
    /// use arize::api_keys::ListRequest;
    ///
    /// let mut keys = client.api_keys().list_all(ListRequest::new());
    /// while let Some(key) = keys.try_next().await? {
    ///     println!("{} {}", key.id, key.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_all(&self, request: ListRequest) -> Pager<ApiKey> {
        let keys = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (keys, request) = (keys.clone(), ListRequest { cursor, ..request.clone() });
            async move { keys.list(request).await }
        })
    }

    /// Makes a key for the caller. Its secret is shown now and never again.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// use arize::api_keys::CreateRequest;
    /// use arize::jiff::{SignedDuration, Timestamp};
    ///
    /// let in_a_month = Timestamp::now() + SignedDuration::from_hours(24 * 30);
    /// let request = CreateRequest::new("ci").description("for a month").expires_at(in_a_month);
    /// let created = client.api_keys().create(request).await?;
    /// println!("{} {}", created.id, created.key.reveal());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_bad_request`](Error::is_bad_request) if a field is malformed,
    /// [`is_unprocessable_entity`](Error::is_unprocessable_entity) if the server refuses what it asks for, such as an expiry in the
    /// past. If [`was_not_done`](Error::was_not_done) is false, the key may have been made: list before trying again.
    pub async fn create(&self, request: CreateRequest) -> Result<ApiKeyCreated> {
        let this = self.begin(Stage::Alpha, CREATE);
        let answer = this.client.send_spelled(|spelling| {
            let body = CreateBody {
                name: &request.name,
                description: request.description.as_deref(),
                key_type: spelling.spell("USER"),
                expires_at: request.expires_at,
            };
            Call::post(CREATE, &["api-keys"], &body, &[201])
        });
        this.created(CREATE, &answer.await?)
    }

    /// Gives a key a new secret: a new key takes the place of the old one, with the same name and rights.
    ///
    /// Use the id in the answer from then on. The old secret goes on working for
    /// [`DEFAULT_GRACE_PERIOD_SECONDS`], unless the request names another grace or none. Without `expires_at` the new secret never
    /// expires.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// # let id = server.world.id("uk").to_owned();
    /// use arize::api_keys::RefreshRequest;
    ///
    /// let request = RefreshRequest::new(id).grace_period_seconds(60); // the old secret works for a minute more
    /// match client.api_keys().refresh(request).await {
    ///     Ok(refreshed) => println!("{} {}", refreshed.id, refreshed.key.reveal()),
    ///     Err(error) if error.is_not_found() => println!("there is no such key"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such key, [`is_bad_request`](Error::is_bad_request) if a field is
    /// malformed, [`is_unprocessable_entity`](Error::is_unprocessable_entity) if the key has ended or been refreshed before. If
    /// [`was_not_done`](Error::was_not_done) is false, it may have been refreshed: see [`rotate`](Self::rotate), which copes with that.
    pub async fn refresh(&self, request: RefreshRequest) -> Result<ApiKeyCreated> {
        let this = self.begin(Stage::Alpha, REFRESH);
        require_id("api_key_id", &request.api_key_id)?;
        let body = RefreshBody {
            expires_at: request.expires_at,
            // No grace is what servers take for granted; those that know of none refuse the member.
            grace_period_seconds: Some(request.grace_period_seconds).filter(|grace| *grace > 0),
        };
        let path = ["api-keys", &request.api_key_id, "refresh"];
        let answer = this.client.send(Call::post(REFRESH, &path, &body, &[200])?).await?;
        this.created(REFRESH, &answer)
    }

    /// Revokes a key permanently, with `DELETE`. Servers that know only `PUT …/revoke` are asked that instead.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// # let id = server.world.id("uk").to_owned();
    /// match client.api_keys().delete(&id).await {
    ///     Ok(()) => println!("it has ended"),
    ///     Err(error) if error.is_not_found() => println!("there is no such key"),
    ///     Err(error) => return Err(error),
    /// }
    /// # assert!(client.api_keys().delete("QXBpS2V5OjEwMDE6YUJjRA==").await.unwrap_err().is_not_found());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such key.
    pub async fn delete(&self, api_key_id: &str) -> Result<()> {
        let this = self.begin(Stage::Alpha, DELETE);
        require_id("api_key_id", api_key_id)?;
        match this.send_delete(DELETE, api_key_id).await {
            Err(error) if error.status() == Some(405) => this.send_revoke(DELETE, api_key_id).await,
            outcome => outcome,
        }
    }

    /// Revokes a key permanently, with `PUT …/revoke`; revoking a revoked key changes nothing. Servers that know only `DELETE` are asked
    /// that instead.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such key.
    pub async fn revoke(&self, api_key_id: &str) -> Result<()> {
        let this = self.begin(Stage::Alpha, REVOKE);
        require_id("api_key_id", api_key_id)?;
        match this.send_revoke(REVOKE, api_key_id).await {
            Err(error) if error.status() == Some(405) => this.send_delete(REVOKE, api_key_id).await,
            outcome => outcome,
        }
    }

    /// Revokes all user keys of a person, the caller's own if nobody is named. Only Claviger has this call.
    ///
    /// The key of this client stays unless the request says otherwise. Sign-in secrets of the person that somebody was shown end too.
    /// Service keys stay.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// use arize::api_keys::RevokeAllRequest;
    ///
    /// let revoked = client.api_keys().revoke_all(RevokeAllRequest::new()).await?;
    /// println!("{} revoked, {:?} goes on", revoked.revoked, revoked.kept_key_id);
    /// # assert!(revoked.revoked > 0 && revoked.kept_key_id.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such person, or the server does not have this call;
    /// [`is_forbidden`](Error::is_forbidden) for another person's keys, to all but administrators of the account.
    pub async fn revoke_all(&self, request: RevokeAllRequest) -> Result<RevokedKeys> {
        let this = self.begin(Stage::Alpha, REVOKE_ALL);
        let user_id = match &request.user {
            Some(user) => Some(resolve::user_id(&this.client, user).await?),
            None => None,
        };
        let body = RevokeAllBody { user_id, include_current_key: request.include_current_key };
        let call = Call {
            api: &["auth", "v1", "api-keys"],
            // A second one finds nothing left to revoke.
            repeat: Repeat::Harmless,
            ..Call::post(REVOKE_ALL, &["revoke-all"], &body, &[200])?
        };
        this.client.send(call).await?.document()
    }

    async fn send_delete(&self, operation: &'static str, id: &str) -> Result<()> {
        self.client.send(Call::delete(operation, &["api-keys", id])).await.map(drop)
    }

    async fn send_revoke(&self, operation: &'static str, id: &str) -> Result<()> {
        let call = Call {
            method: Method::PUT,
            expected: &[200, 202, 204],
            ..Call::get(operation, &["api-keys", id, "revoke"])
        };
        self.client.send(call).await.map(drop)
    }

    /// A page, the space being an id.
    async fn page(&self, request: ListRequest) -> Result<Page<ApiKey>> {
        let call = |spelling: Spelling| {
            let spelled = |word: Option<&str>| word.map(|word| spelling.spell(word));
            Ok(Call::get(LIST, &["api-keys"])
                .query("key_type", spelled(request.key_type.as_ref().map(KeyType::as_str)))
                .query("status", spelled(request.status.as_ref().map(KeyStatus::as_str)))
                .query("space_id", request.space.as_ref())
                .query("user_id", request.user_id.as_ref())
                .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
                .query("cursor", request.cursor.as_ref()))
        };
        let answer = if request.key_type.is_none() && request.status.is_none() {
            self.client.send(call(Spelling::Upper)?).await
        } else {
            self.client.send_spelled(call).await
        };
        let key::WireList { api_keys, pagination } = answer?.document()?;
        if let Some(key_type) = api_keys.first().and_then(|key| key.key_type.as_deref()) {
            self.client.learn_spelling(key_type);
        }
        Ok(Page { items: api_keys.into_iter().map(ApiKey::from).collect(), pagination })
    }

    /// A key that was made just now.
    fn created(&self, operation: &'static str, answer: &Answer) -> Result<ApiKeyCreated> {
        let mut wire: key::WireKey = answer.document()?;
        if let Some(key_type) = &wire.key_type {
            self.client.learn_spelling(key_type);
        }
        let Some(key) = wire.key.take() else {
            return Err(Error::unreadable(operation, "the key is not in it"));
        };
        Ok(ApiKeyCreated { api_key: wire.into(), key })
    }
}
