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
mod reading;
mod request;
mod step;
mod tasks;
mod transaction;
mod wait_time;

use std::time::Duration;

use self::reading::Reading;
use crate::{
    document::{Fields, Node, Problem, Problems, Rejection, Setting, Source, parse},
    environment::Environment,
    files::Library,
    http::{HttpSettings, Redirects},
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
        let http = fields.fields("http").map(http).unwrap_or_default();
        let data = data::read_all(&mut fields, &reading);
        let apis = reading.of_apis(api::read_all(&mut fields, &reading));
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

fn http(mut fields: Fields<'_>) -> HttpSettings {
    let default = HttpSettings::default();
    let settings = HttpSettings {
        connect_timeout: positive(&mut fields, "connect_timeout")
            .unwrap_or(default.connect_timeout),
        timeout: positive(&mut fields, "timeout").unwrap_or(default.timeout),
        redirects: fields.get("redirects").unwrap_or(default.redirects),
        body_limit: fields.get("body_limit").map_or(default.body_limit, |Bytes(limit)| limit),
    };
    fields.finish();
    settings
}

/// A duration above zero, if the key is there.
fn positive(fields: &mut Fields<'_>, key: &'static str) -> Option<Duration> {
    let duration: Duration = fields.get(key)?;
    if duration.is_zero() {
        fields.reject(key, "expected a duration above 0");
    }
    Some(duration)
}

impl Setting for Redirects {
    const EXPECTED: &'static str = "one of none, same_host, any";

    fn read(node: &Node) -> Result<Self, Rejection> {
        data::one_of(
            node,
            &[("none", Self::None), ("same_host", Self::SameHost), ("any", Self::Any)],
        )
    }
}

/// A number of bytes: `4096`, `64 KiB`, `4 MiB`.
struct Bytes(usize);

impl Setting for Bytes {
    const EXPECTED: &'static str = "a size up to 1 GiB, such as 4096, 64 KiB or 4 MiB";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = String::read(node)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = text[..digits].parse().map_err(|_| Rejection::Unexpected)?;
        let unit = match text[digits..].trim() {
            "" | "B" => 1,
            "KiB" => 1024,
            "MiB" => 1024 * 1024,
            _ => return Err(Rejection::Unexpected),
        };
        let bytes = number.checked_mul(unit).filter(|bytes| *bytes <= 1024 * 1024 * 1024);
        bytes.map(Self).ok_or(Rejection::Unexpected)
    }
}
