//! Durations and parts that a test can have.

use std::time::Duration;

use engine::document::{Node, Rejection, Setting};

/// Durations beyond this are mistakes, and instants that far ahead lose their exactness.
pub(super) const LONGEST: Duration = Duration::from_hours(720);

/// A duration of at most [`LONGEST`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bounded(pub(super) Duration);

/// A duration above zero, and at most [`LONGEST`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Positive(pub(super) Duration);

impl Setting for Bounded {
    const EXPECTED: &'static str = Duration::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        let duration = Duration::read(node)?;
        if duration > LONGEST {
            return Err(Rejection::Because("longer than 720h, the longest there may be".into()));
        }
        Ok(Self(duration))
    }
}

impl Setting for Positive {
    const EXPECTED: &'static str =
        "a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let Bounded(duration) = Bounded::read(node)?;
        if duration.is_zero() { Err(Rejection::Unexpected) } else { Ok(Self(duration)) }
    }
}

/// A part of a whole, as a number or in percent: `0.01`, `1%`.
///
/// Percent are read as the decimal number that they are: 99.9 divided by 100 is a little more than
/// 0.999.
pub(super) fn part(node: &Node) -> Result<f64, Rejection> {
    match node.text().and_then(|text| text.strip_suffix('%')) {
        Some(percent) => {
            format!("{}e-2", percent.trim()).parse().map_err(|_| Rejection::Unexpected)
        }
        None => f64::read(node),
    }
}
