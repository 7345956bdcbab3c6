//! Instants on the wire: RFC 3339. One without an offset is UTC, as older servers' clients wrote them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

/// An instant, or nothing.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    read(&text).map(Some).ok_or_else(|| serde::de::Error::custom("not an instant in RFC 3339"))
}

fn read(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let civil: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_without_offset_is_utc() {
        let expected: Timestamp = "2026-01-15T10:30:00Z".parse().unwrap();
        for text in [
            "2026-01-15T10:30:00Z",
            "2026-01-15T10:30:00",
            "2026-01-15T11:30:00+01:00",
            "2026-01-15T10:30:00.000Z",
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        assert_eq!(read("yesterday"), None);
    }
}
