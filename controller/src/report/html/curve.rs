//! A whole distribution, as a curve over its percentiles.

use std::cmp::Reverse;

use engine::stats::{Key, Latency, Transaction};
use serde::Serialize;

use crate::{millis::millis, totals::Totals};

/// How many points there are from one halving of what is left of the whole to the next, as
/// `HdrHistogram` has them.
const TICKS_PER_HALF: i32 = 5;

/// How often what is left is halved at most: one request in 34 million.
const HALVINGS: i32 = 25;

/// The distribution of a transaction's response times.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct DistributionCurve {
    method: String,
    name: String,
    /// Percentile (0 to 100), milliseconds, and how many requests took no longer.
    points: Vec<(f64, f64, u64)>,
}

/// That of all requests, and those of the most frequent transactions.
pub(super) fn of(totals: &Totals, most: usize) -> Vec<DistributionCurve> {
    let all = totals.stats().aggregated();
    let aggregated = Key { method: String::new(), name: "Aggregated".into() };
    let mut transactions = totals.stats().transactions();
    transactions.sort_by_key(|(_, transaction)| Reverse(transaction.requests));
    transactions.truncate(most);
    transactions.sort_by_key(|(key, _)| *key);
    let transactions = transactions.into_iter().map(|(key, t)| DistributionCurve::new(key, t));
    [DistributionCurve::new(&aggregated, &all)].into_iter().chain(transactions).collect()
}

impl DistributionCurve {
    fn new(key: &Key, transaction: &Transaction) -> Self {
        let points = points(&transaction.latency);
        Self { method: key.method.clone(), name: key.name.clone(), points }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are below 2^52")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a count")]
fn points(latency: &Latency) -> Vec<(f64, f64, u64)> {
    let count = latency.count() as f64;
    let mut points: Vec<(f64, f64, u64)> = Vec::new();
    for percentile in percentiles() {
        let Some(time) = latency.percentile(percentile) else { break };
        let below = (percentile / 100.0 * count).ceil();
        points.push((percentile, millis(time), below as u64));
        // Beyond, each point would be the longest time again.
        if below >= count {
            break;
        }
    }
    points
}

/// 0, 10, .. 50, 55, .. 75, 77.5, ..: ever closer to 100, and 100.
fn percentiles() -> impl Iterator<Item = f64> {
    let half = |halving: i32| {
        let left = 100.0 * 0.5_f64.powi(halving);
        let tick = left / 2.0 / f64::from(TICKS_PER_HALF);
        (0..TICKS_PER_HALF).map(move |at| 100.0 - left + f64::from(at) * tick)
    };
    (0..HALVINGS).flat_map(half).chain([100.0])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_curve_comes_ever_closer_to_the_longest_time() {
        let mut latency = Latency::default();
        for micros in 1..=1000 {
            latency.record(Duration::from_micros(micros * 1000));
        }
        let points = points(&latency);
        let at = |percentile: f64| points.iter().find(|point| point.0 >= percentile).copied();
        assert_eq!(at(50.0).map(|point| point.2), Some(500));
        assert_eq!(at(90.0).map(|point| point.2), Some(900));
        assert_eq!(points.last().map(|point| (point.1, point.2)), Some((1000.0, 1000)));
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1 && a.2 <= b.2));
        assert!(points.len() < 70, "{}", points.len());
    }

    #[test]
    fn nothing_measured_has_no_points() {
        assert_eq!(points(&Latency::default()), []);
    }
}
