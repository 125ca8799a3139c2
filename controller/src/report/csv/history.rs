//! Locust's history: what happened in each second, and in all up to it.

use engine::stats::Latency;

use super::{AGGREGATED, Rows, content_size, header, percentiles, time};
use crate::{
    millis::{mean, millis},
    report::{Report, SecondReport},
    totals::Totals,
};

pub(super) fn rows(report: &Report, totals: &Totals) -> Rows {
    let mut rows = vec![header(
        &["Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s"],
        &[
            "Total Request Count",
            "Total Failure Count",
            "Total Median Response Time",
            "Total Average Response Time",
            "Total Min Response Time",
            "Total Max Response Time",
            "Total Average Content Size",
        ],
    )];
    let mut so_far = SoFar::default();
    for (second, totals) in report.series.iter().zip(totals.seconds()) {
        so_far.add(second, &totals.latency);
        let mut row = vec![
            second.epoch_s.to_string(),
            second.users.to_string(),
            String::new(),
            AGGREGATED.into(),
            second.requests.to_string(),
            second.failures.to_string(),
        ];
        row.extend(percentiles(&second.percentiles_ms));
        row.extend(so_far.cells());
        rows.push(row);
    }
    rows
}

/// The run up to a second.
#[derive(Default)]
struct SoFar {
    requests: u64,
    failures: u64,
    bytes: u64,
    latency: Latency,
}

impl SoFar {
    fn add(&mut self, second: &SecondReport, latency: &Latency) {
        self.requests += second.requests;
        self.failures += second.failures;
        self.bytes += second.bytes;
        self.latency.merge(latency);
    }

    fn cells(&self) -> [String; 7] {
        let Self { requests, failures, bytes, latency } = self;
        [
            requests.to_string(),
            failures.to_string(),
            time(latency.percentile(50.0).map(millis)),
            time(mean(latency)),
            time(latency.min().map(millis)),
            time(latency.max().map(millis)),
            content_size(*bytes, *requests),
        ]
    }
}
