//! By how much a figure may change: `p95>10%`.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::{Figure, Metric, Percentile, Row};

/// A change of a figure that is too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Of which figure.
    pub metric: Metric,
    is_above: bool,
    /// Percent of the base, or percentage points.
    change: f64,
}

/// Why a text is no limit.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LimitError {
    /// It has no `>` or `<`.
    #[error(
        "expected a figure, `>` or `<`, and a change, such as `p95>10%` or `requests_per_s<-5%`"
    )]
    Form,
    /// The figure is unknown.
    #[error(
        "`{0}` is no figure: expected requests_per_s, failure_ratio, mean, or a percentile such as p95"
    )]
    Metric(String),
    /// The change is no number of the figure's unit.
    #[error("`{found}` is no change of {metric}: expected {expected}")]
    Change {
        /// What was found.
        found: String,
        /// Of which figure.
        metric: String,
        /// What it should look like.
        expected: &'static str,
    },
    /// Doing nothing would cross it.
    #[error(
        "{0} is crossed where nothing changes: `>` takes a change from 0 up, `<` one from 0 down"
    )]
    Nothing(String),
}

/// A limit that was crossed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// Which.
    pub limit: Limit,
    /// By which transaction: its method; empty for all together.
    pub method: String,
    /// Its name.
    pub name: String,
    /// By how much it changed: percent of the base, or percentage points.
    pub difference: f64,
    /// In which the true change lies with 95 % confidence.
    pub interval: Option<[f64; 2]>,
}

impl Limit {
    fn is_beyond(self, change: f64) -> bool {
        if self.is_above { change > self.change } else { change < self.change }
    }

    /// Whether it is crossed, for sure unless `strictly`; none if that cannot be told.
    fn judge(self, figure: &Figure, strictly: bool) -> Option<bool> {
        if strictly {
            return figure.difference.map(|difference| self.is_beyond(difference));
        }
        figure.interval.map(|[low, high]| self.is_beyond(if self.is_above { low } else { high }))
    }
}

/// The limits that are crossed, and of how many figures it cannot be told.
pub(super) fn judge(rows: &[Row], limits: &[Limit], strictly: bool) -> (Vec<Crossing>, usize) {
    let (mut crossed, mut unknown) = (Vec::new(), 0);
    for limit in limits {
        for row in rows {
            let Some(figure) = row.figure(limit.metric) else {
                unknown += 1;
                continue;
            };
            match limit.judge(figure, strictly) {
                Some(true) => crossed.push(Crossing {
                    limit: *limit,
                    method: row.method.clone(),
                    name: row.name.clone(),
                    difference: figure.difference.unwrap_or_default(),
                    interval: figure.interval,
                }),
                Some(false) => {}
                None => unknown += 1,
            }
        }
    }
    (crossed, unknown)
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let at = text.find(['>', '<']).ok_or(LimitError::Form)?;
        let (metric, rest) = (metric(text[..at].trim())?, text[at + 1..].trim());
        let limit =
            Self { metric, is_above: text[at..].starts_with('>'), change: change(metric, rest)? };
        if limit.is_beyond(0.0) { Err(LimitError::Nothing(limit.to_string())) } else { Ok(limit) }
    }
}

fn metric(text: &str) -> Result<Metric, LimitError> {
    let percentile = || text.strip_prefix('p').and_then(|number| number.parse().ok());
    match text {
        "requests_per_s" => Ok(Metric::RequestsPerS),
        "failure_ratio" => Ok(Metric::FailureRatio),
        "mean" => Ok(Metric::Mean),
        _ => percentile()
            .and_then(|number| Percentile::try_new(number).ok())
            .map(Metric::Percentile)
            .ok_or_else(|| LimitError::Metric(text.into())),
    }
}

fn change(metric: Metric, text: &str) -> Result<f64, LimitError> {
    let (unit, expected) = match metric {
        Metric::FailureRatio => ("pp", "percentage points, such as 0.5pp"),
        _ => ("%", "percent of the base, such as 10%"),
    };
    let number = text.strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
    let wrong = || LimitError::Change { found: text.into(), metric: metric.to_string(), expected };
    number.filter(|number| number.is_finite()).ok_or_else(wrong)
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, is_above, change } = self;
        let unit = if metric.is_relative() { "%" } else { "pp" };
        write!(f, "{metric}{}{change}{unit}", if *is_above { '>' } else { '<' })
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        for (text, shown) in [
            ("p95>10%", "p95>10%"),
            (" p99.9 > 2.5 % ", "p99.9>2.5%"),
            ("mean<-3%", "mean<-3%"),
            ("failure_ratio>0.5pp", "failure_ratio>0.5pp"),
            ("requests_per_s<-5%", "requests_per_s<-5%"),
            ("p50>0%", "p50>0%"),
        ] {
            assert_eq!(text.parse::<Limit>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_limit_is_told() {
        for (text, told) in [
            ("p95", "expected a figure, `>` or `<`"),
            ("p95>", "`` is no change of p95: expected percent of the base, such as 10%"),
            ("p95>10", "`10` is no change of p95"),
            ("p95>=10%", "`=10%` is no change of p95"),
            ("p95>NaN%", "`NaN%` is no change of p95"),
            ("p100>1%", "`p100` is no figure"),
            ("rps<-5%", "`rps` is no figure: expected requests_per_s"),
            ("failure_ratio>1%", "expected percentage points, such as 0.5pp"),
            ("p95<10%", "p95<10% is crossed where nothing changes"),
            ("requests_per_s>-5%", "requests_per_s>-5% is crossed where nothing changes"),
        ] {
            let error = text.parse::<Limit>().unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
