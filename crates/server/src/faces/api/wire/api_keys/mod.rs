//! API keys on the wire: [`request`] reads, [`response`] writes, [`schema`] describes.

pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod schema;
