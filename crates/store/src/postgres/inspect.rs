//! Direct access to the database for tests. Not part of the product.

use claviger_domain::{AuditNote, AuditVerdict};
use tokio_postgres::SimpleQueryMessage;

use super::PostgresDatabase;
use super::error::store_error;
use crate::error::StoreError;
use crate::sql::Sql;

impl PostgresDatabase {
    pub(crate) async fn prepare(&self, statement: Sql) -> Result<(), StoreError> {
        let connection = self.0.pool.connect().await?;
        connection.client.prepare(statement.postgres).await.map_err(store_error)?;
        Ok(())
    }

    pub(crate) async fn query(&self, text: &str) -> Result<Vec<Vec<String>>, StoreError> {
        let connection = self.0.pool.connect().await?;
        let answer = connection.client.simple_query(text).await.map_err(store_error)?;
        let rows = answer.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let cell = |text: Option<&str>| text.unwrap_or("null").to_owned();
        Ok(rows.map(|row| (0..row.len()).map(|at| cell(row.get(at))).collect()).collect())
    }

    pub(crate) async fn verify_audit(
        &self,
        note: Option<AuditNote>,
    ) -> Result<AuditVerdict, StoreError> {
        let (options, peppers) = &self.0.reopened;
        let verdict = async { options.audit_log().await?.verify(peppers, note).await };
        verdict.await.map_err(|error| StoreError::Failed(Box::new(error)))
    }

    pub(crate) async fn tamper(&self, text: &str) -> Result<usize, StoreError> {
        // SQLite's way to write bytes, and to name a trigger.
        let mut text = text.replace("x'00'", "'\\x00'::bytea");
        if let Some(trigger) = text.strip_prefix("DROP TRIGGER ") {
            let seals = trigger.starts_with("audit_seals");
            text.push_str(if seals { " ON audit_seals" } else { " ON audit_records" });
        }
        let connection = self.0.pool.connect().await?;
        let count = connection.client.execute(&text, &[]).await.map_err(store_error)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}
