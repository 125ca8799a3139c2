//! Scenarios written in YAML.

mod api;
mod body;
mod call;
mod capture;
mod class;
mod comparison;
mod data;
mod expect;
mod flow;
mod http;
mod json_path;
mod multipart;
mod reading;
mod request;
mod sign_in;
mod step;
mod tasks;
mod transaction;
mod wait_time;

use std::time::Duration;

use self::reading::Reading;
use crate::{
    document::{Fields, Problem, Problems, Source, parse},
    environment::Environment,
    files::Library,
    scenario::Scenario,
};

/// Reads a scenario. The environment and the files are needed for what it refers to.
///
/// # Errors
///
/// All problems that were found, each with its place.
pub fn read(
    file: &str,
    text: &str,
    environment: &Environment,
    files: &dyn Library,
) -> Result<Scenario, Vec<Problem>> {
    let source = Source::file(file, text);
    let document = parse(&source, text).map_err(|problem| vec![problem])?;
    let problems = Problems::default();
    let scenario = Fields::of(&document, "", &problems).and_then(|mut fields| {
        let reading = Reading::new(environment, files, &problems);
        let http =
            fields.fields("http").map(|fields| http::read(fields, &reading)).unwrap_or_default();
        let data = data::read_all(&mut fields, &reading);
        let apis = reading.of_apis(api::read_all(&mut fields, &reading));
        sign_in::read_all(&mut fields, &reading);
        let classes = class::read_all(&mut fields, &reading);
        fields.finish();
        reading.check_holes();
        let has_users = classes.iter().any(|class| class.fixed_count > 0 || class.weight > 0);
        if !has_users && problems.is_empty() {
            let message = "expected at least one user class with a weight above 0";
            problems.add(Problem::new(&document.place, "users", message));
        }
        problems.is_empty().then(|| Scenario::new(classes).http(http).data(data).apis(apis))
    });
    problems.finish(scenario)
}

/// A duration above zero, if the key is there.
fn positive(fields: &mut Fields<'_>, key: &'static str) -> Option<Duration> {
    let duration: Duration = fields.get(key)?;
    if duration.is_zero() {
        fields.reject(key, "expected a duration above 0");
    }
    Some(duration)
}
