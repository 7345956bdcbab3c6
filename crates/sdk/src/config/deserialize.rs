//! Reading a configuration from a file of the program, whatever its format.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Region, Setting};

/// A value is that value; null is [`Setting::Off`]. What is missing comes from the environment.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Off, Self::To))
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A span of time: a number of seconds, or a text such as `30s` or `1m 30s`.
struct Span(Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Seconds(f64),
            Text(String),
        }
        let refuse = || D::Error::custom("it must be a span of time, such as 30 or \"30s\"");
        let span = match Wire::deserialize(deserializer).map_err(|_| refuse())? {
            Wire::Seconds(seconds) => Duration::try_from_secs_f64(seconds).ok(),
            Wire::Text(text) => {
                text.parse::<jiff::SignedDuration>().ok().and_then(|span| span.try_into().ok())
            }
        };
        span.map(Self).ok_or_else(refuse)
    }
}

pub(crate) fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Span::deserialize(deserializer).map(|span| span.0)
}

pub(super) fn setting_of_span<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Setting<Duration>, D::Error> {
    Ok(match Setting::<Span>::deserialize(deserializer)? {
        Setting::FromEnvironment => Setting::FromEnvironment,
        Setting::Off => Setting::Off,
        Setting::To(span) => Setting::To(span.0),
    })
}

/// Headers by their names.
pub(super) fn headers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    BTreeMap::deserialize(deserializer).map(|headers| headers.into_iter().collect())
}
