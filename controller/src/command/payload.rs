//! What travels to a function.

use std::time::SystemTime;

use cloud::reply::LARGEST_PAYLOAD;
use engine::{files::Files, job::ScenarioSource};
use tokio::time::Instant;

use super::Error;
use crate::{
    config::Configuration,
    exit_code::ExitCode,
    grouped::grouped,
    plan::{Backend, Plan},
    run::Order,
};

/// What of a function's payload a job may take; the rest is for what goes with it.
const LARGEST_JOB: usize = LARGEST_PAYLOAD - 4096;

/// Functions take jobs up to a size.
///
/// # Errors
///
/// A job that is larger.
pub(super) fn check(
    plan: &Plan,
    scenario: &ScenarioSource,
    configuration: &Configuration,
) -> Result<(), Error> {
    if plan.backend == Backend::Local {
        return Ok(());
    }
    let Configuration { environment, listening, .. } = configuration;
    let order = Order {
        run: plan.test.clone(),
        started: SystemTime::now(),
        begun: Instant::now(),
        plan: plan.clone(),
        scenario: scenario.clone(),
        environment: environment.clone(),
    };
    let beside = serde_json::to_vec(listening).map_or(0, |listening| listening.len());
    let size = order.largest_job() + beside;
    if size < LARGEST_JOB {
        return Ok(());
    }
    let message = format!(
        "a job of {} bytes is more than the {} that a function takes: {} with it",
        grouped(size as u64),
        grouped(LARGEST_JOB as u64),
        travellers(scenario),
    );
    let hint = "files travel compressed; leave out rows and columns that are not used, or run it \
                on this machine with --backend local";
    Err(Error::new(ExitCode::INVALID, message).with_hint(hint))
}

/// What makes a job large: its files, the largest first, or else all that is in it.
fn travellers(scenario: &ScenarioSource) -> String {
    let none = Files::default();
    let files = if let ScenarioSource::Yaml { files, .. } = scenario { files } else { &none };
    let mut files: Vec<_> = files.packed().collect();
    files.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let files: Vec<_> = files
        .into_iter()
        .take(3)
        .map(|(name, size)| format!("{name} ({} bytes, compressed)", grouped(size as u64)))
        .collect();
    match files.len() {
        0 => "its scenario, its environment's data and its load level points travel".to_owned(),
        1 => format!("{} travels", files[0]),
        _ => format!("{} travel", files.join(", ")),
    }
}
