//! Response times as CloudWatch takes them.

use engine::stats::Latency;
use serde::Serialize;

/// How many values CloudWatch takes at once.
const MOST: usize = 100;

/// How wide groups of times are at least, and how much wider each next try makes them; of their
/// logarithm.
const NARROWEST: f64 = 0.002;
const WIDER: f64 = 1.1;

/// Response times, milliseconds: values and how often each was measured. CloudWatch merges those of
/// all generators, so its percentiles are of all requests.
///
/// Times that are more than the values that it takes are grouped: the more they are spread, the
/// wider the groups. A group is told as the mean of its times. Sum and mean stay exact, and so do
/// the shortest and the longest time, which are in no group.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Distribution {
    values: Vec<f64>,
    counts: Vec<u64>,
    min: f64,
    max: f64,
    count: u64,
    sum: f64,
}

impl Distribution {
    /// Of times; none if there are none.
    pub(super) fn of(latency: &Latency) -> Option<Self> {
        let (min, max) = (latency.min()?, latency.max()?);
        let groups = groups(&latency.buckets().collect::<Vec<_>>());
        let [min, max, sum] = [min, max, latency.sum()].map(|time| time.as_secs_f64() * 1e3);
        Some(Self {
            // What is measured is never outside of the shortest and the longest time.
            values: groups.iter().map(|group| group.mean().clamp(min, max)).collect(),
            counts: groups.iter().map(|group| group.count).collect(),
            min,
            max,
            count: latency.count(),
            sum,
        })
    }
}

/// Times that are told as one.
#[derive(Clone, Copy)]
struct Group {
    sum_us: f64,
    count: u64,
}

impl Group {
    #[expect(clippy::cast_precision_loss, reason = "times and counts are below 2^52")]
    fn of((time, count): (u64, u64)) -> Self {
        Self { sum_us: time as f64 * count as f64, count }
    }

    /// Milliseconds, of which a thousandth is the least that is told.
    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
    fn mean(self) -> f64 {
        (self.sum_us / self.count as f64).round() / 1e3
    }
}

/// The times of buckets in order, in no more groups than CloudWatch takes.
fn groups(buckets: &[(u64, u64)]) -> Vec<Group> {
    let (Some((first, rest)), true) = (buckets.split_first(), buckets.len() > MOST) else {
        return buckets.iter().copied().map(Group::of).collect();
    };
    let Some((last, middle)) = rest.split_last() else { return vec![Group::of(*first)] };
    let mut width = NARROWEST;
    let middle = loop {
        let grouped = grouped(middle, width);
        if grouped.len() <= MOST - 2 {
            break grouped;
        }
        width *= WIDER;
    };
    [vec![Group::of(*first)], middle, vec![Group::of(*last)]].concat()
}

#[expect(clippy::cast_precision_loss, reason = "times are below 2^52")]
fn grouped(buckets: &[(u64, u64)], width: f64) -> Vec<Group> {
    let place = |time: u64| ((time.max(1) as f64).ln() / width).floor();
    let same = |a: &(u64, u64), b: &(u64, u64)| place(a.0).total_cmp(&place(b.0)).is_eq();
    let sum = |group: &[(u64, u64)]| {
        let start = Group { sum_us: 0.0, count: 0 };
        group
            .iter()
            .copied()
            .map(Group::of)
            .fold(start, |a, b| Group { sum_us: a.sum_us + b.sum_us, count: a.count + b.count })
    };
    buckets.chunk_by(same).map(sum).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn latency(times: &[u64]) -> Latency {
        let mut latency = Latency::default();
        times.iter().for_each(|time| latency.record(Duration::from_micros(*time)));
        latency
    }

    /// The value that so much of all do not exceed.
    fn percentile(distribution: &Distribution, percent: u64) -> f64 {
        let mut left = (distribution.count * percent).div_ceil(100).max(1);
        let pairs = distribution.values.iter().zip(&distribution.counts);
        for (value, count) in pairs {
            if *count >= left {
                return *value;
            }
            left -= count;
        }
        panic!("the counts do not add up");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(Distribution::of(&Latency::default()), None);
    }

    #[test]
    fn a_few_times_are_told_as_they_are() {
        let told = Distribution::of(&latency(&[1_000, 1_000, 2_500])).unwrap();
        assert_eq!((told.values, told.counts), (vec![1.0, 2.5], vec![2, 1]));
        assert_eq!((told.min, told.max, told.count, told.sum), (1.0, 2.5, 3, 4.5));
    }

    proptest! {
        #[test]
        fn many_times_keep_their_count_and_their_percentiles(
            times in prop::collection::vec(prop_oneof![900..9_000u64, 1..60_000_000u64], 1..2_000),
        ) {
            let latency = latency(&times);
            let told = Distribution::of(&latency).unwrap();
            prop_assert!(told.values.len() <= MOST);
            prop_assert_eq!(told.counts.iter().sum::<u64>(), latency.count());
            prop_assert!(told.values.is_sorted());
            prop_assert!(told.values.iter().all(|value| (told.min..=told.max).contains(value)));
            // Over so many decades, groups are at most this wide.
            let spread = (told.max.max(0.001) / told.min.max(0.001)).ln();
            let widest = (spread / 98.0 * WIDER * 1.02 + NARROWEST).exp() * 1.002;
            for percent in [50, 90, 99] {
                let (exact, told) = (
                    latency.percentile(percent as f64).unwrap().as_secs_f64() * 1e3,
                    percentile(&told, percent),
                );
                let ratio = (told.max(0.001) / exact.max(0.001)).max(exact / told.max(0.001));
                prop_assert!(ratio <= widest || (told - exact).abs() <= 0.002,
                    "p{} {} {} {}", percent, exact, told, widest);
            }
        }
    }
}
