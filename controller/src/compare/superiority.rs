//! How two whole distributions differ, also where no percentile looks.

use serde::Serialize;

use super::sample::Sample;

/// The probability that a request of the other run took longer than one of the base, a tie counting
/// half: the effect size of the Mann-Whitney test. 0.5 where neither is slower.
#[derive(Clone, Debug)]
pub(super) struct Superiority {
    pub(super) probability: f64,
    /// By how much each stretch of the base moves it, and each of the other run.
    pub(super) influences: [Vec<f64>; 2],
}

/// Where two distributions are farthest apart: the Kolmogorov-Smirnov distance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// The greatest difference between the parts of requests that took no longer than some time, 0
    /// to 1.
    pub distance: f64,
    /// That time.
    pub at_ms: f64,
    /// The part of the base's requests that took no longer.
    pub base: f64,
    /// The part of the other run's requests that took no longer.
    pub other: f64,
}

impl Superiority {
    /// Of two samples over the same buckets; none if either is empty.
    pub(super) fn new(base: &Sample, other: &Sample) -> Option<Self> {
        if base.count() <= 0.0 || other.count() <= 0.0 {
            return None;
        }
        let below_base = middles(base.distribution());
        let above_other: Vec<_> =
            middles(other.distribution()).iter().map(|below| 1.0 - below).collect();
        let sums = [base.scores(&above_other), other.scores(&below_base)];
        let probability = sums[1].iter().sum::<f64>() / other.count();
        let [of_base, of_other] = sums;
        let influence = |sums: Vec<f64>, sample: &Sample| {
            let stretches = sums.iter().zip(sample.counts());
            stretches.map(|(sum, count)| (sum - probability * count) / sample.count()).collect()
        };
        let influences = [influence(of_base, base), influence(of_other, other)];
        Some(Self { probability, influences })
    }
}

impl Distance {
    /// Of two samples over the same buckets; none if either is empty.
    pub(super) fn new(base: &Sample, other: &Sample) -> Option<Self> {
        let (base_count, other_count) = (base.count(), other.count());
        if base_count <= 0.0 || other_count <= 0.0 {
            return None;
        }
        let parts = base.distribution().iter().zip(other.distribution());
        let values = base.values().iter().zip(other.values()).map(|(a, b)| a.max(*b));
        let distances = parts.zip(values).map(|((base, other), value)| {
            let (base, other) = (base / base_count, other / other_count);
            Self { distance: (base - other).abs(), at_ms: value / 1000.0, base, other }
        });
        distances.max_by(|a, b| a.distance.total_cmp(&b.distance))
    }
}

/// For each bucket, the part of all times that are shorter, those in it counting half.
fn middles(distribution: &[f64]) -> Vec<f64> {
    let all = distribution.last().copied().unwrap_or(1.0);
    let lower = std::iter::once(&0.0).chain(distribution);
    lower.zip(distribution).map(|(lower, upto)| f64::midpoint(*lower, *upto) / all).collect()
}
