//! Records of a run, one JSON line each.

use std::{fs, io, path::Path};

use serde::de::DeserializeOwned;

use super::RunFolderError;

/// Reads the records that are whole; none if there is no such file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, RunFolderError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(RunFolderError::read(path, error)),
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
    }
}
