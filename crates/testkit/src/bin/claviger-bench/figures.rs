//! Statistics of rounds and requests.

use std::time::Duration;

/// What several rounds came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// The smallest figure.
    pub least: f64,
    /// The one in the middle; of an even number, the lower of the two.
    pub median: f64,
    /// The largest figure.
    pub most: f64,
}

impl Spread {
    /// The spread of a figure that every round has.
    pub(crate) fn over<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> Self {
        let mut figures: Vec<_> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
        let last = figures.len().saturating_sub(1);
        Self { least: at(0), median: at(last / 2), most: at(last) }
    }

    /// The spread as text, with so many digits after the point.
    pub(crate) fn text(&self, digits: usize) -> String {
        let Self { least, median, most } = self;
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    }
}

/// How long many requests took.
#[derive(Clone, Debug)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn of(mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self(latencies)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The latency, in milliseconds, that so many percent of the requests did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100);
        let found = self.0.get(rank.saturating_sub(1));
        found.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// A count as a figure. Counts here are far below the 2⁵³ where that would lose something.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn figure(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_the_middle_and_both_ends() {
        let spread = Spread::over(&[3.0, 1.0, 9.0, 4.0, 2.0], |figure| *figure);
        assert_eq!(spread.text(1), "3.0 (1.0–9.0)");
    }

    #[test]
    fn a_percentile_is_a_latency_that_was_measured() {
        let latencies = Latencies::of((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(latencies.percentile(50).round().to_string(), "100");
        assert_eq!(latencies.percentile(99).round().to_string(), "198");
    }
}
