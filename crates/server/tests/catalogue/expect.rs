//! Compares what came back with what a row expects, and with what is expected of every row.
//!
//! Expected of every row: a refusal is a problem document with exactly the contract's members, is not to be stored, says where
//! and when to come back if its status asks for that, and repeats nothing secret. No answer opens itself to other origins.
//!
//! In `answer_headers`, `<whole number>` and `<bearer challenge>` stand for any of their kind, and values of `Allow` are sets.

use std::collections::BTreeSet;

use claviger_testkit::TestServer;
use serde_json::Value;

use crate::format::Exchange;
use crate::placeholders::Placeholders;
use crate::send::Answer;

/// Where the types of problems are described: the contract's under `/v2` and where no path is known, else our own (fault S23).
const TYPE_BASE: &str = "https://arize.com/docs/ax/rest-reference/errors#";
const OWN_TYPE_BASE: &str = "/docs/errors#";

/// Statuses and the fragments of their problem types, as the catalogue lists them.
const FRAGMENTS: [(u16, &str); 15] = [
    (400, "invalid-request"),
    (401, "authentication-required"),
    (403, "access-forbidden"),
    (404, "resource-not-found"),
    (405, "method-not-allowed"),
    (406, "not-acceptable"),
    (408, "request-timeout"),
    (409, "resource-conflict"),
    (413, "payload-too-large"),
    (414, "uri-too-long"),
    (415, "unsupported-media-type"),
    (422, "unprocessable-entity"),
    (429, "rate-limit-exceeded"),
    (431, "header-fields-too-large"),
    (503, "service-unavailable"),
];

/// Complaints about one answer; none if all is well.
pub(crate) struct Complaints(pub(crate) Vec<String>);

impl Complaints {
    pub(crate) fn unless(&mut self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.0.push(complaint());
        }
    }
}

/// What every answer owes, whatever the row.
pub(crate) fn of_every_answer(complaints: &mut Complaints, answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    complaints.unless(header("cache-control") == Some("no-store"), || {
        format!("Cache-Control is {:?}", header("cache-control"))
    });
    let open = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    complaints.unless(open.is_none(), || format!("{open:?} opens the answer to other origins"));
    let content_type = header("content-type");
    if answer.status >= 400 {
        complaints.unless(content_type == Some("application/problem+json"), || {
            format!("Content-Type is {content_type:?}")
        });
        problem(complaints, answer);
    } else if !answer.text.is_empty() {
        complaints.unless(content_type == Some("application/json"), || {
            format!("Content-Type is {content_type:?}")
        });
    }
    let needed = match answer.status {
        401 => "www-authenticate",
        405 => "allow",
        429 | 503 => "retry-after",
        _ => return,
    };
    complaints.unless(header(needed).is_some(), || format!("no {needed}"));
}

fn problem(complaints: &mut Complaints, answer: &Answer) {
    let Ok(Value::Object(document)) = serde_json::from_str(&answer.text) else {
        return complaints.0.push("not a problem document".into());
    };
    let members: BTreeSet<&str> = document.keys().map(String::as_str).collect();
    let mut contract = BTreeSet::from(["detail", "status", "title", "type"]);
    if members.contains("instance") {
        contract.insert("instance");
    }
    complaints.unless(members == contract, || format!("its members are {members:?}"));
    complaints.unless(document.get("status") == Some(&answer.status.into()), || {
        format!("it says status {:?}", document.get("status"))
    });
    let fragment = FRAGMENTS.iter().find(|(status, _)| *status == answer.status);
    let path = document.get("instance").and_then(Value::as_str);
    let is_own = path.is_some_and(|path| path != "/v2" && !path.starts_with("/v2/"));
    let base = if is_own { OWN_TYPE_BASE } else { TYPE_BASE };
    let expected = fragment.map(|(_, fragment)| format!("{base}{fragment}"));
    let found = document.get("type").and_then(Value::as_str);
    complaints.unless(found == expected.as_deref(), || format!("its type is {found:?}"));
    for member in ["title", "detail"] {
        let text = document.get(member).and_then(Value::as_str).unwrap_or_default();
        complaints.unless(!text.is_empty(), || format!("its {member} is empty"));
    }
    let instance = document.get("instance").and_then(Value::as_str).unwrap_or("/");
    complaints.unless(instance.starts_with('/') && !instance.contains('?'), || {
        format!("its instance is {instance:?}")
    });
}

