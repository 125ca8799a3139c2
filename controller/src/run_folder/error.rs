//! Why a run folder cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Why a run folder cannot be used.
#[derive(Debug, Error)]
pub enum RunFolderError {
    /// A file or folder cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("failed to understand {}", path.display())]
    Json {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl RunFolderError {
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.into(), source }
    }

    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.into(), source }
    }

    pub(super) fn json(path: &Path, source: serde_json::Error) -> Self {
        Self::Json { path: path.into(), source }
    }
}
