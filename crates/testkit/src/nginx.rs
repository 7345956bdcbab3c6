//! nginx in front of a server.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// nginx, until it is dropped.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    /// Where it listens.
    pub address: String,
    directory: TempDir,
}

impl Nginx {
    /// Starts nginx in front of a server, with more lines of configuration: for all of HTTP, and for its one location.
    pub fn start(server: &str, http: &str, location: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let place = directory.path().display();
        let configuration = format!(
            "daemon off; master_process off; pid {place}/nginx.pid; error_log {place}/error.log;
            events {{ worker_connections 64; }}
            http {{
                access_log off;
                client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
                uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
                {http}
                server {{
                    listen {address};
                    location / {{
                        proxy_pass http://{server};
                        proxy_http_version 1.1;
                        proxy_set_header Host $host;
                        {location}
                        proxy_set_header X-Request-Id $request_id;
                    }}
                }}
            }}"
        );
        let file = directory.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let program =
            if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let child = Command::new(program)
            .args(["-p", directory.path().to_str().unwrap(), "-c", file.to_str().unwrap()])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut nginx = Self { child, address, directory };
        while TcpStream::connect(&nginx.address).is_err() {
            assert!(nginx.child.try_wait().unwrap().is_none(), "nginx has ended");
            std::thread::yield_now();
        }
        nginx
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends it. Its files stay until it is dropped.
    pub fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.end();
    }
}
