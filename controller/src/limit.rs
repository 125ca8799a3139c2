//! How much load a system takes: the highest level at which no threshold is crossed.

mod levels;
mod search;
mod trial;

use serde::Serialize;

pub use self::{
    levels::Levels,
    search::{Precision, Search, SearchError},
    trial::{Held, Trial},
};
use crate::grouped::grouped;

/// What a search has found. It is written to a file of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The test's name.
    pub test: String,
    /// The system under test: its base URL, if it has one.
    pub host: String,
    /// What a level is a number of: `users`, or `arrivals per second`.
    pub unit: &'static str,
    /// The highest level that held; none if not even the lowest one did.
    pub highest_held: Option<u32>,
    /// The lowest level that broke; none if all held.
    pub lowest_broken: Option<u32>,
    /// Whether there is nothing between the two that is worth a trial.
    pub complete: bool,
    /// What was found, as a sentence.
    pub conclusion: String,
    /// All trials, in order.
    pub trials: Vec<Trial>,
}

impl Limit {
    /// What was found, as a sentence.
    pub fn conclude(&self) -> String {
        let unit = self.unit;
        let trial = |level: u32| self.trials.iter().find(|trial| trial.level == level);
        let held = self.highest_held.map(|level| {
            let rate = trial(level).map_or(0.0, |trial| trial.requests_per_s);
            format!("{} {unit} held, at {rate:.1} requests/s", grouped(level))
        });
        let broken = self.lowest_broken.map(|level| {
            let why = trial(level).and_then(|trial| trial.reasons.first());
            let why = why.map_or(String::new(), |why| format!(": {why}"));
            format!("{} broke{why}", grouped(level))
        });
        let rest = if self.complete { String::new() } else { self.rest() };
        match (held, broken) {
            (Some(held), Some(broken)) => format!("{held}; {broken}{rest}"),
            (Some(held), None) if self.complete => {
                let most = self.highest_held.map_or(String::new(), grouped);
                format!("{held}; no more was asked for, so the limit is {most} or more")
            }
            (Some(held), None) => format!("{held}{rest}"),
            (None, Some(broken)) => format!("not even the lowest level held; {broken}{rest}"),
            (None, None) => format!("nothing is known{rest}"),
        }
    }

    /// That something is missing, and why.
    fn rest(&self) -> String {
        let last = self.trials.last().filter(|trial| trial.held == Held::Unknown);
        let why = last.and_then(|trial| {
            let why = trial.reasons.first()?;
            Some(format!(", as {} cannot be judged: {why}", grouped(trial.level)))
        });
        format!("; the search was not completed{}", why.unwrap_or_default())
    }
}
