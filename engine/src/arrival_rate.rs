//! How often tasks are begun.

use thiserror::Error;

/// Arrivals per second: from 0 to [`ArrivalRate::MAX`]; fractions are fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct ArrivalRate(f64);

/// The rate is negative, above [`ArrivalRate::MAX`], or undefined.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not an arrival rate")]
pub struct ArrivalRateError;

impl ArrivalRate {
    /// The highest rate: instants are exact to the nanosecond.
    pub const MAX: f64 = 1e6;
    /// What an arrival rate looks like, for messages.
    pub const EXPECTED: &'static str =
        "tasks begun per second, a number from 0 to 1,000,000, such as 50 or 0.5";

    /// Checks the rate.
    ///
    /// # Errors
    ///
    /// Fails on negative, undefined and too high numbers.
    pub fn try_new(per_second: f64) -> Result<Self, ArrivalRateError> {
        if (0.0..=Self::MAX).contains(&per_second) {
            Ok(Self(per_second))
        } else {
            Err(ArrivalRateError)
        }
    }

    /// Arrivals per second.
    pub fn per_second(self) -> f64 {
        self.0
    }
}
