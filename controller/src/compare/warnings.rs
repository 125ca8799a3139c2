//! What speaks against comparing two runs.

use std::time::Duration;

use engine::{api::listed, duration};

use super::{Presence, Recording, Row};
use crate::{grouped::counted, report::PlanSummary, verdict::Status};

/// Of the transactions that only one run has, so many are named.
const MOST_NAMED: usize = 3;

pub(super) fn of(base: &Recording, other: &Recording, rows: &[Row]) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(trust("the base", base));
    warnings.extend(trust("the other run", other));
    warnings.extend(of_runs(base, other));
    warnings.extend(of_plans(base, other));
    warnings.extend(of_transactions(rows));
    warnings
}

/// Whether a run's own numbers can be trusted.
fn trust(which: &str, recording: &Recording) -> Vec<String> {
    let (verdict, end) = (&recording.report.verdict, &recording.report.end);
    let mut warnings = Vec::new();
    if verdict.status != Status::Valid {
        let reason = verdict.reasons.first().map_or("", String::as_str);
        warnings.push(format!("{which} is {}: {reason}", verdict.status));
    }
    if end.partial {
        warnings.push(format!("{which} is partial: it was {}", end.how.name()));
    }
    warnings
}

fn of_runs(base: &Recording, other: &Recording) -> Vec<String> {
    let (one, two) = (&base.report.run, &other.report.run);
    let mut warnings = Vec::new();
    if one.id == two.id {
        warnings.push("this is one run, compared with itself".into());
    }
    // The demo API takes another port each time.
    let port = |host: &str| {
        host.strip_prefix("http://127.0.0.1:").map_or(false, |port| port.parse::<u16>().is_ok())
    };
    let host = |host: &Option<String>| match host {
        Some(host) if port(host) => "this machine".into(),
        Some(host) => host.clone(),
        None => "none".to_owned(),
    };
    warnings.extend(differ("test", &one.test, &two.test));
    warnings.extend(differ("environment", &one.environment, &two.environment));
    warnings.extend(differ("host", &host(&one.host), &host(&two.host)));
    warnings.extend(differ("part of the scenario", &part(base), &part(other)));
    warnings.extend(differ("APIs", &listed(&one.apis), &listed(&two.apis)));
    warnings.extend(differ("machine that started it", &one.machine, &two.machine));
    let versions = [base, other].map(|recording| &recording.report.tool.version);
    warnings.extend(differ("version of load-test", versions[0], versions[1]));
    warnings
}

fn part(recording: &Recording) -> String {
    let only = &recording.report.run.only;
    if only.is_all() { "all".into() } else { only.to_string() }
}

fn of_plans(base: &Recording, other: &Recording) -> Vec<String> {
    let (one, two) = (&base.report.plan, &other.report.plan);
    let length =
        |seconds: f64| duration::format(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    let regions = |regions: &std::collections::BTreeSet<String>| {
        regions.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let mut warnings = Vec::new();
    warnings.extend(differ("users", &one.peak.to_string(), &two.peak.to_string()));
    warnings.extend(differ("duration", &length(one.duration_s), &length(two.duration_s)));
    let seed = |plan: &PlanSummary| plan.seed.map_or("several".into(), |seed| seed.to_string());
    warnings.extend(differ("seed", &seed(one), &seed(two)));
    warnings.extend(differ("regions", &regions(&one.regions), &regions(&two.regions)));
    if warnings.is_empty() && base.load != other.load {
        warnings.push("the load rises or falls differently in the two runs".into());
    }
    warnings
}

fn of_transactions(rows: &[Row]) -> Vec<String> {
    [(Presence::Base, "base"), (Presence::Other, "other run")]
        .into_iter()
        .filter_map(|(presence, which)| {
            let rows = rows.iter().filter(|row| row.presence == presence && !row.is_overall());
            let titles: Vec<_> = rows.map(Row::title).collect();
            let named = titles.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = if titles.len() > MOST_NAMED { ", .." } else { "" };
            let number = counted(titles.len() as u64, "transaction");
            (!titles.is_empty()).then(|| format!("{number} in the {which} only: {named}{more}"))
        })
        .collect()
}

fn differ(what: &str, base: &str, other: &str) -> Option<String> {
    let shown = |text: &str| if text.is_empty() { "none".into() } else { text.to_owned() };
    (base != other).then(|| format!("not the same {what}: {}, then {}", shown(base), shown(other)))
}
