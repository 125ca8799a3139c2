//! The `load-test` command.

fn main() {}
