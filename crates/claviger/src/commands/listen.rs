//! Running a server until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use claviger_domain::{SystemClock, SystemEntropy};
use claviger_server::front::{self, Limits};
use claviger_server::{App, Options, Outside, router};
use claviger_store::{SqliteStore, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::Server;

/// How often the last uses of keys are written down, and the time.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(1);

/// Takes the address.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// The signals that end a server. To be had before anybody is told that it runs: until then, SIGTERM kills.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    pub(crate) fn prepare() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}

/// Serves until SIGTERM or SIGINT, finishes what is in flight, and closes the store.
pub(crate) async fn serve(
    listener: TcpListener,
    store: SqliteStore,
    server: &Server,
    outside: Outside,
    stop: Stop,
) -> anyhow::Result<()> {
    let Stop { mut terminate, mut interrupt } = stop;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: finishing what is in flight"),
            _ = interrupt.recv() => tracing::info!("SIGINT: finishing what is in flight"),
        }
    };
    let options = Options {
        mint_rate_per_minute: server.mint_rate,
        failure_rate_per_minute: server.failure_rate,
        dialect: server.dialect,
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let app = App::new(Arc::clone(&store), clock, entropy, options, outside);
    let house = tokio::spawn(keep_house(app.clone()));
    front::serve(listener, router(app.clone()), Limits::default(), shutdown).await;
    house.abort();
    app.finish_mail().await;
    app.keep_house().await;
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn keep_house(app: App) {
    let mut ticks = tokio::time::interval(HOUSEKEEPING_EVERY);
    loop {
        ticks.tick().await;
        app.keep_house().await;
    }
}
