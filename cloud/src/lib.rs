//! What both ends of an invocation know: the laptop that asks, and the function that answers.

pub mod ask;
pub mod claim;
mod exchange;
pub mod hello;
pub mod lease;
pub mod names;
pub mod reply;
mod sign;
pub mod store;
pub mod vault;
