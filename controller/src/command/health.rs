//! Whether the APIs under test are there, before anything is started.

use engine::{
    api::{ApiVersion, Health, check},
    environment::Environment,
    scenario::Scenario,
};

use super::{Error, print};
use crate::{exit_code::ExitCode, shown::shown, style::Style};

/// What to do about an API that is not healthy.
const HINT: &str = "`--skip-healthcheck` runs without asking, as where only the functions reach it";

/// The versions of all APIs that have a healthcheck.
///
/// # Errors
///
/// One of them is not healthy.
pub(super) fn versions(
    scenario: &Scenario,
    environment: &Environment,
) -> Result<Vec<ApiVersion>, Error> {
    let found = check(scenario, environment).map_err(Error::failed)?;
    let sick = found.iter().filter(|health| health.result.is_err());
    let sick: String = sick.map(|health| format!("\n  {}", line(health))).collect();
    if !sick.is_empty() {
        let message = format!("an API is not healthy, and nothing was started:{sick}");
        return Err(Error::new(ExitCode::GENERATOR, message).with_hint(HINT));
    }
    Ok(found.into_iter().filter_map(|health| health.result.ok()).collect())
}

/// Shows what each healthcheck finds; returns how many of them fail.
///
/// # Errors
///
/// It cannot be asked or shown at all.
pub(super) fn show(
    scenario: &Scenario,
    environment: &Environment,
    style: Style,
) -> Result<u64, Error> {
    let found = check(scenario, environment).map_err(Error::failed)?;
    let mut failed = 0;
    for health in &found {
        let mark = if health.result.is_ok() { style.good("ok") } else { style.error("FAILED") };
        failed += u64::from(health.result.is_err());
        print(&format!("healthcheck\n  {mark}  {}\n", line(health)))?;
    }
    Ok(failed)
}

/// Such as `shop 1.4.2 at http://..`.
fn line(health: &Health) -> String {
    let url = &health.url;
    shown(&match &health.result {
        Ok(version) => format!("{version} at {url}"),
        Err(reason) => format!("{} at {url}: {reason}", health.api),
    })
}
