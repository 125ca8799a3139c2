//! The Flask application, and its log.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::support::python;

/// An application at work; it ends with this.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    log: PathBuf,
    _folder: TempDir,
}

/// A request, as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    /// How long the application took over it.
    pub(crate) ms: f64,
    /// Of the answer's body.
    pub(crate) bytes: u64,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut process = Command::new(python())
            .arg(source("app.py"))
            .arg(&log)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        assert!(!port.is_empty(), "the application did not start");
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { process, url, log, _folder: folder }
    }

    /// All requests so far.
    pub(crate) fn served(&self) -> Vec<Served> {
        let log = fs::read_to_string(&self.log).unwrap();
        log.lines().map(|line| read(line).unwrap_or_else(|| panic!("{line}"))).collect()
    }
}

fn read(line: &str) -> Option<Served> {
    let [method, path, status, micros, bytes] =
        line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let micros: u32 = micros.parse().ok()?;
    Some(Served {
        method: method.into(),
        path: path.into(),
        status: status.parse().ok()?,
        ms: f64::from(micros) / 1000.0,
        bytes: bytes.parse().ok()?,
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A file beside this one.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/locust").join(name)
}
