//! A histogram whose buckets grow by a constant factor, as OpenTelemetry and Prometheus have it.

use std::{collections::BTreeMap, time::Duration};

use engine::stats::Latency;

/// How many buckets there are at most between the least and the greatest time: OpenTelemetry's
/// default, and what most servers take.
const MOST_BUCKETS: i32 = 160;

/// The finest scale: a bucket is 0.27 % wide then. A finer one would tell more than a [`Latency`]
/// knows, and Prometheus has none.
const FINEST: i32 = 8;

/// A distribution of times, in seconds. Of scale *s*, bucket *i* has the times in
/// (base^*i*, base^(*i* + 1)] where base is 2^(2^-*s*).
///
/// Count, sum, least and greatest are exact. Each time is in its bucket as precisely as
/// [`Latency`] tells times. However times are divided and merged, the result is the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exponential {
    scale: i32,
    /// Times that are 0.
    zeros: u64,
    /// How many times are in which bucket.
    buckets: BTreeMap<i32, u64>,
    sum: Duration,
    range: Option<(Duration, Duration)>,
}

impl Default for Exponential {
    fn default() -> Self {
        let (buckets, sum) = (BTreeMap::new(), Duration::ZERO);
        Self { scale: FINEST, zeros: 0, buckets, sum, range: None }
    }
}

impl From<&Latency> for Exponential {
    fn from(latency: &Latency) -> Self {
        let mut histogram = Self::default();
        histogram.add(latency);
        histogram
    }
}

impl Exponential {
    /// Adds times.
    pub(crate) fn add(&mut self, latency: &Latency) {
        let mut finest = BTreeMap::new();
        for (micros, times) in latency.middles() {
            if micros == 0 {
                self.zeros = self.zeros.saturating_add(times);
            } else {
                count(&mut finest, bucket(micros), times);
            }
        }
        self.sum = self.sum.saturating_add(latency.sum());
        self.widen(latency.min().zip(latency.max()));
        self.join(FINEST, &finest);
    }

    /// Adds what another counted.
    #[cfg(test)]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.zeros = self.zeros.saturating_add(other.zeros);
        self.sum = self.sum.saturating_add(other.sum);
        self.widen(other.range);
        self.join(other.scale, &other.buckets);
    }

    /// How many times were counted.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.values().fold(self.zeros, |sum, times| sum.saturating_add(*times))
    }

    /// Their sum, seconds.
    pub(crate) fn sum(&self) -> f64 {
        self.sum.as_secs_f64()
    }

    /// How many of them were 0.
    pub(crate) fn zeros(&self) -> u64 {
        self.zeros
    }

    /// The least and the greatest of them; none if it is empty.
    pub(crate) fn range(&self) -> Option<(Duration, Duration)> {
        self.range
    }

    /// How fine the buckets are: each power of two has 2^scale of them.
    pub(crate) fn scale(&self) -> i32 {
        self.scale
    }

    /// The buckets that counted something, ascending, by index; and how often they did.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (i32, u64)> {
        self.buckets.iter().map(|(index, times)| (*index, *times))
    }

    /// From the first to the last bucket that counted something; none if none did.
    pub(crate) fn span(&self) -> Option<(i32, i32)> {
        let (first, _) = self.buckets.first_key_value()?;
        let (last, _) = self.buckets.last_key_value()?;
        Some((*first, *last))
    }

    fn widen(&mut self, other: Option<(Duration, Duration)>) {
        self.range = match (self.range, other) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
    }

    /// Adds buckets of a scale that is as fine or finer, or coarser; and then coarsens all of them
    /// until they fit.
    fn join(&mut self, scale: i32, buckets: &BTreeMap<i32, u64>) {
        self.coarsen(self.scale.min(scale));
        for (index, times) in buckets {
            count(&mut self.buckets, index >> (scale - self.scale), *times);
        }
        let too_many = |(first, last): (i32, i32), scale: i32| {
            let by = self.scale - scale;
            (last >> by) - (first >> by) >= MOST_BUCKETS
        };
        let fits = |scale: &i32| self.span().is_none_or(|span| !too_many(span, *scale));
        let best = (self.scale - 31..=self.scale).rev().find(fits);
        self.coarsen(best.unwrap_or(self.scale));
    }

    /// Two neighbouring buckets are one at the next coarser scale.
    fn coarsen(&mut self, scale: i32) {
        let by = self.scale - scale;
        if by > 0 {
            let mut coarser = BTreeMap::new();
            self.buckets().for_each(|(index, times)| count(&mut coarser, index >> by, times));
            (self.scale, self.buckets) = (scale, coarser);
        }
    }
}

fn count(buckets: &mut BTreeMap<i32, u64>, index: i32, times: u64) {
    let own = buckets.entry(index).or_default();
    *own = own.saturating_add(times);
}

