//! Several runs as one: the same test from several machines, or in pieces.
//!
//! Histograms merge exactly. Each run's second 0 is its own start, so all of it is laid on the wall
//! clock: what ran at the same time adds up, and what ran later follows. A second of the series is
//! one of the clock, as each run's own report has it in `epoch_s`.

mod functions;
mod header;
mod spans;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use engine::curve::Change;
use serde::Serialize;

use super::{
    Cut, Distribution, Found, GeneratorReport, How, Outcome, RegionReport, Report, ReportError,
    SCHEMA, Summary, outcome, second, summary::PerSecond, transaction,
};
use crate::{
    coverage::{Coverage, IntervalCoverage},
    run_folder::RunFolder,
    threshold::Judged,
    totals::Totals,
    verdict::{Status, Verdict},
};

/// One of the runs of a merged report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunReport {
    /// Unique over all runs.
    pub id: String,
    /// The test's name.
    pub test: String,
    /// The base URL of the system under test.
    pub host: Option<String>,
    /// The machine that started it.
    pub machine: String,
    /// The instant of its second 0, RFC 3339 in UTC.
    pub started: String,
    /// The same, milliseconds since the Unix epoch.
    pub started_epoch_ms: u64,
    /// How much later than the earliest run it started.
    pub at_s: f64,
    /// How long there was load, as measured.
    pub duration_s: f64,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// How it ended.
    pub how: How,
    /// Whether its numbers can be trusted.
    pub verdict: Status,
}

/// A run on its own.
struct Part {
    report: Report,
    /// How much later than the earliest run it started.
    at: Duration,
    /// When it made load, since the start of the earliest run.
    load: Option<(Duration, Duration)>,
}

/// Merges runs; in which order they are given changes nothing.
pub(super) fn of(folders: &[RunFolder]) -> Result<Found, ReportError> {
    refuse_same(folders)?;
    let mut folders: Vec<_> = folders.iter().collect();
    folders.sort_by_key(|folder| (folder.run().started_epoch_ms, &folder.run().id));
    let base_ms = folders.first().map_or(0, |folder| folder.run().started_epoch_ms);
    let (mut parts, mut totals) = (Vec::new(), Totals::default());
    for folder in folders {
        let started_ms = folder.run().started_epoch_ms;
        let Found { report, totals: own, .. } = super::of_folder(folder)?;
        let at = Duration::from_millis(started_ms - base_ms);
        let load = own.load_times().map(|load| (at + load.from, at + load.to));
        parts.push(Part { report, at, load });
        // Runs that start in the same second of the clock share their seconds.
        let seconds = started_ms / 1000 - base_ms / 1000;
        totals.join(own, u32::try_from(seconds).unwrap_or(u32::MAX));
    }
    Ok(Found { report: merged(&parts, &totals), totals, plan: None })
}

fn refuse_same(folders: &[RunFolder]) -> Result<(), ReportError> {
    let mut seen: HashMap<&str, &RunFolder> = HashMap::new();
    for folder in folders {
        let id = &folder.run().id;
        if let Some(first) = seen.insert(id, folder) {
            let (first, second) = (first.path().into(), folder.path().into());
            return Err(ReportError::SameRun { first, second, id: id.clone() });
        }
    }
    Ok(())
}

fn merged(parts: &[Part], totals: &Totals) -> Report {
    // Time in which no run made load is no time in which requests could have been made.
    let summary = Summary::over(spans::union(parts.iter().filter_map(|part| part.load)), totals);
    let per_second = summary.per_second();
    let run = header::run(parts);
    Report {
        schema: SCHEMA,
        tool: header::tool(parts),
        runs: parts.iter().map(RunReport::new).collect(),
        plan: header::plan(parts),
        changes: parts.iter().flat_map(Part::changes).collect(),
        end: end(parts),
        thresholds: parts.iter().flat_map(Part::thresholds).collect(),
        transactions: transaction::reports(totals.stats(), per_second),
        failures: outcome::failures(totals.stats()),
        exceptions: outcome::exceptions(totals.stats()),
        series: second::since(run.started_epoch_ms, totals),
        regions: regions(parts, totals, per_second),
        cuts: parts.iter().flat_map(Part::cuts).collect(),
        coverage: coverage(parts),
        generators: parts.iter().flat_map(Part::generators).collect(),
        functions: functions::merged(parts),
        listeners: super::delivery::merged(parts.iter().flat_map(|part| &part.report.listeners)),
        verdict: verdict(parts, totals),
        summary,
        run,
    }
}

impl RunReport {
    fn new(part: &Part) -> Self {
        let Report { run, summary, end, verdict, .. } = &part.report;
        Self {
            id: run.id.clone(),
            test: run.test.clone(),
            host: run.host.clone(),
            machine: run.machine.clone(),
            started: run.started.clone(),
            started_epoch_ms: run.started_epoch_ms,
            at_s: part.at.as_secs_f64(),
            duration_s: summary.duration_s,
            requests: summary.requests,
            failures: summary.failures,
            how: end.how,
            verdict: verdict.status,
        }
    }
}

