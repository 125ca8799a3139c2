//! What a run measured, in the formats of other people's tools.
//!
//! All tables have the same rows: a transaction, in a second of a run, from a region. A run is
//! read twice, line by line, and a second leaves as soon as the last line that speaks of it was
//! read; so what is held in memory are the seconds between the slowest generator and the fastest.

mod columns;
mod csv;
mod error;
mod gathered;
mod hlog;
mod jsonl;
mod moment;
mod parquet;
mod timeline;
mod timelines;

use std::{fmt, io::Write, path::Path, sync::Arc};

use clap::ValueEnum;

use self::{csv::Csv, hlog::Hlog, jsonl::Jsonl, parquet::Parquet, timelines::Timelines};
pub use self::{
    error::ExportError,
    moment::{Moment, Row},
};
use crate::run_folder::{Run, RunFolder};

/// What an export may be written as.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// The report: what report.json holds
    Json,
    /// A line of JSON for each second and transaction, with its histogram
    Jsonl,
    /// The same as CSV, without histograms
    Csv,
    /// The same as a Parquet file, with histograms
    Parquet,
    /// `HdrHistogram`'s interval log
    Hlog,
}

impl Format {
    /// The word on the command line, and how a file's name ends.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Hlog => "hlog",
        }
    }

    /// What a file is called for which no name is given.
    pub fn file_name(self) -> String {
        let stem = if self == Self::Json { "report" } else { "timeline" };
        format!("{stem}.{}", self.name())
    }

    /// The format that a file's name tells.
    pub fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        Self::value_variants().iter().copied().find(|format| format.name() == extension)
    }

    /// Whether it is no text.
    pub fn is_binary(self) -> bool {
        self == Self::Parquet
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that is written a second at a time.
trait Exporter {
    /// Writes what happened in a second of a run.
    fn moment(&mut self, moment: &Moment) -> Result<(), ExportError>;

    /// Writes what comes after all seconds.
    fn finish(&mut self) -> Result<(), ExportError>;
}

/// A table, and where it is written.
pub type Sink<'a> = (Table, Box<dyn Write + 'a>);

/// The formats with a row for each second and transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Table {
    /// Lines of JSON.
    Jsonl,
    /// CSV.
    Csv,
    /// A Parquet file.
    Parquet,
    /// An interval log.
    Hlog,
}

impl Table {
    /// None for a format that is no table.
    pub fn of(format: Format) -> Option<Self> {
        match format {
            Format::Json => None,
            Format::Jsonl => Some(Self::Jsonl),
            Format::Csv => Some(Self::Csv),
            Format::Parquet => Some(Self::Parquet),
            Format::Hlog => Some(Self::Hlog),
        }
    }

    fn exporter<'a>(
        self,
        runs: &[Arc<Run>],
        sink: Box<dyn Write + 'a>,
    ) -> Result<Box<dyn Exporter + 'a>, ExportError> {
        Ok(match self {
            Self::Jsonl => Box::new(Jsonl::new(sink)),
            Self::Csv => Box::new(Csv::begin(sink)?),
            Self::Parquet => Box::new(Parquet::begin(sink)?),
            Self::Hlog => Box::new(Hlog::begin(runs, sink)?),
        })
    }
}

/// Writes the seconds of all the runs, in the order of time, into all the sinks at once. Returns
/// what was unreadable, as sentences.
///
/// # Errors
///
/// A run cannot be read, or a sink written.
pub fn tables(folders: &[RunFolder], sinks: Vec<Sink<'_>>) -> Result<Vec<String>, ExportError> {
    let mut timelines = Timelines::open(folders)?;
    let runs = timelines.runs();
    let exporters = sinks.into_iter().map(|(table, sink)| table.exporter(&runs, sink));
    let mut exporters = exporters.collect::<Result<Vec<_>, _>>()?;
    while let Some(moment) = timelines.next()? {
        exporters.iter_mut().try_for_each(|exporter| exporter.moment(&moment))?;
    }
    exporters.iter_mut().try_for_each(|exporter| exporter.finish())?;
    Ok(timelines.problems())
}
