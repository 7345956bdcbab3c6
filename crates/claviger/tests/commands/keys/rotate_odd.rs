//! `claviger keys rotate` against servers that do not accept the new secret, and with files that change in the middle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::answering::Answering;
use super::workplace::{checked, shown};
use crate::process::claviger;

const ID: &str = "QXBpS2V5OjE=";
const REFRESHED: &str = r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-new"}"#;
/// What the list shows of the key, if a test says nothing of it.
const LISTED: &str = r#"{"api_keys":[{"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-...old"}]}"#;
const REPLACED: &str = r#"{"detail":"the key was refreshed before"}"#;

/// A directory with a file of variables, and what was asked of the server.
struct Rotation {
    directory: TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    server: Answering,
}

impl Rotation {
    /// `answer` is given method, key and the file; the answer to the refresh is given when it answers nothing to it.
    fn new(
        text: &str,
        answer: impl Fn(&str, &str, &Path) -> (u16, &'static str) + Send + Sync + 'static,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(".env");
        fs::write(&file, text).unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let calls = Arc::clone(&asked);
        let server = Answering::start(move |method, path, key| {
            let path = path.split('?').next().unwrap();
            calls.lock().unwrap().push(format!("{method} {path} {key}"));
            let (status, body) = answer(method, key, &file);
            let is_look_up = method == "GET" && key == "ak-admin";
            if is_look_up && !body.contains("redacted_key") {
                return Some((200, "", LISTED.to_owned()));
            }
            Some((status, "", body.to_owned()))
        });
        Self { directory, asked, server }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join(".env")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let all = [&["keys", "rotate", ID, "--no-retries"], arguments].concat();
        let variables = [
            ("ARIZE_API_KEY", "ak-admin"),
            ("ARIZE_API_SCHEME", "http"),
            ("ARIZE_API_HOST", &self.server.address),
        ];
        let mut command = claviger(&all);
        checked(command.envs(variables).current_dir(self.directory.path()).output().unwrap())
    }

    fn transcript(&self, arguments: &[&str]) -> String {
        shown(&self.run(arguments), self.directory.path(), &self.server.address)
    }

    /// What was asked besides looking the key up.
    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap().clone();
        asked.into_iter().filter(|asked| asked != "GET /v2/api-keys ak-admin").collect()
    }
}

const IN_FILE: [&str; 4] = ["--env-file", ".env", "--name", "KEY"];

/// The server gives a new secret, and answers this to requests with it.
fn proving(status: u16) -> impl Fn(&str, &str, &Path) -> (u16, &'static str) {
    move |method, _, _| {
        if method == "POST" { (200, REFRESHED) } else { (status, "{\"api_keys\":[]}") }
    }
}

#[test]
fn a_new_secret_that_the_server_does_not_accept_is_taken_back() {
    let text = "# ours\nexport KEY='ak-old' # why\nB=2\n";
    let rotation = Rotation::new(text, proving(401));
    insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
    exit 3
    --- stdout
    --- stderr
    warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
    Refreshing `ID1`
    Stored the new secret in .env as `KEY`. Testing it
    error: the server does not accept the secret of the new key `ID2`; the old one was restored, and works until its grace period ends
      caused by: api_keys.list: the server answered 401: Unauthorized
    hint: the server is http://ADDRESS
    ");
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), text);
    assert!(rotation.asked()[1].ends_with("ak-new"), "it was tried: {:?}", rotation.asked());

    fs::write(rotation.directory.path().join("our.key"), "ak-old\n").unwrap();
    assert_eq!(rotation.run(&["--output-file", "our.key", "--overwrite"]).status.code(), Some(3));
    assert_eq!(fs::read_to_string(rotation.directory.path().join("our.key")).unwrap(), "ak-old\n");
    assert_eq!(rotation.run(&["--output-file", "new.key"]).status.code(), Some(3));
    assert!(!rotation.directory.path().join("new.key").exists());
}

#[test]
fn a_new_secret_that_could_not_be_tried_stays() {
    let rotation = Rotation::new("KEY=ak-old\n", proving(503));
    insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
    exit 7
    --- stdout
    --- stderr
    warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
    Refreshing `ID1`
    Stored the new secret in .env as `KEY`. Testing it
    error: the secret of the new key `ID2` is stored, and could not be tested; the old one works until its grace period ends
      caused by: api_keys.list: the server answered 503: Service Unavailable
    ");
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-new\n");
}

#[test]
fn a_new_secret_that_may_not_list_keys_is_one_that_works() {
    let rotation = Rotation::new("KEY=ak-old\n", proving(403));
    assert_eq!(rotation.run(&IN_FILE).status.code(), Some(0));
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-new\n");
}

