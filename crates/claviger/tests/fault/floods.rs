//! Servers that are flooded: with connections, with requests, with keys that nobody has issued.
//!
//! Rule: a client that behaves is answered all along, on one connection, whatever others send.

use claviger_testkit::flood::{Flood, KINDS, Kind, Target, unknown_key};
use tempfile::TempDir;

use crate::http::Client;
use crate::memory::{MemoryLimit, Resident};
use crate::server::{Launch, Server, administrator_key};

const MIB: u64 = 1024 * 1024;
/// What the server may take.
const LIMIT_MIB: u64 = 128;
/// How many descriptors a server has that is to run out of them.
const DESCRIPTORS: usize = 128;
/// What a server may take for idle connections, twice what it counts for them.
const IDLE_MIB: u64 = 256;
/// The floods that take most. They come three times: what is not given back after one would pass the limit with the next.
const LARGEST: [&str; 4] =
    ["http1_large_bodies", "idle_after_a_request", "http2_large_heads", "http2_half_heads"];
/// How much more a server may take for a flood of keys that nobody was given.
const KEYS_MIB: u64 = 64;
/// How many addresses send them.
const KEY_SOURCES: usize = 4;
/// How often an address may fail a minute.
const FAILURE_RATE: usize = 20;
/// How often every connection of a flood sends.
const ROUNDS: usize = 3;
/// How many clients have a request each, and no more than others, in so little memory. With more, idle connections are closed first.
const MANY_CLIENTS: usize = 500;
/// How many requests of others come between.
const REQUESTS: usize = 4;

/// A server, and a client of it that behaves. Floods have a key of somebody else, who can read only.
pub(crate) struct Flooded {
    pub(crate) server: Server,
    pub(crate) launch: Launch,
    client: Client,
    key: String,
    pub(crate) target: Target,
    _files: TempDir,
}

