//! The load tests, one folder per API; `guide` holds those of `docs/writing-tests.md`.

#[path = "demo/scenario.rs"]
mod demo;
mod guide {
    //! One small test for each ability.

    pub(crate) mod expect;
    pub(crate) mod first;
    pub(crate) mod sign_in;
}

use engine::scenario::Linked;

/// The scenario of `--demo`.
pub const DEMO: &str = include_str!("demo/scenario.yml");

/// Which sources this was built from: equal where generators behave alike.
pub const BUILD: &str = env!("BUILD");

/// All scenarios written in Rust, by the names that profiles give.
pub fn linked() -> Linked {
    Linked::default()
        .with("demo", demo::scenario)
        .with("guide-expect", guide::expect::scenario)
        .with("guide-first", guide::first::scenario)
        .with("guide-sign_in", guide::sign_in::scenario)
}