#[test]
fn what_somebody_else_changed_meanwhile_stays() {
    let rotation = Rotation::new("KEY=ak-old\n", |method, _, file| {
        if method != "POST" {
            return (200, "{\"api_keys\":[]}");
        }
        fs::write(file, "# edited\nKEY=ak-old\nC=3\n").unwrap();
        (200, REFRESHED)
    });
    assert_eq!(rotation.run(&IN_FILE).status.code(), Some(0));
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "# edited\nKEY=ak-new\nC=3\n");
}

#[test]
fn a_secret_that_cannot_be_stored_is_revoked() {
    let rotation = Rotation::new("KEY=ak-old\n", |method, _, file| match method {
        "POST" => {
            fs::write(file, "KEY=ak-old\nKEY=ak-other\n").unwrap();
            (200, REFRESHED)
        }
        _ => (204, ""),
    });
    insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
    exit 1
    --- stdout
    --- stderr
    warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
    Refreshing `ID1`
    error: the secret of the new key `ID2` could not be stored; it was revoked. The old secret works until its grace period ends: create another key before that
      caused by: `KEY` is set twice, in lines 1 and 2
    ");
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-old\nKEY=ak-other\n");
    assert_eq!(rotation.asked()[1], "PUT /v2/api-keys/QXBpS2V5OjI=/revoke ak-admin");
    assert_eq!(
        fs::read_dir(rotation.directory.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_secret_that_can_be_neither_stored_nor_revoked_is_reported_with_its_id() {
    let rotation = Rotation::new("KEY=ak-old\n", |method, _, file| match method {
        "POST" => {
            fs::remove_file(file).unwrap();
            (200, REFRESHED)
        }
        _ => (500, ""),
    });
    insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
    exit 1
    --- stdout
    --- stderr
    warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
    Refreshing `ID1`
    error: the secret of the new key `ID2` could not be stored; revoking it failed (api_keys.revoke: the server answered 500: Internal Server Error): revoke it with `claviger keys revoke ID2`. The old secret works until its grace period ends: create another key before that
      caused by: .env cannot be read
      caused by: No such file or directory (os error 2)
    ");
}

/// The key and its successor, which somebody has used.
fn rotated_before(method: &str, key: &str, _: &Path) -> (u16, &'static str) {
    let keys = r#"{"api_keys":[
        {"id":"QXBpS2V5OjE=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-old...old","created_at":"2026-11-01T00:00:00Z","expires_at":"2026-11-02T00:05:00Z"},
        {"id":"QXBpS2V5OjI=","name":"ci","key_type":"USER","status":"ACTIVE","redacted_key":"ak-new...xyz","created_at":"2026-11-02T00:00:00Z","last_used_at":"2026-11-02T00:01:00Z"}
    ]}"#;
    match (method, key) {
        ("POST", _) => (422, REPLACED),
        (_, "ak-dead") => (401, ""),
        _ => (200, keys),
    }
}

#[test]
fn a_key_that_was_rotated_before_is_done_if_it_is_stored_and_works() {
    let rotation = Rotation::new("KEY=ak-new-and-long-xyz\n", rotated_before);
    insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
    exit 0
    --- stdout
    --- stderr
    warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
    Nothing to do: `ID1` was already rotated. Its successor `ID2` is stored and works
    ");
    assert_eq!(rotation.asked().last().unwrap(), "GET /v2/api-keys ak-new-and-long-xyz");
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-new-and-long-xyz\n");
}

#[test]
fn a_key_that_was_rotated_before_by_somebody_else_is_an_error() {
    for text in ["KEY=ak-old-and-long-old\n", "KEY=\n"] {
        let rotation = Rotation::new(text, rotated_before);
        insta::allow_duplicates! {
            insta::assert_snapshot!(rotation.transcript(&IN_FILE), @r"
            exit 6
            --- stdout
            --- stderr
            warning: .env keeps its mode, and others can read it: `chmod 600` it if they should not
            Refreshing `ID1`
            error: the key was rotated before, somewhere else, and neither it nor its successor `ID2` was changed: copy the new secret from where that was done; if it is lost, rotate `ID2` with `--force`
            ");
        }
        assert_eq!(fs::read_to_string(rotation.file()).unwrap(), text);
    }
    let rotation = Rotation::new("", rotated_before);
    assert_eq!(rotation.run(&[]).status.code(), Some(6));
}

/// The file may hold the only copy of another key (fault C2).
#[test]
fn a_value_that_is_not_the_key_is_not_overwritten() {
    for text in
        ["KEY=ak-of-somebody-else\n", "KEY='not a key'\n", "KEY=$(pass show key)\n", "KEY=ak-\n"]
    {
        let rotation = Rotation::new(text, proving(200));
        let output = rotation.run(&IN_FILE);
        assert_eq!(output.status.code(), Some(6), "{text:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("`--force`") && !said.contains("somebody"), "{said}");
        assert_eq!(fs::read_to_string(rotation.file()).unwrap(), text);
        assert_eq!(rotation.asked(), [] as [String; 0], "nothing was refreshed");

        let forced = rotation.run(&[&IN_FILE[..], &["--force"]].concat());
        assert_eq!(forced.status.code(), Some(0), "{text:?}");
        let stored = fs::read_to_string(rotation.file()).unwrap();
        assert_eq!(stored.replace('\'', ""), "KEY=ak-new\n");
    }
}

/// (fault C2)
#[test]
fn a_key_file_of_another_key_is_not_overwritten() {
    for command in ["rotate", "refresh"] {
        let rotation = Rotation::new("", proving(200));
        let file = rotation.directory.path().join("our.key");
        let run = |more: &[&str]| {
            let all =
                [&["keys", command, ID, "--output-file", "our.key", "--overwrite"], more].concat();
            let variables = [
                ("ARIZE_API_KEY", "ak-admin"),
                ("ARIZE_API_SCHEME", "http"),
                ("ARIZE_API_HOST", &rotation.server.address),
            ];
            let mut command = claviger(&all);
            checked(
                command.envs(variables).current_dir(rotation.directory.path()).output().unwrap(),
            )
        };
        for text in ["ak-of-somebody-else\n", "\u{0}\u{1}"] {
            fs::write(&file, text).unwrap();
            assert_eq!(run(&[]).status.code(), Some(6), "{command} {text:?}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(rotation.asked(), [] as [String; 0], "nothing was refreshed");
        fs::write(&file, "").unwrap();
        assert_eq!(run(&[]).status.code(), Some(0), "{command}: an empty file is taken");
        fs::write(&file, "ak-of-somebody-else\n").unwrap();
        assert_eq!(run(&["--force"]).status.code(), Some(0), "{command}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "ak-new\n");
    }
}

/// What cannot be compared is not overwritten (fault C2).
#[test]
fn a_key_that_cannot_be_looked_up_is_not_overwritten() {
    for (status, body, code) in [
        (403, r#"{"detail":"redacted_key"}"#, 4),
        (200, r#"{"api_keys":[],"redacted_key":""}"#, 5),
        (200, r#"{"api_keys":[{"id":"QXBpS2V5OjE=","name":"redacted_key"}]}"#, 6),
    ] {
        let rotation = Rotation::new("KEY=ak-old\n", move |method, _, _| match method {
            "POST" => (200, REFRESHED),
            _ => (status, body),
        });
        assert_eq!(rotation.run(&IN_FILE).status.code(), Some(code), "{body}");
        assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-old\n");
        assert_eq!(rotation.asked(), [] as [String; 0], "nothing was refreshed");
    }
}

/// What a server says is looked at before it gets anywhere (fault R20).
#[test]
fn a_secret_that_is_no_secret_never_gets_into_the_file() {
    for refreshed in [
        r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-new\nLD_PRELOAD=/tmp/x"}"#,
        r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-\u001b]0;x\u0007"}"#,
        r#"{"id":"QXBpS2V5OjI=","name":"ci","key":""}"#,
        r#"{"id":"QXBpS2V5OjI=","name":"ci","key":" "}"#,
        r#"{"id":"QXBpS2V5OjI=","name":"ci","key":"ak-\u00e9"}"#,
        r#"{"id":"QXBpS2V5OjI=","name":"ci"}"#,
    ] {
        let rotation = Rotation::new("KEY=ak-old\n", move |method, _, _| match method {
            "POST" => (200, refreshed),
            _ => (200, LISTED),
        });
        for arguments in [&IN_FILE[..], &[]] {
            let output = rotation.run(arguments);
            assert_eq!(output.status.code(), Some(7), "{refreshed}");
            assert_eq!(output.stdout, b"", "{refreshed}");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!said.contains("PRELOAD") && !said.contains('\u{1b}'), "{said}");
            assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-old\n");
        }
    }
}

/// A command that is interrupted leaves the file whole, and nothing but the note that the next run goes by (fault R33).
#[test]
fn an_interrupted_rotation_leaves_the_file_and_the_terminal_clean() {
    let (waiting, is_waiting) = std::sync::mpsc::channel();
    let waiting = Mutex::new(waiting);
    let rotation = Rotation::new("KEY=ak-old\n", move |method, _, _| {
        if method == "POST" {
            waiting.lock().unwrap().send(()).unwrap();
            // Until the test ends.
            std::thread::park();
        }
        (200, LISTED)
    });
    let all = [&["keys", "rotate", ID][..], &IN_FILE].concat();
    let mut command = claviger(&all);
    let child = command
        .env("ARIZE_API_KEY", "ak-admin")
        .env("ARIZE_BASE_URL", format!("http://{}", rotation.server.address))
        .current_dir(rotation.directory.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    is_waiting.recv().unwrap();
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = checked(child.wait_with_output().unwrap());
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8(output.stderr).unwrap().ends_with("\ninterrupted\n"));
    assert_eq!(fs::read_to_string(rotation.file()).unwrap(), "KEY=ak-old\n");
    let mut names: Vec<_> = fs::read_dir(rotation.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["..env.claviger-rotation", ".env"]);
}
