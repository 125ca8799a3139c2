//! A folder per run: enough to rebuild every report.

mod end;
mod error;
mod frames;
mod invocation;
mod journal;
mod lines;
mod run;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use engine::{api::ApiVersion, curve::Change, frame::Frame};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::run::{rfc3339, stamp};
pub use self::{
    end::{End, Ending},
    error::RunFolderError,
    frames::{FrameProblem, Lines},
    invocation::InvocationRecord,
    journal::Journal,
    run::Run,
};
use crate::{plan::Plan, preflight::Preflight};

/// Where runs are kept, below the project.
pub(crate) const RESULTS: &str = "results";

const PROFILE: &str = "profile.yml";
const PLAN: &str = "plan.json";
const RUN: &str = "run.json";
const FRAMES: &str = "frames.jsonl";
const INVOCATIONS: &str = "invocations.jsonl";
const CHANGES: &str = "changes.jsonl";
const PREFLIGHT: &str = "preflight.json";
const END: &str = "end.json";

/// `results/<test>/<start, UTC>/`: the profile, the plan, every frame, how it ended, the reports.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
    run: Run,
}

impl RunFolder {
    /// Makes the folder of a run whose second 0 is `started`, and writes its `run.json`. If
    /// another run has the name, a number is appended.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or written to.
    pub fn create(
        results_root: &Path,
        test: &str,
        started: SystemTime,
    ) -> Result<Self, RunFolderError> {
        Self::create_in(&results_root.join(file_name(test)), test, started)
    }

    /// The same directly in a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// A folder cannot be made or written to.
    pub fn create_in(runs: &Path, test: &str, started: SystemTime) -> Result<Self, RunFolderError> {
        let run = Run::new(test, started);
        fs::create_dir_all(runs).map_err(|error| RunFolderError::write(runs, error))?;
        let path = create_unused(runs, &run.folder_name())?;
        let folder = Self { path, run };
        folder.write_json(RUN, &folder.run)?;
        Ok(folder)
    }

    /// With the APIs that were asked before the run, noted in its `run.json`.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn with_apis(mut self, apis: &[ApiVersion]) -> Result<Self, RunFolderError> {
        self.run.apis = apis.to_vec();
        self.write_json(RUN, &self.run)?;
        Ok(self)
    }

    /// Opens the folder of an earlier run.
    ///
    /// # Errors
    ///
    /// It has no readable `run.json`.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RunFolderError> {
        let path = path.into();
        let run = read_json(&path.join(RUN))?;
        Ok(Self { path, run })
    }

    /// Whether a folder is that of a run.
    pub fn is_one(path: &Path) -> bool {
        path.join(RUN).exists()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run's names and times.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Keeps the text of the profile.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write_profile(&self, text: &str) -> Result<(), RunFolderError> {
        write(&self.path, PROFILE, text.as_bytes()).map(drop)
    }

    /// Keeps the plan.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write_plan(&self, plan: &Plan) -> Result<(), RunFolderError> {
        self.write_json(PLAN, plan)
    }

    /// The plan.
    ///
    /// # Errors
    ///
    /// There is none, or it is no plan.
    pub fn plan(&self) -> Result<Plan, RunFolderError> {
        read_json(&self.path.join(PLAN))
    }

    /// Keeps what was seen of the functions before the start.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write_preflight(&self, preflight: &Preflight) -> Result<(), RunFolderError> {
        self.write_json(PREFLIGHT, preflight)
    }

    /// What was seen of the functions before the start; none for a run on this machine.
    ///
    /// # Errors
    ///
    /// The file is there, but cannot be read.
    pub fn preflight(&self) -> Result<Option<Preflight>, RunFolderError> {
        self.read_if_any(PREFLIGHT)
    }

    /// Notes how the run ended. Without it, it was killed.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write_end(&self, end: &End) -> Result<(), RunFolderError> {
        self.write_json(END, end)
    }

    /// How the run ended; none if it was killed, or still goes on.
    ///
    /// # Errors
    ///
    /// The file is there, but cannot be read.
    pub fn end(&self) -> Result<Option<End>, RunFolderError> {
        self.read_if_any(END)
    }

    /// Where is noted what arrives, as it arrives.
    ///
    /// # Errors
    ///
    /// A file cannot be opened.
    pub fn journal(&self) -> Result<Journal, RunFolderError> {
        Journal::open(&self.path)
    }

    /// What became of each invocation, as far as it was noted. A torn last line is left out.
    ///
    /// # Errors
    ///
    /// The file cannot be read. That there is none is no error: no invocation had ended.
    pub fn invocations(&self) -> Result<Vec<InvocationRecord>, RunFolderError> {
        lines::read(&self.path.join(INVOCATIONS))
    }

    /// How the users were changed, as far as it was noted; of the plan's load it makes the one that
    /// was asked for in the end. A torn last line is left out.
    ///
    /// # Errors
    ///
    /// The file cannot be read. That there is none is no error: nothing was changed.
    pub fn changes(&self) -> Result<Vec<Change>, RunFolderError> {
        lines::read(&self.path.join(CHANGES))
    }

    /// Hands every frame that had arrived to `each`, in the order of arrival, and returns what
    /// was unreadable.
    ///
    /// # Errors
    ///
    /// The file cannot be read. That there is none is no error: nothing had arrived.
    pub fn replay(&self, mut each: impl FnMut(Frame)) -> Result<Vec<FrameProblem>, RunFolderError> {
        let mut lines = self.lines()?;
        for line in lines.by_ref() {
            each(line?.1);
        }
        Ok(lines.problems().to_vec())
    }

    /// What had arrived, in the order of arrival, read as `T`: as frames, or a part of them.
    ///
    /// # Errors
    ///
    /// The file cannot be opened. That there is none is no error: nothing had arrived.
    pub fn lines<T: DeserializeOwned>(&self) -> Result<Lines<T>, RunFolderError> {
        Lines::open(self.path.join(FRAMES))
    }

    /// Whether a file is one of those that the reports are made from, and that must be kept.
    pub fn depends_on(&self, path: &Path) -> bool {
        let sources = [PROFILE, PLAN, RUN, FRAMES, INVOCATIONS, CHANGES, PREFLIGHT, END];
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        sources
            .iter()
            .any(|name| fs::canonicalize(self.path.join(name)).is_ok_and(|own| own == real))
    }

    fn read_if_any<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, RunFolderError> {
        let path = self.path.join(name);
        if path.exists() { read_json(&path).map(Some) } else { Ok(None) }
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), RunFolderError> {
        let path = self.path.join(name);
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| RunFolderError::write(&path, error.into()))?;
        text.push('\n');
        write(&self.path, name, text.as_bytes()).map(drop)
    }
}

