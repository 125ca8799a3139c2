//! Lines of JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::{ExportError, Exporter, Moment, Row};
use crate::report::Percentiles;

/// Writes a line for each row.
pub(super) struct Jsonl<W>(W);

/// A line; docs/export.md says what its fields mean.
#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    test: &'a str,
    second: u32,
    epoch_s: u64,
    region: &'a str,
    method: &'a str,
    name: &'a str,
    requests: u64,
    failures: u64,
    bytes: u64,
    mean_ms: Option<f64>,
    min_ms: Option<f64>,
    max_ms: Option<f64>,
    percentiles_ms: &'a Percentiles,
    hdr: &'a str,
}

impl<'a> Line<'a> {
    fn new(moment: &'a Moment, row: &'a Row) -> Self {
        Self {
            run: &moment.run.id,
            test: &moment.run.test,
            second: moment.second,
            epoch_s: moment.epoch_s(),
            region: &row.region,
            method: &row.method,
            name: &row.name,
            requests: row.requests,
            failures: row.failures,
            bytes: row.bytes,
            mean_ms: row.times.mean_ms,
            min_ms: row.times.min_ms,
            max_ms: row.times.max_ms,
            percentiles_ms: &row.times.percentiles_ms,
            hdr: &row.times.hdr,
        }
    }
}

impl<W: Write> Jsonl<W> {
    pub(super) fn new(sink: W) -> Self {
        Self(sink)
    }
}

impl<W: Write> Exporter for Jsonl<W> {
    fn moment(&mut self, moment: &Moment) -> Result<(), ExportError> {
        for row in &moment.rows {
            serde_json::to_writer(&mut self.0, &Line::new(moment, row)).map_err(io::Error::from)?;
            self.0.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        Ok(self.0.flush()?)
    }
}
