//! What the end-to-end tests share.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::path::{Path, PathBuf};

pub(crate) mod counts;
pub(crate) mod hostile;
pub(crate) mod project;
pub(crate) mod raw;
pub(crate) mod recorder;
pub(crate) mod sample_run;
pub(crate) mod schema;

/// The interpreter that knows what `scripts/requirements.txt` lists.
pub(crate) fn python() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_load-test"));
    let program = binary.ancestors().nth(2).unwrap().join("python/bin/python");
    assert!(program.exists(), "{} is missing: run scripts/python_tools", program.display());
    program
}
