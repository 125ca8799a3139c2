//! How a value is compared with another.

use std::cmp::Ordering;

use regex::Regex;
use serde_json::{Number, Value};
use thiserror::Error;

use crate::{
    expected::json::{equal, subset},
    variables::plain_text,
};

/// How it is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// It is this value; numbers by value.
    Is,
    /// It is another value.
    Not,
    /// It is a number below this one.
    LessThan,
    /// It is a number not above this one.
    AtMost,
    /// It is a number above this one.
    MoreThan,
    /// It is a number not below this one.
    AtLeast,
    /// It is a text with this in it, a list with this item, or an object with these keys.
    Contains,
    /// It is a text in which a regular expression matches.
    Matches,
    /// It is there, or is not.
    Exists,
}

/// An operator with what it compares with.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Is(Value),
    Not(Value),
    Order(Operator, Number),
    Contains(Value),
    Matches(Regex),
    Exists(bool),
}

/// Why an operator cannot compare with a value.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ComparisonError {
    /// Only numbers have an order.
    #[error("expected a number")]
    NotANumber,
    /// Existence is compared with true and false.
    #[error("expected true or false")]
    NotABool,
    /// No regular expression.
    #[error("not a regular expression: {0}")]
    NotARegex(String),
}

impl Operator {
    /// Whether it says something of a number.
    pub(crate) fn of_numbers(self) -> bool {
        !matches!(self, Self::Contains | Self::Matches | Self::Exists)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::LessThan => "less than",
            Self::AtMost => "at most",
            Self::MoreThan => "more than",
            _ => "at least",
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::LessThan => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::MoreThan => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}

impl Test {
    pub(super) fn try_new(operator: Operator, operand: Value) -> Result<Self, ComparisonError> {
        Ok(match (operator, operand) {
            (Operator::Is, value) => Self::Is(value),
            (Operator::Not, value) => Self::Not(value),
            (Operator::Contains, value) => Self::Contains(value),
            (Operator::Exists, Value::Bool(there)) => Self::Exists(there),
            (Operator::Exists, _) => return Err(ComparisonError::NotABool),
            (Operator::Matches, value) => {
                let regex = Regex::new(&plain_text(&value));
                Self::Matches(regex.map_err(|e| ComparisonError::NotARegex(e.to_string()))?)
            }
            (order, Value::Number(number)) => Self::Order(order, number),
            _ => return Err(ComparisonError::NotANumber),
        })
    }

    pub(super) fn passes(&self, actual: &Value) -> bool {
        match self {
            Self::Is(value) => equal(value, actual),
            Self::Not(value) => !equal(value, actual),
            Self::Order(operator, bound) => {
                order(actual, bound).is_some_and(|order| operator.holds(order))
            }
            Self::Contains(part) => contains(actual, part),
            Self::Matches(regex) => {
                !actual.is_array() && !actual.is_object() && regex.is_match(&plain_text(actual))
            }
            Self::Exists(there) => *there,
        }
    }
}

/// How a number stands to another; none for what is no number.
fn order(actual: &Value, bound: &Number) -> Option<Ordering> {
    let whole = |number: &Number| {
        number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
    };
    let Value::Number(actual) = actual else { return None };
    match (whole(actual), whole(bound)) {
        (Some(actual), Some(bound)) => Some(actual.cmp(&bound)),
        _ => actual.as_f64()?.partial_cmp(&bound.as_f64()?),
    }
}

fn contains(actual: &Value, part: &Value) -> bool {
    match (actual, part) {
        (Value::String(text), part) => text.contains(&plain_text(part)),
        (Value::Array(items), part) if !part.is_array() => {
            items.iter().any(|item| subset(part, item, false).is_ok())
        }
        _ => subset(part, actual, false).is_ok(),
    }
}
