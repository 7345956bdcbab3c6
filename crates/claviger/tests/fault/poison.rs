//! Rows with garbage in them, in the database of a running process: their owner is refused, everybody else is served, the log names the
//! row, and the process stays up.

use std::fs;
use std::path::Path;

use claviger_testkit::{Damage, GARBAGE, TABLES_OF_ALL};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::number_of;
use crate::http::{Client, Response, escaped};
use crate::server::{Launch, Server, administrator_key};

/// Lists that everybody may ask for.
const LISTS: [&str; 4] = [
    "/v2/api-keys?limit=100",
    "/v2/spaces?limit=100",
    "/v2/projects?limit=100",
    "/v2/organizations?limit=100",
];

/// Further lists of an administrator.
const LISTS_OF_ADMINISTRATORS: [&str; 5] = [
    "/v2/api-keys?limit=100&key_type=SERVICE",
    "/v2/users?limit=100",
    "/v2/roles?limit=100",
    "/v2/role-bindings?limit=100&resource_type=PROJECT",
    "/v2/audit-logs?limit=5",
];

/// A person and their key.
struct Person {
    id: String,
    key_id: String,
    secret: String,
}

/// Who asks, and what the damaged rows belong to.
struct People {
    administrator: String,
    member: Person,
    owner: Person,
    /// A service key of the owner's.
    service_key: String,
}

/// Damages every column of every table in every way, one at a time.
pub(crate) fn rows() -> String {
    let files = TempDir::with_prefix("claviger-fault-").unwrap();
    let launch = Launch {
        data: files.path().join("data"),
        log: files.path().join("log"),
        arguments: vec!["--shutdown-delay", "0"],
        injection: None,
        environment: vec![("CLAVIGER_CHANGE_RATE", "0".into())],
        preparation: None,
    };
    let mut server = launch.start().unwrap();
    let mut client = Client::connect(server.address).unwrap();
    let people = people(&mut client, &launch.data);
    let damage = Damage::open(&launch.data.join("claviger.db"));
    let (mut damaged, mut denied) = (0, 0);
    for table in damage.tables() {
        for column in damage.columns(&table) {
            for garbage in GARBAGE {
                let row = damage.row(&table, &column, &condition(&damage, &people, &table));
                if !damage.inflict(&row, garbage) {
                    continue;
                }
                damaged += 1;
                let what = format!("{table} {column} {garbage}");
                // The only account is everybody's.
                let is_of_all = table == "accounts" || TABLES_OF_ALL.contains(&table.as_str());
                ask_others(&mut client, &people, &what, is_of_all);
                denied += u32::from(ask_owner(&mut client, &people, &what, is_of_all));
                assert!(server.is_running(), "{what}: {}", launch.last_said());
                damage.repair(&row, garbage);
            }
        }
    }
    assert!(
        damaged > 500 && denied > 50,
        "{damaged} rows damaged, the owner denied {denied} times"
    );
    ask_others(&mut client, &people, "after", false);
    assert_eq!(client.verify(&people.owner.secret).unwrap().status, 200, "all is as before");
    let logged = logged(&launch);
    end(&mut server, &launch);
    format!(
        "fault_poison_rows: {damaged} columns damaged, the owner denied {denied} times, {logged} rows in the log, nobody else \
         denied, no failure"
    )
}

fn end(server: &mut Server, launch: &Launch) {
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0), "{}", launch.last_said());
    assert!(!launch.said().contains("panicked"), "{}", launch.last_said());
}

/// How many rows the log names. Each is named once.
fn logged(launch: &Launch) -> usize {
    let said = launch.said();
    let mut lines: Vec<_> =
        said.lines().filter_map(|line| line.split_once("a row is unreadable")?.1.into()).collect();
    for table in ["users", "api_keys", "spaces", "space_members"] {
        assert!(lines.iter().any(|line| line.contains(table)), "{table}: {lines:?}");
    }
    let all = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), all, "a row is logged once an hour");
    all
}

/// What the damaged row of a table is chosen by.
fn condition(damage: &Damage, people: &People, table: &str) -> String {
    let owner = number_of(&people.owner.id);
    match table {
        "users" => format!("id = {owner}"),
        "api_keys" => format!("id = {}", number_of(&people.owner.key_id)),
        "api_key_spaces" => format!("api_key_id = {}", number_of(&people.service_key)),
        _ if damage.columns(table).iter().any(|column| column == "user_id") => {
            format!("user_id = {owner}")
        }
        _ => "1".to_owned(),
    }
}

