//! Runs in functions: the real command and the real function's program, around a stand-in for AWS.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod checkup;
mod counts;
mod faults;
mod level;
mod secrets;
mod steering;