impl Flooded {
    pub(crate) fn start(preparation: Option<String>, arguments: &[&'static str]) -> Self {
        let files = TempDir::with_prefix("claviger-fault-").unwrap();
        let launch = Launch {
            data: files.path().join("data"),
            log: files.path().join("log"),
            arguments: arguments.to_vec(),
            injection: None,
            environment: Vec::new(),
            preparation,
        };
        let server = launch.start().unwrap();
        let key = administrator_key(&launch.data);
        let mut client = Client::connect(server.address).unwrap();
        let other = client.create_service(&key, &launch.data).unwrap().credentials().unwrap();
        let target = Target { address: server.address, key: other.secret };
        Self { server, launch, client, key, target, _files: files }
    }

    /// The client that behaves is answered.
    pub(crate) fn goes_on(&mut self, requests: usize, during: &str) {
        for _ in 0..requests {
            let answer = self.client.verify(&self.key);
            let answer = answer
                .unwrap_or_else(|error| panic!("{during}: {error}: {}", self.launch.last_said()));
            assert_eq!(answer.status, 200, "{during}: {answer:?}");
        }
    }

    /// Lets a flood go on for some rounds. Answers how many connections it has made.
    pub(crate) fn flood(&mut self, kind: Kind, rounds: usize) -> usize {
        let mut flood = Flood::new(kind, self.target.clone());
        for _ in 0..rounds {
            flood.round().unwrap();
            self.goes_on(REQUESTS, kind.name);
        }
        flood.made()
    }

    /// Presents keys that nobody was given until the client's own address is told to wait.
    fn block_own_address(&mut self) {
        for _ in 0..100 * FAILURE_RATE {
            let unknown = unknown_key(&self.target).unwrap();
            let answer = self.client.verify(&unknown).unwrap();
            if answer.status == 429 {
                return;
            }
            assert_eq!(answer.status, 401, "{answer:?}");
        }
        panic!("an address may fail as often as it likes");
    }

    pub(crate) fn is_well(&mut self, after: &str) {
        assert!(self.server.is_running(), "{after}: {}", self.launch.last_said());
        assert!(!self.launch.said().contains("panicked"), "{after}: {}", self.launch.last_said());
    }
}

/// Floods a server with everything, one kind after the other, and with the largest again and again.
pub(crate) fn within_memory() -> String {
    let limit = MemoryLimit::of(LIMIT_MIB * MIB);
    // Where nothing limits it, the server cannot see what it is to stay within.
    let memory: &[&str] = if limit.is_enforced() { &[] } else { &["--connection-memory", "32"] };
    let arguments = [&["--failure-rate", "20"], memory].concat();
    let mut flooded = Flooded::start(limit.preparation(), &arguments);
    let mut lines = Vec::new();
    let mut flood = |kind: &Kind| {
        let clients = kind.sources.min(MANY_CLIENTS);
        let connections = if clients < kind.sources { clients } else { kind.connections };
        let kind = Kind { sources: clients, connections, ..*kind };
        let made = flooded.flood(kind, ROUNDS);
        flooded.is_well(kind.name);
        let resident = Resident::of(&flooded.server);
        assert_eq!(limit.kills(), 0, "{}: killed for want of memory", kind.name);
        assert!(resident.most < LIMIT_MIB, "{}: {resident:?} after {lines:#?}", kind.name);
        lines.push(format!(
            "  {}: {made} connections, {} MiB, at most {} so far",
            kind.name, resident.now, resident.most
        ));
    };
    KINDS.iter().for_each(&mut flood);
    for _ in 0..2 {
        KINDS.iter().filter(|kind| LARGEST.contains(&kind.name)).for_each(&mut flood);
    }
    lines.push(limit.description());
    format!("fault_oom_cgroup: {} floods within {LIMIT_MIB} MiB\n{}", KINDS.len(), lines.join("\n"))
}

fn kind(name: &str) -> Kind {
    *KINDS.iter().find(|kind| kind.name == name).unwrap()
}

/// More connections than there are descriptors: accepting pauses, what the server does beside it goes on, and afterwards all is well.
pub(crate) fn without_descriptors() -> String {
    let mut flooded = Flooded::start(Some(format!("ulimit -n {DESCRIPTORS}")), &[]);
    let mut made = 0;
    for name in ["idle", "http1_half_heads", "http2_bodies"] {
        made += flooded.flood(Kind { connections: 3 * DESCRIPTORS, ..kind(name) }, 5);
        flooded.is_well(name);
    }
    let mut new = Client::connect(flooded.server.address).unwrap();
    let answer = new.create(&flooded.key, "after").unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(new.ready().unwrap().status, 200);
    format!("fault_fd_exhaustion: {made} connections to a server with {DESCRIPTORS} descriptors")
}

/// As many idle connections as the server takes, fresh ones and used ones.
pub(crate) fn with_idle_connections() -> String {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
    let most = limit.maximum.map_or(10_000, |most| usize::try_from(most).unwrap() - 500);
    let connections = most.min(10_000);
    let mut flooded = Flooded::start(None, &["--connection-memory", "128"]);
    let mut lines = vec![format!("fault_10k_idle_connections: {connections} connections")];
    for name in ["idle", "idle_after_a_request"] {
        let made = flooded.flood(Kind { connections, ..kind(name) }, 3);
        flooded.goes_on(50, name);
        flooded.is_well(name);
        let resident = Resident::of(&flooded.server);
        assert!(resident.most < IDLE_MIB, "{name}: {resident:?}");
        lines.push(format!("  {name}: {made} made, at most {} MiB", resident.most));
    }
    lines.join("\n")
}

/// Keys that nobody was given, from a few addresses, as fast as they are answered. A client with a key goes on, from an address that is
/// blocked too. How many look-ups they cost is counted in the tests of the router.
pub(crate) fn with_random_keys() -> String {
    let mut flooded = Flooded::start(None, &["--failure-rate", "20"]);
    flooded.goes_on(1, "before");
    let before = Resident::of(&flooded.server).most;
    let kind = Kind { connections: 200, sources: KEY_SOURCES, ..kind("failing_keys") };
    let mut made = 0;
    for _ in 0..10 {
        flooded.block_own_address();
        made += flooded.flood(kind, 5);
    }
    flooded.is_well(kind.name);
    let resident = Resident::of(&flooded.server);
    assert!(resident.most <= before + KEYS_MIB, "{before} MiB before, then {resident:?}");
    format!(
        "fault_random_key_flood: {made} connections from {KEY_SOURCES} addresses, {before} MiB before, at most {} MiB",
        resident.most
    )
}
