//! What the stand-in is like.

use std::{path::PathBuf, time::Duration};

/// One function, the same in several regions of one account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The function's name.
    pub function: String,
    /// The program that its environments run.
    pub program: PathBuf,
    /// The regions in which it exists.
    pub regions: Vec<String>,
    /// The regions in which answers cannot be streamed.
    pub without_streaming: Vec<String>,
    /// Its memory, megabytes. It is told, and not enforced.
    pub memory_mb: u32,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How many invocations a region runs at a time.
    pub concurrency: usize,
    /// The largest answer in one piece, bytes.
    pub largest_answer: usize,
    /// The hash of its code.
    pub code_sha256: String,
    /// Further variables for its environments, such as `RUST_LOG`.
    pub variables: Vec<(String, String)>,
}

impl Settings {
    /// A function named `load-test` in these regions, that runs [`bootstrap_path`].
    ///
    /// [`bootstrap_path`]: crate::bootstrap_path
    pub fn in_regions(regions: &[&str]) -> Self {
        Self {
            function: "load-test".into(),
            program: crate::bootstrap_path(),
            regions: regions.iter().map(|region| (*region).into()).collect(),
            without_streaming: Vec::new(),
            memory_mb: 1769,
            timeout: Duration::from_mins(15),
            concurrency: 1000,
            largest_answer: 6_291_556,
            code_sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into(),
            variables: Vec::new(),
        }
    }
}
