//! A proxy between a store and its server that cuts a connection at a message.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

/// The name that PostgreSQL gives its socket.
const SOCKET: &str = ".s.PGSQL.5432";

/// When a connection is cut: instead of handing a message on, or right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    Before,
    Behind,
}

#[derive(Debug)]
struct State {
    /// How many messages of clients have come since the count was set back.
    messages: AtomicUsize,
    /// At which of them to cut; 0 for none.
    at: AtomicUsize,
    is_behind: AtomicBool,
    has_cut: AtomicBool,
    /// How often a client has waited for the server, besides preparing statements, which each connection does once.
    round_trips: AtomicI64,
}

/// A socket in a directory of its own. It goes with this.
#[derive(Debug)]
pub(crate) struct Proxy {
    directory: TempDir,
    state: Arc<State>,
}

impl Proxy {
    /// Stands before the server whose socket is in this directory.
    pub(crate) fn before(server: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let state = Arc::new(State {
            messages: AtomicUsize::new(0),
            at: AtomicUsize::new(0),
            is_behind: AtomicBool::new(false),
            has_cut: AtomicBool::new(false),
            round_trips: AtomicI64::new(0),
        });
        let listener = UnixListener::bind(directory.path().join(SOCKET)).unwrap();
        let (server, shared) = (server.join(SOCKET), Arc::clone(&state));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Self { directory, state }
    }

    /// The directory of its socket.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Cuts the connection once, at this message from now on, counted from one.
    pub(crate) fn cut(&self, at: usize, place: Cut) {
        self.state.messages.store(0, Ordering::SeqCst);
        self.state.has_cut.store(false, Ordering::SeqCst);
        self.state.is_behind.store(place == Cut::Behind, Ordering::SeqCst);
        self.state.at.store(at, Ordering::SeqCst);
    }

    /// Returns a counter of round trips.
    pub(crate) fn round_trips(&self) -> impl Fn() -> i64 + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move || state.round_trips.load(Ordering::SeqCst)
    }

    /// Whether it has cut what it was to cut.
    pub(crate) fn has_cut(&self) -> bool {
        self.state.has_cut.load(Ordering::SeqCst)
    }
}

/// Carries messages to and fro until either side ends, or it is to be cut.
async fn carry(client: UnixStream, server: UnixStream, state: Arc<State>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let forwards = async {
        let mut is_first = true;
        while let Some(message) = message(&mut from_client, is_first).await {
            let trips = match message[0] {
                _ if is_first => 0,
                b'Q' | b'S' => 1,
                b'P' => -1,
                _ => 0,
            };
            state.round_trips.fetch_add(trips, Ordering::SeqCst);
            is_first = false;
            let number = state.messages.fetch_add(1, Ordering::SeqCst) + 1;
            let is_cut = number == state.at.load(Ordering::SeqCst);
            if !is_cut || state.is_behind.load(Ordering::SeqCst) {
                to_server.write_all(&message).await.ok()?;
            }
            if is_cut {
                state.has_cut.store(true, Ordering::SeqCst);
                return None::<()>;
            }
        }
        None
    };
    let backwards = async { drop(tokio::io::copy(&mut from_server, &mut to_client).await) };
    tokio::select! {
        _ = forwards => {}
        () = backwards => {}
    }
}

/// The next message of a client. The first one has no type.
async fn message(from: &mut (impl AsyncRead + Unpin), is_first: bool) -> Option<Vec<u8>> {
    let mut head = vec![0; if is_first { 4 } else { 5 }];
    from.read_exact(&mut head).await.ok()?;
    let length: [u8; 4] = head[head.len() - 4..].try_into().ok()?;
    let rest = usize::try_from(u32::from_be_bytes(length)).ok()?.checked_sub(4)?;
    let start = head.len();
    head.resize(start + rest, 0);
    from.read_exact(&mut head[start..]).await.ok()?;
    Some(head)
}
