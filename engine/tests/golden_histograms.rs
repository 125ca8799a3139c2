//! Histograms made by another implementation (`golden/histograms.py`) are read alike.

use std::time::Duration;

use engine::stats::Latency;
use hdrhistogram::Histogram;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    latency: Latency,
    counts: Vec<(u64, u64)>,
    percentiles: Vec<(f64, u64)>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("golden/histograms.json");
    serde_json::from_str(text).expect("every histogram of the other implementation is readable")
}

#[test]
fn counts_are_those_of_the_python_port() {
    for Case { name, latency, counts, .. } in cases() {
        let same = Histogram::<u64>::new(3).unwrap();
        let expected =
            counts.iter().map(|(value, count)| (same.highest_equivalent(*value), *count));
        assert!(latency.buckets().eq(expected), "{name}");
        assert_eq!(latency.count(), counts.iter().map(|(_, count)| count).sum::<u64>(), "{name}");
    }
}

#[test]
fn percentiles_are_those_of_the_python_port() {
    for Case { name, latency, percentiles, .. } in cases() {
        let (min, max) = (latency.min().unwrap(), latency.max().unwrap());
        for (percentile, micros) in percentiles {
            // It answers with the end of a bucket, which may lie beyond the greatest time.
            let expected = Duration::from_micros(micros).clamp(min, max);
            assert_eq!(latency.percentile(percentile), Some(expected), "{name}: {percentile}");
        }
    }
}

#[test]
fn merging_with_ours_is_recording_into_theirs() {
    for Case { name, latency, .. } in cases() {
        let mut merged = Latency::default();
        merged.record(Duration::from_micros(77));
        merged.merge(&latency);
        let mut recorded = latency.clone();
        recorded.record(Duration::from_micros(77));
        assert_eq!(merged.count(), latency.count() + 1, "{name}");
        assert_eq!(merged, recorded, "{name}");
        assert_eq!(recorded, merged, "{name}");
    }
}
