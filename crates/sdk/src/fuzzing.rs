//! What reads answers, by itself: for the fuzzer, which gives it bodies that no server would send.

use crate::api_keys::{self, ApiKey};
use crate::error::Problem;
use crate::page::Walk;
use crate::transport::decode;
use crate::{organizations, spaces, users};

/// Reads a body as every kind of answer there is. Whatever it is, this returns.
pub fn answer(body: &[u8]) {
    if let Ok(list) = decode::<api_keys::WireList>("fuzz", body) {
        drop(Walk::new("fuzz").following(false, list.pagination));
        for key in list.api_keys {
            drop(format!("{:?}", ApiKey::from(key)));
        }
    }
    if let Ok(key) = decode::<api_keys::WireKey>("fuzz", body) {
        drop(format!("{:?}", ApiKey::from(key)));
    }
    drop(decode::<spaces::Wire>("fuzz", body).map(|wire| wire.pagination));
    drop(decode::<spaces::Space>("fuzz", body));
    drop(decode::<organizations::Wire>("fuzz", body).map(|wire| wire.pagination));
    drop(decode::<users::Wire>("fuzz", body).map(|wire| wire.pagination));
    drop(decode::<users::User>("fuzz", body));
    let problem = Problem::read(404, body);
    drop(format!("{problem:?} {}", problem.message()));
}
