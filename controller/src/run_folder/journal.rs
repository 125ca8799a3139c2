//! What arrives during a run, one JSON line each.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};

use serde::Serialize;

use super::{InvocationRecord, RunFolderError};
use crate::invoke::Arrived;

/// Notes what arrives in a run folder.
///
/// Each line is handed to the operating system at once, so a killed process loses none.
#[derive(Debug)]
pub struct Journal {
    frames: Appender,
    invocations: Appender,
}

#[derive(Debug)]
struct Appender {
    file: File,
    path: PathBuf,
    /// The line that is written, for its memory.
    line: Vec<u8>,
}

impl Journal {
    pub(super) fn open(frames: PathBuf, invocations: PathBuf) -> Result<Self, RunFolderError> {
        Ok(Self { frames: Appender::open(frames)?, invocations: Appender::open(invocations)? })
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
