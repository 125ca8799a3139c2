//! Deploys.
fn main() {}
