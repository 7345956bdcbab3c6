//! The accept loop: takes connections, closes one that waits where there is no room for a new one, and lets go of them gently.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::HttpService;
use crate::connection::serve_open;
use crate::connections::{Connections, OpenConnection};

/// How long to leave accepting alone after it failed. Out of file descriptors is not over at once.
const BACK_OFF: Duration = Duration::from_millis(100);

/// Serves a listener until `shutdown`, and then until what is in flight has finished or its time is up.
///
/// ```no_run
/// use claviger_http::{Connections, Limits, serve};
///
/// # async fn run() -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let connections = Connections::new(Limits::default());
/// serve(listener, axum::Router::new(), connections, std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub async fn serve<S: HttpService>(
    listener: TcpListener,
    service: S,
    connections: Connections,
    shutdown: impl Future<Output = ()>,
) {
    let capacity = u32::try_from(connections.limits().max_connections).unwrap_or(u32::MAX);
    let room = Arc::new(Semaphore::new(capacity as usize));
    let (stop, stopped) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    let spawn = |stream, peer: SocketAddr, permit: OwnedSemaphorePermit| {
        let service = service.clone();
        let mut stopped = stopped.clone();
        // Counted before its task runs: where many come at once, one of them is closed for the next, and not somebody else's.
        let connection = connections.add(peer.ip().to_canonical());
        tokio::spawn(async move {
            // Nothing is ever sent: the channel closing is the signal.
            let stop = async move { while stopped.changed().await.is_ok() {} };
            serve_stream(stream, service, connection, stop).await;
            drop(permit);
        });
    };
    while let Some((stream, peer, permit)) =
        next(&listener, &room, &connections, shutdown.as_mut()).await
    {
        spawn(stream, peer, permit);
    }
    // Those who have been let in by the kernel already would lose what they have sent.
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never()
        && let Ok(permit) = Arc::clone(&room).try_acquire_owned()
    {
        spawn(stream, peer, permit);
    }
    drop((listener, stop, stopped));
    tracing::info!(open = capacity as usize - room.available_permits(), "no longer accepting");
    // Every connection ends within the grace period, so this does too.
    let _ = room.acquire_many(capacity).await;
}

/// Waits for a connection and makes room for it; nothing once shutdown has begun.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    connections: &Connections,
    mut shutdown: Pin<&mut impl Future<Output = ()>>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    return Some((stream, peer, take_room(room, connections).await?));
                }
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    // It may be the descriptors that are used up: the next one that is closed leaves one.
                    let closed = connections.closed();
                    connections.make_room(0);
                    let _ = tokio::time::timeout(BACK_OFF, closed).await;
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

/// Takes room for a connection. Where there is none, others give it up: one that waits for its client now, or when one does.
async fn take_room(
    room: &Arc<Semaphore>,
    connections: &Connections,
) -> Option<OwnedSemaphorePermit> {
    loop {
        if let Ok(permit) = Arc::clone(room).try_acquire_owned() {
            return Some(permit);
        }
        connections.make_room(connections.limits().max_connections);
        let freed = tokio::time::timeout(BACK_OFF, Arc::clone(room).acquire_owned()).await;
        if let Ok(permit) = freed {
            return permit.ok();
        }
        tracing::trace!("still no room for a new connection");
    }
}

/// Whether accepting failed because the client was gone before its turn.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_stream<S: HttpService>(
    stream: TcpStream,
    service: S,
    connection: OpenConnection,
    stop: impl Future<Output = ()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        return tracing::debug!(%error, "connection was closed at once");
    }
    serve_open(stream, service, connection, stop).await;
}
