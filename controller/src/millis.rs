//! Times in reports.

use std::time::Duration;

use engine::stats::Latency;

/// Milliseconds, exact to the microsecond in which times are measured.
#[expect(clippy::cast_precision_loss, reason = "microseconds of years are below 2^53")]
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

/// The mean in milliseconds, not cut to microseconds.
#[expect(clippy::cast_precision_loss, reason = "counts and sums of a test are below 2^52")]
pub(crate) fn mean(latency: &Latency) -> Option<f64> {
    let count = latency.count() as f64;
    (!latency.is_empty()).then(|| latency.sum().as_micros() as f64 / count / 1000.0)
}
