//! Why an export came to nothing.

use std::io;

use thiserror::Error;

use crate::run_folder::RunFolderError;

/// Why an export came to nothing.
#[derive(Debug, Error)]
pub enum ExportError {
    /// A run's folder cannot be read.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// What was made cannot be written.
    #[error("failed to write the export")]
    Write(#[from] io::Error),
}
