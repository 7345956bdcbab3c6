//! The examples, run as a reader would run them, against a real server.

use std::path::PathBuf;
use std::process::Command;

use claviger_testkit::TestServer;

use crate::scripted::{Reply, Scripted};

/// Where cargo puts an example: beside the directory that this test is in.
pub(crate) fn path(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    assert!(path.exists(), "`cargo build -p arize --examples` makes {}", path.display());
    path
}

/// Runs an example as the member of the world, and returns what it prints.
async fn run(server: &TestServer, name: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(path(name));
    command
        .args(arguments)
        .env_clear()
        .env("ARIZE_API_KEY", server.world.key("member"))
        .env("ARIZE_API_HOST", server.listen().await.to_string())
        .env("ARIZE_API_SCHEME", "http");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_five_examples_of_the_page_run() {
    let server = TestServer::start().await;
    let listed = run(&server, "list_keys", &["S1"]).await;
    assert!(listed.contains("a service key"), "{listed}");

    let created = run(&server, "create_key", &["ci"]).await;
    let id = created.lines().next().unwrap().split(' ').next().unwrap().to_owned();
    let service = run(&server, "create_service_key", &["robot", "S1"]).await;
    assert!(service.contains("acts for robot"), "{service}");

    let refreshed = run(&server, "refresh_key", &[&id]).await;
    let new = refreshed.lines().next().unwrap().split(' ').next().unwrap().to_owned();
    assert_ne!(new, id);
    assert_eq!(run(&server, "delete_key", &[&new]).await, "deleted\n");
    assert_eq!(
        run(&server, "delete_key", &["QXBpS2V5OjEwMDE6YUJjRA=="]).await,
        "there is no such key\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_rotation_runs() {
    let server = TestServer::start().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    let id = server.world.id("uk").to_owned();
    run(&server, "rotate_key", &[&id, file.to_str().unwrap()]).await;
    assert!(std::fs::read_to_string(file).unwrap().starts_with("clvu_"));
}

/// A key as a list shows it.
fn listed(n: u8, redacted: &str, last_used: &str, made: &str) -> String {
    format!(
        r#"{{"id":"QXBpS2V5Oj{n}=","name":"key {n}","redacted_key":"{redacted}","last_used_at":{last_used},"created_at":"{made}"}}"#
    )
}

fn page(keys: &[String]) -> Reply {
    let keys = keys.join(",");
    Reply::json(200, &format!(r#"{{"api_keys":[{keys}],"pagination":{{"has_more":false}}}}"#))
}

/// Only with `--revoke`, and never the key that is used.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_nobody_uses_are_found_and_revoked() {
    const LONG_AGO: &str = "2001-01-01T00:00:00Z";
    const FAR_AHEAD: &str = "2999-01-01T00:00:00Z";
    let used = |at: &str| format!("\"{at}\"");
    let keys = [
        listed(1, "ak-zzz...zzz", &used(LONG_AGO), LONG_AGO),
        listed(2, "ak-zzz...zzz", &used(FAR_AHEAD), LONG_AGO),
        listed(3, "ak-zzz...zzz", "null", LONG_AGO),
        listed(4, "ak-zzz...zzz", "null", FAR_AHEAD),
        listed(5, "ak-not...key", &used(LONG_AGO), LONG_AGO),
    ];
    let server = Scripted::start(move |request, _| match request.method.as_str() {
        "GET" => page(&keys),
        _ => Reply::empty(204),
    })
    .await;
    let mut ended = Vec::new();
    for arguments in [&["U3BhY2U6MQ=="][..], &["--revoke"]] {
        let mut command = Command::new(path("revoke_unused"));
        command.args(arguments).env_clear().env("ARIZE_BASE_URL", server.base_url());
        command.env("ARIZE_API_KEY", "ak-not-a-real-key");
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let found: Vec<_> = said.lines().filter(|line| line.contains("last used")).collect();
        assert!(found[0].contains("key 1") && found[1].ends_with("key 3, last used: never"));
        assert_eq!((found.len(), output.status.code()), (2, Some(0)), "{said}");
        ended = server.lines().into_iter().filter(|line| line.starts_with("PUT")).collect();
        assert_eq!(ended.len(), if arguments == ["--revoke"] { 2 } else { 0 });
    }
    assert_eq!(ended[1], "PUT /v2/api-keys/QXBpS2V5Oj3=/revoke");
}

/// A program that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_rotates_its_own_key_and_goes_on_with_the_new_one() {
    let server = Scripted::start(|request, _| match (request.method.as_str(), request.path()) {
        ("GET", "/v2/api-keys") => {
            page(&[listed(1, "ak-not...key", "null", "2001-01-01T00:00:00Z")])
        }
        ("GET", _) => Reply::json(200, r#"{"spaces":[{"id":"U3BhY2U6MQ==","name":"main"}]}"#),
        _ => Reply::json(200, r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-renewed"}"#),
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    std::fs::write(&file, "ak-not-a-real-key\n").unwrap();
    let mut command = Command::new(path("rotating_service"));
    command.arg(&file).arg("127.0.0.1:0").stdout(std::process::Stdio::piped());
    command.env_clear().env("ARIZE_BASE_URL", server.base_url());
    let mut service = Running(command.spawn().unwrap());
    let output = std::io::BufReader::new(service.0.stdout.take().unwrap());
    let lines = tokio::task::spawn_blocking(move || -> Vec<String> {
        std::io::BufRead::lines(output).take(2).map(Result::unwrap).collect()
    });
    let lines = lines.await.unwrap();
    assert!(lines.iter().any(|line| line.starts_with("rotated: QXBpS2V5OjI=")), "{lines:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "ak-renewed\n");
    let address = lines.iter().find_map(|line| line.strip_prefix("listening at ")).unwrap();
    // The client is swapped just after that is said: what is asked is right with either.
    let names = reqwest::get(format!("http://{address}/spaces")).await.unwrap();
    assert_eq!(names.text().await.unwrap(), "main");
    let refreshes = server.lines().into_iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!(refreshes, 1);
}
