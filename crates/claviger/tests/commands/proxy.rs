//! nginx in front: whose request it is, by the configuration that people have (fault S11).

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::installed::Installed;
use crate::process::{Running, request};

/// nginx, until it is dropped.
struct Nginx {
    child: Child,
    address: String,
}

impl Nginx {
    fn start(directory: &Path, server: &str, header: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let place = directory.display();
        let configuration = format!(
            "daemon off; master_process off; pid {place}/nginx.pid; error_log {place}/error.log;
            events {{ worker_connections 64; }}
            http {{
                access_log off;
                client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
                uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
                server {{
                    listen {address};
                    location / {{
                        proxy_pass http://{server};
                        proxy_http_version 1.1;
                        proxy_set_header Host $host;
                        {header}
                        proxy_set_header X-Request-Id $request_id;
                    }}
                }}
            }}"
        );
        let file = directory.join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let program =
            if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let child = Command::new(program)
            .args(["-p", directory.to_str().unwrap(), "-c", file.to_str().unwrap()])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut nginx = Self { child, address };
        while std::net::TcpStream::connect(&nginx.address).is_err() {
            assert!(nginx.child.try_wait().unwrap().is_none(), "nginx has ended");
            std::thread::yield_now();
        }
        nginx
    }

    fn create_key(&self, key: &str, headers: &str) -> u16 {
        let body = r#"{"key_type":"USER","name":"n"}"#;
        let headers = format!(
            "{headers}Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        request(&self.address, "POST /v2/api-keys", key, &headers, body).0
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where the last record of the audit came from, and under which request id.
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
    let directory = tempfile::tempdir().unwrap();
    {
        let server =
            Running::start(&[&serve[..], &["--trusted-proxies", "127.0.0.0/8,::1"]].concat());
        let nginx = Nginx::start(directory.path(), &server.address, standard);
        // All addresses are trusted here: the first one that nginx was told is the client.
        assert_eq!(nginx.create_key(&installed.key, lie), 201);
        let (source, id) = last_record(&installed);
        assert_eq!((source.as_str(), id.len()), ("203.0.113.9", 32), "nginx's id: {id}");
        for n in 0..20 {
            let client = format!("X-Forwarded-For: 198.51.100.{n}\r\n");
            assert_eq!(
                nginx.create_key("junk", &client),
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
        let nginx = Nginx::start(directory.path(), &server.address, chain);
        assert_eq!(nginx.create_key(&installed.key, lie), 201);
        assert_eq!(last_record(&installed).0, "192.0.2.7");
        assert_eq!(server.stop(), Some(0));
    }
    {
        let forwarded = "proxy_set_header Forwarded \"for=192.0.2.8;proto=http\";";
        let trusted = ["--trusted-proxies", "127.0.0.1", "--forwarded-header", "forwarded"];
        let server = Running::start(&[&serve[..], &trusted].concat());
        let nginx = Nginx::start(directory.path(), &server.address, forwarded);
        assert_eq!(nginx.create_key(&installed.key, lie), 201);
        assert_eq!(last_record(&installed).0, "192.0.2.8");
        assert_eq!(server.stop(), Some(0));
    }
    let server = Running::start(&serve);
    let nginx = Nginx::start(directory.path(), &server.address, standard);
    assert_eq!(nginx.create_key(&installed.key, lie), 201);
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
