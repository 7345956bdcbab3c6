//! Elements of an array that are read one by one, so that what is wrong with one changes nothing for the others.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::body::describe;
use crate::problem::{Problem, ProblemKind};

/// An element as it was sent: a member that is there twice is there twice, however deep. Not printed: it may hold a secret.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Element(Box<RawValue>);

impl Element {
    /// Reads the members.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let refused = |detail| Problem::new(ProblemKind::InvalidRequest, detail);
        if !self.0.get().starts_with('{') {
            return Err(refused("the item must be an object".to_owned()));
        }
        let mut members = serde_json::Deserializer::from_str(self.0.get());
        serde_path_to_error::deserialize(&mut members).map_err(|error| refused(describe(&error)))
    }
}
