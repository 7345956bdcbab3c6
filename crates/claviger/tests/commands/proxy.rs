//! nginx in front: whose request it is, by the configuration that people have (fault S11).

use claviger_testkit::Nginx;

use crate::installed::Installed;
use crate::process::{Running, request};

fn create_key(nginx: &Nginx, key: &str, headers: &str) -> u16 {
    let body = r#"{"key_type":"USER","name":"n"}"#;
    let headers =
        format!("{headers}Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    request(&nginx.address, "POST /v2/api-keys", key, &headers, body).0
}

/// Where the last record of the audit log came from, and under which request id.
fn last_record(installed: &Installed) -> (String, String) {
    let database = rusqlite::Connection::open(installed.data.join("claviger.db")).unwrap();
    let text = "SELECT source, request_id FROM audit_records ORDER BY id DESC LIMIT 1";
    database.query_row(text, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn the_client_behind_nginx_is_known_if_nginx_is_trusted() {
    let installed = Installed::to_try("serve");
    let data = installed.data.to_str().unwrap();
    let serve = ["serve", "--data-dir", data, "--listen", "127.0.0.1:0", "--failure-rate", "5"];
    let standard = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    let lie = "X-Forwarded-For: 203.0.113.9\r\n";
    {
        let server =
            Running::start(&[&serve[..], &["--trusted-proxies", "127.0.0.0/8,::1"]].concat());
        let nginx = Nginx::start(&server.address, "", standard);
        // All addresses are trusted here: the first one that nginx was told is the client.
        assert_eq!(create_key(&nginx, &installed.key, lie), 201);
        let (source, id) = last_record(&installed);
        assert_eq!((source.as_str(), id.len()), ("203.0.113.9", 32), "nginx's id: {id}");
        for n in 0..20 {
            let client = format!("X-Forwarded-For: 198.51.100.{n}\r\n");
            assert_eq!(
                create_key(&nginx, "junk", &client),
                401,
                "each client has a limit of its own"
            );
        }
        assert_eq!(server.stop(), Some(0));
    }
    {
        // A proxy that names a client which is not trusted: what comes before it is a lie.
        let chain = "proxy_set_header X-Forwarded-For \"$http_x_forwarded_for, 192.0.2.7\";";
        let server = Running::start(&[&serve[..], &["--trusted-proxies", "127.0.0.1"]].concat());
        let nginx = Nginx::start(&server.address, "", chain);
        assert_eq!(create_key(&nginx, &installed.key, lie), 201);
        assert_eq!(last_record(&installed).0, "192.0.2.7");
        assert_eq!(server.stop(), Some(0));
    }
    {
        let forwarded = "proxy_set_header Forwarded \"for=192.0.2.8;proto=http\";";
        let trusted = ["--trusted-proxies", "127.0.0.1", "--forwarded-header", "forwarded"];
        let server = Running::start(&[&serve[..], &trusted].concat());
        let nginx = Nginx::start(&server.address, "", forwarded);
        assert_eq!(create_key(&nginx, &installed.key, lie), 201);
        assert_eq!(last_record(&installed).0, "192.0.2.8");
        assert_eq!(server.stop(), Some(0));
    }
    let server = Running::start(&serve);
    let nginx = Nginx::start(&server.address, "", standard);
    assert_eq!(create_key(&nginx, &installed.key, lie), 201);
    let (source, id) = last_record(&installed);
    assert_eq!(source, "127.0.0.1", "nobody is trusted by default");
    assert_ne!(id.len(), 32, "{id}");
}

#[test]
fn what_is_no_network_of_proxies_is_refused() {
    let wrong = ["serve", "--data-dir", "d", "--trusted-proxies", "10.0.0.0/8,10.1.2.3/8"];
    let output = crate::process::claviger(&wrong).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--trusted-proxies") && said.contains("write 10.0.0.0/8"), "{said}");
}
