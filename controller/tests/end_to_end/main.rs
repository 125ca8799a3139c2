//! The real command against real servers, from a project's files to its reports.

#[path = "../support/mod.rs"]
mod support;

mod counts;
mod debug;
mod failures;
mod first_steps;
mod interruption;
mod many_users;
mod plan;
mod responses;
mod terminal;
mod tls;
