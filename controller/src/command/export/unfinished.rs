//! A file that is there when it is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use crate::{command::Error, exit_code::ExitCode, export::Format};

/// A file under a name of its own until it is finished. Dropped before, it is gone.
#[derive(Debug)]
pub(super) struct Unfinished {
    format: Format,
    path: PathBuf,
    temporary: PathBuf,
}

impl Unfinished {
    pub(super) fn new(format: Format, path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.unfinished"));
        Self { format, path: path.into(), temporary }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn writer(&self) -> Result<BufWriter<File>, Error> {
        File::create(&self.temporary).map(BufWriter::new).map_err(|error| self.failed(&error))
    }

    /// Gives it its name, and tells that.
    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        fs::rename(&self.temporary, &self.path).map_err(|error| self.failed(&error))?;
        Ok(self.path.clone())
    }

    pub(super) fn failed(&self, error: &io::Error) -> Error {
        let message = format!("cannot write {}: {error}", self.path.display());
        Error::new(ExitCode::GENERATOR, message)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After it has got its name there is none of this one.
        let _ = fs::remove_file(&self.temporary);
    }
}
