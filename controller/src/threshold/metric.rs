//! The figures that can have a limit.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A figure that can have a limit. Its name is how a profile writes it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Metric {
    /// A percentile of the response times.
    Percentile(Percentile),
    /// The mean response time.
    Mean,
    /// The longest response time.
    Max,
    /// Failed requests to all requests.
    FailureRatio,
    /// Requests per second of the run.
    RequestsPerS,
    /// Requests that met what was expected of them to all of which something was.
    CheckRatio,
    /// Arrivals that began no task: how many, or their part of all that were planned.
    Dropped,
    /// The part of the planned load that was made.
    Coverage,
}

/// A percentile: above 0, and at most 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentile(f64);

/// On which side of its limit a figure is to be. It follows from the figure.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The limit, or below it.
    AtMost,
    /// The limit, or above it.
    AtLeast,
}

/// Why a text names no figure.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum MetricError {
    /// It looks like a percentile, but there is none of this name.
    #[error("no percentile, expected one from above p0 to p100, such as p95 or p99.9")]
    Percentile,
    /// There is none of this name.
    #[error("no figure that can have a limit")]
    Unknown,
}

impl Metric {
    /// The median.
    pub const MEDIAN: Self = Self::Percentile(Percentile(50.0));

    /// All that are no percentiles, and their names.
    pub const NAMED: [(&'static str, Self); 8] = [
        ("median", Self::MEDIAN),
        ("mean", Self::Mean),
        ("max", Self::Max),
        ("failure_ratio", Self::FailureRatio),
        ("requests_per_s", Self::RequestsPerS),
        ("check_ratio", Self::CheckRatio),
        ("dropped", Self::Dropped),
        ("coverage", Self::Coverage),
    ];

    /// The figure of this name: a percentile such as `p95` or `p99.9`, or one of
    /// [`Self::NAMED`].
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn named(name: &str) -> Result<Self, MetricError> {
        if let Some((_, metric)) = Self::NAMED.iter().find(|(other, _)| *other == name) {
            return Ok(*metric);
        }
        let digits = name.strip_prefix('p').filter(|rest| rest.starts_with(is_digit));
        digits.ok_or(MetricError::Unknown).and_then(Percentile::named).map(Self::Percentile)
    }

    /// On which side of its limit it is to be.
    pub fn bound(self) -> Bound {
        match self {
            Self::Percentile(_) | Self::Mean | Self::Max | Self::FailureRatio | Self::Dropped => {
                Bound::AtMost
            }
            Self::RequestsPerS | Self::CheckRatio | Self::Coverage => Bound::AtLeast,
        }
    }

    /// Whether it is a figure of the whole run, and of no single transaction.
    pub fn is_of_the_whole(self) -> bool {
        matches!(self, Self::Dropped | Self::Coverage)
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

impl Percentile {
    /// Checks a percentile.
    ///
    /// # Errors
    ///
    /// Fails unless it is above 0, and at most 100.
    pub fn try_new(percentile: f64) -> Result<Self, MetricError> {
        let valid = percentile > 0.0 && percentile <= 100.0;
        if valid { Ok(Self(percentile)) } else { Err(MetricError::Percentile) }
    }

    /// The number, above 0 and at most 100.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Reads digits, and others after a point.
    fn named(digits: &str) -> Result<Self, MetricError> {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let sound = [whole, fraction].iter().all(|d| !d.is_empty() && d.chars().all(is_digit));
        let number = digits.parse().ok().filter(|_| sound).ok_or(MetricError::Percentile)?;
        Self::try_new(number)
    }
}

/// The name.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Percentile(Percentile(number)) = self {
            return write!(f, "p{number}");
        }
        let named = Self::NAMED.iter().find(|(_, metric)| metric == self);
        f.write_str(named.map_or("", |(name, _)| name))
    }
}

impl TryFrom<String> for Metric {
    type Error = MetricError;

    fn try_from(name: String) -> Result<Self, MetricError> {
        Self::named(&name)
    }
}

impl From<Metric> for String {
    fn from(metric: Metric) -> Self {
        metric.to_string()
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
        })
    }
}
