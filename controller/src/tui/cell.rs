//! A cell of a table, which can be sorted by.

use std::cmp::Ordering;

use super::figure::{count, time};
use crate::{grouped::grouped, shown::shown};

/// What stands in a cell, fit for a terminal, and what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    /// The text.
    pub(super) text: String,
    /// What numbers are sorted by; texts have none.
    worth: Option<f64>,
}

impl Cell {
    /// A text from elsewhere.
    pub(super) fn text(text: &str) -> Self {
        Self { text: shown(text), worth: None }
    }

    /// A count.
    #[expect(clippy::cast_precision_loss, reason = "only to sort by")]
    pub(super) fn count(count: u64) -> Self {
        Self { text: grouped(count), worth: Some(count as f64) }
    }

    /// A rate per second.
    pub(super) fn rate(rate: f64) -> Self {
        Self { text: count(rate), worth: Some(rate) }
    }

    /// Milliseconds; a dash if there are none, which are less than any.
    pub(super) fn millis(ms: Option<f64>) -> Self {
        Self { text: time(ms), worth: Some(ms.unwrap_or(-1.0)) }
    }

    /// A part of one, in percent.
    pub(super) fn percent(part: Option<f64>) -> Self {
        let text = part.map_or_else(|| "-".into(), |part| format!("{:.0} %", part * 100.0));
        Self { text, worth: Some(part.unwrap_or(-1.0)) }
    }

    /// A text that is worth a number.
    pub(super) fn worth(text: String, worth: f64) -> Self {
        Self { text, worth: Some(worth) }
    }

    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        self.worth.is_some()
    }

    /// Its place before or after another of its column: the greatest number first, texts by their
    /// letters.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self.worth, other.worth) {
            (Some(one), Some(other)) => other.total_cmp(&one),
            _ => self.text.cmp(&other.text),
        }
    }
}