/// The bucket of the finest scale in which a time is that is not 0.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "times are below 2^52 microseconds, and logarithms of them are small"
)]
fn bucket(micros: u64) -> i32 {
    let logarithm = (micros as f64 / 1e6).log2();
    // All bounds but the powers of two are irrational: no time is on them.
    (logarithm * f64::from(1 << FINEST)).ceil() as i32 - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn latency(micros: &[u64]) -> Latency {
        let mut latency = Latency::default();
        for micros in micros {
            latency.record(Duration::from_micros(*micros));
        }
        latency
    }

    /// A bucket's bounds, seconds.
    fn bounds(scale: i32, index: i32) -> (f64, f64) {
        let bound = |index: i32| (f64::from(index) * 2_f64.powi(-scale)).exp2();
        (bound(index), bound(index + 1))
    }

    /// Times of all magnitudes from 0 to a day.
    fn times() -> impl Strategy<Value = Vec<u64>> {
        let time = (0_u32..37, any::<u64>()).prop_map(|(bits, value)| value & ((1 << bits) - 1));
        prop::collection::vec(time, 0..200)
    }

    /// Times as a system has them: of a few magnitudes, some of them the same.
    fn near() -> impl Strategy<Value = Vec<u64>> {
        (1_u64..1_000_000, 1_u64..200)
            .prop_flat_map(|(least, factor)| prop::collection::vec(least..=least * factor, 0..200))
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made_up(micros in prop_oneof![times(), near()]) {
            let latency = latency(&micros);
            let histogram = Exponential::from(&latency);
            prop_assert_eq!(histogram.count(), micros.len() as u64);
            prop_assert_eq!(histogram.sum, latency.sum());
            prop_assert_eq!(histogram.range(), latency.min().zip(latency.max()));
            prop_assert_eq!(histogram.zeros(), micros.iter().filter(|time| **time == 0).count() as u64);
        }

        #[test]
        fn each_time_is_in_its_bucket(micros in 1_u64..86_400_000_000) {
            let histogram = Exponential::from(&latency(&[micros]));
            let (index, times) = histogram.buckets().next().unwrap();
            let (above, to) = bounds(histogram.scale(), index);
            let time = Duration::from_micros(micros).as_secs_f64();
            prop_assert_eq!(times, 1);
            prop_assert!(above * 0.999 < time && time <= to * 1.001, "{time} in ({above}, {to}]");
            if micros < 2_048 {
                prop_assert!(above * (1.0 - 1e-12) < time && time <= to * (1.0 + 1e-12));
            }
        }

        #[test]
        fn many_times_are_in_their_buckets(mut micros in prop_oneof![times(), near()]) {
            let histogram = Exponential::from(&latency(&micros));
            micros.sort_unstable();
            let mut sorted = micros.into_iter().filter(|time| *time > 0);
            for (index, times) in histogram.buckets() {
                let (above, to) = bounds(histogram.scale(), index);
                for micros in sorted.by_ref().take(usize::try_from(times).unwrap()) {
                    let time = Duration::from_micros(micros).as_secs_f64();
                    prop_assert!(above * 0.999 < time && time <= to * 1.001, "{time} in ({above}, {to}]");
                }
            }
            prop_assert_eq!(sorted.next(), None);
        }

        #[test]
        fn the_scale_is_the_finest_that_fits(micros in prop_oneof![times(), near()]) {
            let latency = latency(&micros);
            let histogram = Exponential::from(&latency);
            let Some((first, last)) = histogram.span() else {
                prop_assert_eq!(histogram.scale(), FINEST);
                return Ok(());
            };
            prop_assert!(last - first < MOST_BUCKETS);
            if histogram.scale() < FINEST {
                let by = FINEST - histogram.scale() - 1;
                let finest: Vec<_> =
                    latency.middles().filter(|(time, _)| *time > 0).map(|(time, _)| bucket(time) >> by).collect();
                prop_assert!(finest.last().unwrap() - finest[0] >= MOST_BUCKETS);
            }
        }

        #[test]
        fn however_times_are_divided_the_merge_is_the_same(
            parts in prop::collection::vec(prop_oneof![times(), near()], 0..5),
        ) {
            let whole = Exponential::from(&latency(&parts.concat()));
            let (mut merged, mut added) = (Exponential::default(), Exponential::default());
            for part in &parts {
                merged.merge(&Exponential::from(&latency(part)));
                added.add(&latency(part));
            }
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(&added, &whole);
        }
    }

    #[test]
    fn a_power_of_two_is_the_last_of_its_bucket() {
        // A second is base^0, which ends bucket -1.
        assert_eq!((bucket(1_000_000), bucket(1_000_001)), (-1, 0));
        assert_eq!((bucket(2_000_000), bucket(2_000_001)), (255, 256));
        assert_eq!((bucket(500_000), bucket(500_001)), (-257, -256));
        assert_eq!((bucket(15_625), bucket(15_626)), (-1_537, -1_536));
    }

    #[test]
    fn all_times_from_a_microsecond_to_a_day_fit() {
        let histogram = Exponential::from(&latency(&[1, 86_400_000_000]));
        assert_eq!(histogram.scale(), 2);
    }
}
