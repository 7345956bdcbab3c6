//! `claviger keys rotate`, killed at its system calls: the key in the file works at every moment, and the next run completes the rotation.
//!
//! `strace` counts the system calls of one run, and then kills a run at the entry of each. The same on the disk that forgets: what the
//! command relies on must have been synced.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::http::{Client, Credentials};
use crate::powerloss::Disk;
use crate::server::{Launch, Server, administrator_key};

/// One system call of a run: the `nth` of its name.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    call: String,
    nth: usize,
    /// Whether it only wakes the runtime of the program itself.
    wakes: bool,
}

/// The points of one run, in order, and where the command begins to change something.
#[derive(Debug)]
pub(crate) struct Points {
    all: Vec<Point>,
    first_change: usize,
}

/// A server, and a directory with the file that holds the key.
#[derive(Debug)]
pub(crate) struct Bench {
    _directory: TempDir,
    home: PathBuf,
    disk: Option<Disk>,
    server: Server,
    administrator: String,
}

impl Bench {
    pub(crate) fn new(forgets: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("home");
        fs::create_dir(&home).unwrap();
        let launch = Launch {
            data: directory.path().join("data"),
            log: directory.path().join("log"),
            arguments: Vec::new(),
            injection: None,
            environment: Vec::new(),
            preparation: None,
        };
        let server = launch.start().unwrap();
        let administrator = administrator_key(&launch.data);
        let disk = forgets.then(|| Disk::new(&home));
        Self { _directory: directory, home, disk, server, administrator }
    }

    /// A key of its own, in the file.
    fn plant(&self, name: &str) -> Credentials {
        let created = self.client().create(&self.administrator, name).unwrap();
        let credentials = created.credentials().expect("a key");
        fs::write(self.home.join(".env"), self.text(&credentials.secret)).unwrap();
        credentials
    }

    /// The file, with this key in it.
    fn text(&self, secret: &str) -> String {
        let address = self.server.address;
        format!(
            "# ours\r\nexport ARIZE_API_KEY='{secret}' # why\nARIZE_API_HOST={address}\nARIZE_API_SCHEME=http\n"
        )
    }

    /// The key in the file, if all else in it is as it was.
    fn secret(&self) -> Result<String, String> {
        let text = fs::read_to_string(self.home.join(".env")).map_err(|error| error.to_string())?;
        let secret = text.split('\'').nth(1).unwrap_or("").to_owned();
        if text == self.text(&secret) {
            Ok(secret)
        } else {
            Err(format!("the file holds {text:?}"))
        }
    }

    fn client(&self) -> Client {
        Client::connect(self.server.address).unwrap()
    }

    fn works(&self, secret: &str) -> bool {
        self.client().verify(secret).unwrap().status == 200
    }

    /// All keys but the administrator's first one.
    fn keys(&self) -> Vec<Value> {
        let answer = self.client().list(&self.administrator).unwrap();
        let mut document: Value = serde_json::from_str(&answer.body).unwrap();
        let keys = document["api_keys"].as_array_mut().unwrap();
        keys.retain(|key| key["name"] != "Administrator's first key");
        keys.clone()
    }

    /// The command, behind `strace` with these arguments if there are any.
    fn rotate(&self, id: &str, strace: &[String]) -> Output {
        let command = [
            env!("CARGO_BIN_EXE_claviger"),
            "keys",
            "rotate",
            id,
            "--env-file",
            ".env",
            "--name",
            "ARIZE_API_KEY",
        ];
        let environment = self.disk.iter().flat_map(Disk::environment);
        let mut process = if strace.is_empty() {
            let mut process = Command::new(command[0]);
            process.args(&command[1..]).env_clear().envs(environment);
            process
        } else {
            let mut process = Command::new("strace");
            process.args(["-f", "-qq"]).args(strace);
            for (name, value) in environment {
                let mut pair = OsString::from(name);
                pair.push("=");
                pair.push(value);
                process.arg("-E").arg(pair);
            }
            process.args(command).env_remove("ARIZE_API_KEY");
            process
        };
        process.current_dir(&self.home).output().expect("strace is installed")
    }

