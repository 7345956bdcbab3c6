//! Running a server until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use claviger_domain::{SystemClock, SystemEntropy};
use claviger_server::front::{self, Limits};
use claviger_server::{App, ForwardedHeader, Options, Outside, TrustedProxies, router};
use claviger_store::{SqliteStore, Store};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{self, Server};
use crate::telemetry::Log;

/// How often the last uses of keys are written down, and the time.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(1);

/// How many file descriptors are for other things than connections: the database, its readers, mail, and what is being set up.
const OTHER_DESCRIPTORS: u64 = 128;

/// Raises the limit of open files to what the system allows this process, and answers the listener's limits within that.
fn limits() -> Limits {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let descriptors = match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            current
        }
    };
    let defaults = Limits::default();
    let Some(descriptors) = descriptors else {
        return defaults;
    };
    let for_connections = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 4).max(1);
    let for_connections = usize::try_from(for_connections).unwrap_or(usize::MAX);
    Limits { max_connections: defaults.max_connections.min(for_connections), ..defaults }
}

/// Takes the address.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// The signals that the system would end the process for. To be had before anybody is told that it runs: until then, they kill.
pub(crate) struct Stop {
    /// Those that end it after what is in flight.
    ending: Vec<(&'static str, Signal)>,
    /// Those that mean nothing here. Whoever sends one, such as a tool that rotates logs, is not to cut requests off with it.
    ignored: Vec<(&'static str, Signal)>,
}

impl Stop {
    pub(crate) fn prepare() -> std::io::Result<Self> {
        let take = |signals: &[(&'static str, SignalKind)]| {
            let signals = signals.iter().map(|(name, kind)| Ok((*name, signal(*kind)?)));
            signals.collect::<std::io::Result<_>>()
        };
        Ok(Self {
            ending: take(&[
                ("SIGTERM", SignalKind::terminate()),
                ("SIGINT", SignalKind::interrupt()),
                ("SIGHUP", SignalKind::hangup()),
                ("SIGQUIT", SignalKind::quit()),
            ])?,
            ignored: take(&[
                ("SIGUSR1", SignalKind::user_defined1()),
                ("SIGUSR2", SignalKind::user_defined2()),
            ])?,
        })
    }

    /// Waits for a signal that ends the server.
    async fn received(mut self) {
        loop {
            tokio::select! {
                name = next(&mut self.ending) => {
                    tracing::info!("{name}: finishing what is in flight");
                    return;
                }
                name = next(&mut self.ignored) => tracing::info!("{name} is ignored"),
            }
        }
    }
}

/// Waits for one of the signals, and answers its name.
async fn next(signals: &mut [(&'static str, Signal)]) -> &'static str {
    std::future::poll_fn(|context| {
        for (name, signal) in signals.iter_mut() {
            if signal.poll_recv(context).is_ready() {
                return Poll::Ready(*name);
            }
        }
        Poll::Pending
    })
    .await
}

/// Serves until a signal ends it, finishes what is in flight, and closes the store.
pub(crate) async fn serve(
    listener: TcpListener,
    store: SqliteStore,
    server: &Server,
    outside: Outside,
    stop: Stop,
    log: Log,
) -> anyhow::Result<()> {
    let log = Arc::new(log);
    let options = Options {
        mint_rate_per_minute: server.mint_rate,
        change_rate_per_minute: server.change_rate,
        failure_rate_per_minute: server.failure_rate,
        dialect: server.dialect,
        trusted_proxies: TrustedProxies {
            networks: server.trusted_proxies.clone(),
            header: match server.forwarded_header {
                args::ForwardedHeader::XForwardedFor => ForwardedHeader::XForwardedFor,
                args::ForwardedHeader::Forwarded => ForwardedHeader::Forwarded,
            },
        },
        access_log: server.access_log,
        cors_origins: server.cors_origin.clone(),
        security_contact: server.security_contact.clone(),
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let app = App::new(Arc::clone(&store), clock, entropy, options, outside);
    let house = tokio::spawn(keep_house(app.clone(), Arc::clone(&log)));
    front::serve(listener, router(app.clone()), limits(), stop.received()).await;
    house.abort();
    app.finish_mail().await;
    app.keep_house().await;
    store.close().await;
    log.report_left_out();
    tracing::info!("stopped");
    Ok(())
}

async fn keep_house(app: App, log: Arc<Log>) {
    let mut ticks = tokio::time::interval(HOUSEKEEPING_EVERY);
    loop {
        ticks.tick().await;
        app.keep_house().await;
        log.report_left_out();
    }
}
