//! What can be done next with what an operation answers: OpenAPI links.
//!
//! Rule: one row for each way from an answer to a call, with what of the answer goes where.

use serde_json::{Map, Value, json};

/// Names of parameters or members of a body, each with the member of the answer that it takes.
type Passed = &'static [(&'static str, &'static str)];

/// The operation that answers, what can be called then, the parameters it gets, and the members of its body.
const LINKS: &[(&str, &str, Passed, Passed)] = &[
    ("createApiKey", "refreshApiKey", &[("api_key_id", "id")], &[]),
    ("createApiKey", "revokeApiKey", &[("api_key_id", "id")], &[]),
    ("createApiKey", "deleteApiKey", &[("api_key_id", "id")], &[]),
    ("refreshApiKey", "refreshApiKey", &[("api_key_id", "id")], &[]),
    ("refreshApiKey", "revokeApiKey", &[("api_key_id", "id")], &[]),
    ("refreshApiKey", "deleteApiKey", &[("api_key_id", "id")], &[]),
    ("createOrganization", "getOrganization", &[("org_id", "id")], &[]),
    ("createOrganization", "updateOrganization", &[("org_id", "id")], &[]),
    ("createOrganization", "deleteOrganization", &[("org_id", "id")], &[]),
    ("createOrganization", "addOrganizationUser", &[("org_id", "id")], &[]),
    ("createOrganization", "listSpaces", &[("org_id", "id")], &[]),
    ("createOrganization", "createSpace", &[], &[("organization_id", "id")]),
    ("addOrganizationUser", "removeOrganizationUser", MEMBER_OF_ORGANIZATION, &[]),
    ("addOrganizationUser", "addOrganizationUser", &[("org_id", "organization_id")], USER),
    ("createSpace", "getSpace", &[("space_id", "id")], &[]),
    ("createSpace", "updateSpace", &[("space_id", "id")], &[]),
    ("createSpace", "deleteSpace", &[("space_id", "id")], &[]),
    ("createSpace", "addSpaceUser", &[("space_id", "id")], &[]),
    ("createSpace", "listProjects", &[("space_id", "id")], &[]),
    ("createSpace", "listApiKeys", &[("space_id", "id")], &[]),
    ("createSpace", "createProject", &[], &[("space_id", "id")]),
    ("createSpace", "createRoleBinding", &[], &[("resource_id", "id")]),
    ("addSpaceUser", "removeSpaceUser", MEMBER_OF_SPACE, &[]),
    ("addSpaceUser", "addSpaceUser", &[("space_id", "space_id")], USER),
    ("createProject", "getProject", &[("project_id", "id")], &[]),
    ("createProject", "updateProject", &[("project_id", "id")], &[]),
    ("createProject", "deleteProject", &[("project_id", "id")], &[]),
    ("createProject", "createResourceRestriction", &[], &[("resource_id", "id")]),
    ("createProject", "createRoleBinding", &[], &[("resource_id", "id")]),
    (
        "createResourceRestriction",
        "deleteResourceRestriction",
        &[("resource_id", "resource_id")],
        &[],
    ),
    ("createRole", "getRole", &[("role_id", "id")], &[]),
    ("createRole", "updateRole", &[("role_id", "id")], &[]),
    ("createRole", "deleteRole", &[("role_id", "id")], &[]),
    ("createRole", "createRoleBinding", &[], &[("role_id", "id")]),
    ("createRoleBinding", "getRoleBinding", &[("binding_id", "id")], &[]),
    ("createRoleBinding", "updateRoleBinding", &[("binding_id", "id")], &[]),
    ("createRoleBinding", "deleteRoleBinding", &[("binding_id", "id")], &[]),
    ("createUser", "getUser", &[("user_id", "id")], &[]),
    ("createUser", "updateUser", &[("user_id", "id")], &[]),
    ("createUser", "deleteUser", &[("user_id", "id")], &[]),
    ("createUser", "resendInvitation", &[("user_id", "id")], &[]),
    ("createUser", "resetPassword", &[("user_id", "id")], &[]),
    ("createUser", "handOverSignInSecret", &[("user_id", "id")], &[]),
    ("createUser", "listAuditLogs", &[("user_id", "id")], &[]),
    ("createUser", "addOrganizationUser", &[], &[("user_id", "id")]),
    ("createUser", "addSpaceUser", &[], &[("user_id", "id")]),
    ("createUser", "createRoleBinding", &[], &[("user_id", "id")]),
];

const MEMBER_OF_ORGANIZATION: Passed = &[("org_id", "organization_id"), ("user_id", "user_id")];
const MEMBER_OF_SPACE: Passed = &[("space_id", "space_id"), ("user_id", "user_id")];
const USER: Passed = &[("user_id", "user_id")];

/// Adds the links to an operation, in the answer that it gives when all went well.
pub(super) fn add(operation: &mut Value) {
    let rows = LINKS.iter().filter(|(name, ..)| operation["operationId"] == *name);
    let links: Map<String, Value> = rows.map(|row| (row.1.to_owned(), link(row))).collect();
    let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
    let well = answers.into_iter().flatten().find(|(status, _)| status.starts_with('2'));
    if let (false, Some((_, answer))) = (links.is_empty(), well) {
        answer["links"] = Value::Object(links);
    }
}

fn link((_, target, parameters, body): &(&str, &str, Passed, Passed)) -> Value {
    let taken = |passed: Passed| -> Map<String, Value> {
        let expression = |member| json!(format!("$response.body#/{member}"));
        passed.iter().map(|(name, member)| ((*name).to_owned(), expression(member))).collect()
    };
    let mut link = json!({ "operationId": target });
    if !parameters.is_empty() {
        link["parameters"] = Value::Object(taken(parameters));
    }
    if !body.is_empty() {
        link["requestBody"] = Value::Object(taken(body));
    }
    link
}
