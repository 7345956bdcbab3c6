//! Parses durations: `90s`, `5m`, `12h`, `30d`, `4w`.

use std::time::Duration;

/// Reads one. The unit is never left out: nobody remembers which one would be meant.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let read = || {
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            "d" => 24 * 60 * 60,
            "w" => 7 * 24 * 60 * 60,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
    };
    read().ok_or_else(|| "it must be a number with a unit, such as 90s, 5m, 12h or 30d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read() {
        for (text, seconds) in [
            ("0s", 0),
            ("300s", 300),
            ("5m", 300),
            ("12h", 43_200),
            ("30d", 2_592_000),
            ("1w", 604_800),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "300",
            "s",
            "1 h",
            "-1s",
            "1.5h",
            "1y",
            "5M",
            "99999999999999999999s",
            "99999999999999999w",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
