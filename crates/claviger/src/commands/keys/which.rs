//! Finds a key by its id or its name.

use arize::api_keys::{ApiKey, KeyStatus, KeyType, ListRequest};
use arize::{Client, PredefinedRole, RoleAssignment, users};
use data_encoding::BASE64;

use super::super::http::failure::{Missing, Misuse};

/// How many administrators' keys are looked through.
const MOST_ADMINISTRATORS: usize = 50;

/// The key that an argument names.
pub(super) async fn key(which: &str, client: &Client) -> anyhow::Result<ApiKey> {
    match client.api_keys().get(which).await {
        Err(error) if error.is_not_found() || error.field().is_some() => {
            if is_id(which) || may_be_a_secret(which) {
                return Err(error.into());
            }
            by_name(which, client).await?.ok_or_else(not_found)
        }
        key => Ok(key?),
    }
}

/// The id of the key that an argument names. Nothing is asked about what is an id: the server decides.
pub(super) async fn id(which: &str, client: &Client) -> anyhow::Result<String> {
    // The client refuses a secret, without showing it.
    if is_id(which) || may_be_a_secret(which) {
        return Ok(which.to_owned());
    }
    by_name(which, client).await?.map(|key| key.id).ok_or_else(not_found)
}

/// The key with an id, for a preview: also one of another administrator, which no list of the caller's own keys has.
pub(super) async fn look_up(id: &str, client: &Client) -> Option<ApiKey> {
    if let Ok(key) = client.api_keys().get(id).await {
        return Some(key);
    }
    let mut users = client.users().list_all(users::ListRequest::new().limit(100));
    let mut administrators = 0;
    while let Ok(Some(user)) = users.try_next().await {
        let is_administrator =
            matches!(&user.role, Some(RoleAssignment::Predefined(PredefinedRole::Admin)));
        if !is_administrator {
            continue;
        }
        administrators += 1;
        if administrators > MOST_ADMINISTRATORS {
            return None;
        }
        let mut request = ListRequest::new().key_type(KeyType::User).limit(100);
        (request.status, request.user_id) = (Some(KeyStatus::Active), Some(user.id));
        let keys = client.api_keys().list_all(request).collect().await.unwrap_or_default();
        if let Some(key) = keys.into_iter().find(|key| key.id == id) {
            return Some(key);
        }
    }
    None
}

fn not_found() -> anyhow::Error {
    Missing("no active key that you can see has this name or id".to_owned()).into()
}

/// The one active key of a name.
async fn by_name(name: &str, client: &Client) -> anyhow::Result<Option<ApiKey>> {
    let mut found: Vec<ApiKey> = Vec::new();
    for key_type in [KeyType::User, KeyType::Service] {
        let request = ListRequest::new().key_type(key_type).status(KeyStatus::Active).limit(100);
        let mut pages = client.api_keys().list_all(request);
        while let Some(key) = pages.try_next().await? {
            if key.name == name && found.iter().all(|other| other.id != key.id) {
                found.push(key);
            }
        }
    }
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|key| key.id.as_str()).collect();
        let message =
            format!("more than one key has this name: use an id, one of {}", ids.join(", "));
        return Err(Misuse(message).into());
    }
    Ok(found.pop())
}

/// Whether a text is the id of a key: base64 of `ApiKey:` and a number.
fn is_id(text: &str) -> bool {
    BASE64.decode(text.as_bytes()).is_ok_and(|bytes| bytes.starts_with(b"ApiKey:"))
}

/// Whether a text may be a key that somebody pasted in the place of its id.
fn may_be_a_secret(text: &str) -> bool {
    ["ak-", "clvu_", "clvs_", "secret-token:"].iter().any(|prefix| text.starts_with(prefix))
}
