//! A listener that writes to the generator's own log.

use log::info;

use super::{Listener, Report};

/// Logs a line for each transaction.
pub struct Debug;

impl Listener for Debug {
    fn hear(&mut self, report: &Report<'_>) {
        let seconds = report.over.as_secs_f64();
        for (key, transaction) in report.stats.transactions() {
            #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
            let rate = transaction.requests as f64 / seconds;
            let median = transaction.latency.percentile(50.0).unwrap_or_default();
            info!(
                "{}: {} users, {} {}: {rate:.1} requests/s, {} failed, median {:.1} ms",
                report.test,
                report.users,
                key.method,
                key.name,
                transaction.failures,
                median.as_secs_f64() * 1e3,
            );
        }
    }
}
