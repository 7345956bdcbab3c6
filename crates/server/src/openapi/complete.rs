//! What holds for many operations at once, and what the handlers' attributes cannot say: written into their document when it is whole.
//!
//! Rule: everything here goes by the names that members and parameters have in the whole API. A new operation that calls a space's id
//! `space_id` is described by it without another word.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{links, texts};

/// The kind of text that a parameter or member of this name is, wherever it is.
const NAMED: [(&str, &str); 13] = [
    ("api_key_id", "ApiKeyId"),
    ("binding_id", "RoleBindingId"),
    ("created_by_user_id", "UserId"),
    ("cursor", "Cursor"),
    ("next_cursor", "Cursor"),
    ("kept_key_id", "ApiKeyId"),
    ("org_id", "OrganizationId"),
    ("organization_id", "OrganizationId"),
    ("project_id", "ProjectId"),
    ("role_id", "RoleId"),
    ("space_id", "SpaceId"),
    ("user_id", "UserId"),
    // Of a restriction: projects alone are kept here.
    ("resource_id", "ProjectId"),
];

/// The kind of text that the `id` of a schema is.
const OWN_IDS: [(&str, &str); 13] = [
    ("ApiKey", "ApiKeyId"),
    ("AuditLog", "AuditLogId"),
    ("BotUser", "UserId"),
    ("CustomRole", "RoleId"),
    ("Organization", "OrganizationId"),
    ("OrganizationMember", "OrganizationMemberId"),
    ("Project", "ProjectId"),
    ("Role", "RoleId"),
    ("RoleAssignment", "RoleId"),
    ("RoleBinding", "RoleBindingId"),
    ("Space", "SpaceId"),
    ("SpaceMember", "SpaceMemberId"),
    ("User", "UserId"),
];

/// The document as JSON text.
pub(crate) fn complete(document: &OpenApi) -> String {
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
    if operation.get("security").is_some() {
        operation["responses"]["503"] = json!({
            "description": "The database is unavailable; nothing was changed",
            "content": {
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
            },
        });
    } else {
        // What needs no key says so.
        operation["security"] = json!([]);
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        if let Some(headers) = headers(status) {
            response["headers"] = headers;
        }
    }
    links::add(operation);
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
    match name {
        "start_time" | "end_time" => refer(schema, "Instant"),
        "operation_name" => {
            schema["maxItems"] = json!(20);
            schema["items"] = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^\\u0000]*$" });
        }
        _ => match NAMED.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => refer(schema, text),
            // What is searched for is found as it is, whatever it is.
            None if schema["maxLength"].is_u64() => schema["pattern"] = json!("^[^\\u0000]*$"),
            None => {}
        },
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
        if is_request {
            complete_input(name, member, value);
        } else {
            // What there is not is left out of answers, and never `null`.
            without_null(value);
        }
        complete_member(name, member, value);
    }
    if name == "CreateRoleBinding" {
        let of = |kind: &str, id: &str| {
            let id = format!("#/components/schemas/{id}");
            json!({ "properties": { "resource_type": { "const": kind }, "resource_id": { "$ref": id } } })
        };
        schema["oneOf"] = json!([of("SPACE", "SpaceId"), of("PROJECT", "ProjectId")]);
    }
}

/// Ids in requests and answers.
fn complete_member(name: &str, member: &str, value: &mut Value) {
    let known = if member == "id" { OWN_IDS.iter().find(|row| row.0 == name) } else { None };
    let known = known.or_else(|| NAMED.iter().find(|(known, _)| *known == member));
    match (name, member, known) {
        // Of a space or of a project.
        ("CreateRoleBinding" | "RoleBinding", "resource_id", _) => {}
        // Empty if nobody did it.
        ("AuditLog", "user_id", Some((_, text))) => {
            let id = format!("#/components/schemas/{text}");
            remove_type(value);
            value["anyOf"] = json!([{ "$ref": id }, { "type": "string", "maxLength": 0 }]);
        }
        (_, _, Some((_, text))) => refer(value, text),
        _ => {}
    }
}

/// Words in requests.
fn complete_input(name: &str, member: &str, value: &mut Value) {
    match (member, value["maxLength"].as_u64()) {
        ("name", Some(_)) if ["CreateUser", "UpdateUser"].contains(&name) => {
            refer(value, "PersonName");
        }
        ("name" | "key_name", Some(256)) => refer(value, "KeyName"),
        ("name", Some(_)) => refer(value, "Name"),
        ("email", _) => refer(value, "EmailAddress"),
        ("expires_at", _) => refer(value, "Instant"),
        ("description", Some(_)) if value["type"].is_array() => {
            remove_type(value);
            value["anyOf"] =
                json!([{ "$ref": "#/components/schemas/Description" }, { "type": "null" }]);
        }
        ("description", Some(_)) => refer(value, "Description"),
        ("permissions", _) => {
            value["items"] = json!({ "$ref": "#/components/schemas/PermissionName" });
        }
        ("organizations" | "spaces", _) => value["uniqueItems"] = json!(true),
        _ => {}
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
