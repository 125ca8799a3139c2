//! The seconds of several runs, in the order of time.

use std::sync::Arc;

use super::{Moment, timeline::Timeline};
use crate::run_folder::{Run, RunFolder, RunFolderError};

/// Runs, each with the second that it comes to next.
pub(super) struct Timelines(Vec<(Timeline, Option<Moment>)>);

impl Timelines {
    pub(super) fn open(folders: &[RunFolder]) -> Result<Self, RunFolderError> {
        let timelines = folders.iter().map(|folder| {
            let mut timeline = Timeline::open(folder)?;
            let first = timeline.next()?;
            Ok((timeline, first))
        });
        timelines.collect::<Result<_, _>>().map(Self)
    }

    /// The runs, as they were given.
    pub(super) fn runs(&self) -> Vec<Arc<Run>> {
        self.0.iter().map(|(timeline, _)| Arc::clone(timeline.run())).collect()
    }

    /// The next second; of two at the same time, that of the run that was given first.
    pub(super) fn next(&mut self) -> Result<Option<Moment>, RunFolderError> {
        let due = |at: &(Timeline, Option<Moment>)| at.1.as_ref().map(Moment::started_epoch_ms);
        let earliest = self.0.iter_mut().filter(|at| at.1.is_some()).min_by_key(|at| due(at));
        let Some((timeline, next)) = earliest else { return Ok(None) };
        Ok(std::mem::replace(next, timeline.next()?))
    }

    /// What was unreadable, as sentences; with several runs, each says which.
    pub(super) fn problems(&self) -> Vec<String> {
        let several = self.0.len() > 1;
        let of = |timeline: &Timeline| {
            let run = timeline.run().id.clone();
            let problems = timeline.problems().iter();
            let told = problems.map(move |problem| {
                if several { format!("{run}: {problem}") } else { problem.to_string() }
            });
            told.collect::<Vec<_>>()
        };
        self.0.iter().flat_map(|(timeline, _)| of(timeline)).collect()
    }
}
