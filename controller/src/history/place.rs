//! Where the runs of a test are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::run_folder::RunFolder;

/// A run's folder, and when it started.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunPlace {
    /// The folder.
    pub path: PathBuf,
    /// When it started, RFC 3339 in UTC; none if its `run.json` cannot be read.
    pub started: Option<String>,
    started_epoch_ms: Option<u64>,
}

impl RunPlace {
    fn new(path: PathBuf) -> Self {
        let run = RunFolder::open(&path).ok().map(|folder| folder.run().clone());
        let started_epoch_ms = run.as_ref().map(|run| run.started_epoch_ms);
        Self { path, started: run.map(|run| run.started), started_epoch_ms }
    }

    /// The folder's own name.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The runs in the folder of a test, in the order in which they started; where it cannot be read,
/// there are none. What has no `run.json` is no run.
pub fn places(folder: &Path) -> Vec<RunPlace> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let runs = entries.filter(|path| path.join("run.json").is_file());
    let mut places: Vec<_> = runs.map(RunPlace::new).collect();
    places.sort_by(|a, b| {
        let key = |place: &RunPlace| (place.started_epoch_ms, place.path.clone());
        key(a).cmp(&key(b))
    });
    places
}
