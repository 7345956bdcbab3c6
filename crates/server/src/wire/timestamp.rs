//! Instants on the wire: RFC 3339 §5.6, without an offset in UTC, as the Python clients send naive datetimes
//! (docs/contract/README.md#timestamps), and with an offset that has no colon, as they write the others in a query.
//!
//! Rule: the grammar is checked here, before the date library: libraries let through seconds of 60 at any minute, offsets beyond a
//! day, and bracketed time zones.

use claviger_domain::to_micros;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::Offset;

/// Why a text is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTimestamp {
    /// Not of the grammar, or no day of the calendar.
    #[error("it must be an RFC 3339 instant, such as 2027-01-31T12:00:00Z")]
    Malformed,
    /// An instant that cannot be kept.
    #[error("it is beyond the latest instant that can be kept, 9999-12-30T22:00:00Z")]
    OutOfRange,
}

/// Reads an instant, cut down to microseconds.
pub(crate) fn parse(text: &str) -> Result<Timestamp, InvalidTimestamp> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.digits(4)?;
    rest.one_of(b"-")?;
    let month = rest.digits(2)?;
    rest.one_of(b"-")?;
    let day = rest.digits(2)?;
    rest.one_of(b"Tt")?;
    let hour = rest.digits(2)?;
    rest.one_of(b":")?;
    let minute = rest.digits(2)?;
    rest.one_of(b":")?;
    let second = rest.digits(2)?;
    let nanosecond = rest.fraction()?;
    let offset = rest.offset()?;
    let malformed = |_| InvalidTimestamp::Malformed;
    let small = |number: i32| i8::try_from(number).map_err(|_| InvalidTimestamp::Malformed);
    let year = i16::try_from(year).map_err(|_| InvalidTimestamp::Malformed)?;
    let date = civil::Date::new(year, small(month)?, small(day)?).map_err(malformed)?;
    let time = civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond)
        .map_err(malformed)?;
    let instant = offset.to_timestamp(date.to_datetime(time));
    instant.map(to_micros).map_err(|_| InvalidTimestamp::OutOfRange)
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn one_of(&mut self, wanted: &[u8]) -> Result<u8, InvalidTimestamp> {
        self.take().filter(|byte| wanted.contains(byte)).ok_or(InvalidTimestamp::Malformed)
    }

    fn digits(&mut self, count: usize) -> Result<i32, InvalidTimestamp> {
        (0..count).try_fold(0, |number, _| {
            let digit = self.one_of(b"0123456789")?;
            Ok(number * 10 + i32::from(digit - b'0'))
        })
    }

    /// Up to nine digits of a second, as nanoseconds.
    fn fraction(&mut self) -> Result<i32, InvalidTimestamp> {
        if self.0.first() != Some(&b'.') {
            return Ok(0);
        }
        self.take();
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&count) {
            return Err(InvalidTimestamp::Malformed);
        }
        let digits = self.digits(count)?;
        Ok((count..9).fold(digits, |number, _| number * 10))
    }

    fn offset(&mut self) -> Result<Offset, InvalidTimestamp> {
        let sign = match self.take() {
            None => return Ok(Offset::UTC),
            Some(b'Z' | b'z') if self.0.is_empty() => return Ok(Offset::UTC),
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Err(InvalidTimestamp::Malformed),
        };
        let hours = self.digits(2)?;
        if self.0.first() == Some(&b':') {
            self.take();
        }
        let minutes = self.digits(2)?;
        if hours > 23 || minutes > 59 || !self.0.is_empty() {
            return Err(InvalidTimestamp::Malformed);
        }
        Offset::from_seconds(sign * (hours * 3_600 + minutes * 60))
            .map_err(|_| InvalidTimestamp::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_every_client_sends() {
        for (text, expected) in [
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:00.123Z", "2027-01-31T12:00:00.123Z"),
            ("2027-01-31T12:00:00.123456789+02:00", "2027-01-31T10:00:00.123456Z"),
            ("2027-01-31T12:00:00.5", "2027-01-31T12:00:00.5Z"),
            ("2027-01-31T12:00:00.123456+0000", "2027-01-31T12:00:00.123456Z"),
            ("2027-01-31T12:00:00-0530", "2027-01-31T17:30:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_libraries_let_through() {
        for text in [
            "",
            "2027-02-30T00:00:00Z",
            "2027-01-01",
            "2027-01-01 00:00:00Z",
            "1798761600",
            "2027-01-01T00:00:60Z",
            "2027-01-01T00:00:00+25:00",
            "2027-01-01T00:00:00Z[Europe/Paris]",
            "+10000-01-01T00:00:00Z",
            "2027-01-01T00:00:00.Z",
            "2027-01-01T00:00:00.1234567890Z",
            "2027-01-01T24:00:00Z",
            "2027-01-01T00:00:00Zz",
            " 2027-01-01T00:00:00Z",
            "２０２７-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), Err(InvalidTimestamp::Malformed), "{text}");
        }
        assert_eq!(parse("9999-12-31T23:59:59Z"), Err(InvalidTimestamp::OutOfRange));
    }
}
