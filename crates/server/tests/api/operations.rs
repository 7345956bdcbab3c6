//! The operations of the API, as `/openapi.json` lists them: what the tests that must reach all of them walk over.

use axum::body::Body;
use axum::http::Request;
use claviger_testkit::{TestServer, World};
use serde_json::Value;

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    /// With parameters in braces.
    pub(crate) template: String,
    pub(crate) id: String,
    pub(crate) needs_key: bool,
    pub(crate) has_body: bool,
    /// The parameters of its query.
    pub(crate) query: Vec<String>,
}

/// The document.
pub(crate) async fn document(server: &TestServer) -> Value {
    let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
    server.send(request).await.json(200)
}

/// Every operation of the document.
pub(crate) async fn all(server: &TestServer) -> Vec<Operation> {
    let document = document(server).await;
    let mut operations = Vec::new();
    for (template, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push(read(template, method, operation));
        }
    }
    assert!(operations.len() >= 13, "the document lists few operations: {operations:?}");
    operations
}

fn read(template: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        template: template.to_owned(),
        id: operation["operationId"].as_str().unwrap().to_owned(),
        needs_key: operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty()),
        has_body: operation["requestBody"].is_object(),
        query: parameters
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect(),
    }
}

/// A path template with ids of the world in it that exist.
pub(crate) fn fill(template: &str, world: &World) -> String {
    [
        ("{api_key_id}", "uk"),
        ("{space_id}", "S1"),
        ("{org_id}", "O1"),
        ("{project_id}", "P1"),
        ("{resource_id}", "PR"),
        ("{binding_id}", "B1"),
        ("{role_id}", "CR_small"),
        ("{user_id}", "user:member"),
    ]
    .iter()
    .fold(template.to_owned(), |path, (parameter, name)| path.replace(parameter, world.id(name)))
}
