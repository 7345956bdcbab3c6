//! An installation on PostgreSQL: made, served by several nodes, and looked after from the command line.

use std::path::PathBuf;
use std::process::Output;

use claviger_test_postgres::Cluster;
use tempfile::TempDir;

use crate::process::{Running, claviger, transcript};

/// An installation in a database of its own.
struct OnServer {
    directory: TempDir,
    url: String,
    key: String,
}

impl OnServer {
    fn installed() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = Cluster::shared().database();
        let mut installed = Self { directory, url, key: String::new() };
        let made =
            installed.run(&["init", "--admin-email", "admin@example.com", "--print-admin-key"]);
        assert!(made.status.success(), "{}", installed.said(&made));
        String::from_utf8(made.stdout).unwrap().trim().clone_into(&mut installed.key);
        installed
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A command on the installation.
    fn run(&self, arguments: &[&str]) -> Output {
        let data = self.data();
        let place = ["--data-dir", data.to_str().unwrap(), "--database-url", &self.url];
        claviger(&[arguments, &place].concat()).output().unwrap()
    }

    /// Does something to the database that no command does.
    fn sql(&self, text: &str) {
        Cluster::shared().sql(self.url.rsplit('/').next().unwrap(), text);
    }

    fn said(&self, output: &Output) -> String {
        transcript(output, self.directory.path())
    }

    fn serve(&self) -> Running {
        let data = self.data();
        let place = ["--data-dir", data.to_str().unwrap(), "--database-url", &self.url];
        Running::start(&[&["serve", "--listen", "127.0.0.1:0"][..], &place].concat())
    }
}

/// Any number of nodes serve one database, and what one of them has answered the others know.
#[test]
fn nodes_serve_what_init_made() {
    let installed = OnServer::installed();
    assert!(!installed.data().join("claviger.db").exists());
    let (one, other) = (installed.serve(), installed.serve());
    for server in [&one, &other] {
        assert!(!server.greeting.contains(&installed.key));
        let (status, users) = server.get("/v2/users", &installed.key);
        assert_eq!(status, 200);
        assert!(users.contains("admin@example.com"));
    }
    assert_eq!(one.stop(), Some(0));
    assert_eq!(other.get("/v2/users", &installed.key).0, 200);
    assert_eq!(other.stop(), Some(0));
}

/// What the host does goes to the same database, also while servers run on it.
#[test]
fn the_host_works_on_the_database_of_running_nodes() {
    let installed = OnServer::installed();
    let server = installed.serve();
    let set = installed.run(&["policy", "set", "--max-user-keys", "7"]);
    assert!(set.status.success(), "{}", installed.said(&set));
    let shown = installed.run(&["policy", "show", "--json"]);
    assert!(String::from_utf8(shown.stdout).unwrap().contains("\"max_user_keys\":7"));
    let recovered =
        installed.run(&["recover", "--admin-email", "admin@example.com", "--print-admin-key"]);
    assert!(recovered.status.success(), "{}", installed.said(&recovered));
    let key = String::from_utf8(recovered.stdout).unwrap();
    assert_eq!(server.get("/v2/users", key.trim()).0, 200);
    let verified = installed.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", installed.said(&verified));
    assert_eq!(server.stop(), Some(0));
}

/// The audit is exported while a node writes to it. What somebody else has put in is left out.
#[test]
fn the_audit_is_exported_beside_nodes() {
    let installed = OnServer::installed();
    let server = installed.serve();
    let record = |arguments: &[&str]| {
        let exported = installed.run(&[&["audit", "export"], arguments].concat());
        assert!(exported.status.success(), "{}", installed.said(&exported));
        let said = String::from_utf8(exported.stderr).unwrap();
        let text = String::from_utf8(exported.stdout).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        (lines.collect::<Vec<serde_json::Value>>(), said)
    };
    let (records, said) = record(&[]);
    assert_eq!((records.len(), said.as_str()), (1, ""));
    assert_eq!(records[0]["record"], 1);
    assert_eq!(records[0]["action"], "account.found");
    assert_eq!(record(&["--after", "1"]).0.len(), 0);
    installed.sql(
        "INSERT INTO audit_records
         SELECT (jsonb_populate_record(r, jsonb_build_object('id', 2, 'action', 'made.up'))).* FROM audit_records r",
    );
    let (records, said) = record(&[]);
    assert_eq!(records.len(), 1);
    assert!(said.contains("1 record(s) are not what was written"), "{said}");
    assert_eq!(server.stop(), Some(0));
}

/// A node that runs has the wrong time in memory, and would write it down again.
#[test]
fn a_clock_is_accepted_when_no_node_runs() {
    let installed = OnServer::installed();
    let server = installed.serve();
    assert_eq!(server.get("/v2/users", &installed.key).0, 200);
    let accept = ["clock", "accept"];
    let refused = installed.run(&accept);
    assert_eq!(refused.status.code(), Some(1));
    let said = installed.said(&refused);
    assert!(said.contains("stop every node first"), "{said}");
    assert_eq!(server.stop(), Some(0));

    installed.sql("UPDATE installation SET latest_at = 4000000000000000");
    let refused = installed.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = installed.said(&refused);
    assert!(said.contains("has already seen 2096-10-02T07:06:40Z"), "{said}");
    let accepted = installed.run(&accept);
    let said = installed.said(&accepted);
    assert!(accepted.status.success(), "{said}");
    assert!(said.contains("Accepted the machine's clock: "), "{said}");
    let server = installed.serve();
    let (_, log) = server.get("/v2/audit-logs", &installed.key);
    assert!(log.contains("clock.accept"), "{log}");
    assert_eq!(server.stop(), Some(0));
}

/// What is wrong is said before anything is made, and without the password that is in the URL.
#[test]
fn what_leads_to_no_database_is_said() {
    let installed = OnServer::installed();
    let again = installed.run(&["init", "--admin-email", "a@b.example", "--print-admin-key"]);
    assert!(!again.status.success());
    let elsewhere = installed.directory.path().join("elsewhere");
    let try_to = |arguments: &[&str], url: &str| {
        let place = ["--data-dir", elsewhere.to_str().unwrap(), "--database-url", url];
        let output = claviger(&[arguments, &place].concat()).output().unwrap();
        assert!(!output.status.success());
        let said = installed.said(&output);
        assert!(!said.contains("hunter2"), "{said}");
        assert!(!elsewhere.exists());
        said
    };
    let init = ["init", "--admin-email", "a@b.example", "--print-admin-key"];
    let said = try_to(&init, &installed.url);
    assert!(said.contains("the database holds an installation already"), "{said}");
    let said = try_to(&init, "postgres://c:hunter2@db.example.com/c?sslmode=disable");
    assert!(said.contains("--insecure-database"), "{said}");
    let said = try_to(&init, "postgres://c:hunter2@127.0.0.1:1/c");
    assert!(said.contains("the database cannot be opened"), "{said}");
    let said = try_to(&["serve"], "postgres://c:hunter2@localhost");
    assert!(said.contains("names no database"), "{said}");
}

/// A node with another pepper does not start.
#[test]
fn nodes_with_another_pepper_do_not_start() {
    let (installed, other) = (OnServer::installed(), OnServer::installed());
    let pepper = other.data().join("pepper.json");
    let refused = installed.run(&["serve", "--pepper-file", pepper.to_str().unwrap()]);
    assert!(!refused.status.success());
    let said = installed.said(&refused);
    assert!(said.contains("the pepper file does not fit the database"), "{said}");
}
