//! A run as it was recorded: what its report says, and what happened when.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use engine::{frame::Body, load::Load};

use super::timeline::Timeline;
use crate::{
    report::{Report, ReportError},
    run_folder::RunFolder,
    totals::Totals,
};

/// A run, read from its folder.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Where it is.
    pub folder: PathBuf,
    /// Its report, as it would be written now.
    pub report: Report,
    /// What was asked for in the end: users may be changed while a run goes on.
    pub(super) load: Load,
    pub(super) timeline: Timeline,
    /// How long there was load, seconds, without what is left out.
    pub(super) duration_s: f64,
}

impl Recording {
    /// Reads a run's folder, which is not changed. The first seconds, `skip`, are left out of
    /// what is compared.
    ///
    /// # Errors
    ///
    /// The folder lacks its plan or its `run.json`, or a file cannot be read.
    pub fn read(path: &Path, skip: Duration) -> Result<Self, ReportError> {
        let folder = RunFolder::open(path)?;
        let (plan, end, changes) = (folder.plan()?, folder.end()?, folder.changes()?);
        let mut totals = Totals::default();
        let mut timeline = Timeline::new(plan.duration, skip);
        let problems = folder.replay(|frame| {
            if let (Body::Second(second), false) = (&frame.body, totals.has(&frame)) {
                timeline.absorb(second);
            }
            totals.absorb(frame);
        })?;
        let problems = problems.iter().map(ToString::to_string).collect();
        let report = Report::new(folder.run(), &plan, end.as_ref(), &totals, problems);
        let load = plan.load_changed(&changes);
        let report = report.with_changes(changes);
        let duration_s = (report.summary.duration_s - skip.as_secs_f64()).max(0.0);
        Ok(Self { folder: path.into(), report, load, timeline, duration_s })
    }
}