/// What the row asks of the answer.
pub(crate) fn of_this_answer(
    complaints: &mut Complaints,
    server: &TestServer,
    names: &Placeholders,
    expected: &Exchange,
    answer: &Answer,
) {
    for (name, wanted) in &expected.answer_headers {
        let wanted = names.text(server, wanted);
        let found = answer.headers.get(name).and_then(|value| value.to_str().ok());
        let fits = found.is_some_and(|found| header_fits(name, &wanted, found));
        complaints.unless(fits, || format!("{name} is {found:?} where {wanted} is expected"));
    }
    for text in &expected.never_says {
        let text = names.text(server, text);
        complaints.unless(!answer.text.contains(&text), || format!("it says {text}"));
    }
    for secret in names.secrets() {
        complaints.unless(!repeats(answer, &secret), || "it repeats a secret that was sent".into());
    }
    let document = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    for (pointer, wanted) in &expected.answer {
        let wanted = json(server, names, wanted);
        let found = document.pointer(pointer);
        complaints.unless(found == Some(&wanted), || {
            format!("{pointer} is {found:?} where {wanted} is expected")
        });
    }
    for pointer in &expected.answer_lacks {
        let found = document.pointer(pointer);
        complaints.unless(found.is_none(), || format!("{pointer} is {found:?}"));
    }
    for (pointer, element) in &expected.answer_has {
        let element = names.text(server, element);
        let wanted: Value = serde_json::from_str(&element).expect("a JSON object");
        let list = document.pointer(pointer).and_then(Value::as_array);
        let found = list.is_some_and(|list| list.iter().any(|found| has_members(found, &wanted)));
        complaints.unless(found, || format!("{pointer} has no element like {element}"));
    }
}

fn header_fits(name: &str, wanted: &str, found: &str) -> bool {
    match wanted {
        "<whole number>" => found.parse::<u32>().is_ok_and(|number| number > 0),
        "<bearer challenge>" => found.starts_with("Bearer realm=\""),
        _ if name.eq_ignore_ascii_case("allow") => set(wanted) == set(found),
        _ => found == wanted,
    }
}

fn set(list: &str) -> BTreeSet<&str> {
    list.split(',').map(str::trim).collect()
}

fn repeats(answer: &Answer, secret: &str) -> bool {
    let in_value = |value: &axum::http::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).contains(secret)
    };
    answer.text.contains(secret) || answer.headers.values().any(in_value)
}

fn has_members(found: &Value, wanted: &Value) -> bool {
    let wanted = wanted.as_object().expect("a JSON object");
    wanted.iter().all(|(name, value)| found.get(name) == Some(value))
}

/// A value of the table as JSON, its placeholders filled in.
fn json(server: &TestServer, names: &Placeholders, value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => names.text(server, text).into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Boolean(truth) => (*truth).into(),
        other => panic!("{other} has no place among expected members"),
    }
}

/// The answer's body without what tells which path was asked for.
pub(crate) fn without_instance(answer: &Answer) -> String {
    match serde_json::from_str(&answer.text) {
        Ok(Value::Object(mut document)) => {
            document.remove("instance");
            // Of the type, the part after `#`: where types are described goes by the path.
            if let Some(kind) = document.get_mut("type")
                && let Some(fragment) = kind.as_str().and_then(|kind| kind.split('#').nth(1))
            {
                *kind = fragment.into();
            }
            Value::Object(document).to_string()
        }
        _ => answer.text.clone(),
    }
}
