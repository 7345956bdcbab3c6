//! Floods: many connections that each make a server hold or do as much as possible.
//!
//! A flood goes on in rounds. In each, every connection sends as much as the kernel takes at once, reads as much as its kind of client
//! would, and is made again if the server has closed it. Nothing here waits, so how much a flood has done is counted, not timed.

mod frames;
mod kinds;

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

pub use self::kinds::KINDS;
pub use self::kinds::unknown_key;

/// How much a client that does not read leaves in its kernel.
const SMALL_RECEIVE_BUFFER: usize = 4 * 1024;

/// The server that is flooded.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// A key of it that works.
    pub key: String,
}

/// How a client takes what it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Not at all.
    Nothing,
    /// A byte in each round.
    Trickle,
    /// All that there is.
    Everything,
}

/// What the connections of a flood send.
pub type Sends = fn(&Target, Place) -> Vec<u8>;

/// Which connection sends, and in which round.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The number of the connection.
    pub connection: usize,
    /// The number of the round.
    pub round: usize,
}

/// A kind of flood.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// How many connections it has at a time.
    pub connections: usize,
    /// How many loopback addresses they come from.
    pub sources: usize,
    /// How they take answers.
    pub reads: Reads,
    /// What each sends first.
    pub opening: Sends,
    /// What each sends in every later round.
    pub more: Sends,
}

/// A flood that is going on.
#[derive(Debug)]
pub struct Flood {
    kind: Kind,
    target: Target,
    round: usize,
    clients: Vec<Client>,
    /// Connections that were made, again after the server had closed them too.
    made: usize,
    /// Bytes that the kernel has taken.
    sent: usize,
}

#[derive(Debug, Default)]
struct Client {
    stream: Option<TcpStream>,
    unsent: Vec<u8>,
    sent: usize,
}

impl Flood {
    /// Prepares a flood; it begins with the first round.
    pub fn new(kind: Kind, target: Target) -> Self {
        let clients = (0..kind.connections).map(|_| Client::default()).collect();
        Self { kind, target, round: 0, clients, made: 0, sent: 0 }
    }

    /// Returns how many connections were made so far.
    pub fn made(&self) -> usize {
        self.made
    }

    /// Returns how many bytes were sent so far.
    pub fn sent_bytes(&self) -> usize {
        self.sent
    }

    /// Lets every connection send and read once.
    ///
    /// # Errors
    ///
    /// If this machine cannot make a connection.
    pub fn round(&mut self) -> io::Result<()> {
        for connection in 0..self.clients.len() {
            self.turn(connection)?;
        }
        self.round += 1;
        Ok(())
    }

    /// Lets one connection send and read.
    fn turn(&mut self, connection: usize) -> io::Result<()> {
        let place = Place { connection, round: self.round };
        let Some(client) = self.clients.get_mut(connection) else { return Ok(()) };
        if client.stream.is_none() {
            client.stream = Some(connect(&self.kind, &self.target, connection)?);
            client.sends((self.kind.opening)(&self.target, place));
            self.made += 1;
        } else if client.has_sent_all() {
            client.sends((self.kind.more)(&self.target, place));
        }
        let before = client.sent;
        let outcome = client.exchange(self.kind.reads);
        self.sent += client.sent - before;
        if outcome.is_err() {
            client.stream = None;
        }
        Ok(())
    }
}

impl Client {
    fn sends(&mut self, bytes: Vec<u8>) {
        self.unsent = bytes;
        self.sent = 0;
    }

    fn has_sent_all(&self) -> bool {
        self.sent == self.unsent.len()
    }

    /// Sends and reads what can be without waiting. Fails once the connection is closed.
    fn exchange(&mut self, reads: Reads) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while self.sent < self.unsent.len() {
            match stream.write(&self.unsent[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if is_not_yet(&error) => break,
                Err(error) => return Err(error),
            }
        }
        let mut buffer = [0; 16 * 1024];
        let part = match reads {
            Reads::Nothing => return Ok(()),
            Reads::Trickle => &mut buffer[..1],
            Reads::Everything => &mut buffer[..],
        };
        loop {
            match stream.read(part) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) if reads == Reads::Everything => {}
                Ok(_) => return Ok(()),
                Err(error) if is_not_yet(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether the kernel has no room, nothing to read, or no connection yet.
fn is_not_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected)
}

/// Begins a connection from one of the flood's addresses. It is made while the flood goes on.
fn connect(kind: &Kind, target: &Target, connection: usize) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    if kind.reads != Reads::Everything {
        socket.set_recv_buffer_size(SMALL_RECEIVE_BUFFER)?;
    }
    socket.bind(&SocketAddr::from((source(connection % kind.sources), 0)).into())?;
    match socket.connect(&target.address.into()) {
        Err(error) if error.raw_os_error() != Some(IN_PROGRESS) && !is_not_yet(&error) => {
            return Err(error);
        }
        Ok(()) | Err(_) => {}
    }
    Ok(socket.into())
}

/// `EINPROGRESS` of Linux: the connection is being made.
const IN_PROGRESS: i32 = 115;

/// Returns the loopback address with this number. None is the one that other clients use.
fn source(number: usize) -> Ipv4Addr {
    let [.., high, low] = number.to_be_bytes();
    Ipv4Addr::new(127, 1, high, low)
}