/// Writes a file into a folder: whole, or not at all.
///
/// # Errors
///
/// It cannot be written.
pub fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, RunFolderError> {
    let path = folder.join(name);
    let unfinished = folder.join(format!(".{name}.unfinished"));
    fs::write(&unfinished, content)
        .and_then(|()| fs::rename(&unfinished, &path))
        .map_err(|error| RunFolderError::write(&path, error))?;
    Ok(path)
}

/// A test's name as the name of a file: what could lead elsewhere is replaced.
pub fn file_name(test: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '_' };
    let name: String = test.chars().take(100).map(safe).collect();
    let name = name.trim();
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None if name.is_empty() => "_".into(),
        None => name.into(),
    }
}

fn create_unused(parent: &Path, name: &str) -> Result<PathBuf, RunFolderError> {
    let mut path = parent.join(name);
    for number in 2.. {
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                path = parent.join(format!("{name}-{number}"));
            }
            Err(error) => return Err(RunFolderError::write(&path, error)),
            Ok(()) => break,
        }
    }
    Ok(path)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, RunFolderError> {
    let text = fs::read(path).map_err(|error| RunFolderError::read(path, error))?;
    serde_json::from_slice(&text).map_err(|error| RunFolderError::json(path, error))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn create(root: &Path, test: &str) -> RunFolder {
        let started = UNIX_EPOCH + Duration::from_millis(1_795_247_580_250);
        RunFolder::create(root, test, started).unwrap()
    }

    #[test]
    fn a_folder_is_named_after_test_and_start() {
        let root = tempfile::tempdir().unwrap();
        let first = create(root.path(), "my test");
        let second = create(root.path(), "my test");
        assert_eq!(first.path(), root.path().join("my test/2026-11-21T07-53-00Z"));
        assert_eq!(second.path(), root.path().join("my test/2026-11-21T07-53-00Z-2"));
        assert_ne!(first.run().id, second.run().id);
        let reopened = RunFolder::open(first.path()).unwrap();
        assert_eq!(reopened.run(), first.run());
        assert_eq!(reopened.run().started, "2026-11-21T07:53:00.25Z");
        assert_eq!(reopened.run().started_epoch_ms, 1_795_247_580_250);
        assert_eq!(reopened.end().unwrap(), None);
    }

    #[test]
    fn a_test_name_leads_nowhere_else() {
        for (test, expected) in [
            ("../../etc", "_._.._etc"),
            ("a/b\\c\0", "a_b_c_"),
            ("", "_"),
            ("..", "_."),
            ("ü-1.2", "ü-1.2"),
        ] {
            assert_eq!(file_name(test), expected, "{test:?}");
        }
    }

    #[test]
    fn an_end_is_read_back() {
        let root = tempfile::tempdir().unwrap();
        let folder = create(root.path(), "t");
        let end = End::new(Ending::Interrupted, vec!["Ctrl-C".into()]);
        folder.write_end(&end).unwrap();
        assert_eq!(folder.end().unwrap(), Some(end));
    }
}
