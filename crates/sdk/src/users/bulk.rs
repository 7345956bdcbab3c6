//! Removing many users, one by one: what fails stops nothing else.

use super::Users;
use crate::error::{Error, ErrorKind, Result};
use crate::resolve;
use crate::stage::Stage;

/// What became of removing many users. Each is called as it was in the request.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BulkDeleted {
    /// Those who are gone.
    pub deleted: Vec<String>,
    /// Those whom the server would not remove, and why.
    pub failed: Vec<(String, Error)>,
    /// Those whom nobody knows.
    pub not_found: Vec<String>,
}

impl Users {
    /// Removes users, each an e-mail address or an id, one after the other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if there are none, [`ErrorKind::Unauthorized`] if the key is not accepted. What goes wrong with one
    /// of them is in the answer.
    pub async fn bulk_delete(&self, emails_or_ids: &[&str]) -> Result<BulkDeleted> {
        self.client.warn_once(Stage::Beta, "users.bulk_delete");
        if emails_or_ids.is_empty() {
            return Err(Error::input("users", "at least one has to be given"));
        }
        let mut outcome = BulkDeleted::default();
        for user in emails_or_ids {
            let deleted = match resolve::user_id(&self.client, user).await {
                Ok(id) => self.delete(&id).await,
                Err(error) => Err(error),
            };
            let user = (*user).to_owned();
            match deleted {
                Ok(()) => outcome.deleted.push(user),
                Err(error) if error.is_not_found() => outcome.not_found.push(user),
                Err(error) if error.kind() == ErrorKind::Unauthorized => return Err(error),
                Err(error) => outcome.failed.push((user, error)),
            }
        }
        Ok(outcome)
    }
}
