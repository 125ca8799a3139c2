//! The real command against real servers, from a project's files to its reports.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "../support/mod.rs"]
mod support;

mod apis;
mod counts;
mod debug;
mod failures;
mod find_limit;
mod first_steps;
mod gates;
mod interruption;
mod listeners;
mod load_shapes;
mod many_users;
mod plan;
mod responses;
mod selection;
mod terminal;
mod test_data;
mod tls;
