//! `claviger keys list`.

use super::workplace::Workplace;

#[test]
fn a_list_for_programs_is_one_key_a_line() {
    let place = Workplace::new();
    place.run(&["create", "laptop", "--expires-in", "30d"]);
    insta::assert_snapshot!(place.transcript(&["list"]), @r"
    exit 0
    --- stdout
    ID1	laptop	USER	ACTIVE	REDACTED	INSTANT	INSTANT	
    ID2	Administrator's first key	USER	ACTIVE	REDACTED	INSTANT		
    --- stderr
    ");
    let line = String::from_utf8(place.run(&["list"]).stdout).unwrap();
    assert_eq!(line.lines().next().unwrap().split('\t').count(), 8);
}

#[test]
fn a_list_as_a_document_has_the_members_of_the_api() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["list", "--json"]), @r#"
    exit 0
    --- stdout
    {"api_keys":[{"id":"ID1","name":"Administrator's first key","description":null,"key_type":"USER","status":"ACTIVE","redacted_key":"REDACTED","created_at":"INSTANT","created_by_user_id":"USER","expires_at":null,"last_used_at":null,"bot_user":null,"is_expired":false}],"pagination":{"has_more":false}}
    --- stderr
    "#);
}

#[test]
fn a_service_key_is_listed_with_what_its_bot_user_may_do() {
    let place = Workplace::new();
    place.run(&["create-service", "robot", "--space", "Playground", "--space-role", "read-only"]);
    let output = place.run(&["list", "--type", "service", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let bot = &document["api_keys"][0]["bot_user"];
    assert_eq!(bot["name"], "robot");
    let space = &bot["organizations"][0]["spaces"][0];
    assert_eq!(space["space_id"], place.variables()["CLAVIGER_SPACE_ID"]);
    assert_eq!(space["role"], serde_json::json!({ "type": "PREDEFINED", "name": "READ_ONLY" }));
}

/// A real terminal of each width: the table fits, and what is copied from it stays in one piece.
#[test]
fn a_list_on_a_terminal_is_a_table_that_fits() {
    let place = Workplace::new();
    let (id, _) = place.key("a-name-that-is-rather-long-for-a-column");
    let on_terminal = |columns: u16| {
        let line =
            format!("stty rows 24 cols {columns}; {} keys list", env!("CARGO_BIN_EXE_claviger"));
        let output = std::process::Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("ARIZE_API_HOST", &place.server.address)
            .env("ARIZE_API_SCHEME", "http")
            .env("ARIZE_API_KEY", place.administrator_key())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for columns in [60, 80, 100, 120, 220] {
        let table = on_terminal(columns);
        let width = |line: &str| line.trim_end().chars().count();
        assert!(table.lines().all(|line| width(line) <= columns.into()), "{columns}: {table}");
        assert!(table.contains(&id) && !table.contains('\u{1b}'), "{columns}: {table}");
    }
    let wide = on_terminal(220);
    let headers: Vec<_> = wide.lines().next().unwrap().split("  ").map(str::trim).collect();
    let headers: Vec<_> = headers.into_iter().filter(|word| !word.is_empty()).collect();
    assert_eq!(headers, ["ID", "NAME", "TYPE", "STATUS", "KEY", "CREATED", "EXPIRES", "LAST USED"]);
}

#[test]
fn filters_go_to_the_server() {
    let place = Workplace::new();
    let (ended, _) = place.key("ended");
    place.run(&["revoke", &ended]);
    place.run(&["create-service", "robot", "--space", "Playground"]);
    let names = |filters: &[&str]| place.listed("name", filters);
    assert_eq!(names(&[]), ["Administrator's first key", "robot"], "both kinds (fault C14)");
    assert_eq!(names(&["--type", "user"]), ["Administrator's first key"]);
    assert_eq!(names(&["--name", "ROBOT"]), ["robot"]);
    assert_eq!(names(&["--status", "active", "--name", "first"]), ["Administrator's first key"]);
    assert_eq!(names(&["--status", "expired"]), [] as [String; 0]);
    assert_eq!(names(&["--status", "revoked"]), ["ended"]);
    assert_eq!(names(&["--type", "service"]), ["robot"]);
    assert_eq!(names(&["--space", "Playground"]), ["robot"]);
    let user = &place.listed("created_by_user_id", &[])[0];
    assert!(names(&["--user", user]).contains(&"Administrator's first key".to_owned()));
    insta::assert_snapshot!(place.transcript(&["list", "--space", "Nowhere"]), @r#"
    exit 5
    --- stdout
    --- stderr
    error: there is no space "Nowhere"
    "#);
    insta::assert_snapshot!(place.transcript(&["list", "--user", "nobody"]), @r"
    exit 6
    --- stdout
    --- stderr
    error: api_keys.list: the server answered 400: `user_id`: it is not an id: ids are padded base64 text, as other calls answer them
    ");
    let bad = place.run(&["list", "--type", "robot"]);
    assert_eq!(bad.status.code(), Some(2));
}

#[test]
fn a_limit_is_how_many_in_all() {
    let place = Workplace::new();
    for number in 0..4 {
        place.key(&format!("key-{number}"));
    }
    insta::assert_snapshot!(place.transcript(&["list", "--limit", "2"]), @r"
    exit 0
    --- stdout
    ID1	key-3	USER	ACTIVE	REDACTED	INSTANT		
    ID2	key-2	USER	ACTIVE	REDACTED	INSTANT		
    --- stderr
    More results: use `--limit COUNT` or `--all`
    ");
    let count = |arguments: &[&str]| {
        let document: serde_json::Value =
            serde_json::from_slice(&place.run(arguments).stdout).unwrap();
        (
            document["api_keys"].as_array().unwrap().len(),
            document["pagination"]["has_more"].as_bool().unwrap(),
        )
    };
    assert_eq!(count(&["list", "--json", "--limit", "4"]), (4, true));
    assert_eq!(count(&["list", "--json", "--limit", "5"]), (5, false));
    assert_eq!(count(&["list", "--json", "--all"]), (5, false));
    assert_eq!(place.run(&["list", "--limit", "0"]).status.code(), Some(2));
    assert_eq!(place.run(&["list", "--limit", "3", "--all"]).status.code(), Some(2));
}

#[test]
fn a_list_goes_over_pages() {
    let place = Workplace::new();
    for number in 0..120 {
        let body = format!("{{\"key_type\":\"USER\",\"name\":\"key-{number}\"}}");
        assert_eq!(place.server.post("/v2/api-keys", &place.administrator_key(), &body).0, 201);
    }
    assert_eq!(place.listed("name", &[]).len(), 121);
    let lines = |limit: &str| {
        String::from_utf8(place.run(&["list", "--limit", limit]).stdout).unwrap().lines().count()
    };
    assert_eq!((lines("110"), lines("50"), lines("1000")), (110, 50, 121));
}

/// (fault C13)
#[test]
fn an_expired_key_is_shown_as_expired() {
    let keys = r#"{"api_keys":[{"id":"QXBpS2V5OjE=","name":"over","key_type":"USER","status":"ACTIVE","expires_at":"2020-01-01T00:00:00Z"},
        {"id":"QXBpS2V5OjI=","name":"to come","key_type":"USER","status":"ACTIVE","expires_at":"2999-01-01T00:00:00Z"},
        {"id":"QXBpS2V5OjM=","name":"ended","key_type":"USER","status":"REVOKED","expires_at":"2020-01-01T00:00:00Z"}]}"#;
    let server = super::answering::Answering::always(200, "", keys);
    let run = |arguments: &[&str]| {
        let mut command = crate::process::claviger(&[&["keys"], arguments].concat());
        let url = format!("http://{}", server.address);
        command.env("ARIZE_API_KEY", "ak-x").env("ARIZE_BASE_URL", url).output().unwrap()
    };
    let text = String::from_utf8(run(&["list"]).stdout).unwrap();
    let statuses: Vec<_> = text.lines().map(|line| line.split('\t').nth(3).unwrap()).collect();
    assert_eq!(statuses, ["EXPIRED", "ACTIVE", "REVOKED"]);
    let document: serde_json::Value =
        serde_json::from_slice(&run(&["list", "--json"]).stdout).unwrap();
    let first = &document["api_keys"][0];
    assert_eq!(
        (first["status"].as_str(), first["is_expired"].as_bool()),
        (Some("ACTIVE"), Some(true))
    );
    assert_eq!(document["api_keys"][1]["is_expired"], false);
    let expired = String::from_utf8(run(&["list", "--status", "expired"]).stdout).unwrap();
    assert!(expired.contains("over") && !expired.contains("to come"), "{expired}");
}

/// Wherever a key is wanted, the name of an active one will do (fault C16).
#[test]
fn keys_are_refreshed_rotated_and_revoked_by_name() {
    let place = Workplace::new();
    let (_, first) = place.key("ci");
    assert_eq!(place.run(&["refresh", "ci", "--grace", "0s"]).status.code(), Some(0));
    assert!(!place.works(&first));
    let output = place.run(&["rotate", "ci", "--output-file", "ci.key"]);
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(place.works(&place.read("ci.key")));
    let output = place.run(&["revoke", "ci"]);
    assert_eq!(output.status.code(), Some(2), "the old one is active as well, for its grace");
    let successor = place.listed("id", &["--name", "ci"])[0].clone();
    assert_eq!(place.run(&["revoke", &successor]).status.code(), Some(0));
    for command in ["refresh", "rotate", "revoke", "delete"] {
        let output = place.run(&[command, "no such name"]);
        assert_eq!(output.status.code(), Some(5), "{command}: {}", place.shown(&output));
    }
}

/// (fault C16)
#[test]
fn whoami_projects_and_permissions_are_commands() {
    let place = Workplace::new();
    let run = |arguments: &[&str]| {
        let mut command = place.any_command(arguments);
        let output = command.env("ARIZE_API_KEY", place.administrator_key()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", place.shown(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["whoami"]).contains("Administrator's first key"));
    let created = run(&["projects", "create", "crawler", "--space", "Playground"]);
    run(&["projects", "update", "crawler", "--name", "reader"]);
    assert!(run(&["projects", "get", "reader"]).starts_with(created.split('\t').next().unwrap()));
    assert_eq!(run(&["projects", "list", "--space", "Playground"]).lines().count(), 1);
    run(&["projects", "delete", "reader", "--yes"]);
    assert_eq!(run(&["projects", "list"]), "");
    let permissions = run(&["permissions", "list"]);
    assert!(permissions.lines().any(|name| name == "PROJECT_READ"), "{permissions}");
    let document: serde_json::Value =
        serde_json::from_str(&run(&["permissions", "list", "--json"])).unwrap();
    assert_eq!(document["permissions"].as_array().unwrap().len(), permissions.lines().count());
}

/// (fault C16)
#[test]
fn a_key_is_shown_by_its_id_its_name_or_by_itself() {
    let place = Workplace::new();
    let (id, secret) = place.key("ci");
    for which in [&["get", &id][..], &["get", "ci"]] {
        let text = String::from_utf8(place.run(which).stdout).unwrap();
        assert!(text.starts_with(&id), "{which:?}: {text}");
    }
    std::fs::write(place.file("ci.key"), &secret).unwrap();
    let output = place.command(&["whoami", "--key-file", "ci.key", "--json"]).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((document["id"].as_str(), document["name"].as_str()), (Some(&*id), Some("ci")));
    assert_eq!(place.run(&["get", "nobody"]).status.code(), Some(5));
    place.key("ci");
    assert_eq!(place.run(&["get", "ci"]).status.code(), Some(2), "two have the name");
    // The standard input is a file too.
    let mut command = place.command(&["whoami", "--key-file", "-"]);
    let input = std::fs::File::open(place.file("ci.key")).unwrap();
    let output = command.stdin(input).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with(&id));
    // A key rotates itself without being told its id.
    let arguments =
        ["rotate", "--self", "--key-file", "ci.key", "--output-file", "ci.key", "--overwrite"];
    let output = place.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(place.read("ci.key") != secret && place.works(&place.read("ci.key")));
}
