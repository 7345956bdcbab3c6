//! Parses query strings.
//!
//! Rule: an unknown parameter is refused. A misspelt filter would otherwise list more than was asked for.

use claviger_domain::Refusal;

use super::Client;
use crate::wire::Format;
use crate::wire::id::{self, WireId};

/// What an operation reads of its query.
pub(crate) trait FromQuery {
    /// What it is read as.
    type Read: Send;

    /// Reads it.
    fn from_query(raw: Option<&str>, client: &Client) -> Result<Self::Read, Refusal>;
}

/// The query of operations that know no parameters.
impl FromQuery for () {
    type Read = ();

    fn from_query(raw: Option<&str>, _: &Client) -> Result<(), Refusal> {
        Query::read(raw, &[], &[]).map(drop)
    }
}

/// The parameters of a request.
#[derive(Debug)]
pub(crate) struct Query {
    pairs: Vec<(&'static str, String)>,
}

/// The most things on a page (docs/contract/README.md#pagination).
const MAX_LIMIT: u32 = 100;
/// The size of a page that was not asked for (docs/contract/README.md#pagination).
const DEFAULT_LIMIT: u32 = 50;

impl Query {
    /// Reads the query of a request that knows these parameters. Those in `repeatable` may come more than once.
    pub(crate) fn read(
        raw: Option<&str>,
        known: &[&'static str],
        repeatable: &[&'static str],
    ) -> Result<Self, Refusal> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        for part in raw.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            let Some(&name) = known.iter().find(|known| **known == name) else {
                let known = known.join("`, `");
                let known = if known.is_empty() { "none".to_owned() } else { format!("`{known}`") };
                let reason = format!("unknown parameter; this operation knows {known}");
                return Err(Refusal::invalid("query", reason));
            };
            if !repeatable.contains(&name) && pairs.iter().any(|(other, _)| *other == name) {
                return Err(Refusal::invalid(name, "it may be given once"));
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a repeatable parameter.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that has a value of its own kind.
    pub(crate) fn parse<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.get(name).map(parse).transpose()
    }

    /// A parameter that is an id.
    pub(crate) fn id<Id: WireId>(
        &self,
        name: &str,
        format: Format<'_>,
    ) -> Result<Option<Id>, Refusal> {
        self.parse(name, |text| id::read(format.codec, name, text))
    }

    /// The page size: plain digits, 1 to 100.
    pub(crate) fn limit(&self) -> Result<u32, Refusal> {
        let Some(text) = self.get("limit") else {
            return Ok(DEFAULT_LIMIT);
        };
        let digits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let limit = if digits { text.parse().unwrap_or(0) } else { 0 };
        if (1..=MAX_LIMIT).contains(&limit) {
            Ok(limit)
        } else {
            Err(Refusal::invalid("limit", "it must be a whole number from 1 to 100"))
        }
    }

    /// A search text of at most 255 characters (docs/contract/README.md#size-limits).
    pub(crate) fn search(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            Some(text) if text.chars().count() > 255 => {
                Err(Refusal::invalid(name, "it must not be longer than 255 characters"))
            }
            Some(text) if text.contains('\0') => {
                Err(Refusal::invalid(name, "it must not contain control characters"))
            }
            text => Ok(text.map(str::to_owned)),
        }
    }
}

/// Percent-decoding that refuses what is not an encoding, or not UTF-8.
fn decode(text: &str) -> Result<String, Refusal> {
    let refused = || Refusal::invalid("query", "it is not percent-encoded UTF-8 text");
    let escapes = text.split('%').skip(1);
    let valid =
        |rest: &str| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    if !escapes.into_iter().all(valid) {
        return Err(refused());
    }
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| refused())
}
