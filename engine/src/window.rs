//! A stretch of a test's time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The time `[from, to)` since the test's start; never empty.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Edges")]
pub struct Window {
    #[serde(with = "crate::duration::seconds")]
    from: Duration,
    #[serde(with = "crate::duration::seconds")]
    to: Duration,
}

/// `to` is not after `from`.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a window must end after it begins")]
pub struct WindowError;

#[derive(Deserialize)]
struct Edges {
    #[serde(with = "crate::duration::seconds")]
    from: Duration,
    #[serde(with = "crate::duration::seconds")]
    to: Duration,
}

impl Window {
    /// The time from `from` up to, but not including, `to`.
    ///
    /// # Errors
    ///
    /// Fails unless `from < to`.
    pub fn try_new(from: Duration, to: Duration) -> Result<Self, WindowError> {
        if from < to { Ok(Self { from, to }) } else { Err(WindowError) }
    }

    /// Cuts `[0, duration)` into windows of `interval`; the last one takes the rest.
    ///
    /// Empty if either is zero.
    pub fn cut(duration: Duration, interval: Duration) -> Vec<Self> {
        let mut windows = Vec::new();
        let mut from = Duration::ZERO;
        while from < duration && interval > Duration::ZERO {
            let to = (from + interval).min(duration);
            windows.push(Self { from, to });
            from = to;
        }
        windows
    }

    /// The first instant inside.
    pub fn from(self) -> Duration {
        self.from
    }

    /// The first instant after.
    pub fn to(self) -> Duration {
        self.to
    }

    /// How long it is.
    pub fn length(self) -> Duration {
        self.to - self.from
    }
}

impl TryFrom<Edges> for Window {
    type Error = WindowError;

    fn try_from(edges: Edges) -> Result<Self, WindowError> {
        Self::try_new(edges.from, edges.to)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cut_loses_and_doubles_nothing(duration in 1_u64..100_000, interval in 1_u64..100_000) {
            let windows = Window::cut(Duration::from_millis(duration), Duration::from_millis(interval));
            prop_assert_eq!(windows[0].from(), Duration::ZERO);
            prop_assert_eq!(windows[windows.len() - 1].to(), Duration::from_millis(duration));
            for pair in windows.windows(2) {
                prop_assert_eq!(pair[0].to(), pair[1].from());
                prop_assert_eq!(pair[0].length(), Duration::from_millis(interval));
            }
        }
    }
}
