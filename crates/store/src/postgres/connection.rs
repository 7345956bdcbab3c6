//! One connection to a server: opened, and told apart from others by a name that the server makes.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::{is_of_connection, store_error};
use crate::error::StoreError;

/// How long the start of a connection may take, and how long what was sent may stay unacknowledged.
const PATIENCE: Duration = Duration::from_secs(5);

/// A statement waits this long for a lock, and the server ends a transaction that nothing was heard of for so long: what a node that
/// died had locked is free again by then. No limit of time is set for statements: cancelling a commit that waits for a standby makes
/// the server acknowledge what may still be lost.
const SETTINGS: &str = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=10s \
    -c default_transaction_isolation=serializable -c client_min_messages=warning -c DateStyle=ISO";

/// Opens connections. Has the password; says nothing of it.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: MakeRustlsConnect,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

impl Connector {
    pub(super) fn new(mut config: Config, tls: MakeRustlsConnect) -> Self {
        let options = match config.get_options() {
            Some(told) => [SETTINGS, told].join(" "),
            None => SETTINGS.to_owned(),
        };
        config.options(options).connect_timeout(PATIENCE).tcp_user_timeout(PATIENCE);
        config.keepalives_idle(PATIENCE).keepalives_interval(PATIENCE).keepalives_retries(3);
        if config.get_application_name().is_none() {
            config.application_name("claviger");
        }
        Self { config, tls }
    }

    /// Opens a connection.
    pub(super) async fn connect(&self) -> Result<Connection, tokio_postgres::Error> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await?;
        let warned = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&warned);
        tokio::spawn(async move {
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                match message {
                    Ok(AsyncMessage::Notice(notice)) => {
                        tracing::warn!(notice = %notice.message(), "the database says");
                        // Before the answer that comes behind it is handed on.
                        if notice.parsed_severity() == Some(Severity::Warning) {
                            noted.store(true, Ordering::SeqCst);
                        }
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::debug!(%error, "a connection to the database has ended");
                        break;
                    }
                }
            }
        });
        let row = client.query_typed_one("SELECT gen_random_uuid()::text", &[]).await?;
        let name = row.try_get(0)?;
        Ok(Connection { client, statements: HashMap::new(), warned, name, writes: 0 })
    }
}

/// An open connection, with the statements that it has prepared.
#[derive(Debug)]
pub(super) struct Connection {
    pub client: Client,
    statements: HashMap<&'static str, Statement>,
    /// Set by every warning of the server.
    warned: Arc<AtomicBool>,
    /// What its writes are marked with.
    pub name: String,
    /// How many transactions that write it has begun.
    pub writes: i64,
}

impl Connection {
    /// Whether the connection has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Forgets warnings of before.
    pub(super) fn clear_warnings(&self) {
        self.warned.store(false, Ordering::SeqCst);
    }

    /// Whether the server has warned of something since.
    pub(super) fn is_warned(&self) -> bool {
        self.warned.load(Ordering::SeqCst)
    }

    /// A statement, which is prepared once.
    pub(super) async fn prepared(&mut self, text: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(text).await.map_err(store_error)?;
        self.statements.insert(text, statement.clone());
        Ok(statement)
    }

    /// Carries out statements without parameters, whose rows nobody wants.
    pub(super) async fn batch(&self, text: &str) -> Result<(), StoreError> {
        self.client.batch_execute(text).await.map_err(store_error)
    }

    /// Begins a transaction. Nothing has happened if the connection turns out to have ended: `Ok(false)`.
    pub(super) async fn begin(&self, text: &str) -> Result<bool, StoreError> {
        match self.client.batch_execute(text).await {
            Ok(()) => Ok(true),
            Err(error) if is_of_connection(&error) => Ok(false),
            Err(error) => Err(store_error(error)),
        }
    }
}
