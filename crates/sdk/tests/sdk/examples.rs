//! The examples, run as a reader would run them, against a real server.

use std::path::PathBuf;
use std::process::Command;

use claviger_testkit::TestServer;

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
