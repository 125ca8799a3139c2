//! What the end-to-end tests share.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod hostile;
pub(crate) mod project;
pub(crate) mod raw;
