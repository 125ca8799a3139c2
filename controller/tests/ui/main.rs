//! The live page's server, over real connections.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod client;
mod ending;
mod orders;
mod runs;
mod served;
mod viewers;
