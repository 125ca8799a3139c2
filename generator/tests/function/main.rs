//! The function as AWS runs it: real processes behind a stand-in for Lambda, called through the
//! real SDK, with a real target.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod answers;
mod faults;
#[path = "../../../deploy/tests/support/kept.rs"]
mod kept;
mod leases;
mod listening;
#[path = "../../../deploy/tests/support/moto.rs"]
mod moto;
mod refusals;
mod secrets;
mod stand_in;
mod support;
