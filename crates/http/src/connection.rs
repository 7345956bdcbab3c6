//! One connection: tells HTTP/1 from HTTP/2, serves it, and shuts it down gently.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::HttpService;
use crate::activity::Stop;
use crate::answer::answer;
use crate::connections::{Connections, OpenConnection};
use crate::request_filter::RequestFilter;
use crate::transport::Transport;

/// The most that the HTTP library buffers of an HTTP/1 connection in each direction. A head has to fit. By itself it takes 400 KiB.
const HTTP1_BUFFER_BYTES: usize = 24 * 1024;
/// What an HTTP/2 client says first (RFC 9113 §3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How many streams may be reset before they are taken up, and how many errors of its own a client may provoke.
const HTTP2_MAX_RESETS: usize = 20;
const HTTP2_MAX_ERRORS: usize = 100;
/// How often a silent HTTP/2 client is asked whether it is still there, and how long it may take to say so.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(20);
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes of bodies a client may send before they are read. They are held by the HTTP library, where nothing else bounds them.
const HTTP2_WINDOW_BYTES: u32 = 64 * 1024;

/// Serves one connection, as one of several, until it ends, or until `shutdown` and what was in flight then have.
pub async fn serve_connection<S, Io>(
    io: Io,
    peer: IpAddr,
    service: S,
    connections: &Connections,
    shutdown: impl Future<Output = ()>,
) where
    S: HttpService,
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    serve_open(io, service, connections.add(peer), shutdown).await;
}

/// Serves a connection that is counted already. Its turn to be read ends whenever it waits for something.
pub(crate) async fn serve_open<S, Io>(
    io: Io,
    service: S,
    connection: OpenConnection,
    shutdown: impl Future<Output = ()>,
) where
    S: HttpService,
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = Arc::new(connection);
    let mut served = pin!(serve_in_turns(io, service, Arc::clone(&connection), shutdown));
    let in_turns = std::future::poll_fn(|context| {
        let polled = served.as_mut().poll(context);
        connection.end_turn();
        polled
    });
    in_turns.await;
}

async fn serve_in_turns<S, Io>(
    io: Io,
    service: S,
    connection: Arc<OpenConnection>,
    shutdown: impl Future<Output = ()>,
) where
    S: HttpService,
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connections = connection.connections();
    let limits = *connections.limits();
    let deadline = Instant::now() + limits.header_timeout;
    let mut transport = Transport::new(io, limits.write_idle, Arc::clone(&connection));
    let mut shutdown = pin!(shutdown);
    let is_http2 = tokio::select! {
        biased;
        is_http2 = tokio::time::timeout_at(deadline, speaks_http2(&mut transport)) => is_http2,
        () = shutdown.as_mut() => {
            // What has begun to arrive is a request that the client counts on. Where nothing has, nothing is lost.
            if !transport.incoming().is_empty() {
                let filter = RequestFilter::new(transport, limits, deadline);
                serve_http1(filter, service, connection, std::future::ready(())).await;
            }
            return;
        }
        // Its place or its memory is needed for others.
        _ = connection.activity().watch() => return,
    };
    match is_http2 {
        Ok(Ok(true)) => serve_http2(transport, service, connection, shutdown).await,
        // A client that has not sent the preface in time is answered in HTTP/1.
        Ok(Ok(false)) | Err(_) => {
            let filter = RequestFilter::new(transport, limits, deadline);
            serve_http1(filter, service, connection, shutdown).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "connection failed"),
    }
}

/// Reads until the first bytes are, or cannot become, the HTTP/2 preface.
async fn speaks_http2<Io>(transport: &mut Transport<Io>) -> std::io::Result<bool>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let incoming = transport.incoming();
        let compared = incoming.len().min(HTTP2_PREFACE.len());
        if incoming[..compared] != HTTP2_PREFACE[..compared] {
            return Ok(false);
        }
        if compared == HTTP2_PREFACE.len() {
            return Ok(true);
        }
        if std::future::poll_fn(|context| transport.poll_fill(context)).await? == 0 {
            return Ok(false);
        }
    }
}

async fn serve_http1<S, Io>(
    filter: RequestFilter<Io>,
    service: S,
    connection: Arc<OpenConnection>,
    shutdown: impl Future<Output = ()>,
) where
    S: HttpService,
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let verdict = filter.verdict();
    let served = Arc::clone(&connection);
    let respond = service_fn(move |request| {
        // Requests of one connection come one at a time, so the first after a verdict is the stand-in.
        let rejection = verdict.get().copied();
        answer(service.clone(), request, Arc::clone(&served), rejection)
    });
    let http1 = http1::Builder::new()
        .half_close(true)
        .max_buf_size(HTTP1_BUFFER_BYTES)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(filter), respond);
    drive(http1, http1::Connection::graceful_shutdown, &connection, shutdown).await;
}

async fn serve_http2<S, Io>(
    transport: Transport<Io>,
    service: S,
    connection: Arc<OpenConnection>,
    shutdown: impl Future<Output = ()>,
) where
    S: HttpService,
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = *connection.connections().limits();
    connection.activity().begin_http2();
    connection.connections().relieve();
    let served = Arc::clone(&connection);
    let respond =
        service_fn(move |request| answer(service.clone(), request, Arc::clone(&served), None));
    let http2 = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_connection_window_size(HTTP2_WINDOW_BYTES)
        .initial_stream_window_size(HTTP2_WINDOW_BYTES)
        .max_concurrent_streams(limits.http2_max_streams)
        .max_header_list_size(limits.http2_max_header_list_bytes)
        .max_pending_accept_reset_streams(HTTP2_MAX_RESETS)
        .max_local_error_reset_streams(HTTP2_MAX_ERRORS)
        .keep_alive_interval(HTTP2_PING_INTERVAL)
        .keep_alive_timeout(HTTP2_PING_TIMEOUT)
        .serve_connection(TokioIo::new(transport), respond);
    drive(http2, http2::Connection::graceful_shutdown, &connection, shutdown).await;
}

/// Runs a connection until it ends by itself, or has to: at once, or with some time to finish.
async fn drive<C>(
    http: C,
    close: impl FnOnce(Pin<&mut C>),
    connection: &OpenConnection,
    shutdown: impl Future<Output = ()>,
) where
    C: Future<Output = hyper::Result<()>>,
{
    let grace = connection.connections().limits().shutdown_grace;
    let mut http = pin!(http);
    let mut watch = pin!(connection.activity().watch());
    let ended = tokio::select! {
        biased;
        ended = http.as_mut() => Ok(ended),
        () = shutdown => Err(Stop::Gently),
        stop = watch.as_mut() => Err(stop),
    };
    let ended = match ended {
        Ok(ended) => Some(ended),
        Err(Stop::AtOnce) => None,
        Err(Stop::Gently) => {
            close(http.as_mut());
            tokio::time::timeout(grace, http).await.ok()
        }
    };
    match ended {
        Some(Ok(())) => tracing::trace!("connection ended"),
        Some(Err(error)) => tracing::debug!(%error, "connection failed"),
        None => tracing::debug!("connection dropped"),
    }
}
