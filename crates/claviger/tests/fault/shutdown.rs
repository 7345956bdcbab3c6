//! A server that is told to stop while requests are in flight.
//!
//! Rule: a request is answered, or it never happened. What was acknowledged is there, and the process ends by itself.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Barrier;

use tempfile::TempDir;

use crate::HANG;
use crate::chance::Chance;
use crate::database::{Database, number_of};
use crate::http::{Client, Credentials, Response};
use crate::server::{Launch, Server, administrator_key};

/// Requests that are in flight when the signal comes.
const IN_FLIGHT: usize = 200;
/// Of those, clients that stop in the middle of a body.
const SLOW: usize = 8;
/// How many requests a client makes, if the server lets it.
const REQUESTS: usize = 4;

/// What one client was told.
#[derive(Default)]
struct Told {
    made: Vec<Credentials>,
    /// Keys whose refresh was not answered, which says that it has not happened.
    kept: Vec<Credentials>,
    refreshed: Vec<Credentials>,
    answered: usize,
    refused: usize,
}

/// Stops a server under load with a signal, some rounds long. Answers what was answered and refused.
pub(crate) fn rounds(
    signal: &str,
    delay: &'static str,
    rounds: u64,
    chance: &mut Chance,
) -> String {
    let (mut answered, mut refused, mut made) = (0, 0, 0);
    for round in 0..rounds {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let launch = Launch {
            data: files.path().join("data"),
            log: files.path().join("log"),
            arguments: vec!["--shutdown-delay", delay],
            injection: None,
            environment: Vec::new(),
            preparation: None,
        };
        let mut server = launch.start().unwrap();
        let key = administrator_key(&launch.data);
        let told = stop_under_load(&mut server, &key, signal, chance);
        assert_eq!(server.ended(), Some(0), "{round}: {}", launch.last_said());
        assert!(!launch.said().contains("panicked"), "{round}: {}", launch.last_said());
        check(&launch, &told);
        answered += told.answered;
        refused += told.refused;
        made += told.made.len();
    }
    format!(
        "{signal}: {rounds} rounds of {IN_FLIGHT} clients, {answered} requests answered, {refused} refused, \
         {made} keys acknowledged, 0 lost"
    )
}

fn stop_under_load(server: &mut Server, key: &str, signal: &str, chance: &mut Chance) -> Told {
    let address = server.address;
    let start = Barrier::new(IN_FLIGHT + 1);
    // Clients that send half of a body, and then nothing more: the server ends all the same.
    let slow: Vec<_> = (0..SLOW).map(|_| half_a_body(address, key)).collect();
    let mut all = Told::default();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..IN_FLIGHT)
            .map(|number| {
                let (start, refreshes) = (&start, number % 4 == 0);
                scope.spawn(move || client(address, key, number, refreshes, start))
            })
            .collect();
        start.wait();
        for _ in 0..chance.below(2_000) {
            std::thread::yield_now();
        }
        server.signal(signal);
        for client in clients {
            let told = client.join().unwrap();
            all.made.extend(told.made);
            all.kept.extend(told.kept);
            all.refreshed.extend(told.refreshed);
            all.answered += told.answered;
            all.refused += told.refused;
        }
    });
    drop(slow);
    all
}

fn half_a_body(address: SocketAddr, key: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /v2/api-keys HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    )
    .unwrap();
    stream
}

/// Creates keys, and refreshes some of them at once, until the server has closed.
fn client(address: SocketAddr, key: &str, number: usize, refreshes: bool, start: &Barrier) -> Told {
    let mut told = Told::default();
    let mut connection = Client::connect(address);
    start.wait();
    for request in 0..REQUESTS {
        // Nobody listens any more: refused without having been sent.
        let Ok(client) = &mut connection else { break };
        let made = client.create(key, &format!("key {number} {request}"));
        let Some(made) = told.note(client, made).and_then(|answer| answer.credentials()) else {
            connection = Client::connect(address);
            continue;
        };
        told.made.push(made.clone());
        if refreshes {
            let answer = client.refresh(key, &made.id, false);
            if let Some(new) = told.note(client, answer).and_then(|answer| answer.credentials()) {
                told.made.pop();
                told.refreshed.push(made);
                told.made.push(new);
            } else {
                told.kept.push(made);
            }
        }
        if client.is_closing() {
            connection = Client::connect(address);
        }
    }
    told
}

