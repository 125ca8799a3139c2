//! The figures that are compared.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// A percentile of response times: above 0, below 100.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percentile(f64);

/// Not a percentile.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("`{0}` is no percentile: expected a number above 0 and below 100, such as 99.9")]
pub struct PercentileError(String);

impl Percentile {
    /// A percentile.
    ///
    /// # Errors
    ///
    /// It is not above 0 and below 100.
    pub fn try_new(percentile: f64) -> Result<Self, PercentileError> {
        let inside = percentile > 0.0 && percentile < 100.0;
        inside.then_some(Self(percentile)).ok_or_else(|| PercentileError(percentile.to_string()))
    }

    /// The part of all times that do not exceed it, 0 to 1.
    pub fn part(self) -> f64 {
        self.0 / 100.0
    }
}

impl FromStr for Percentile {
    type Err = PercentileError;

    fn from_str(text: &str) -> Result<Self, PercentileError> {
        let number = text.trim().trim_start_matches(['p', 'P']).trim_end_matches('%');
        let wrong = || PercentileError(text.into());
        number.parse().ok().and_then(|number| Self::try_new(number).ok()).ok_or_else(wrong)
    }
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

/// A figure of a transaction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// Requests per second.
    RequestsPerS,
    /// Failed requests to all requests.
    FailureRatio,
    /// The mean response time.
    Mean,
    /// A percentile of the response times.
    Percentile(Percentile),
    /// The probability that a request of the other run took longer than one of the base.
    Superiority,
}

impl Metric {
    /// Whether a difference is a percentage of the base; otherwise it is one of points.
    pub fn is_relative(self) -> bool {
        !matches!(self, Self::FailureRatio | Self::Superiority)
    }

    /// Whether it is a response time, in milliseconds.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Mean | Self::Percentile(_))
    }

    /// Whether more of it is worse.
    pub fn is_worse_when_higher(self) -> bool {
        self != Self::RequestsPerS
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RequestsPerS => f.write_str("requests_per_s"),
            Self::FailureRatio => f.write_str("failure_ratio"),
            Self::Mean => f.write_str("mean"),
            Self::Percentile(percentile) => percentile.fmt(f),
            Self::Superiority => f.write_str("slower_probability"),
        }
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_read() {
        for (text, shown) in [("95", "p95"), ("p99.9", "p99.9"), (" 50% ", "p50"), ("0.1", "p0.1")]
        {
            assert_eq!(text.trim().parse::<Percentile>().unwrap().to_string(), shown);
        }
        for text in ["", "0", "100", "-1", "NaN", "inf", "p", "9 5", "ninety"] {
            assert!(text.parse::<Percentile>().is_err(), "{text}");
        }
    }
}
