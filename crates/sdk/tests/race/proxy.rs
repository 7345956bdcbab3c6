//! A proxy that fails: it drops, delays, truncates, resets and stalls connections, as a seed says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Numbers from a seed (xorshift, Marsaglia 2003).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % end
    }
}

/// What happens to a connection when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Closed before anything is read.
    Refuse,
    /// The request is read and goes nowhere.
    DropRequest,
    /// The request arrives, its answer does not.
    DropAnswer,
    /// The answer arrives in part.
    Truncate,
    /// As `DropAnswer`, with a reset.
    Reset,
    /// The answer comes late.
    Delay,
    /// The answer never comes, and the connection stays.
    Stall,
}

const FAULTS: [Fault; 7] = [
    Fault::Refuse,
    Fault::DropRequest,
    Fault::DropAnswer,
    Fault::Truncate,
    Fault::Reset,
    Fault::Delay,
    Fault::Stall,
];

/// The proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    counts: Arc<[AtomicU64; FAULTS.len()]>,
}

impl Proxy {
    pub(crate) async fn start(upstream: SocketAddr, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts: Arc<[AtomicU64; FAULTS.len()]> = Arc::default();
        let (chance, counted) = (Mutex::new(Chance::new(seed)), Arc::clone(&counts));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (fault, clean) = {
                    let mut chance = chance.lock().unwrap();
                    // Stalling costs a whole time-out, so it is the rarest.
                    let fault = usize::try_from(chance.below(40)).unwrap().min(39);
                    let index = if fault == 39 { 6 } else { fault % 6 };
                    (index, chance.below(6))
                };
                counted[fault].fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    // What becomes of a connection is its client's affair.
                    let _ = carry(client, upstream, FAULTS[fault], clean).await;
                });
            }
        });
        Self { address, counts }
    }

    /// Every fault has happened.
    pub(crate) fn report(&self) {
        for (fault, count) in FAULTS.iter().zip(self.counts.iter()) {
            assert!(count.load(Ordering::Relaxed) > 0, "{fault:?} never happened");
        }
    }
}

/// Carries some exchanges as they are, then fails.
async fn carry(
    mut client: TcpStream,
    upstream: SocketAddr,
    fault: Fault,
    mut clean: u64,
) -> std::io::Result<()> {
    if fault == Fault::Refuse && clean < 3 {
        return Ok(());
    }
    let mut server = TcpStream::connect(upstream).await?;
    let (mut request, mut answer) = (vec![0; 64 * 1024], vec![0; 256 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut request) => {
                let read = read?;
                if read == 0 || (fault == Fault::DropRequest && clean == 0) {
                    return Ok(());
                }
                server.write_all(&request[..read]).await?;
            }
            read = server.read(&mut answer) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                if clean > 0 {
                    clean -= 1;
                    client.write_all(&answer[..read]).await?;
                    continue;
                }
                match fault {
                    Fault::Delay => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        client.write_all(&answer[..read]).await?;
                    }
                    Fault::Truncate => return client.write_all(&answer[..read * 2 / 3]).await,
                    Fault::Reset => return client.set_zero_linger(),
                    Fault::Stall => std::future::pending().await,
                    Fault::Refuse | Fault::DropRequest | Fault::DropAnswer => return Ok(()),
                }
            }
        }
    }
}
