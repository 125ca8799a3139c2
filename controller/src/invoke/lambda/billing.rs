//! What an invocation's log says it cost.

use std::time::Duration;

/// The figures of a `REPORT` line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Billing {
    /// The time that is paid for.
    pub(super) billed: Option<Duration>,
    /// The most memory that was used, megabytes.
    pub(super) max_memory_mb: Option<u32>,
}

impl Billing {
    /// Reads the tail of a log.
    pub(super) fn of_log(log: &str) -> Self {
        let report = log.lines().rev().find(|line| line.starts_with("REPORT "));
        let Some(report) = report else { return Self::default() };
        Self {
            billed: figure(report, "Billed Duration: ", " ms").map(Duration::from_millis),
            max_memory_mb: figure(report, "Max Memory Used: ", " MB")
                .and_then(|figure| figure.try_into().ok()),
        }
    }
}

fn figure(report: &str, name: &str, unit: &str) -> Option<u64> {
    let (_, rest) = report.split_once(name)?;
    let (figure, _) = rest.split_once(unit)?;
    figure.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_line_is_read() {
        let log = "START RequestId: 1 Version: $LATEST\nsomething\nEND RequestId: 1\n\
                   REPORT RequestId: 1\tDuration: 831234.12 ms\tBilled Duration: 831270 ms\t\
                   Memory Size: 1769 MB\tMax Memory Used: 34 MB\tInit Duration: 35.21 ms\t\n";
        let billing = Billing::of_log(log);
        assert_eq!(billing.billed, Some(Duration::from_millis(831_270)));
        assert_eq!(billing.max_memory_mb, Some(34));
    }

    #[test]
    fn a_log_without_it_says_nothing() {
        assert_eq!(Billing::of_log("END RequestId: 1\n"), Billing::default());
        assert_eq!(Billing::of_log("REPORT Billed Duration: many ms"), Billing::default());
    }
}
