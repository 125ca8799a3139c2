//! How generators fare.

use engine::job_id::JobId;
use serde::Serialize;

use super::row::percentile;
use crate::totals::{Generator, Totals};

/// How many are shown.
const MOST: usize = 200;

/// One that was not heard of for so many seconds is taken for lost.
const SILENT: u32 = 10;

/// A generator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneratorView {
    /// Its interval.
    pub interval: u32,
    /// Where it runs.
    pub region: String,
    /// Its share.
    pub share: u32,
    /// 0, or 1 for one that replaced another.
    pub attempt: u32,
    /// What became of it.
    pub state: GeneratorState,
    /// Users that ran when it was last heard of.
    pub users: u32,
    /// Its busiest thread's part of its core, 0 to 1, over all seconds; none if not measured.
    pub cpu: Option<f64>,
    /// The same in its busiest second.
    pub cpu_max: Option<f64>,
    /// The 99th percentile of its scheduling delay.
    pub delay_p99_ms: Option<f64>,
    /// Frames that have come.
    pub frames: u64,
    /// Frames that are missing.
    pub missing_frames: u64,
    /// The last second it reported.
    pub newest_s: Option<u32>,
}

/// What became of a generator.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneratorState {
    /// It was not heard of for long.
    Lost,
    /// It runs.
    Running,
    /// It has reported its end.
    Ended,
}

/// Those that need looking at first, and how many more there are.
pub(super) fn generators(totals: &Totals) -> (Vec<GeneratorView>, usize) {
    let newest = totals.newest().unwrap_or_default();
    let mut all: Vec<_> = totals.generators().collect();
    let busy = |generator: &Generator| generator.cpu().most;
    all.sort_by(|(_, a), (_, b)| {
        let states = state(a, newest).cmp(&state(b, newest));
        states.then(busy(b).total_cmp(&busy(a)))
    });
    let more = all.len().saturating_sub(MOST);
    let shown = all.into_iter().take(MOST);
    (shown.map(|(job, generator)| GeneratorView::new(job, generator, newest)).collect(), more)
}

/// How many of a region run.
pub(super) fn running(totals: &Totals, region: &str) -> usize {
    let newest = totals.newest().unwrap_or_default();
    let here = totals.generators().filter(|(job, _)| job.region == region);
    here.filter(|(_, generator)| state(generator, newest) == GeneratorState::Running).count()
}

fn state(generator: &Generator, newest: u32) -> GeneratorState {
    let silent = generator.newest().is_none_or(|last| last.saturating_add(SILENT) < newest);
    match generator.ending() {
        Some(_) => GeneratorState::Ended,
        None if silent => GeneratorState::Lost,
        None => GeneratorState::Running,
    }
}

impl GeneratorView {
    fn new(job: &JobId, generator: &Generator, newest: u32) -> Self {
        let cpu = generator.cpu();
        let state = state(generator, newest);
        Self {
            interval: job.interval,
            region: job.region.clone(),
            share: job.share,
            attempt: job.attempt,
            state,
            users: if state == GeneratorState::Ended { 0 } else { generator.users() },
            cpu: cpu.mean(),
            cpu_max: cpu.mean().map(|_| cpu.most),
            delay_p99_ms: percentile(&generator.delay(), 99.0),
            frames: generator.frames(),
            missing_frames: generator.missing(),
            newest_s: generator.newest(),
        }
    }
}
