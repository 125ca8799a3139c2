//! The functions' clocks, as seen from here.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// By how much another clock is ahead of this machine's.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Offset {
    /// Seconds; negative if it is behind.
    pub ahead_s: f64,
    /// By how much that may be wrong, as the answer takes an unknown part of the way.
    pub error_s: f64,
}

impl Offset {
    /// The same clock.
    pub const NONE: Self = Self { ahead_s: 0.0, error_s: 0.0 };

    /// What an answer tells that was asked for and came at these times, and says another.
    pub fn of(asked: SystemTime, came: SystemTime, said: SystemTime) -> Self {
        let took = signed(came, asked).max(0.0);
        Self { ahead_s: signed(said, asked) - took / 2.0, error_s: took / 2.0 }
    }

    /// The surest of several.
    pub fn surest(offsets: impl IntoIterator<Item = Self>) -> Option<Self> {
        offsets.into_iter().min_by(|a, b| a.error_s.total_cmp(&b.error_s))
    }

    /// What the other clock shows when this machine's shows `here`.
    pub fn there(self, here: SystemTime) -> SystemTime {
        let by = Duration::try_from_secs_f64(self.ahead_s.abs()).unwrap_or_default();
        if self.ahead_s < 0.0 { here - by } else { here + by }
    }
}

/// The seconds from `b` to `a`.
fn signed(a: SystemTime, b: SystemTime) -> f64 {
    match a.duration_since(b) {
        Ok(after) => after.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_true_offset_is_within_the_error(
            ahead in -100_000_i64..100_000, there in 0_u64..5_000, back in 0_u64..5_000,
        ) {
            let asked = UNIX_EPOCH + Duration::from_secs(1_000_000);
            let came = asked + Duration::from_millis(there + back);
            let answered = asked + Duration::from_millis(there);
            let by = Duration::from_millis(ahead.unsigned_abs());
            let said = if ahead < 0 { answered - by } else { answered + by };
            let offset = Offset::of(asked, came, said);
            let truth = std::time::Duration::from_millis(ahead.unsigned_abs()).as_secs_f64();
            let truth = if ahead < 0 { -truth } else { truth };
            prop_assert!((offset.ahead_s - truth).abs() <= offset.error_s + 1e-6);
        }
    }

    #[test]
    fn the_quickest_answer_is_the_surest() {
        let slow = Offset { ahead_s: 3.0, error_s: 0.2 };
        let quick = Offset { ahead_s: 2.9, error_s: 0.01 };
        assert_eq!(Offset::surest([slow, quick]), Some(quick));
        let here = UNIX_EPOCH + Duration::from_secs(10);
        assert_eq!(quick.there(here), here + Duration::from_millis(2_900));
    }
}
