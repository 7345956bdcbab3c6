//! Keys in memory, as a server of the newest dialect answers for them: the caller is one person who may do everything.

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::http::{Reply, Request};
use crate::secret::Secret;

#[derive(Debug)]
pub(super) struct Keys {
    now: Timestamp,
    all: Vec<Key>,
    spaces: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
struct Key {
    id: String,
    secret: Secret,
    /// The members that were sent when it was made.
    members: Value,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    is_revoked: bool,
    is_superseded: bool,
}

impl Keys {
    #[expect(clippy::disallowed_methods, reason = "tests reckon from the time that it is")]
    pub(super) fn new() -> Self {
        let mut keys = Self { now: Timestamp::now(), all: Vec::new(), spaces: Vec::new() };
        keys.make(json!({ "name": "first", "key_type": "USER" }), None);
        keys
    }

    pub(super) fn first_secret(&self) -> Secret {
        self.all.first().map_or_else(|| Secret::from("none"), |key| key.secret.clone())
    }

    pub(super) fn add_space(&mut self, name: &str) -> String {
        let id = BASE64.encode(format!("Space:{}:fake", self.spaces.len() + 1).as_bytes());
        self.spaces.push((id.clone(), name.to_owned()));
        id
    }

    pub(super) fn advance(&mut self, time: std::time::Duration) {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        self.now = self.now.checked_add(time).unwrap_or(Timestamp::MAX);
    }

    pub(super) fn answer(&mut self, request: &Request) -> Reply {
        let presented = request.header("authorization").and_then(|value| {
            let secret = value.strip_prefix("Bearer ")?;
            self.all.iter().find(|key| key.secret.reveal() == secret)
        });
        if !presented.is_some_and(|key| key.works(self.now)) {
            return Reply::problem(401, "There is no such key, or it has ended.");
        }
        let parts: Vec<&str> = request.path().trim_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["v2", "api-keys"]) => self.list(request),
            ("POST", ["v2", "api-keys"]) => self.create(request),
            ("POST", ["v2", "api-keys", id, "refresh"]) => self.refresh(id, request),
            ("PUT", ["v2", "api-keys", id, "revoke"]) | ("DELETE", ["v2", "api-keys", id]) => {
                let found = self.all.iter_mut().find(|key| key.id == unescaped(id));
                let Some(key) = found else { return absent() };
                key.is_revoked = true;
                Reply::empty(204)
            }
            ("GET", ["v2", "spaces"]) => {
                let spaces: Vec<_> = self.spaces.iter().map(space).collect();
                let end = json!({ "has_more": false });
                document(200, &json!({ "spaces": spaces, "pagination": end }))
            }
            ("GET", ["v2", "spaces", id]) => {
                match self.spaces.iter().find(|(known, _)| known == id) {
                    Some(found) => document(200, &space(found)),
                    None => absent(),
                }
            }
            _ => absent(),
        }
    }

    fn list(&self, request: &Request) -> Reply {
        let query = |name: &str| {
            let url = reqwest::Url::parse(&format!("http://fake{}", request.target)).ok()?;
            let found = url.query_pairs().find(|(candidate, _)| candidate == name)?.1.into_owned();
            Some(found)
        };
        let status = query("status").unwrap_or_else(|| "ACTIVE".to_owned());
        let key_type = query("key_type").unwrap_or_else(|| {
            if query("space_id").is_some() { "SERVICE" } else { "USER" }.to_owned()
        });
        let fits = |key: &&Key| key.status() == status && key.members["key_type"] == *key_type;
        let number = |name: &str, default: usize| {
            query(name).and_then(|text| text.parse().ok()).unwrap_or(default)
        };
        let (start, limit) = (number("cursor", 0), number("limit", 50));
        let found: Vec<_> = self.all.iter().filter(fits).map(Key::document).collect();
        let page: Vec<_> = found.iter().skip(start).take(limit).collect();
        let end = start.saturating_add(limit);
        let has_more = end < found.len();
        let next_cursor = has_more.then(|| end.to_string());
        let pagination = json!({ "has_more": has_more, "next_cursor": next_cursor });
        document(200, &json!({ "api_keys": page, "pagination": pagination }))
    }

    fn create(&mut self, request: &Request) -> Reply {
        let Ok(members) = serde_json::from_str::<Value>(&request.body) else {
            return Reply::problem(400, "The body is not a JSON document.");
        };
        if members["name"].as_str().is_none_or(str::is_empty) {
            return Reply::problem(400, "`name`: it must not be empty.");
        }
        let Ok(expires_at) = instant(&members) else {
            return Reply::problem(400, "`expires_at`: it is not an instant.");
        };
        if expires_at.is_some_and(|end| end <= self.now) {
            return Reply::problem(422, "`expires_at`: it must be in the future.");
        }
        document(201, &self.make(members, expires_at))
    }

    fn refresh(&mut self, id: &str, request: &Request) -> Reply {
        let members: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let (now, id) = (self.now, unescaped(id));
        let Some(old) = self.all.iter_mut().find(|key| key.id == id) else { return absent() };
        if !old.works(now) || old.is_superseded {
            return Reply::problem(422, "The key has ended or was refreshed before.");
        }
        let Ok(expires_at) = instant(&members) else {
            return Reply::problem(400, "`expires_at`: it is not an instant.");
        };
        let grace = members["grace_period_seconds"].as_i64().unwrap_or(0);
        let end = now.checked_add(SignedDuration::from_secs(grace)).unwrap_or(Timestamp::MAX);
        old.expires_at = Some(old.expires_at.map_or(end, |expires_at| expires_at.min(end)));
        old.is_superseded = true;
        let members = old.members.clone();
        document(200, &self.make(members, expires_at))
    }

    /// Makes a key, and gives the document with its secret.
    fn make(&mut self, members: Value, expires_at: Option<Timestamp>) -> Value {
        let n = self.all.len() + 1;
        let letter = if members["key_type"] == "SERVICE" { 's' } else { 'u' };
        let key = Key {
            id: BASE64.encode(format!("ApiKey:{n}:fake").as_bytes()),
            secret: format!("clv{letter}_fake{n:04}_not_a_real_secret").into(),
            members,
            created_at: self.now,
            expires_at,
            is_revoked: false,
            is_superseded: false,
        };
        let mut document = key.document();
        document["key"] = json!(key.secret.reveal());
        self.all.push(key);
        document
    }
}

