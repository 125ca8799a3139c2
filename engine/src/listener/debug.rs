//! A listener that writes to the generator's own log.

use log::info;

use super::{Listener, Report};
use crate::api::listed;

/// Logs a line for each transaction.
pub struct Debug;

impl Listener for Debug {
    fn hear(&mut self, report: &Report<'_>) {
        lines(report).for_each(|line| info!("{line}"));
    }
}

/// Such as `shop (cart 1.4.2): 5 users, GET /: 2.0 requests/s, 0 failed, median 1.2 ms`.
fn lines(report: &Report<'_>) -> impl Iterator<Item = String> {
    let seconds = report.over.as_secs_f64();
    let apis = match report.apis {
        [] => String::new(),
        apis => format!(" ({})", listed(apis)),
    };
    report.stats.transactions().into_iter().map(move |(key, transaction)| {
        #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let rate = transaction.requests as f64 / seconds;
        let median = transaction.latency.percentile(50.0).unwrap_or_default();
        format!(
            "{}{apis}: {} users, {} {}: {rate:.1} requests/s, {} failed, median {:.1} ms",
            report.test,
            report.users,
            key.method,
            key.name,
            transaction.failures,
            median.as_secs_f64() * 1e3,
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        api::ApiVersion,
        stats::{Outcome, Phases, Sample, Stats},
    };

    #[test]
    fn a_line_names_the_test_and_the_versions_of_its_apis() {
        let mut stats = Stats::default();
        stats.record(&Sample {
            method: "GET",
            name: "/",
            status: Some(200),
            elapsed: Duration::from_millis(3),
            from_intended: None,
            phases: Phases::default(),
            bytes: 0,
            outcome: Outcome::Passed,
            met: None,
        });
        let version = |name: &str, version: Option<&str>| ApiVersion {
            name: name.into(),
            version: version.map(Into::into),
        };
        let apis = [version("cart", Some("1.4.2")), version("pay", None)];
        let over = Duration::from_secs(2);
        let report = Report { test: "shop", apis: &apis, users: 5, over, stats: &stats };
        let expected = "GET /: 0.5 requests/s, 0 failed, median 3.0 ms";
        let found: Vec<_> = lines(&report).collect();
        assert_eq!(found, [format!("shop (cart 1.4.2, pay): 5 users, {expected}")]);
        let found: Vec<_> = lines(&Report { apis: &[], ..report }).collect();
        assert_eq!(found, [format!("shop: 5 users, {expected}")]);
    }
}
