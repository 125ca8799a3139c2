//! The load tests, one folder per API; `guide` holds those of `docs/writing-tests.md`.

#[path = "demo/scenario.rs"]
mod demo;
mod guide {
    //! One small test for each ability.

    pub(crate) mod apis;
    pub(crate) mod classes;
    pub(crate) mod data;
    pub(crate) mod expect;
    pub(crate) mod first;
    pub(crate) mod flow;
    pub(crate) mod http;
    pub(crate) mod sets;
    pub(crate) mod sign_in;
    pub(crate) mod tcp;
    pub(crate) mod transactions;
}
#[path = "random_status/scenario.rs"]
mod random_status;
#[path = "web_users/scenario.rs"]
mod web_users;

use engine::scenario::Linked;

/// The scenario of `--demo`.
pub const DEMO: &str = include_str!("demo/scenario.yml");

/// Which sources this was built from: equal where generators behave alike.
pub const BUILD: &str = env!("BUILD");

/// All scenarios written in Rust, by the names that profiles give.
pub fn linked() -> Linked {
    Linked::default()
        .with("demo", demo::scenario)
        .with("random_status", random_status::scenario)
        .with("web_users", web_users::scenario)
        .with("guide-apis", guide::apis::scenario)
        .with("guide-classes", guide::classes::scenario)
        .with("guide-expect", guide::expect::scenario)
        .with("guide-first", guide::first::scenario)
        .with("guide-sign_in", guide::sign_in::scenario)
        .with("guide-sets", guide::sets::scenario)
        .with("guide-data", guide::data::scenario)
        .with("guide-flow", guide::flow::scenario)
        .with("guide-http", guide::http::scenario)
        .with("guide-transactions", guide::transactions::scenario)
        .with("guide-tcp", guide::tcp::scenario)
}
