//! Builds the load tester's function, and puts it into an AWS account.

mod account;
mod bucket;
pub mod build;
mod call;
pub mod change;
pub mod cli;
pub mod clients;
pub mod command;
pub mod deployment;
pub mod destroy;
pub mod error;
mod function;
mod logs;
pub mod pace;
pub mod policy;
pub mod progress;
mod regions;
mod role;
pub mod upload;
