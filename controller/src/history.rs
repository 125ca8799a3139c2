//! The runs of a test, one after the other.

mod bars;
pub mod console;
mod past;
mod place;

use std::{fs, path::Path};

use serde::Serialize;

pub use self::{
    bars::Bars,
    past::{Found, Past},
    place::{RunPlace, places},
};

/// The runs of a test, the newest last.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// The test's name.
    pub test: String,
    /// How many earlier runs are left out.
    pub earlier: usize,
    /// The runs.
    pub runs: Vec<Past>,
}

impl History {
    /// The last `limit` runs of a test, which are in `folder`.
    pub fn read(test: &str, folder: &Path, limit: usize) -> Self {
        let places = places(folder);
        let earlier = places.len().saturating_sub(limit);
        let runs = places[earlier..].iter().map(Past::read).collect();
        Self { test: test.into(), earlier, runs }
    }

    /// The last run of each test there is, in order of their names.
    pub fn last_of_all(results: &Path) -> Vec<Self> {
        let entries = fs::read_dir(results).into_iter().flatten().flatten();
        let mut tests: Vec<_> = entries.map(|entry| entry.path()).collect();
        tests.sort();
        let histories = tests.iter().map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            Self::read(&name, folder, 1)
        });
        histories.filter(|history| !history.runs.is_empty()).collect()
    }
}
