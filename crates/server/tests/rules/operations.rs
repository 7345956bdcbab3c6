//! The operations of the API, as its own description lists them: a new one is tested the moment it exists.

use claviger_testkit::{TestServer, World};
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
    /// The names of the ids in the path.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let rests = self.path.split('{').skip(1);
        rests.map(|rest| rest.split_once('}').unwrap().0).collect()
    }

    /// The path with this id in one place, and in the others ids of the world that exist.
    pub(crate) fn at(&self, world: &World, place: &str, id: &str) -> String {
        fill(&self.path.replace(&format!("{{{place}}}"), id), world)
    }

    /// Whether it can change anything.
    pub(crate) fn changes(&self) -> bool {
        self.method != "GET"
    }
}

/// Every operation that is done with an API key.
pub(crate) async fn operations(server: &TestServer) -> Vec<Operation> {
    let document = server.call("admin", "GET", "/openapi.json", Value::Null).await.json(200);
    let paths = document["paths"].as_object().unwrap();
    let mut found = Vec::new();
    // Signing in is not done with a key: it has tests of its own.
    let own = ["/v2/", "/auth/v1/users/", "/auth/v1/api-keys/"];
    let with_key = |path: &str| own.iter().any(|start| path.starts_with(start));
    for (path, item) in paths.iter().filter(|(path, _)| with_key(path)) {
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
    assert!(found.len() >= 17, "the description lists too little: {found:?}");
    found
}

/// A path with ids of the world that exist, and that its callers see.
pub(crate) fn fill(path: &str, world: &World) -> String {
    [
        ("{api_key_id}", "uk"),
        ("{space_id}", "S1"),
        ("{org_id}", "O1"),
        ("{project_id}", "P1"),
        ("{resource_id}", "PR"),
        ("{binding_id}", "B1"),
        ("{role_id}", "CR_small"),
        ("{user_id}", "user:other"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (place, name)| path.replace(place, world.id(name)))
}

/// The word that the ids of a path or query parameter begin with.
#[track_caller]
pub(crate) fn kind_of(parameter: &str) -> &'static str {
    match parameter {
        "api_key_id" => "ApiKey",
        "org_id" => "Organization",
        "project_id" | "resource_id" => "Model",
        "binding_id" => "RoleBinding",
        "role_id" => "Role",
        "space_id" => "Space",
        "user_id" => "User",
        other => panic!("say here which kind of thing `{other}` names"),
    }
}
