//! A key goes where its own source says, and nowhere else. What is not understood is an error (faults C6, C7, C8).

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use crate::process::claviger;

/// Counts who connects, and closes every connection.
struct Recorder {
    count: Arc<AtomicUsize>,
    address: String,
}

impl Recorder {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client waits for this, so that it is counted when the command ends.
                counter.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { count, address }
    }

    /// How many there were since the last time.
    fn count(&self) -> usize {
        self.count.swap(0, Ordering::SeqCst)
    }
}

/// A server that the file names, one that the environment names, and a proxy on the way to everywhere else.
struct Scene {
    directory: TempDir,
    here: Recorder,
    there: Recorder,
    proxy: Recorder,
}

impl Scene {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            here: Recorder::new(),
            there: Recorder::new(),
            proxy: Recorder::new(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = claviger(arguments);
        command.current_dir(self.directory.path());
        for name in
            ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
        {
            command.env(name, format!("http://{}", self.proxy.address));
        }
        command
    }

    fn write(&self, bytes: &[u8]) {
        fs::write(self.directory.path().join("our.env"), bytes).unwrap();
    }

    /// A list with the file, and with this environment.
    fn list(&self, environment: &[(&str, &str)]) -> Output {
        let arguments = ["keys", "list", "--env-file", "our.env", "--no-retries"];
        self.command(&arguments).envs(environment.iter().copied()).output().unwrap()
    }

    /// Who was connected to: the file's server, the environment's, the proxy.
    fn counts(&self) -> [usize; 3] {
        [self.here.count(), self.there.count(), self.proxy.count()]
    }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Whatever is wrong with the file, nothing is sent to anybody: no other key, no other address.
#[test]
fn a_file_that_is_not_understood_sends_nothing_anywhere() {
    let scene = Scene::new();
    let (here, there) = (scene.here.address.clone(), scene.there.address.clone());
    let key = "ARIZE_API_KEY=ak-file\n";
    let url = format!("ARIZE_BASE_URL=http://{here}\n");
    let files: Vec<Vec<u8>> = vec![
        key.into(),
        format!("{key}ARIZE_API_HOST=\n").into(),
        format!("{key}ARIZE_BASE_URL=''\n").into(),
        format!("{key}ARIZE_API_SCHEME=http\n").into(),
        format!("{key}ARIZE_API_PORT=80\n").into(),
        format!("{key}ARIZE_SINGLE_PORT=80\n").into(),
        format!("{key}ARIZE_API_SCHEME=http\nARIZE_API_HOST: {here}\n").into(),
        format!("{key}ARIZE_API_SCHEME=http\nAPI_HOST={here}\n").into(),
        format!("{key}{url}ARIZE_API_HOST=elsewhere.invalid\n").into(),
        format!("{key}ARIZE_BASE_URL=http://{here}/v2\n").into(),
        format!("MOTD='it's fine\n{key}{url}NOTE='don't\n").into(),
        format!("NOTE='\n{key}'\n{url}").into(),
        format!("{key}NOTE=\"\n{url}\"\n").into(),
        format!("{key}NOTE='\n{url}").into(),
        format!("ARIZE_API_KEY='ak-file\n{url}").into(),
        format!("ARIZE_API_KEY=ak-file$X\n{url}").into(),
        format!("ARIZE_API_KEY=\n{url}").into(),
        format!("ARIZE_APl_KEY=ak-file\n{url}").into(),
        url.clone().into(),
        Vec::new(),
        utf16(&format!("{key}{url}")),
        utf16(&format!("{key}{url}"))[2..].to_vec(),
        format!("{key}{url}").replace('\n', "\r").into(),
        [format!("{key}{url}NOTE=").as_bytes(), b"\xe9\n"].concat(),
    ];
    let elsewhere = format!("http://{there}");
    for bytes in files {
        scene.write(&bytes);
        for environment in [
            &[][..],
            &[("ARIZE_API_KEY", "ak-environment")],
            &[("ARIZE_API_KEY", "ak-environment"), ("ARIZE_BASE_URL", &elsewhere)],
            &[("ARIZE_API_HOST", &there), ("ARIZE_API_SCHEME", "http")],
            &[("ARIZE_REGION", "eu-west-1a")],
        ] {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let output = scene.list(environment);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(
                matches!(output.status.code(), Some(1 | 2)),
                "{text:?} {environment:?}: {said}"
            );
            assert!(!said.contains("ak-"), "{said}");
            assert_eq!(scene.counts(), [0, 0, 0], "{text:?} {environment:?}: {said}");
        }
    }
}

/// (faults C6, C7)
#[test]
fn a_key_goes_to_the_address_in_its_file_and_nowhere_else() {
    let scene = Scene::new();
    let (here, there) = (scene.here.address.clone(), scene.there.address.clone());
    let elsewhere = format!("http://{there}");
    for text in [
        format!("ARIZE_API_KEY=ak-file\nARIZE_BASE_URL=http://{here}\n"),
        format!("\u{feff}ARIZE_API_KEY=ak-file\r\nARIZE_BASE_URL=http://{here}/\r\n"),
        format!(
            "MOTD=it's fine\nARIZE_API_KEY=ak-file\nARIZE_API_HOST={here}\nARIZE_API_SCHEME=http\nNOTE=don't\n"
        ),
        format!(
            "MOTD=it's fine\nexport ARIZE_API_KEY='ak-file'\nARIZE_BASE_URL=\"http://{here}\"\nNOTE=don't\n"
        ),
        format!("ARIZE_API_KEY=ak-file\nARIZE_SINGLE_HOST={here}\nARIZE_API_SCHEME=http\n"),
    ] {
        scene.write(text.as_bytes());
        for environment in [
            &[][..],
            &[("ARIZE_API_KEY", "ak-environment"), ("ARIZE_BASE_URL", &elsewhere)],
            &[("ARIZE_API_HOST", &there), ("ARIZE_REGION", "eu-west-1a")],
        ] {
            let output = scene.list(environment);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(7), "{text:?}: {said}");
            assert_eq!(scene.counts(), [1, 0, 0], "{text:?} {environment:?}: {said}");
        }
    }
}