impl Part {
    fn id(&self) -> &str {
        &self.report.run.id
    }

    fn changes(&self) -> impl Iterator<Item = Change> {
        self.report.changes.iter().map(|change| Change { at: self.at + change.at, ..*change })
    }

    /// A sentence, with the run that it is about.
    fn says(&self, sentence: &str) -> String {
        format!("{}: {sentence}", self.id())
    }

    /// As they were judged of this run alone.
    fn thresholds(&self) -> impl Iterator<Item = Judged> {
        let thresholds = self.report.thresholds.iter().cloned();
        thresholds.map(|judged| {
            let hint = judged.hint.as_ref().map_or(String::new(), |hint| format!(": {hint}"));
            Judged { hint: Some(format!("in the run {}{hint}", self.id())), ..judged }
        })
    }

    fn cuts(&self) -> impl Iterator<Item = Cut> {
        let at_s = self.at.as_secs_f64();
        let cuts = self.report.cuts.iter().cloned();
        cuts.map(move |cut| Cut { run: Some(self.id().into()), at_s: cut.at_s + at_s, ..cut })
    }

    fn generators(&self) -> impl Iterator<Item = GeneratorReport> {
        let at_s = self.at.as_secs_f64();
        let generators = self.report.generators.iter().cloned();
        generators.map(move |generator| GeneratorReport {
            run: Some(self.id().into()),
            load_from_s: generator.load_from_s.map(|from_s| from_s + at_s),
            load_to_s: generator.load_to_s.map(|to_s| to_s + at_s),
            ..generator
        })
    }
}

/// As the worst of them ended.
fn end(parts: &[Part]) -> Outcome {
    let ends = || parts.iter().map(|part| &part.report.end);
    let told = parts
        .iter()
        .flat_map(|part| part.report.end.messages.iter().map(|message| part.says(message)));
    Outcome {
        how: ends().map(|end| end.how).max().unwrap_or(How::Killed),
        partial: ends().any(|end| end.partial),
        messages: header::warnings(parts).into_iter().chain(told).collect(),
    }
}

fn regions(parts: &[Part], totals: &Totals, per_second: PerSecond) -> Vec<RegionReport> {
    let mut regions: BTreeMap<&str, RegionReport> = BTreeMap::new();
    for region in parts.iter().flat_map(|part| &part.report.regions) {
        let own = regions.entry(&region.region).or_insert_with(|| RegionReport {
            region: region.region.clone(),
            generators: 0,
            requests: 0,
            failures: 0,
            requests_per_s: 0.0,
            failures_per_s: 0.0,
            latency: Distribution::default(),
            // Regions that began in different runs were not meant to begin together.
            start_skew_ms: None,
        });
        own.generators += region.generators;
    }
    for (region, all) in totals.regions() {
        let Some(own) = regions.get_mut(region) else { continue };
        (own.requests, own.failures) = (all.requests, all.failures);
        own.requests_per_s = per_second.of(all.requests);
        own.failures_per_s = per_second.of(all.failures);
        own.latency = Distribution::new(&all.latency);
    }
    regions.into_values().collect()
}

fn coverage(parts: &[Part]) -> Coverage {
    let all = || parts.iter().map(|part| &part.report.coverage);
    let planned_s: f64 = all().map(|coverage| coverage.planned_s).sum();
    let covered_s: f64 = all().map(|coverage| coverage.covered_s).sum();
    let intervals = parts.iter().flat_map(|part| {
        let own = part.report.coverage.intervals.iter().cloned();
        own.map(|interval| IntervalCoverage { run: Some(part.id().into()), ..interval })
    });
    Coverage {
        planned_s,
        covered_s,
        ratio: (planned_s > 0.0).then(|| covered_s / planned_s),
        doubled_s: all().map(|coverage| coverage.doubled_s).sum(),
        intervals: intervals.collect(),
    }
}

/// The worst of theirs; and whether the merge adds up.
fn verdict(parts: &[Part], totals: &Totals) -> Verdict {
    let mut parts: Vec<_> = parts.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.report.verdict.status));
    let contradiction =
        "inconsistent: the totals differ from the sum over the generators of all runs";
    let contradiction = (!totals.is_consistent()).then(|| contradiction.to_owned());
    let worst = parts.first().map_or(Status::Invalid, |part| part.report.verdict.status);
    let told = parts
        .into_iter()
        .flat_map(|part| part.report.verdict.reasons.iter().map(|reason| part.says(reason)));
    Verdict {
        status: if contradiction.is_some() { Status::Invalid } else { worst },
        reasons: contradiction.into_iter().chain(told).collect(),
    }
}
