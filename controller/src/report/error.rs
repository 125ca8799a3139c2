//! Why a report cannot be written.

use std::path::PathBuf;

use thiserror::Error;

use crate::run_folder::RunFolderError;

/// Why a report cannot be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The run's folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// What is to be merged is there twice.
    #[error("{} and {} are the same run, {id}", first.display(), second.display())]
    SameRun {
        /// A folder of it.
        first: PathBuf,
        /// Another one, or the same.
        second: PathBuf,
        /// Its id.
        id: String,
    },
    /// The report does not become JSON.
    #[error("failed to write the report as JSON")]
    Json(#[from] serde_json::Error),
    /// The thresholds do not become XML.
    #[error("failed to write the thresholds as XML")]
    Junit(#[source] std::io::Error),
    /// A table does not become CSV.
    #[error("failed to write a table as CSV")]
    Csv(#[from] csv::Error),
}
