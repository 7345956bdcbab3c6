//! The accept loop: takes connections as long as there is room, and lets go of them gently.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::Attendant;
use super::connection::serve_connection;
use super::connections::Connections;
use super::limits::Limits;

/// How long to leave accepting alone after it failed. Out of file descriptors is not over at once.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves a listener until `shutdown`, and then until what is in flight has finished or its time is up.
///
/// ```no_run
/// use claviger_server::front::{Limits, serve};
///
/// # async fn run() -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// serve(listener, axum::Router::new(), Limits::default(), std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub async fn serve<S: Attendant>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let connections = Connections::new(limits);
    let capacity = u32::try_from(limits.max_connections).unwrap_or(u32::MAX);
    let room = Arc::new(Semaphore::new(capacity as usize));
    let (stop, stopped) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    while let Some((stream, permit)) = next(&listener, &room, shutdown.as_mut()).await {
        let service = service.clone();
        let mut stopped = stopped.clone();
        let connections = connections.clone();
        tokio::spawn(async move {
            // Nothing is ever sent: the channel closing is the signal.
            let stop = async move { while stopped.changed().await.is_ok() {} };
            serve_stream(stream, service, &connections, stop).await;
            drop(permit);
        });
    }
    drop((listener, stop, stopped));
    tracing::info!(open = capacity as usize - room.available_permits(), "no longer accepting");
    // Every connection ends within the grace period, so this does too.
    let _ = room.acquire_many(capacity).await;
}

/// Waits for room and then for a connection; nothing once shutdown has begun.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    mut shutdown: Pin<&mut impl Future<Output = ()>>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let accept = async {
        let permit = Arc::clone(room).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, permit)),
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown.as_mut() => None,
        accepted = accept => accepted,
    }
}

/// Whether accepting failed because the client was gone before its turn.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_stream<S: Attendant>(
    stream: TcpStream,
    service: S,
    connections: &Connections,
    stop: impl Future<Output = ()>,
) {
    let peer = match stream.set_nodelay(true).and_then(|()| stream.peer_addr()) {
        Ok(peer) => peer.ip().to_canonical(),
        Err(error) => return tracing::debug!(%error, "connection was gone at once"),
    };
    serve_connection(stream, peer, service, connections, stop).await;
}
