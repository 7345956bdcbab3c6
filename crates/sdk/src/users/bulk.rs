//! Removing many users, one by one: what fails stops nothing else.

use serde::{Serialize, Serializer};

use super::Users;
use crate::error::{Error, ErrorKind, Result};
use crate::resolve;
use crate::stage::Stage;

/// What became of removing many users. Each is called as it was in the request.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct BulkDeleted {
    /// Those who are gone.
    pub deleted: Vec<String>,
    /// Those whom the server would not remove, and why.
    #[serde(serialize_with = "messages")]
    pub failed: Vec<(String, Error)>,
    /// Those whom nobody knows.
    pub not_found: Vec<String>,
}

/// Writes each error as what it prints.
fn messages<S: Serializer>(
    failed: &[(String, Error)],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(failed.iter().map(|(user, error)| (user, error.to_string())))
}

impl Users {
    /// Removes users, each an e-mail address or an id, one after the other. All of them are looked up before the first is removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if there are none; any error of a look-up, before anybody is removed;
    /// [`ErrorKind::Unauthorized`] if the key is not accepted. What goes wrong with removing one of them is in the answer.
    pub async fn bulk_delete(&self, emails_or_ids: &[&str]) -> Result<BulkDeleted> {
        let this = Self { client: self.client.nest(Stage::Beta, "users.bulk_delete") };
        if emails_or_ids.is_empty() {
            return Err(Error::input("users", "at least one has to be given"));
        }
        let mut outcome = BulkDeleted::default();
        let mut found = Vec::with_capacity(emails_or_ids.len());
        for user in emails_or_ids {
            match resolve::user_id(&this.client, user).await {
                Ok(id) => found.push(((*user).to_owned(), Some(id))),
                Err(error) if error.is_not_found() => found.push(((*user).to_owned(), None)),
                Err(error) => return Err(error),
            }
        }
        for (user, id) in found {
            let Some(id) = id else {
                outcome.not_found.push(user);
                continue;
            };
            match this.delete(&id).await {
                Ok(()) => outcome.deleted.push(user),
                Err(error) if error.is_not_found() => outcome.not_found.push(user),
                Err(error) if error.kind() == ErrorKind::Unauthorized => return Err(error),
                Err(error) => outcome.failed.push((user, error)),
            }
        }
        Ok(outcome)
    }
}
