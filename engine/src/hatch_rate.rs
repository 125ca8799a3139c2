//! How fast users are started.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Users started per second: finite and above 0; fractions are fine.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct HatchRate(f64);

/// The rate is not finite, or not above 0.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a hatch rate")]
pub struct HatchRateError;

impl HatchRate {
    /// What a hatch rate looks like, for messages.
    pub const EXPECTED: &'static str =
        "users started per second, a number above 0, such as 5 or 0.5";

    /// Checks the rate.
    ///
    /// # Errors
    ///
    /// Fails on 0, negative, infinite and undefined numbers.
    pub fn try_new(per_second: f64) -> Result<Self, HatchRateError> {
        if per_second.is_finite() && per_second > 0.0 {
            Ok(Self(per_second))
        } else {
            Err(HatchRateError)
        }
    }

    /// Users per second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for HatchRate {
    type Error = HatchRateError;

    fn try_from(per_second: f64) -> Result<Self, HatchRateError> {
        Self::try_new(per_second)
    }
}

impl From<HatchRate> for f64 {
    fn from(rate: HatchRate) -> Self {
        rate.0
    }
}