/// Everybody else is served. Where a row is everybody's they may be refused, but never by a failure.
fn ask_others(client: &mut Client, people: &People, what: &str, may_fail: bool) {
    let check = |answer: &Response, status: u16, request: &str| {
        let is_denied = may_fail && (answer.status < 500 || answer.status == 503);
        assert!(answer.status == status || is_denied, "{what}: {request}: {answer:?}");
    };
    let administrator = LISTS_OF_ADMINISTRATORS.iter().map(|list| (list, &people.administrator));
    let both = [&people.administrator, &people.member.secret];
    let everybody = LISTS.iter().flat_map(|list| both.map(|secret| (list, secret)));
    for (list, secret) in everybody.chain(administrator) {
        let answer = client.call("GET", list, secret, None).unwrap();
        check(&answer, 200, list);
    }
    let made = client.create(&people.member.secret, "made meanwhile").unwrap();
    check(&made, 201, "create");
    if let Some(made) = made.credentials() {
        let ended = client.revoke(&people.member.secret, &made.id).unwrap();
        check(&ended, 204, "revoke");
    }
}

/// The owner of the row is served or refused, and never by a failure. Returns whether they were told of the damage.
fn ask_owner(client: &mut Client, people: &People, what: &str, is_of_all: bool) -> bool {
    let secret = &people.owner.secret;
    let mut answers: Vec<_> =
        LISTS.iter().map(|list| client.call("GET", list, secret, None).unwrap()).collect();
    answers.push(client.create(secret, "made by the owner").unwrap());
    for answer in &answers {
        let is_refused = is_damage(answer) || is_of_all && answer.status == 503;
        assert!(answer.status < 500 || is_refused, "{what}: {answer:?}");
    }
    let is_denied = answers.iter().any(is_damage);
    // A refusal is no 401: a client would throw the key away.
    for known in ["users role 'garbage'", "users status x'00ff00'", "api_keys key_type 'garbage'"] {
        assert!(what != known || answers.iter().all(is_damage), "{what}: {answers:?}");
    }
    is_denied
}

fn is_damage(answer: &Response) -> bool {
    answer.status == 503 && answer.body.contains("damaged")
}

/// Makes two people and something of each kind that can be damaged.
fn people(client: &mut Client, data: &Path) -> People {
    let administrator = administrator_key(data);
    let settings = fs::read_to_string(data.join("dev.env")).unwrap();
    let setting = |name: &str| {
        let value = settings.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap().to_owned()
    };
    let (organization, space) = (setting("CLAVIGER_ORG_ID"), setting("CLAVIGER_SPACE_ID"));
    let places = [
        format!("organizations/{}", escaped(&organization)),
        format!("spaces/{}", escaped(&space)),
    ];
    let [member, owner] = ["member", "owner"].map(|name| {
        let person = person(client, &administrator, name);
        for place in &places {
            let body = json!({ "user_id": person.id, "role": predefined("MEMBER") });
            made(client, &administrator, &format!("/v2/{place}/users"), &body);
        }
        person
    });
    let role = json!({ "name": "reader", "permissions": ["PROJECT_READ"] });
    let role = made(client, &administrator, "/v2/roles", &role);
    let project = json!({ "name": "project", "space_id": space });
    let project = made(client, &administrator, "/v2/projects", &project);
    let binding = json!({
        "role_id": role["id"], "user_id": owner.id, "resource_type": "PROJECT", "resource_id": project["id"],
    });
    made(client, &administrator, "/v2/role-bindings", &binding);
    let secret = format!("/auth/v1/users/{}/sign-in-secret", escaped(&owner.id));
    made(client, &administrator, &secret, &json!({}));
    let service_key = client.create_service(&owner.secret, data).unwrap().credentials().unwrap().id;
    People { administrator, member, owner, service_key }
}

fn person(client: &mut Client, administrator: &str, name: &str) -> Person {
    let body = json!({
        "name": name, "email": format!("{name}@example.com"), "role": predefined("MEMBER"),
        "invite_mode": "TEMPORARY_PASSWORD",
    });
    let user = made(client, administrator, "/v2/users", &body);
    let entered = made(client, &text(&user["temporary_password"]), "/auth/v1/sign-in", &json!({}));
    let (key_id, secret) = (text(&entered["api_key"]["id"]), text(&entered["api_key"]["key"]));
    Person { id: text(&user["id"]), key_id, secret }
}

fn predefined(name: &str) -> Value {
    json!({ "type": "PREDEFINED", "name": name })
}

fn made(client: &mut Client, secret: &str, path: &str, body: &Value) -> Value {
    let answer = client.call("POST", path, secret, Some(body)).unwrap();
    assert!([200, 201].contains(&answer.status), "{path}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
