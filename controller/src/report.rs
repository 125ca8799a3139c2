//! What a run found, in every form in which it is written.
//!
//! [`Report`] holds all of it; `docs/report.md` describes each field. [`json`] and [`csv`] write
//! files, as does [`junit`]; [`console`] makes the text for a terminal, [`github`] one for a pull
//! request.

pub mod console;
pub mod csv;
mod cut;
mod delivery;
mod distribution;
mod error;
mod functions;
mod generator;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub(crate) mod markdown;
mod merged;
mod outcome;
mod region;
mod second;
mod summary;
mod transaction;

use std::path::{Path, PathBuf};

use engine::{curve::Change, listener::Delivery};
use serde::Serialize;

pub use self::{
    cut::Cut,
    distribution::{Distribution, PERCENTILES, Percentiles},
    error::ReportError,
    functions::{CostReport, FunctionsReport},
    generator::GeneratorReport,
    merged::RunReport,
    outcome::{ExceptionReport, FailureReport, How, Outcome, Tally},
    region::RegionReport,
    second::SecondReport,
    summary::{PlanSummary, RunHeader, Summary, Tool},
    transaction::{PhaseReport, TransactionReport},
};
use crate::{
    coverage::Coverage,
    plan::Plan,
    preflight::Preflight,
    run_folder::{self, End, InvocationRecord, Run, RunFolder},
    threshold::{Figures, Judged},
    totals::Totals,
    verdict::Verdict,
};

/// The version of `report.json`. It changes when a reader of the old one would be misled.
pub const SCHEMA: &str = "load-test/report/1";

/// All that is known after a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What made it.
    pub tool: Tool,
    /// Which run.
    pub run: RunHeader,
    /// The runs that it merges, in order of their starts; none if it is of one run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunReport>,
    /// What was planned.
    pub plan: PlanSummary,
    /// How its users were changed while it ran, one change after the other.
    pub changes: Vec<Change>,
    /// How it ended.
    pub end: Outcome,
    /// Everything in a few figures.
    pub summary: Summary,
    /// What became of what the profile asks for.
    pub thresholds: Vec<Judged>,
    /// What was measured of each transaction.
    pub transactions: Vec<TransactionReport>,
    /// Why requests failed.
    pub failures: Vec<FailureReport>,
    /// What went wrong in tasks.
    pub exceptions: Vec<ExceptionReport>,
    /// Second by second.
    pub series: Vec<SecondReport>,
    /// The same by region, all transactions as one.
    pub regions: Vec<RegionReport>,
    /// Where one interval's generators handed over to the next one's.
    pub cuts: Vec<Cut>,
    /// How much of the planned load was made.
    pub coverage: Coverage,
    /// How the generators fared.
    pub generators: Vec<GeneratorReport>,
    /// How its functions fared; none for a run on this machine.
    pub functions: Option<FunctionsReport>,
    /// What became of what listeners were told, by name.
    pub listeners: Vec<Delivery>,
    /// Whether the numbers can be trusted.
    pub verdict: Verdict,
}

impl Report {
    /// Works out the report of a run that has ended. `problems` are sentences about frames that
    /// could not be read.
    pub fn new(
        run: &Run,
        plan: &Plan,
        end: Option<&End>,
        totals: &Totals,
        problems: Vec<String>,
    ) -> Self {
        let generators = generator::reports(plan, totals);
        let coverage = Coverage::new(plan, totals);
        let summary = Summary::new(totals);
        let complete = generators.iter().all(|generator| generator.complete);
        let per_second = summary.per_second();
        let aborted = end.and_then(|end| end.aborted.as_ref());
        Self {
            schema: SCHEMA,
            tool: Tool::new(run),
            run: RunHeader::new(run, plan),
            runs: Vec::new(),
            plan: PlanSummary::new(plan),
            changes: Vec::new(),
            end: Outcome::new(end, complete, problems),
            thresholds: Figures::of(plan, totals).judge_all(&plan.thresholds, aborted),
            transactions: transaction::reports(totals.stats(), per_second),
            failures: outcome::failures(totals.stats()),
            exceptions: outcome::exceptions(totals.stats()),
            series: second::since(run.started_epoch_ms, totals),
            regions: region::reports(plan, totals, per_second),
            cuts: cut::cuts(plan, totals),
            verdict: Verdict::judge(plan, totals, &coverage, end),
            coverage,
            functions: None,
            listeners: delivery::deliveries(end, totals),
            summary,
            generators,
        }
    }
}

