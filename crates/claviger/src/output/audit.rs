//! Output of `claviger audit list`: who did what, on what, and from where.

use arize::audit_logs::AuditLog;
use serde::Serialize;
use serde_json::Value;

use super::printable;
use super::records::{Record, instant};

/// An audit record, with the names of those it is about.
#[derive(Debug, Serialize)]
pub(crate) struct Described {
    #[serde(flatten)]
    pub log: AuditLog,
    /// Who did it: an email address, if it could be looked up.
    #[serde(skip)]
    pub who: Option<String>,
    /// What it was done to: a name, if it could be looked up.
    #[serde(skip)]
    pub target: Option<String>,
}

/// The kind and the id of what an operation was done to, as far as a record says it.
pub(crate) fn target(log: &AuditLog) -> Option<(String, Option<String>)> {
    let variables: Value = serde_json::from_str(log.variables.as_deref()?).ok()?;
    let text = |member: &str| variables.get(member).and_then(Value::as_str).map(str::to_owned);
    Some((text("target_kind")?, text("target_id")))
}

impl Described {
    fn who(&self) -> String {
        let id = self.log.user_id.as_deref().unwrap_or("");
        let has_address = self.log.ip.as_deref().is_some_and(|ip| !ip.is_empty());
        match &self.who {
            Some(who) => printable(who),
            // Commands of the host have neither a user nor an address.
            None if id.is_empty() && !has_address => "host".to_owned(),
            None => printable(id),
        }
    }

    fn target(&self) -> String {
        let Some((kind, id)) = target(&self.log) else { return String::new() };
        let name = self.target.clone().or(id).unwrap_or_default();
        printable(format!("{} {name}", in_words(&kind)).trim_end())
    }
}

/// A name of the API as people say it: `api_key` is an API key.
fn in_words(name: &str) -> String {
    name.replace("api_key", "API key").replace('_', " ")
}

/// An operation as people say it: `api_key.create` is to create an API key. The target says which.
fn operation_in_words(name: &str) -> String {
    match name.split_once('.') {
        Some((noun, verb)) => format!("{} {}", verb.replace('_', " "), in_words(noun)),
        None => in_words(name),
    }
}

impl Record for Described {
    const HEADERS: &'static [&'static str] = &["WHEN", "WHO", "WHAT", "TARGET", "FROM", "ID"];

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| printable(text.as_deref().unwrap_or(""));
        vec![
            instant(self.log.created_at),
            self.who(),
            text(&self.log.operation_name),
            self.target(),
            text(&self.log.ip),
            printable(&self.log.id),
        ]
    }

    fn brief(&self) -> Vec<String> {
        let mut cells = self.cells();
        let operation = self.log.operation_name.as_deref().unwrap_or("");
        cells[2] = printable(&operation_in_words(operation));
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_said_in_words() {
        for (name, words) in [
            ("api_key.create", "create API key"),
            ("api_key.revoke_all", "revoke all API key"),
            ("organization_member.set", "set organization member"),
            ("CreateSpace", "CreateSpace"),
        ] {
            assert_eq!(operation_in_words(name), words);
        }
    }
}
