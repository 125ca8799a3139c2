//! The function as AWS runs it: real processes behind a stand-in for Lambda, called through the
//! real SDK, with a real target.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod answers;
mod faults;
mod leases;
mod refusals;
mod stand_in;
mod support;
