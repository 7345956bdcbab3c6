//! An answer: its status judged, its body read up to a limit, its document decoded.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Call, failure};
use crate::error::{Error, Problem, Repr};

/// More than this is not read: no answer of this API comes near.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// An answer with a status that was expected.
#[derive(Debug)]
pub(crate) struct Answer {
    operation: &'static str,
    status: u16,
    /// Overwritten when it goes: there may be a key in it.
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Which of the expected statuses it has.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The document in it, or null if there is nothing in it.
    pub(crate) fn document_or_null<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.body.is_empty() { decode(self.operation, b"null") } else { self.document() }
    }

    /// The document in it.
    pub(crate) fn document<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if is_html(&self.body) {
            let message = "it is HTML: this address is not that of the API";
            return Err(Error::unreadable(self.operation, message));
        }
        decode(self.operation, &self.body)
    }
}

/// Decodes a document. What is wrong is said without repeating what is in it.
pub(crate) fn decode<T: DeserializeOwned>(
    operation: &'static str,
    body: &[u8],
) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = match error.classify() {
            serde_json::error::Category::Data => {
                format!("a member is missing or of the wrong type, line {line}, column {column}")
            }
            _ => format!("it is not a JSON document, line {line}, column {column}"),
        };
        Error::unreadable(operation, message)
    })
}

pub(crate) async fn read(call: &Call<'_>, response: Response) -> Result<Answer, Error> {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let redirect = redirect(response.url(), response.headers());
    let headers = Box::new(response.headers().clone());
    let body = body(call.operation, response).await;
    if call.expected.contains(&status) {
        return Ok(Answer { operation: call.operation, status, body: body? });
    }
    // The status is known, so the error has its type even if its body got lost.
    let body = body.map(|mut body| std::mem::take(&mut *body)).unwrap_or_default();
    Err(Error::new(Repr::Status {
        operation: call.operation,
        status,
        problem: Problem::read(status, &body),
        retry_after,
        headers,
        redirect: redirect.filter(|_| (300..400).contains(&status)),
        is_html: is_html(&body),
        body,
    }))
}

async fn body(
    operation: &'static str,
    mut response: Response,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(0).min(64 * 1024)));
    while let Some(chunk) =
        response.chunk().await.map_err(|error| failure(operation, None, error))?
    {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Error::unreadable(operation, "it is longer than 16 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether a body is a page for people. No JSON document begins like one.
fn is_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// Where a redirect leads: scheme, host and port, as what is behind them may hold a secret.
fn redirect(from: &reqwest::Url, headers: &HeaderMap) -> Option<String> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let target = from.join(location).ok()?;
    target.has_host().then(|| target.origin().ascii_serialization())
}

/// Reads `Retry-After`: seconds, or a date, which is taken from the server's own `Date` so that our clock does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| -> Option<&str> { headers.get(name)?.to_str().ok() };
    let asked = text(RETRY_AFTER)?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    #[expect(clippy::disallowed_methods, reason = "a server that sends no `Date` leaves our clock")]
    let now = text(DATE).and_then(|date| read_date(date, None)).unwrap_or_else(Timestamp::now);
    let wait = read_date(asked, Some(now))?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// Reads a date in one of the three forms of HTTP (RFC 9110, section 5.6.7).
///
/// A year of two digits is the last such year that is not more than 50 years ahead.
fn read_date(text: &str, now: Option<Timestamp>) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(zoned.timestamp());
    }
    let civil = |format: &str, text: &str| {
        let civil = jiff::civil::DateTime::strptime(format, text).ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
    };
    if let Some(asctime) = civil("%a %b %e %H:%M:%S %Y", text) {
        return Some(asctime);
    }
    // RFC 850. The name of the day need not be right: that of another century would not be.
    let (_, rest) = text.split_once(", ")?;
    let instant = civil("%d-%b-%y %H:%M:%S", rest.strip_suffix(" GMT")?)?;
    let century = |instant: Timestamp, years: i64| {
        let civil = jiff::tz::TimeZone::UTC.to_datetime(instant);
        let moved = civil.checked_add(jiff::Span::new().years(years)).ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(moved).ok()
    };
    let Some(now) = now else { return Some(instant) };
    let (next, latest) = (century(instant, 100), century(now, 50)?);
    Some(next.filter(|next| *next <= latest).unwrap_or(instant))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    fn asked(headers: &[(HeaderName, &'static str)]) -> Option<Duration> {
        let pairs = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        retry_after(&pairs.collect())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = |text| [(DATE, "Sun, 06 Nov 1994 08:49:37 GMT"), (RETRY_AFTER, text)];
        assert_eq!(asked(&[(RETRY_AFTER, "42")]), Some(Duration::from_secs(42)));
        let later = date("Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(asked(&later), Some(Duration::from_secs(30)));
        assert_eq!(asked(&date("Sun, 06 Nov 1994 08:00:00 GMT")), Some(Duration::ZERO));
        assert_eq!(asked(&date("soon")), None);
        // The two obsolete forms (fault K8).
        assert_eq!(asked(&date("Sunday, 06-Nov-94 08:50:07 GMT")), Some(Duration::from_secs(30)));
        assert_eq!(asked(&date("Sun Nov  6 08:50:07 1994")), Some(Duration::from_secs(30)));
        let rfc850 = (DATE, "Sunday, 06-Nov-94 08:49:37 GMT");
        let both = [rfc850, (RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT")];
        assert_eq!(asked(&both), Some(Duration::from_secs(30)));
        let far = asked(&[(RETRY_AFTER, "Wed, 01 Jan 2200 00:00:00 GMT")]).unwrap();
        assert!(far > Duration::from_hours(365 * 24), "by our own clock, without a date");
        assert_eq!(asked(&[(RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT")]), Some(Duration::ZERO));

        assert_eq!(asked(&[(RETRY_AFTER, "-1")]), None);
        assert_eq!(asked(&[]), None);
    }
}
