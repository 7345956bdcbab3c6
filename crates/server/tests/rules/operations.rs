//! The operations of the API, as its own description lists them: a new one is tested the moment it exists.

use claviger_testkit::TestServer;
use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub method: String,
    /// The path, with `{name}` in the place of ids.
    pub path: String,
    /// The names of the parameters in the query.
    pub query: Vec<String>,
}

impl Operation {
    /// The name of the id in the path.
    pub(crate) fn id(&self) -> Option<&str> {
        let (_, rest) = self.path.split_once('{')?;
        rest.split_once('}').map(|(name, _)| name)
    }

    /// The path with this id.
    pub(crate) fn at(&self, id: &str) -> String {
        let (start, rest) = self.path.split_once('{').unwrap();
        let (_, end) = rest.split_once('}').unwrap();
        format!("{start}{id}{end}")
    }

    /// Whether it can change anything.
    pub(crate) fn changes(&self) -> bool {
        self.method != "GET"
    }
}

/// Every operation under `/v2`.
pub(crate) async fn operations(server: &TestServer) -> Vec<Operation> {
    let document = server.call("admin", "GET", "/openapi.json", Value::Null).await.json(200);
    let paths = document["paths"].as_object().unwrap();
    let mut found = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with("/v2/")) {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned());
            let query = query.collect();
            found.push(Operation { method: method.to_uppercase(), path: path.clone(), query });
        }
    }
    assert!(found.len() >= 11, "the description lists too little: {found:?}");
    found
}

/// The word that the ids of a path or query parameter begin with.
#[track_caller]
pub(crate) fn kind_of(parameter: &str) -> &'static str {
    match parameter {
        "api_key_id" => "ApiKey",
        "org_id" => "Organization",
        "space_id" => "Space",
        "user_id" => "User",
        other => panic!("say here which kind of thing `{other}` names"),
    }
}
