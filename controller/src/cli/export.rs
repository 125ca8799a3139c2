//! The arguments of `load-test export`.

use std::path::PathBuf;

use clap::Args;

use crate::export::Format;

/// Arguments of `export`.
#[derive(Args, Debug)]
#[command(after_help = "\
Without --output, files go to the run's folder: timeline.csv, timeline.parquet, .. and report.json.
Several runs go into one file, in the order of time; json merges them as `report` does.

Examples:
  load-test export results/shop/2026-11-02T10-15-00Z --format csv
  load-test export results/shop/2026-11-02T10-15-00Z --format csv,hlog --output exports/
  load-test export results/shop/* --output all.parquet
  load-test export results/shop/2026-11-02T10-15-00Z --format jsonl --output - | jq .requests

docs/export.md tells every field.

Exit codes:
  0 written   2 no such run, or not a way to export it   3 a file could not be written")]
pub struct Export {
    /// The folder of a run; several go into one file
    #[arg(value_name = "RUN_FOLDER", required = true)]
    pub folders: Vec<PathBuf>,
    /// What to write; several with commas [default: how the output's name ends]
    #[arg(long, short, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    pub format: Vec<Format>,
    /// A file, a folder, or - for the standard output [default: the run's folder]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
