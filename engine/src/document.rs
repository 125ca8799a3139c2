//! Configuration and scenarios as a person wrote them: YAML in which every value knows its place.
//!
//! A file is parsed into a tree of [`Node`]s once. Files are laid over each other and settings
//! are put in as trees. [`Fields`] then reads a tree into validated values and notes every
//! [`Problem`] it meets, so that all problems of a file are told at once.

mod fields;
mod habit;
mod node;
mod parse;
mod problem;
mod setting;

pub use self::{
    fields::{Fields, nearest},
    node::{Entry, Node, Value},
    parse::{parse, parse_value},
    problem::{Place, Problem, Problems, Source},
    setting::{Rejection, Setting},
};
