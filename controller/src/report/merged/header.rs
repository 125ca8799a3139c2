//! What several runs were, and what was planned for them.

use std::time::Duration;

use super::{
    super::{PlanSummary, RunHeader, Tool},
    Part,
    spans::{most_at_once, union},
};

/// Those versions that ran the tests.
pub(super) fn tool(parts: &[Part]) -> Tool {
    Tool { name: "load-test", version: listed(parts, |part| Some(&part.report.tool.version)) }
}

/// The runs as one. What they have in common stands once, and what not is listed.
pub(super) fn run(parts: &[Part]) -> RunHeader {
    let all = |of: fn(&RunHeader) -> Option<&String>| listed(parts, |part| of(&part.report.run));
    let headers = || parts.iter().map(|part| &part.report.run);
    let host = all(|run| run.host.as_ref());
    let mut apis = Vec::new();
    for api in headers().flat_map(|run| &run.apis) {
        if !apis.contains(api) {
            apis.push(api.clone());
        }
    }
    RunHeader {
        id: all(|run| Some(&run.id)),
        test: all(|run| Some(&run.test)),
        description: all(|run| Some(&run.description)),
        environment: all(|run| Some(&run.environment)),
        host: Some(host).filter(|host| !host.is_empty()),
        only: shared(parts, |part| part.report.run.only.clone()).unwrap_or_default(),
        apis,
        started: headers().next().map(|run| run.started.clone()).unwrap_or_default(),
        started_epoch_ms: headers().next().map_or(0, |run| run.started_epoch_ms),
        machine: all(|run| Some(&run.machine)),
    }
}

/// Their plans as one: users and arrivals as many as were planned at once.
pub(super) fn plan(parts: &[Part]) -> PlanSummary {
    let plans = || parts.iter().map(|part| &part.report.plan);
    let during: Vec<_> = parts.iter().map(|part| (part.at, part.planned_to(), part)).collect();
    let users = |of: fn(&PlanSummary) -> u32| {
        let amounts: Vec<_> =
            during.iter().map(|(from, to, part)| (*from, *to, of(&part.report.plan))).collect();
        most_at_once(&amounts, u32::saturating_add, u32::max).unwrap_or(0)
    };
    let rates = during.iter();
    let rates: Vec<_> = rates
        .filter_map(|(from, to, part)| Some((*from, *to, part.report.plan.arrivals_per_s?)))
        .collect();
    PlanSummary {
        clients: users(|plan| plan.clients),
        peak: users(|plan| plan.peak),
        arrivals: plans().filter_map(|plan| plan.arrivals).reduce(u32::saturating_add),
        arrivals_per_s: most_at_once(&rates, |a, b| a + b, f64::max),
        duration_s: union(during.iter().map(|(from, to, _)| (*from, *to))).as_secs_f64(),
        stop_timeout_s: plans().map(|plan| plan.stop_timeout_s).fold(0.0, f64::max),
        seed: shared(parts, |part| part.report.plan.seed).flatten(),
        intervals: plans().map(|plan| plan.intervals).sum(),
        generators: plans().map(|plan| plan.generators).sum(),
        regions: plans().flat_map(|plan| plan.regions.iter().cloned()).collect(),
        warnings: told_before(parts),
    }
}

/// What a reader should know who takes the runs for one test.
pub(super) fn warnings(parts: &[Part]) -> Vec<String> {
    let mut warnings = Vec::new();
    if shared(parts, |part| part.report.run.test.clone()).is_none() {
        let tests = listed(parts, |part| Some(&part.report.run.test));
        warnings.push(format!("the runs are of different tests: {tests}"));
    }
    if shared(parts, |part| part.report.run.host.clone()).is_none() {
        let none = "the hosts of the scenario".to_owned();
        let hosts = listed(parts, |part| part.report.run.host.as_ref().or(Some(&none)));
        warnings.push(format!("the runs were against different hosts: {hosts}"));
    }
    if shared(parts, |part| part.report.run.only.clone()).is_none() {
        warnings.push("the runs were of different parts of their scenarios".into());
    }
    warnings
}

/// What was told before the starts; if not before all of them, before which.
fn told_before(parts: &[Part]) -> Vec<String> {
    if let Some(shared) = shared(parts, |part| part.report.plan.warnings.clone()) {
        return shared;
    }
    let each = |part: &Part| {
        part.report.plan.warnings.iter().map(|warning| part.says(warning)).collect::<Vec<_>>()
    };
    parts.iter().flat_map(each).collect()
}

impl Part {
    /// When its load was to end, since the start of the earliest run.
    fn planned_to(&self) -> Duration {
        let planned = Duration::try_from_secs_f64(self.report.plan.duration_s);
        self.at + planned.unwrap_or_default()
    }
}

/// What all runs have; none if they differ.
fn shared<T: PartialEq>(parts: &[Part], of: impl Fn(&Part) -> T) -> Option<T> {
    let mut all = parts.iter().map(of);
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// What the runs have, each once.
fn listed<'a>(parts: &'a [Part], of: impl Fn(&'a Part) -> Option<&'a String>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for text in parts.iter().filter_map(of) {
        if !all.contains(&text.as_str()) {
            all.push(text);
        }
    }
    all.join(", ")
}