impl Report {
    /// With how the users were changed while it ran.
    #[must_use]
    pub fn with_changes(self, changes: Vec<Change>) -> Self {
        Self { changes, ..self }
    }

    /// With what is known of its functions beside their frames.
    #[must_use]
    pub fn with_functions(
        self,
        plan: &Plan,
        preflight: Option<&Preflight>,
        invocations: &[InvocationRecord],
    ) -> Self {
        Self { functions: FunctionsReport::new(plan, preflight, invocations), ..self }
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The report itself.
    pub report: Report,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// What there is to report of a run, or of several.
#[derive(Clone, Debug)]
pub struct Found {
    /// The report itself.
    pub report: Report,
    /// What it is made from.
    totals: Totals,
    /// None for several runs: each had its own.
    plan: Option<Plan>,
}

impl Found {
    /// Writes every file of it into a folder. Of several runs there is no page.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(self, folder: &Path) -> Result<Written, ReportError> {
        write(folder, self.report, self.plan.as_ref(), &self.totals)
    }
}

/// Writes every report of a run into its folder. Plan and end are those in the folder, so that
/// [`rebuild`] finds the same.
///
/// # Errors
///
/// The folder lacks its plan, or a file cannot be written.
pub fn write_all(folder: &RunFolder, totals: &Totals) -> Result<Written, ReportError> {
    let plan = folder.plan()?;
    let report = made(folder, &plan, totals, Vec::new())?;
    write(folder.path(), report, Some(&plan), totals)
}

/// Reads a run's folder, and writes every report again: the same bytes, if nothing has changed.
///
/// # Errors
///
/// The folder lacks its plan or its `run.json`, or a file cannot be read or written.
pub fn rebuild(folder: &Path) -> Result<Written, ReportError> {
    of_folder(&RunFolder::open(folder)?)?.write(folder)
}

/// What there is to report of a run, or of several as one.
///
/// # Errors
///
/// A folder lacks its plan, a file cannot be read, or a run is there twice.
pub fn of_all(folders: &[RunFolder]) -> Result<Found, ReportError> {
    match folders {
        [folder] => of_folder(folder),
        _ => merged::of(folders),
    }
}

fn of_folder(folder: &RunFolder) -> Result<Found, ReportError> {
    let plan = folder.plan()?;
    let mut totals = Totals::default();
    let problems = folder.replay(|frame| totals.absorb(frame))?;
    let problems = problems.iter().map(ToString::to_string).collect();
    let report = made(folder, &plan, &totals, problems)?;
    Ok(Found { report, totals, plan: Some(plan) })
}

fn made(
    folder: &RunFolder,
    plan: &Plan,
    totals: &Totals,
    problems: Vec<String>,
) -> Result<Report, ReportError> {
    let end = folder.end()?;
    let report = Report::new(folder.run(), plan, end.as_ref(), totals, problems);
    let (preflight, invocations) = (folder.preflight()?, folder.invocations()?);
    let report = report.with_changes(folder.changes()?);
    Ok(report.with_functions(plan, preflight.as_ref(), &invocations))
}

fn write(
    folder: &Path,
    report: Report,
    plan: Option<&Plan>,
    totals: &Totals,
) -> Result<Written, ReportError> {
    let write = |name: &str, content: &[u8]| run_folder::write(folder, name, content);
    let mut files = vec![write(json::FILE, json::text(&report)?.as_bytes())?];
    if let Some(plan) = plan {
        files.push(write(html::FILE, html::text(&report, plan, totals)?.as_bytes())?);
    }
    for (name, text) in csv::files(&report, totals)? {
        files.push(write(&name, &text)?);
    }
    if let Some(text) = junit::text(&report).map_err(ReportError::Junit)? {
        files.push(write(junit::FILE, &text)?);
    }
    Ok(Written { report, files })
}
