//! What holds for many operations at once, and what the handlers' attributes cannot say: written into their document when it is whole.
//!
//! Rule: a handler declares only what is its own. What every operation has, needs or answers is added here.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{links, texts};

/// The document as JSON text.
pub(super) fn complete(document: &OpenApi) -> String {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["servers"] = json!([{ "url": "/", "description": "This server" }]);
    document["info"]["license"]["identifier"] = env!("CARGO_PKG_LICENSE").into();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for operation in paths.values_mut().filter_map(Value::as_object_mut).flatten() {
            complete_operation(operation.1);
        }
    }
    if let Some(schemas) =
        document.pointer_mut("/components/schemas").and_then(Value::as_object_mut)
    {
        for (name, schema) in schemas.iter_mut() {
            complete_schema(name, schema);
        }
        schemas.extend(texts::schemas());
    }
    document.to_string()
}

fn complete_operation(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        complete_parameter(&name, &mut parameter["schema"]);
    }
    // A body may be left out; it is never `null`.
    let body = operation.pointer_mut("/requestBody/content/application~1json/schema");
    body.into_iter().for_each(without_null);
    complete_security(operation);
    complete_responses(operation);
    links::add(operation);
}

/// Every operation needs a key, but those that say that they need none.
fn complete_security(operation: &mut Value) {
    let needs_key = operation.get("security").is_none();
    operation["security"] = if needs_key { json!([{ "key": [] }]) } else { json!([]) };
}

/// Adds the statuses that are answered before a handler runs, and the body and the headers of each.
fn complete_responses(operation: &mut Value) {
    let needs_key = operation["security"].get(0).is_some();
    let has_body = operation.get("requestBody").is_some();
    let parameters = operation["parameters"].as_array();
    let has_id = parameters.into_iter().flatten().any(|parameter| parameter["in"] == "path");
    let common = [
        (true, "400", "Invalid request"),
        (needs_key, "401", "Missing or invalid API key"),
        (has_id, "404", "No such resource, or not visible to you"),
        (has_body, "413", "Body too large"),
        (has_body, "415", "Body is not JSON"),
        (needs_key, "429", "Too many failed authentications"),
        (needs_key, "503", "The database is unavailable; nothing was changed"),
    ];
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for (_, status, description) in common.iter().filter(|(applies, ..)| *applies) {
        let response = || json!({ "description": description });
        responses.entry(*status).or_insert_with(response);
    }
    for (status, response) in responses {
        if status.starts_with(['4', '5']) {
            let problem = json!({ "$ref": "#/components/schemas/Problem" });
            response["content"] = json!({ "application/problem+json": { "schema": problem } });
        }
        if let Some(headers) = headers(status) {
            response["headers"] = headers;
        }
    }
}

/// The headers that always come with a status.
fn headers(status: &str) -> Option<Value> {
    match status {
        "401" => Some(json!({
            "WWW-Authenticate": {
                "description": "How to authenticate (RFC 6750)",
                "required": true,
                "schema": { "type": "string", "pattern": "^Bearer " },
            },
        })),
        "429" | "503" => Some(json!({
            "Retry-After": {
                "description": "Seconds to wait before trying again",
                "required": true,
                "schema": { "type": "integer", "minimum": 0 },
            },
        })),
        _ => None,
    }
}

fn complete_parameter(name: &str, schema: &mut Value) {
    without_null(schema);
    complete_text(schema);
    if name == "operation_name" {
        schema["maxItems"] = json!(20);
        schema["items"] = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^\\u0000]*$" });
    } else if schema["maxLength"].is_u64() {
        // What is searched for is found as it is, whatever it is.
        schema["pattern"] = json!("^[^\\u0000]*$");
    }
}

fn complete_schema(name: &str, schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        for part in parts {
            complete_schema(name, part);
        }
    }
    let is_request = schema["additionalProperties"] == json!(false);
    if is_request && name.starts_with("Update") {
        schema["minProperties"] = json!(1);
    }
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (member, value) in members.into_iter().flatten() {
        if !is_request {
            // What there is not is left out of answers, and never `null`.
            without_null(value);
        } else if ["organizations", "spaces"].contains(&member.as_str()) {
            value["uniqueItems"] = json!(true);
        }
        complete_text(value);
    }
    if name == "AuditLog" {
        // Empty if nobody did it.
        let user = json!({ "$ref": "#/components/schemas/UserId" });
        let actor = &mut schema["properties"]["user_id"];
        remove_type(actor);
        actor["anyOf"] = json!([user, { "type": "string", "maxLength": 0 }]);
    }
    if name == "CreateRoleBinding" {
        let of = |kind: &str, id: &str| {
            let id = format!("#/components/schemas/{id}");
            json!({ "properties": { "resource_type": { "const": kind }, "resource_id": { "$ref": id } } })
        };
        schema["oneOf"] = json!([of("SPACE", "SpaceId"), of("PROJECT", "ProjectId")]);
    }
}

/// Puts the schema of a text that has a form in the place of its name, which a handler gives as the `format`.
fn complete_text(schema: &mut Value) {
    let Some(name) = schema["format"].as_str().filter(|name| texts::NAMES.contains(name)) else {
        return;
    };
    let name = name.to_owned();
    if schema["type"].is_array() {
        remove_type(schema);
        let text = format!("#/components/schemas/{name}");
        schema["anyOf"] = json!([{ "$ref": text }, { "type": "null" }]);
    } else {
        refer(schema, &name);
    }
}

/// Puts a named schema in the place of what is said of a type.
fn refer(schema: &mut Value, name: &str) {
    remove_type(schema);
    schema["$ref"] = json!(format!("#/components/schemas/{name}"));
}

fn remove_type(schema: &mut Value) {
    if let Some(words) = schema.as_object_mut() {
        for word in ["type", "format", "minLength", "maxLength"] {
            words.remove(word);
        }
    }
}

/// Takes `null` out of what a schema allows.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            schema["type"] = only.clone();
        }
    }
    let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else {
        return;
    };
    variants.retain(|variant| variant["type"] != "null");
    if let [only] = &variants[..] {
        let only = only.as_object().cloned().unwrap_or_else(Map::new);
        if let Some(words) = schema.as_object_mut() {
            words.remove("oneOf");
            words.extend(only);
        }
    }
}
