//! Values and their units.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value and its unit.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Quantity {
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: Unit,
}

/// What a value counts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// A part of a whole, 0 to 1.
    Ratio,
    /// Per second.
    PerS,
    /// A number of things.
    Count,
}

/// As many digits after the point tell any two values apart.
const MOST_DIGITS: usize = 12;

impl Quantity {
    /// A value in a unit.
    pub fn new(value: f64, unit: Unit) -> Self {
        Self { value, unit }
    }

    /// It as it is read beside a limit: with as many digits as tell the two apart, so that what
    /// crossed a limit never reads like it.
    pub fn beside(self, limit: Self) -> String {
        let least = self.unit.digits();
        let differs = |digits: &usize| self.with_digits(*digits) != limit.with_digits(*digits);
        let digits = (least..=MOST_DIGITS).find(differs).filter(|_| self != limit);
        self.with_digits(digits.unwrap_or(least))
    }

    fn with_digits(self, digits: usize) -> String {
        let Self { value, unit } = self;
        let value = if unit == Unit::Ratio { value * 100.0 } else { value };
        let number = format!("{value:.digits$}");
        let number = if number.contains('.') {
            number.trim_end_matches('0').trim_end_matches('.')
        } else {
            &number
        };
        match unit {
            Unit::Ms => format!("{number} ms"),
            Unit::Ratio => format!("{number} %"),
            Unit::PerS => format!("{number}/s"),
            Unit::Count => number.into(),
        }
    }
}

impl Unit {
    /// How many digits after the point are enough for most.
    fn digits(self) -> usize {
        match self {
            Self::Ms => 3,
            Self::Ratio | Self::PerS => 2,
            Self::Count => 0,
        }
    }
}

/// With as many digits as it has; a limit is shown as it was written.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_digits(9))
    }
}
