//! What arrives during a run, one JSON line each.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use engine::curve::Change;
use serde::Serialize;

use super::{CHANGES, FRAMES, INVOCATIONS, InvocationRecord, RunFolderError};
use crate::invoke::Arrived;

/// Notes what arrives in a run folder.
///
/// Each line is handed to the operating system at once, so a killed process loses none.
#[derive(Debug)]
pub struct Journal {
    frames: Appender,
    invocations: Appender,
    /// There are changes in few runs.
    changes: PathBuf,
}

#[derive(Debug)]
struct Appender {
    file: File,
    path: PathBuf,
    /// The line that is written, for its memory.
    line: Vec<u8>,
}

impl Journal {
    /// Opens the files in a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, RunFolderError> {
        Ok(Self {
            frames: Appender::open(folder.join(FRAMES))?,
            invocations: Appender::open(folder.join(INVOCATIONS))?,
            changes: folder.join(CHANGES),
        })
    }

    /// Notes a frame.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn frame(&mut self, frame: &Arrived) -> Result<(), RunFolderError> {
        self.frames.append(frame.line())
    }

    /// Notes what became of an invocation.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn invocation(&mut self, record: &InvocationRecord) -> Result<(), RunFolderError> {
        self.invocations.append_json(record)
    }

    /// Notes another number of users.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn change(&mut self, change: &Change) -> Result<(), RunFolderError> {
        Appender::open(self.changes.clone())?.append_json(change)
    }
}

impl Appender {
    fn open(path: PathBuf) -> Result<Self, RunFolderError> {
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|error| RunFolderError::write(&path, error))?;
        Ok(Self { file, path, line: Vec::new() })
    }

    fn append_json(&mut self, value: &impl Serialize) -> Result<(), RunFolderError> {
        let line = serde_json::to_vec(value).map_err(io::Error::from);
        let line = line.map_err(|error| RunFolderError::write(&self.path, error))?;
        self.append(&line)
    }

    fn append(&mut self, line: &[u8]) -> Result<(), RunFolderError> {
        self.line.clear();
        self.line.extend_from_slice(line);
        self.line.push(b'\n');
        let written = self.file.write_all(&self.line);
        written.map_err(|error| RunFolderError::write(&self.path, error))
    }
}
