//! Runs a server until it is told to stop.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use claviger_domain::{SystemClock, SystemEntropy};
use claviger_http::{Connections, ForwardedHeader, Limits, TrustedProxies};
use claviger_server::{App, Integrations, Options, connections, router};
use claviger_store::Store;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::{self, ListenAddress, Server};
use crate::memory_limit;
use crate::telemetry::Log;

/// How often the last uses of keys are written down, and the time.
const MAINTENANCE_INTERVAL: Duration = Duration::from_mins(1);

/// How many file descriptors are for other things than connections: the database, its readers, mail, and what is being set up.
const OTHER_DESCRIPTORS: u64 = 128;

/// What Ctrl-C sends.
const INTERRUPT: &str = "SIGINT";

const MIB: usize = 1024 * 1024;

/// Raises the limit of open files to what the system allows this process, and answers the listener's limits within that.
fn limits(connection_memory_mib: Option<usize>) -> Limits {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let descriptors = match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "cannot raise the limit of open files");
            current
        }
    };
    let mut defaults = Limits::default();
    defaults.max_held_bytes = match connection_memory_mib {
        Some(mib) => mib.saturating_mul(MIB),
        None => defaults.max_held_bytes.min(share_of_memory()),
    };
    let Some(descriptors) = descriptors else {
        return defaults;
    };
    let for_connections = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 4).max(1);
    let for_connections = usize::try_from(for_connections).unwrap_or(usize::MAX);
    Limits { max_connections: defaults.max_connections.min(for_connections), ..defaults }
}

/// What connections may take of the memory that this process is limited to. What they really take is up to three times as much while large
/// bodies arrive, since the allocator keeps some, and the database has its share.
fn share_of_memory() -> usize {
    let limit = memory_limit::of_this_process().and_then(|limit| usize::try_from(limit).ok());
    limit.map_or(usize::MAX, |limit| (limit / 7).max(8 * MIB))
}

/// Takes the address. All addresses are those of IPv6, which on most systems include IPv4, or else those of IPv4.
pub(crate) async fn bind(address: &ListenAddress) -> anyhow::Result<TcpListener> {
    let port = address.port;
    let bound = if let Some(host) = &address.host {
        TcpListener::bind((host.as_str(), port)).await
    } else {
        let all: [SocketAddr; 2] =
            [(Ipv6Addr::UNSPECIFIED, port).into(), (Ipv4Addr::UNSPECIFIED, port).into()];
        TcpListener::bind(&all[..]).await
    };
    bound.with_context(|| format!("cannot listen on {address}"))
}

/// The signals that the system would end the process for. To be had before anybody is told that it runs: until then, they kill.
pub(crate) struct Stop {
    /// Those that end it after what is in flight.
    ending: Vec<(&'static str, Signal)>,
    /// Signals without a meaning here. A tool that sends one, such as a log rotator, must not cut requests off.
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
                (INTERRUPT, SignalKind::interrupt()),
                ("SIGHUP", SignalKind::hangup()),
                ("SIGQUIT", SignalKind::quit()),
            ])?,
            ignored: take(&[
                ("SIGUSR1", SignalKind::user_defined1()),
                ("SIGUSR2", SignalKind::user_defined2()),
            ])?,
        })
    }

    /// Waits for a signal that ends the server, and answers its name.
    async fn received(&mut self) -> &'static str {
        loop {
            tokio::select! {
                name = next(&mut self.ending) => {
                    tracing::info!("{name}: finishing requests in flight");
                    return name;
                }
                name = next(&mut self.ignored) => tracing::info!("{name} is ignored"),
            }
        }
    }
}

/// Waits for a signal that ends the server, and then until load balancers have had time to notice that it is not ready any more. A
/// second signal ends that wait, and somebody at a terminal does not have it.
async fn shutdown(mut stop: Stop, app: &App, connections: &Connections, delay: Duration) {
    let name = stop.received().await;
    app.begin_stopping();
    connections.begin_closing();
    if name == INTERRUPT {
        return;
    }
    let _ = tokio::time::timeout(delay, stop.received()).await;
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
    store: Store,
    server: &Server,
    mail: &args::Mail,
    integrations: Integrations,
    stop: Stop,
    log: Log,
) -> anyhow::Result<()> {
    let log = Arc::new(log);
    let options = Options {
        mint_rate_per_minute: server.mint_rate,
        change_rate_per_minute: server.change_rate,
        failure_rate_per_minute: server.failure_rate,
        unknown_key_rate_per_minute: server.unknown_key_rate,
        letters_per_recipient: mail.letters_per_recipient,
        letters_per_account: mail.letters_per_account,
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
    let connections =
        connections(options.trusted_proxies.clone(), limits(server.connection_memory));
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let app = App::new(store.clone(), clock, entropy, options, integrations);
    let maintenance = tokio::spawn(run_maintenance(app.clone(), Arc::clone(&log)));
    let delay = Duration::from_secs(server.shutdown_delay);
    let shutdown = shutdown(stop, &app, &connections, delay);
    claviger_http::serve(listener, router(app.clone()), connections.clone(), shutdown).await;
    maintenance.abort();
    app.finish_mail().await;
    app.run_maintenance().await;
    store.close().await;
    log.report_left_out();
    tracing::info!("stopped");
    Ok(())
}

async fn run_maintenance(app: App, log: Arc<Log>) {
    let mut ticks = tokio::time::interval(MAINTENANCE_INTERVAL);
    loop {
        ticks.tick().await;
        app.run_maintenance().await;
        log.report_left_out();
    }
}