    /// All system calls of a run.
    pub(crate) fn points(&self) -> Points {
        let log = self.home.with_file_name("strace.log");
        let key = self.plant("counted");
        let output = self.rotate(&key.id, &["-o".to_owned(), log.to_str().unwrap().to_owned()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let log = fs::read_to_string(log).unwrap();
        let mut points = Points { all: Vec::new(), first_change: 0 };
        for line in log.lines() {
            let Some((call, _)) =
                line.split_whitespace().nth(1).and_then(|word| word.split_once('('))
            else {
                continue;
            };
            if line.contains(".claviger-draft") && points.first_change == 0 {
                points.first_change = points.all.len();
            }
            let nth = 1 + points.all.iter().filter(|point| point.call == call).count();
            let wakes = line.contains(r#""\1\0\0\0\0\0\0\0", 8)"#);
            points.all.push(Point { call: call.to_owned(), nth, wakes });
        }
        assert_ne!(points.first_change, 0, "the draft was not seen");
        self.clear(&mut Chance::new(1));
        points
    }

    /// Kills a run at a point. Whether the run came that far.
    fn kill_at(&self, id: &str, point: &Point) -> bool {
        let Point { call, nth, .. } = point;
        let arguments = [
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={call}"),
            "-e",
            &format!("inject={call}:signal=SIGKILL:when={nth}"),
        ];
        let output = self.rotate(id, &arguments.map(str::to_owned));
        let killed = output.status.signal() == Some(9);
        assert!(
            killed || output.status.success(),
            "{point}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        killed
    }

    /// One rotation in which a system call fails. Whatever comes of it, the key in the file works, and lasts if it was said to be rotated.
    pub(crate) fn failing_round(&self, point: &Point, chance: &mut Chance) -> Result<(), String> {
        let key = self.plant(&format!("failing {point}"));
        let Point { call, nth, .. } = point;
        let arguments = [
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={call}"),
            "-e",
            &format!("inject={call}:error=EIO:when={nth}"),
        ];
        let output = self.rotate(&key.id, &arguments.map(str::to_owned));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let secret = self.secret().map_err(|error| format!("{error}: {said}"))?;
        if !self.works(&secret) {
            return Err(format!("the key in the file does not work: {said}"));
        }
        if output.status.success() && !self.lasts(&secret) {
            return Err(format!("the key in the file runs out: {said}"));
        }
        if !output.status.success() && !said.contains("error: ") {
            return Err(format!("it ends without a word: {said}"));
        }
        self.clear(chance);
        Ok(())
    }

    /// Takes the power away, if the disk forgets.
    fn lose_power(&self, chance: &mut Chance) {
        if let Some(disk) = &self.disk {
            disk.lose_power(chance);
        }
    }

    /// One rotation that is killed at these points, one after the other, and then left alone. How often it was killed.
    pub(crate) fn round(&self, points: &[&Point], chance: &mut Chance) -> Result<usize, String> {
        let name: String = points.iter().map(|point| point.to_string() + " ").collect();
        let key = self.plant(name.trim());
        let mut kills = 0;
        for point in points {
            kills += usize::from(self.kill_at(&key.id, point));
            self.lose_power(chance);
            let secret = self.secret()?;
            if !self.works(&secret) {
                return Err("the key in the file does not work after the kill".to_owned());
            }
        }
        let output = self.rotate(&key.id, &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return Err(format!("the next run fails: {said}"));
        }
        self.lose_power(chance);
        let secret = self.secret()?;
        if !self.works(&secret) {
            return Err("the key in the file does not work after the next run".to_owned());
        }
        if !self.lasts(&secret) {
            return Err("the key in the file runs out after the next run".to_owned());
        }
        let names: Vec<_> =
            fs::read_dir(&self.home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        if names != [".env"] {
            return Err(format!("something is left over: {names:?}"));
        }
        self.clear(chance);
        Ok(kills)
    }

    /// Whether a key is none of those that only live out their grace.
    fn lasts(&self, secret: &str) -> bool {
        let shown = |key: &Value| {
            let (start, end) = key["redacted_key"].as_str().unwrap().split_once("...").unwrap();
            secret.starts_with(start) && secret.contains(&format!("{end}_"))
        };
        self.keys().iter().any(|key| shown(key) && key["expires_at"].is_null())
    }

    /// Ends the keys of the last round, so that lists stay short.
    fn clear(&self, chance: &mut Chance) {
        for key in self.keys() {
            self.client().revoke(&self.administrator, key["id"].as_str().unwrap()).unwrap();
        }
        fs::remove_file(self.home.join(".env")).unwrap();
        if self.disk.is_some() {
            self.lose_power(chance);
            fs::remove_dir_all(&self.home).unwrap();
            fs::create_dir(&self.home).unwrap();
        }
    }
}

impl Points {
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Every point from the first change on.
    pub(crate) fn changing(&self) -> &[Point] {
        &self.all[self.first_change..]
    }

    /// That many of those before, spread evenly.
    pub(crate) fn reading(&self, count: usize) -> impl Iterator<Item = &Point> {
        let step = self.first_change.div_ceil(count.max(1)).max(1);
        self.all[..self.first_change].iter().step_by(step)
    }
}

impl Point {
    /// Whether the call can fail on a real system: waiting for events, waking oneself and taking leave cannot.
    pub(crate) fn can_fail(&self) -> bool {
        let never = ["brk", "epoll_wait", "exit_group", "futex", "getcwd", "munmap", "sigaltstack"];
        !self.wakes && !never.contains(&self.call.as_str())
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.call, self.nth)
    }
}
