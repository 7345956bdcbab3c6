//! The methods on keys, in SQLite.

use async_trait::async_trait;
use claviger_domain::{ApiKey, ApiKeyId};

use crate::call::{
    Call, CreateServiceKey, CreateUserKey, CreatedServiceKey, Leak, LeakReport, ListKeys,
    ListedKey, Page, RefreshKey, Refreshed, RevokeAllKeys, RevokedKeys,
};
use crate::sqlite::{SqliteStore, SqliteTransaction, now};
use crate::{CallResult, KeyStore, operations};

#[async_trait]
impl KeyStore for SqliteStore {
    async fn create_user_key(&self, call: Call, command: CreateUserKey) -> CallResult<ApiKey> {
        write!(self, create_user_key(call, command))
    }

    async fn create_service_key(
        &self,
        call: Call,
        command: CreateServiceKey,
    ) -> CallResult<CreatedServiceKey> {
        write!(self, create_service_key(call, command))
    }

    async fn refresh_key(&self, call: Call, command: RefreshKey) -> CallResult<Refreshed> {
        write!(self, refresh_key(call, command))
    }

    async fn revoke_key(&self, call: Call, id: ApiKeyId) -> CallResult<()> {
        write!(self, revoke_key(call, id))
    }

    async fn revoke_all_keys(&self, call: Call, command: RevokeAllKeys) -> CallResult<RevokedKeys> {
        write!(self, revoke_all_keys(call, command))
    }

    async fn note_secret_in_url(&self, call: Call) -> CallResult<()> {
        // Read first: what is made up, and what is on record already, costs the writer nothing.
        let asked = call.clone();
        let exposed = prove!(self, exposed_key(asked));
        let Some(key) = exposed? else {
            return Ok(());
        };
        let noted = write!(self, note_secret_in_url(call));
        if noted.is_err() {
            self.authority.exposures.take_back(&key);
        }
        noted
    }

    async fn report_leak(&self, call: Call, report: LeakReport) -> CallResult<Leak> {
        let asked = call.clone();
        let known = prove!(self, known_leak(asked));
        match known? {
            None => write!(self, report_leak(call, report)),
            Some(known) => Ok(known),
        }
    }

    async fn list_keys(&self, call: Call, query: ListKeys) -> CallResult<Page<ListedKey>> {
        read!(self, list_keys(call, query))
    }
}
