//! A histogram of fixed buckets, for servers that know no others.

use engine::stats::Latency;

/// Their upper bounds, microseconds, and as Prometheus writes them in seconds. What is beyond the
/// last is in none.
pub(crate) const BOUNDS: [(u64, &str); 19] = [
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (75_000, "0.075"),
    (100_000, "0.1"),
    (150_000, "0.15"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (750_000, "0.75"),
    (1_000_000, "1.0"),
    (1_500_000, "1.5"),
    (2_500_000, "2.5"),
    (5_000_000, "5.0"),
    (10_000_000, "10.0"),
    (30_000_000, "30.0"),
    (60_000_000, "60.0"),
];

/// How many times were at most each of [`BOUNDS`], as precisely as [`Latency`] tells times.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Classic([u64; BOUNDS.len()]);

impl Classic {
    /// Adds times.
    pub(crate) fn add(&mut self, latency: &Latency) {
        for (micros, times) in latency.middles() {
            for (own, (bound, _)) in self.0.iter_mut().zip(BOUNDS) {
                *own = own.saturating_add(if micros <= bound { times } else { 0 });
            }
        }
    }

    /// Each bound as Prometheus writes it, and how many times were at most so long.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (&'static str, u64)> {
        BOUNDS.iter().zip(self.0).map(|((_, bound), times)| (*bound, times))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn bounds_ascend_and_are_written_as_seconds() {
        assert!(BOUNDS.is_sorted_by(|a, b| a.0 < b.0));
        for (micros, seconds) in BOUNDS {
            assert_eq!(
                Duration::from_secs_f64(seconds.parse().unwrap()).as_micros(),
                u128::from(micros)
            );
        }
    }

    #[test]
    fn times_are_in_all_buckets_that_reach_so_far() {
        let mut latency = Latency::default();
        for millis in [0, 1, 20, 90, 700, 3_000, 90_000] {
            latency.record(Duration::from_millis(millis));
        }
        let mut classic = Classic::default();
        classic.add(&latency);
        classic.add(&latency);
        let counts: Vec<_> = classic.buckets().map(|(_, times)| times).collect();
        assert_eq!(counts, [4, 4, 4, 4, 6, 6, 6, 8, 8, 8, 8, 10, 10, 10, 10, 12, 12, 12, 12]);
    }
}
