//! Compares the answers of a section with those that the OpenAPI document declares, in both directions.
//!
//! Counted are requests that are handed to the router. What the listener refuses before that has no operation.

use std::collections::{BTreeMap, BTreeSet};

use claviger_testkit::TestServer;
use serde_json::Value;

/// A request that was handed to the router, and the status of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchanged {
    pub(crate) method: String,
    /// The path, with its query.
    pub(crate) target: String,
    pub(crate) status: u16,
}

/// The operations of the document, by method and path template, with the statuses that they declare.
#[derive(Debug)]
pub(crate) struct Declared(BTreeMap<(String, String), BTreeSet<u16>>);

impl Declared {
    /// Reads the document of a server.
    pub(crate) async fn by(server: &TestServer) -> Self {
        let document = server.call("admin", "GET", "/openapi.json", Value::Null).await.json(200);
        let mut operations = BTreeMap::new();
        for (template, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("operations") {
                let responses = operation["responses"].as_object().expect("responses");
                let statuses = responses.keys().map(|status| status.parse().expect("a status"));
                operations.insert((method.to_uppercase(), template.clone()), statuses.collect());
            }
        }
        Self(operations)
    }

    /// The declared answers that none of these is, one in a line.
    pub(crate) fn missing(&self, exchanged: &[Exchanged]) -> Vec<String> {
        let mut rest = self.0.clone();
        for Exchanged { method, target, status } in exchanged {
            if let Some(key) = self.operation(method, target) {
                rest.entry(key.clone()).or_default().remove(status);
            }
        }
        let lines = rest.into_iter().flat_map(|((method, template), statuses)| {
            statuses.into_iter().map(move |status| format!("{method} {template}: {status}"))
        });
        lines.collect()
    }

    /// The answers among these that their operation does not declare, one in a line.
    pub(crate) fn undeclared(&self, exchanged: &[Exchanged]) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for Exchanged { method, target, status } in exchanged {
            let Some(key @ (_, template)) = self.operation(method, target) else { continue };
            if !self.0[key].contains(status) {
                lines.insert(format!("{method} {template}: {status}"));
            }
        }
        lines
    }

    fn operation(&self, method: &str, target: &str) -> Option<&(String, String)> {
        let path = target.split('?').next()?;
        self.0.keys().find(|(known, template)| known == method && is_at(template, path))
    }
}

/// Whether a path is one of those that a template stands for.
fn is_at(template: &str, path: &str) -> bool {
    let (mut expected, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if expected.starts_with('{') || expected == found => {}
            _ => return false,
        }
    }
}
