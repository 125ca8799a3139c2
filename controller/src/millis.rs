//! Times in reports.

use std::time::Duration;

/// Milliseconds, exact to the microsecond in which times are measured.
#[expect(clippy::cast_precision_loss, reason = "microseconds of years are below 2^53")]
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
