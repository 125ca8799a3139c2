//! A distribution of times, in milliseconds.

use engine::stats::Latency;
use serde::{Serialize, Serializer};

use crate::millis::{mean, millis};

/// The percentiles of all reports, and their names: those of Locust.
pub const PERCENTILES: [(f64, &str); 11] = [
    (50.0, "50"),
    (66.0, "66"),
    (75.0, "75"),
    (80.0, "80"),
    (90.0, "90"),
    (95.0, "95"),
    (98.0, "98"),
    (99.0, "99"),
    (99.9, "99.9"),
    (99.99, "99.99"),
    (100.0, "100"),
];

/// [`PERCENTILES`] of a distribution, milliseconds, in order; empty if nothing was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Percentiles(Vec<f64>);

impl Percentiles {
    /// Those of a merged histogram.
    pub fn new(latency: &Latency) -> Self {
        let values = PERCENTILES.iter().filter_map(|(at, _)| latency.percentile(*at));
        Self(values.map(millis).collect())
    }

    /// The values; as many as [`PERCENTILES`], or none.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The median.
    pub fn median(&self) -> Option<f64> {
        self.0.first().copied()
    }

    /// The one of this name.
    pub fn named(&self, name: &str) -> Option<f64> {
        let at = PERCENTILES.iter().position(|(_, other)| *other == name)?;
        self.0.get(at).copied()
    }
}

impl Serialize for Percentiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(PERCENTILES.iter().map(|(_, name)| name).zip(&self.0))
    }
}

/// A distribution of times.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Distribution {
    /// How many times were measured.
    pub count: u64,
    /// Their mean.
    pub mean_ms: Option<f64>,
    /// The shortest.
    pub min_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
    /// Percentiles.
    pub percentiles_ms: Percentiles,
    /// All of it: an `HdrHistogram` of microseconds, V2 deflate, base64. Empty text for none.
    pub hdr: String,
}

impl Distribution {
    /// Reads it off a merged histogram.
    pub fn new(latency: &Latency) -> Self {
        Self {
            count: latency.count(),
            mean_ms: mean(latency),
            min_ms: latency.min().map(millis),
            max_ms: latency.max().map(millis),
            percentiles_ms: Percentiles::new(latency),
            hdr: hdr(latency),
        }
    }
}

/// The histogram's text. Its header says how large a histogram grew, which depends on the order
/// of merging; merging once more into an empty one makes it depend on the content only.
fn hdr(latency: &Latency) -> String {
    let mut fresh = Latency::default();
    fresh.merge(latency);
    let encoded = serde_json::to_value(&fresh).unwrap_or_default();
    encoded["hdr"].as_str().unwrap_or_default().into()
}
