//! A histogram as Prometheus has it.

use super::wire::BucketSpan;
use crate::exponential::Exponential;

/// 2^-128: times up to this are in the zero bucket. It is what Prometheus's own clients have. No time but 0 is.
pub(super) const ZERO_THRESHOLD: f64 = f64::from_bits((1_023 - 128) << 52);

/// Buckets as Prometheus writes them: runs of neighbours, and of each bucket, by how much it
/// counted more than the one before it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Native {
    pub(super) spans: Vec<BucketSpan>,
    pub(super) deltas: Vec<i64>,
}

impl Native {
    pub(super) fn of(histogram: &Exponential) -> Self {
        let mut native = Self::default();
        let (mut next, mut before) = (0, 0);
        for (index, times) in histogram.buckets() {
            // Prometheus numbers a bucket by its upper bound, OpenTelemetry by its lower one.
            let index = index + 1;
            match native.spans.last_mut() {
                Some(span) if index == next => span.length += 1,
                _ => native.spans.push(BucketSpan { offset: index - next, length: 1 }),
            }
            let times = i64::try_from(times).unwrap_or(i64::MAX);
            native.deltas.push(times - before);
            (next, before) = (index + 1, times);
        }
        native
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::stats::Latency;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn spans_and_deltas_lead_back_to_the_buckets(
            micros in prop::collection::vec(0_u64..10_000_000, 0..200),
        ) {
            let mut latency = Latency::default();
            for micros in micros {
                latency.record(Duration::from_micros(micros));
            }
            let histogram = Exponential::from(&latency);
            let Native { spans, deltas } = Native::of(&histogram);
            let (mut index, mut times, mut deltas) = (0, 0, deltas.into_iter());
            let mut found = Vec::new();
            for (at, span) in spans.iter().enumerate() {
                prop_assert!(at == 0 || span.offset > 0);
                index += span.offset;
                for _ in 0..span.length {
                    times += deltas.next().unwrap();
                    found.push((index - 1, times.cast_unsigned()));
                    index += 1;
                }
            }
            prop_assert_eq!(deltas.next(), None);
            prop_assert_eq!(found, histogram.buckets().collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_zero_threshold_is_that_of_the_clients() {
        assert_eq!(ZERO_THRESHOLD.to_bits(), 2_f64.powi(-128).to_bits());
    }
}
