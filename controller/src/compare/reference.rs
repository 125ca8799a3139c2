//! Which runs are meant: a folder, or `shop@latest`.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::{
    history::{self, RunPlace},
    run_folder::file_name,
    shown::shown,
};

/// A text that names no run, or not a single one.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum ReferenceError {
    /// The test has no run.
    #[error("there is no run of `{}` in {}", shown(.test), .folder.display())]
    NoRuns {
        /// Which test.
        test: String,
        /// Where its runs would be.
        folder: PathBuf,
    },
    /// No run of the test began then.
    #[error("no run of `{}` began at `{}`", shown(.test), shown(.start))]
    NoSuchStart {
        /// Which test.
        test: String,
        /// What was asked for.
        start: String,
    },
    /// Several did.
    #[error("{count} runs of `{}` began at `{}..`", shown(.test), shown(.start))]
    Ambiguous {
        /// Which test.
        test: String,
        /// What was asked for.
        start: String,
        /// How many.
        count: usize,
    },
    /// There is none before it.
    #[error("there is no run before {}", .0.display())]
    First(PathBuf),
}

/// The folder of a run. `text` is such a folder, `TEST` or `TEST@latest` for a test's last run,
/// `TEST@previous` for the one before, or `TEST@START` with the beginning of the folder's name.
///
/// # Errors
///
/// There is no such run, or there are several.
pub fn resolve(results: &Path, text: &str) -> Result<PathBuf, ReferenceError> {
    if is_run(Path::new(text)) {
        return Ok(text.into());
    }
    let (name, which) = text.rsplit_once('@').unwrap_or((text, "latest"));
    let folder = results.join(file_name(name));
    let runs = history::places(&folder);
    let Some(last) = runs.last() else {
        return Err(ReferenceError::NoRuns { test: name.into(), folder });
    };
    match which {
        "latest" => Ok(last.path.clone()),
        "previous" => before(&last.path),
        start => started(&runs, name, start),
    }
}

/// The run of the same test before a run.
///
/// # Errors
///
/// It is the first one.
pub fn before(run: &Path) -> Result<PathBuf, ReferenceError> {
    let folder = run.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let runs = history::places(folder);
    let at = runs.iter().position(|place| place.path.file_name() == run.file_name());
    let earlier = at.and_then(|at| at.checked_sub(1)).map(|at| runs[at].path.clone());
    earlier.ok_or_else(|| ReferenceError::First(run.into()))
}

fn started(runs: &[RunPlace], test: &str, start: &str) -> Result<PathBuf, ReferenceError> {
    let (test, start) = (test.to_owned(), start.to_owned());
    let exact = runs.iter().find(|place| place.name() == start);
    let begin = || runs.iter().filter(|place| place.name().starts_with(&start));
    match (exact.or_else(|| begin().next()), begin().count()) {
        (None, _) => Err(ReferenceError::NoSuchStart { test, start }),
        (Some(_), count) if count > 1 && exact.is_none() => {
            Err(ReferenceError::Ambiguous { test, start, count })
        }
        (Some(place), _) => Ok(place.path.clone()),
    }
}

fn is_run(path: &Path) -> bool {
    path.join("run.json").is_file()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::run_folder::RunFolder;

    #[test]
    fn runs_are_found_by_folder_and_by_test() {
        let root = tempfile::tempdir().unwrap();
        let results = root.path();
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(1_795_247_580 + seconds);
        let runs: Vec<_> = [60_u64, 0, 86_400, 86_400]
            .map(|seconds| {
                RunFolder::create(results, "shop", at(seconds)).unwrap().path().to_owned()
            })
            .into();
        std::fs::create_dir(results.join("shop/notes")).unwrap();
        let resolve = |text: &str| resolve(results, text);
        assert_eq!(resolve("shop"), Ok(runs[3].clone()));
        assert_eq!(resolve("shop@latest"), Ok(runs[3].clone()));
        assert_eq!(resolve("shop@previous"), Ok(runs[2].clone()));
        assert_eq!(resolve("shop@2026-11-21T07-53"), Ok(runs[1].clone()));
        assert_eq!(resolve("shop@2026-11-22T07-53-00Z"), Ok(runs[2].clone()));
        assert_eq!(resolve(runs[0].to_str().unwrap()), Ok(runs[0].clone()));
        assert_eq!(before(&runs[0]), Ok(runs[1].clone()));
        assert_eq!(before(&runs[1]), Err(ReferenceError::First(runs[1].clone())));
        for (text, told) in [
            ("shop@2026", "4 runs of `shop` began at `2026..`"),
            ("shop@2025", "no run of `shop` began at `2025`"),
            ("cart", "there is no run of `cart` in "),
            ("a\u{1b}[2J", "there is no run of `a\\u{1b}[2J` in "),
        ] {
            let error = resolve(text).unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
