//! Values that can be read from a node.

use std::{num::NonZeroUsize, time::Duration};

use super::{Node, Value};
use crate::{clients::Clients, duration, hatch_rate::HatchRate};

/// A value that a person sets. What it expects is its manual.
pub trait Setting: Sized {
    /// What the value looks like, to stand after "expected".
    const EXPECTED: &'static str;

    /// Reads the value.
    ///
    /// # Errors
    ///
    /// Rejects what is not as expected.
    fn read(node: &Node) -> Result<Self, Rejection>;
}

/// Why a value was rejected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rejection {
    /// It is not what [`Setting::EXPECTED`] says.
    Unexpected,
    /// It is, but there is more to say.
    Because(String),
}

impl Setting for String {
    const EXPECTED: &'static str = "a text";

    /// Numbers and booleans count as the text a person typed.
    fn read(node: &Node) -> Result<Self, Rejection> {
        match &node.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => Err(Rejection::Unexpected),
        }
    }
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(node: &Node) -> Result<Self, Rejection> {
        if let Value::Bool(value) = node.value { Ok(value) } else { Err(Rejection::Unexpected) }
    }
}

impl Setting for u64 {
    const EXPECTED: &'static str = "a whole number, 0 or more";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let Value::Number(number) = &node.value else { return Err(Rejection::Unexpected) };
        number.as_u64().ok_or(Rejection::Unexpected)
    }
}

impl Setting for u32 {
    const EXPECTED: &'static str = "a whole number, 0 or more";

    fn read(node: &Node) -> Result<Self, Rejection> {
        Self::try_from(u64::read(node)?).map_err(|_| Rejection::Unexpected)
    }
}

impl Setting for NonZeroUsize {
    const EXPECTED: &'static str = "a whole number, 1 or more";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let number = usize::try_from(u64::read(node)?).map_err(|_| Rejection::Unexpected)?;
        Self::new(number).ok_or(Rejection::Unexpected)
    }
}

impl Setting for f64 {
    const EXPECTED: &'static str = "a number";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let Value::Number(number) = &node.value else { return Err(Rejection::Unexpected) };
        number.as_f64().ok_or(Rejection::Unexpected)
    }
}

impl Setting for Duration {
    const EXPECTED: &'static str = duration::EXPECTED;

    /// A number is seconds, which may have a fraction, as Locust's.
    fn read(node: &Node) -> Result<Self, Rejection> {
        let fraction = |seconds: f64| Self::try_from_secs_f64(seconds).ok();
        let duration = match &node.value {
            Value::Number(number) => {
                number.as_u64().map(Self::from_secs).or_else(|| number.as_f64().and_then(fraction))
            }
            Value::Text(text) => duration::parse(text).ok(),
            _ => None,
        };
        duration.ok_or(Rejection::Unexpected)
    }
}

impl Setting for Clients {
    const EXPECTED: &'static str = Self::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        Self::try_new(u32::read(node)?).map_err(|_| Rejection::Unexpected)
    }
}

impl Setting for HatchRate {
    const EXPECTED: &'static str = Self::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        Self::try_new(f64::read(node)?).map_err(|_| Rejection::Unexpected)
    }
}

/// A list, or a single value as a list of one.
impl<T: Setting> Setting for Vec<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        if let Value::List(items) = &node.value {
            items.iter().map(T::read).collect()
        } else {
            T::read(node).map(|value| vec![value])
        }
    }
}
