//! Locust's four CSV files, with its columns and our unrounded times.

mod history;

use std::time::Duration;

use csv::{Terminator, WriterBuilder};

use super::{Distribution, PERCENTILES, Percentiles, Report};
use crate::{
    count::ratio,
    run_folder::{file_name, rfc3339},
    totals::Totals,
};

/// What stands for a percentile where nothing was measured. Other figures are 0 then: who reads
/// them next to the count of requests, as Locust's readers do, expects numbers.
const NONE: &str = "N/A";

/// The name of the row that sums up all others.
const AGGREGATED: &str = "Aggregated";

type Rows = Vec<Vec<String>>;

/// The files: names, and contents.
///
/// # Errors
///
/// The CSV writer's own; none is known.
pub fn files(report: &Report, totals: &Totals) -> Result<Vec<(String, Vec<u8>)>, csv::Error> {
    let prefix = file_name(&report.run.test);
    let tables = [
        ("stats", stats(report)),
        ("stats_history", history::rows(report, totals)),
        ("failures", failures(report)),
        ("exceptions", exceptions(report)),
    ];
    let files = tables.into_iter();
    files.map(|(kind, rows)| Ok((format!("{prefix}_{kind}.csv"), text(&rows)?))).collect()
}

fn text(rows: &Rows) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn header(before: &[&str], after: &[&str]) -> Vec<String> {
    let percentiles = PERCENTILES.iter().map(|(_, name)| format!("{name}%"));
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    owned(before).into_iter().chain(percentiles).chain(owned(after)).collect()
}

fn stats(report: &Report) -> Rows {
    let mut rows = vec![header(
        &[
            "Type",
            "Name",
            "Request Count",
            "Failure Count",
            "Median Response Time",
            "Average Response Time",
            "Min Response Time",
            "Max Response Time",
            "Average Content Size",
            "Requests/s",
            "Failures/s",
        ],
        &[],
    )];
    for t in &report.transactions {
        let figures = Figures {
            counts: (t.requests, t.failures),
            rates: (t.requests_per_s, t.failures_per_s),
            bytes: t.bytes,
            latency: &t.latency,
        };
        rows.push(figures.row(&t.method, &t.name));
    }
    let s = &report.summary;
    let figures = Figures {
        counts: (s.requests, s.failures),
        rates: (s.requests_per_s, s.failures_per_s),
        bytes: s.bytes,
        latency: &s.latency,
    };
    rows.push(figures.row("", AGGREGATED));
    rows
}

/// What a row of the statistics is made of.
struct Figures<'a> {
    counts: (u64, u64),
    rates: (f64, f64),
    bytes: u64,
    latency: &'a Distribution,
}

impl Figures<'_> {
    fn row(&self, kind: &str, name: &str) -> Vec<String> {
        let Distribution { mean_ms, min_ms, max_ms, percentiles_ms, .. } = self.latency;
        let mut row = vec![
            kind.into(),
            name.into(),
            self.counts.0.to_string(),
            self.counts.1.to_string(),
            time(percentiles_ms.median()),
            time(*mean_ms),
            time(*min_ms),
            time(*max_ms),
            content_size(self.bytes, self.counts.0),
            self.rates.0.to_string(),
            self.rates.1.to_string(),
        ];
        row.extend(percentiles(percentiles_ms));
        row
    }
}

fn failures(report: &Report) -> Rows {
    let header = ["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"];
    let mut rows = vec![header.map(String::from).into()];
    rows.extend(report.failures.iter().map(|failure| {
        vec![
            failure.method.clone(),
            failure.name.clone(),
            failure.reason.clone(),
            failure.seen.count.to_string(),
            second(failure.seen.first_seen_epoch_ms),
            second(failure.seen.last_seen_epoch_ms),
        ]
    }));
    rows
}

fn exceptions(report: &Report) -> Rows {
    let header = ["Count", "Message", "Traceback", "Nodes"];
    let local = report.plan.regions.iter().all(|region| region == crate::plan::LOCAL);
    let nodes = if local { "local".into() } else { report.plan.generators.to_string() };
    let mut rows = vec![header.map(String::from).into()];
    rows.extend(report.exceptions.iter().map(|exception| {
        let count = exception.seen.count.to_string();
        vec![count, exception.message.clone(), exception.task.clone(), nodes.clone()]
    }));
    rows
}

fn time(ms: Option<f64>) -> String {
    ms.unwrap_or_default().to_string()
}

fn percentiles(percentiles: &Percentiles) -> impl Iterator<Item = String> {
    let value = |at| percentiles.values().get(at).map_or_else(|| NONE.into(), f64::to_string);
    (0..PERCENTILES.len()).map(value)
}

fn content_size(bytes: u64, requests: u64) -> String {
    time(ratio(bytes, requests))
}

/// The second that an instant is in, as Locust writes it: RFC 3339 in UTC.
fn second(epoch_ms: u64) -> String {
    rfc3339(Duration::from_secs(epoch_ms / 1000))
}