impl Key {
    fn works(&self, now: Timestamp) -> bool {
        !self.is_revoked && self.expires_at.is_none_or(|end| now < end)
    }

    fn status(&self) -> &'static str {
        if self.is_revoked { "REVOKED" } else { "ACTIVE" }
    }

    fn document(&self) -> Value {
        let secret = self.secret.reveal();
        let bot = json!({ "id": "VXNlcjoyOmZha2U=", "name": self.members["name"] });
        let is_service = self.members["key_type"] == "SERVICE";
        json!({
            "id": self.id,
            "name": self.members["name"],
            "description": self.members["description"],
            "key_type": self.members["key_type"],
            "status": self.status(),
            "redacted_key": format!("{}...{}", &secret[..9], &secret[9..13]),
            "created_at": self.created_at,
            "created_by_user_id": "VXNlcjoxOmZha2U=",
            "expires_at": self.expires_at,
            "bot_user": is_service.then_some(bot),
        })
    }
}

/// An id as it was before it became a part of a path.
fn unescaped(id: &str) -> String {
    id.replace("%2F", "/").replace("%2B", "+").replace("%3D", "=")
}

fn instant(members: &Value) -> Result<Option<Timestamp>, ()> {
    match &members["expires_at"] {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(drop),
        _ => Err(()),
    }
}

fn space((id, name): &(String, String)) -> Value {
    json!({ "id": id, "name": name, "is_private": false, "organization_id": "T3JnYW5pemF0aW9uOjE6ZmFrZQ==" })
}

fn document(status: u16, body: &Value) -> Reply {
    Reply::json(status, &body.to_string())
}

fn absent() -> Reply {
    Reply::problem(404, "There is no such thing.")
}
