//! How response times were spread over a run: a map of time against response time.

use engine::stats::Latency;
use serde::Serialize;

use super::chart::width;
use crate::{millis::millis, totals::Totals};

/// How many columns and rows there are at most.
const COLUMNS: usize = 150;
const ROWS: usize = 40;

/// The rows of a decade, if there is room.
const PER_DECADE: f64 = 12.0;

/// How many requests took how long when.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Heat {
    /// The width of a column, seconds.
    pub width_s: u32,
    /// Where each column begins, seconds since the test's start. One in which nothing ended is
    /// absent.
    pub seconds: Vec<u32>,
    /// The least response time of each row, milliseconds, ascending by even ratios.
    pub rows_ms: Vec<f64>,
    /// Requests of each column, by row.
    pub counts: Vec<Vec<u64>>,
}

impl Heat {
    /// The map of a whole run.
    pub fn of(totals: &Totals) -> Self {
        let to = totals.newest().map_or(0, |newest| newest.saturating_add(1));
        let width_s = width(to, COLUMNS);
        let rows = Rows::between(totals);
        let mut heat = Self { width_s, rows_ms: rows.bounds_ms(), ..Self::default() };
        for (from, latency) in columns(totals, width_s) {
            heat.seconds.push(from);
            heat.counts.push(rows.counts(&latency));
        }
        heat
    }
}

/// What was measured in each column in which anything ended, and where that begins. They are
/// merged first: the row of a time is found once in a column, not in each of its seconds.
fn columns(totals: &Totals, width_s: u32) -> Vec<(u32, Latency)> {
    let mut columns: Vec<(u32, Latency)> = Vec::new();
    for second in totals.seconds().filter(|second| !second.latency.is_empty()) {
        let from = second.second - second.second % width_s;
        match columns.last_mut().filter(|(last, _)| *last == from) {
            Some((_, latency)) => latency.merge(&second.latency),
            None => columns.push((from, second.latency)),
        }
    }
    columns
}

/// Response times, cut into rows of even ratios.
#[derive(Clone, Copy, Debug)]
struct Rows {
    /// Microseconds.
    least: f64,
    ratio: f64,
    count: usize,
}

impl Rows {
    /// From the shortest to the longest time.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen")]
    #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
    fn between(totals: &Totals) -> Self {
        let all = totals.stats().aggregated().latency;
        let micros =
            |time: Option<std::time::Duration>| time.unwrap_or_default().as_secs_f64() * 1e6;
        let (least, most) = (micros(all.min()).max(1.0), micros(all.max()).max(2.0));
        let decades = (most / least).log10().max(0.1);
        let count = ((decades * PER_DECADE).ceil() as usize).clamp(1, ROWS);
        // The longest time lies within the last row, not on its end.
        let ratio = (most * 1.001 / least).powf(1.0 / count as f64);
        Self { least, ratio, count }
    }

    fn bounds_ms(self) -> Vec<f64> {
        let bound = |row| {
            let micros = self.least * self.ratio.powi(row);
            millis(std::time::Duration::from_secs_f64(micros / 1e6))
        };
        (0..).take(self.count).map(bound).collect()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen")]
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a day are below 2^52")]
    fn counts(self, latency: &Latency) -> Vec<u64> {
        let mut counts = vec![0_u64; self.count];
        for (micros, times) in latency.buckets() {
            let row = (micros as f64 / self.least).ln() / self.ratio.ln();
            let row = (row.max(0.0) as usize).min(self.count - 1);
            counts[row] = counts[row].saturating_add(times);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::view::chart::tests::{frame, seconds};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn each_request_is_in_the_row_of_its_time(seconds in seconds()) {
            let mut totals = Totals::default();
            for (second, times) in (0..).zip(&seconds) {
                totals.absorb(frame("local", second, times));
            }
            let heat = Heat::of(&totals);
            prop_assert!(heat.seconds.len() <= COLUMNS && heat.rows_ms.len() <= ROWS);
            prop_assert!(heat.rows_ms.is_sorted());
            let columns = seconds.chunks(heat.width_s as usize);
            let columns = columns.map(|column| column.iter().flatten().copied().collect::<Vec<_>>());
            let columns: Vec<Vec<u16>> = columns.filter(|times| !times.is_empty()).collect();
            prop_assert_eq!(columns.len(), heat.counts.len());
            for (times, counts) in columns.iter().zip(&heat.counts) {
                let bounds = heat.rows_ms.iter().skip(1).chain([&f64::INFINITY]);
                let mut below = 0;
                for (bound, count) in bounds.zip(counts) {
                    below += *count;
                    let under = |bound: f64| {
                        times.iter().filter(|time| f64::from(**time) < bound).count() as u64
                    };
                    // A histogram tells times by 0.1 %.
                    prop_assert!((under(bound * 0.998)..=under(bound * 1.002)).contains(&below));
                }
            }
        }
    }

    #[test]
    fn nothing_measured_is_an_empty_map() {
        let heat = Heat::of(&Totals::default());
        assert!(heat.seconds.is_empty() && heat.counts.is_empty());
    }
}
