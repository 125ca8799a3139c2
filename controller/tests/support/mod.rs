//! What the end-to-end tests share.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

pub(crate) mod counts;
pub(crate) mod hostile;
pub(crate) mod project;
pub(crate) mod raw;
pub(crate) mod recorder;
pub(crate) mod sample_run;
pub(crate) mod schema;
