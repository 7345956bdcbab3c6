//! A server, the file of its administrator's key, and a way to show what a command printed: without secrets, ids and instants.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::process::{Running, claviger, transcript, variables};

/// A directory with a server.
pub(crate) struct Workplace {
    pub(crate) directory: TempDir,
    pub(crate) server: Running,
}

impl Workplace {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let arguments = ["dev", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        Self { server: Running::start(&arguments), directory }
    }

    /// A file beside the data of the server.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    pub(crate) fn variables(&self) -> HashMap<String, String> {
        variables(&self.file("data/dev.env"))
    }

    pub(crate) fn administrator_key(&self) -> String {
        self.variables()["ARIZE_API_KEY"].clone()
    }

    /// The command in the directory, in an environment that says where the server is and nothing else.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.any_command(&[&["keys"], arguments].concat())
    }

    /// Any command of those that speak HTTP.
    pub(crate) fn any_command(&self, arguments: &[&str]) -> Command {
        let mut command = claviger(arguments);
        command
            .current_dir(self.directory.path())
            .env("ARIZE_API_HOST", &self.server.address)
            .env("ARIZE_API_SCHEME", "http");
        command
    }

    /// What the administrator's command does.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output =
            self.command(arguments).env("ARIZE_API_KEY", self.administrator_key()).output();
        checked(output.unwrap())
    }

    /// The same, to be shown.
    pub(crate) fn transcript(&self, arguments: &[&str]) -> String {
        self.shown(&self.run(arguments))
    }

    /// What a command did, to be shown.
    pub(crate) fn shown(&self, output: &Output) -> String {
        shown(output, self.directory.path(), &self.server.address)
    }

    /// A new key, and its secret.
    pub(crate) fn key(&self, name: &str) -> (String, String) {
        let output = self.run(&["create", name, "--json"]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |member: &str| document[member].as_str().unwrap().to_owned();
        (text("id"), text("key"))
    }

    /// What a list of these shows of each: one of its members.
    pub(crate) fn listed(&self, member: &str, filters: &[&str]) -> Vec<String> {
        let mut arguments = vec!["list", "--all", "--json"];
        arguments.extend(filters);
        let document: serde_json::Value =
            serde_json::from_slice(&self.run(&arguments).stdout).unwrap();
        let keys = document["api_keys"].as_array().unwrap().iter();
        keys.map(|key| key[member].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Whether a secret authenticates.
    pub(crate) fn works(&self, secret: &str) -> bool {
        self.server.get("/v2/api-keys", secret.trim()).0 == 200
    }
}

/// What every run holds to, whatever it was for: no secret goes to the standard error.
pub(crate) fn checked(output: Output) -> Output {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!words(&text).any(is_secret), "a secret is on stderr");
    output
}

/// What the ids of things begin with: base64 of the word for their kind.
const KINDS: [(&str, &str); 8] = [
    ("VXNlcjo", "USER"),
    ("T3JnYW5pemF0aW9uOj", "ORGANIZATION"),
    ("U3BhY2U6", "SPACE"),
    ("Um9sZTo", "ROLE"),
    ("QXVkaXRMb2c6", "LOG"),
    ("TW9kZWw6", "PROJECT"),
    ("T3JnYW5pemF0aW9uTWVtYmVy", "MEMBERSHIP"),
    ("U3BhY2VNZW1iZXI6", "MEMBERSHIP"),
];

/// A transcript without what differs from run to run.
pub(crate) fn shown(output: &Output, directory: &Path, address: &str) -> String {
    let text = transcript(output, directory).replace(address, "ADDRESS");
    let mut ids: Vec<&str> = Vec::new();
    let mut replacements: Vec<(&str, String)> = Vec::new();
    for word in words(&text) {
        let kind = if is_secret(word) {
            "SECRET".to_owned()
        } else if word.starts_with("clv") && word.contains("...") {
            "REDACTED".to_owned()
        } else if let Some((_, kind)) = KINDS.iter().find(|(prefix, _)| word.starts_with(prefix)) {
            (*kind).to_owned()
        } else if word.starts_with("QXBpS2V5Oj") {
            let place = ids.iter().position(|id| *id == word).unwrap_or(ids.len());
            if place == ids.len() {
                ids.push(word);
            }
            format!("ID{}", place + 1)
        } else if word.len() >= 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T' {
            "INSTANT".to_owned()
        } else {
            continue;
        };
        replacements.push((word, kind));
    }
    replacements.iter().fold(text.clone(), |text, (word, kind)| text.replace(word, kind))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts =
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/=_.:-".contains(letter));
    parts.map(|word| word.trim_end_matches(['.', ':']))
}

fn is_secret(word: &str) -> bool {
    word.starts_with("clv") && word.len() > 60
}