/// (fault C7)
#[test]
fn a_host_on_the_command_line_comes_first() {
    let scene = Scene::new();
    scene.write(b"ARIZE_API_KEY=ak-file\n");
    let arguments = ["keys", "list", "--env-file", "our.env", "--no-retries"];
    let host = ["--host", &scene.here.address, "--scheme", "http"];
    let elsewhere = format!("http://{}", scene.there.address);
    let mut command = scene.command(&[&arguments[..], &host].concat());
    let output = command.env("ARIZE_BASE_URL", elsewhere).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(scene.counts(), [1, 0, 0]);
}

/// A key in a file of its own goes where the environment says, and not to a default (fault C7).
#[test]
fn a_key_file_needs_an_address() {
    let scene = Scene::new();
    fs::write(scene.directory.path().join("our.key"), "ak-file\n").unwrap();
    let arguments = ["keys", "list", "--key-file", "our.key", "--no-retries"];
    for environment in [("ARIZE_API_KEY", "ak-environment"), ("ARIZE_API_SCHEME", "http")] {
        let output = scene.command(&arguments).envs([environment]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{environment:?}");
        assert_eq!(scene.counts(), [0, 0, 0]);
    }
    let url = format!("http://{}", scene.there.address);
    let output = scene.command(&arguments).env("ARIZE_BASE_URL", &url).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(scene.counts(), [0, 1, 0]);
    // A file of variables beside it is asked for the address, and for nothing else.
    scene.write(b"A=1\n");
    let both = [&arguments[..], &["--env-file", "our.env"]].concat();
    let output = scene.command(&both).env("ARIZE_BASE_URL", &url).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(scene.counts(), [0, 0, 0]);
}

/// The environment's key goes to the environment's address, whatever file is to be changed (fault C7).
#[test]
fn a_file_that_is_changed_does_not_take_the_environments_key_elsewhere() {
    let scene = Scene::new();
    let arguments = [
        "keys",
        "rotate",
        "QXBpS2V5OjE=",
        "--env-file",
        "our.env",
        "--name",
        "CI_KEY",
        "--no-retries",
    ];
    let url = format!("http://{}", scene.there.address);
    let key = ("ARIZE_API_KEY", "ak-environment");
    scene
        .write(format!("CI_KEY=ak-old\nARIZE_BASE_URL=http://{}\n", scene.here.address).as_bytes());
    for environment in [&[key][..], &[key, ("ARIZE_BASE_URL", &url)]] {
        let mut command = scene.command(&arguments);
        let output = command.envs(environment.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(scene.counts(), [0, 0, 0]);
    }
    scene.write(b"CI_KEY=ak-old\n");
    let output = scene.command(&arguments).envs([key, ("ARIZE_BASE_URL", &url)]).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(scene.counts(), [0, 1, 0]);
}

/// (fault C8)
#[test]
fn a_variable_that_is_not_utf8_is_an_error() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = Scene::new();
    let odd = std::ffi::OsStr::from_bytes(b"127.0.0.1\xff");
    let mut command = scene.command(&["keys", "list"]);
    let output = command.env("ARIZE_API_KEY", "ak-x").env("ARIZE_API_HOST", odd).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ARIZE_API_HOST"));
    assert_eq!(scene.counts(), [0, 0, 0]);
}