impl Told {
    /// Notes an answer, if it is one. A connection that ends without a byte of an answer is a refusal; one that ends within it is not.
    fn note(&mut self, client: &Client, answer: io::Result<Response>) -> Option<Response> {
        match answer {
            Ok(answer) if answer.status == 503 => {
                self.refused += 1;
                None
            }
            Ok(answer) => {
                assert!(matches!(answer.status, 200 | 201), "{answer:?}");
                self.answered += 1;
                Some(answer)
            }
            Err(error) => {
                assert!(!client.has_begun(), "an answer was cut off: {error}");
                self.refused += 1;
                None
            }
        }
    }
}

/// What was acknowledged is there after a restart, and nothing was done that nobody was told of.
fn check(launch: &Launch, told: &Told) {
    let mut server = launch.start().unwrap();
    let mut client = Client::connect(server.address).unwrap();
    for key in &told.made {
        assert_eq!(client.verify(&key.secret).unwrap().status, 200, "{} is lost", key.id);
    }
    for key in &told.refreshed {
        assert_eq!(client.verify(&key.secret).unwrap().status, 401, "{} lives on", key.id);
    }
    for key in &told.kept {
        let status = client.verify(&key.secret).unwrap().status;
        assert_eq!(status, 200, "{} was refreshed, and nobody was told", key.id);
    }
    let numbers = Database::read(&launch.data).unwrap().numbers();
    // The administrator's own key comes on top.
    let known = told.made.iter().chain(&told.refreshed).map(|key| number_of(&key.id));
    let known: std::collections::BTreeSet<_> = known.collect();
    assert_eq!(numbers.difference(&known).count(), 1, "keys that nobody was told of");
    server.kill();
}

/// An answer of which some bytes arrived is no refusal, however it ends.
pub(crate) fn answers_that_are_cut_off_are_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let whole = "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nnine byte";
    for sent in 0..whole.len() {
        let mut client = Client::connect(address).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&whole.as_bytes()[..sent]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = client.create("key", "name");
        assert!(answer.is_err(), "{sent} bytes of an answer");
        assert_eq!(client.has_begun(), sent > 0, "{sent} bytes of an answer");
    }
}

/// While a server is stopping, it says so to load balancers, and goes on taking new connections until they have noticed.
pub(crate) fn readiness_drops_first() {
    let files = TempDir::with_prefix("claviger-fault-").unwrap();
    let launch = Launch {
        data: files.path().join("data"),
        log: files.path().join("log"),
        arguments: vec!["--shutdown-delay", "3600"],
        injection: None,
        environment: Vec::new(),
        preparation: None,
    };
    let mut server = launch.start().unwrap();
    let key = administrator_key(&launch.data);
    let mut open = Client::connect(server.address).unwrap();
    assert_eq!(open.ready().unwrap().status, 200);
    assert!(!open.is_closing());
    server.signal("TERM");
    // The signal takes effect when the server comes to it; from then on it stays.
    let is_unready = || Client::connect(server.address).unwrap().ready().unwrap().status == 503;
    assert!((0..1_000_000).any(|_| is_unready()), "readiness never drops");
    let mut new = Client::connect(server.address).unwrap();
    assert_eq!(new.verify(&key).unwrap().status, 200, "a new connection is served");
    assert!(new.is_closing(), "and is told to come back elsewhere");
    assert_eq!(open.verify(&key).unwrap().status, 200, "so is an old one");
    assert!(open.is_closing());
    let mut unfinished = half_a_body(server.address, &key);
    // Who does not want to wait signals again.
    server.signal("TERM");
    let rest = [b" ".repeat(98), b"}".to_vec()].concat();
    unfinished.write_all(&rest).unwrap();
    unfinished.set_read_timeout(Some(HANG)).unwrap();
    let mut answer = String::new();
    unfinished.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "what was in flight is answered: {answer}");
    assert_eq!(server.ended(), Some(0), "{}", launch.last_said());
    let said = TcpStream::connect(server.address).unwrap_err();
    assert_eq!(said.kind(), io::ErrorKind::ConnectionRefused);
}
