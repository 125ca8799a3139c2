//! One run beside another: what differs, by how much, and what of it is more than chance.
//!
//! `docs/compare.md` says how. A run's folder has histograms of every second ([`Recording`]); they
//! become at most 120 stretches (`timeline`), and resampling these in blocks (`draws`) shows
//! what chance may have done to each [`Figure`].

mod blocks;
mod cell;
pub mod console;
mod curve;
mod draws;
mod figure;
mod holm;
pub mod html;
mod interval;
mod limit;
pub mod markdown;
mod metric;
mod pair;
mod recording;
pub mod reference;
mod row;
mod sample;
mod side;
mod student;
mod superiority;
#[cfg(test)]
mod tests;
mod timeline;
mod warnings;
mod words;

use std::{num::NonZero, sync::Mutex, thread};

use engine::stats::Key;
use serde::Serialize;

pub use self::{
    curve::Curve,
    figure::{Figure, Finding, Unit},
    limit::{Crossing, Limit, LimitError},
    metric::{Metric, Percentile, PercentileError},
    recording::Recording,
    row::{Presence, Row},
    side::Side,
    superiority::Distance,
};
use self::{interval::ALPHA, pair::Resamples, timeline::Timeline};

/// How often a run is resampled.
const RESAMPLES: usize = 2_000;

/// From which the resamples follow: a comparison is the same each time.
const SEED: u64 = 0;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The percentiles of response times.
    pub percentiles: Vec<Percentile>,
    resamples: usize,
    seed: u64,
}

/// A run beside another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The run that is compared with.
    pub base: Side,
    /// The run that is compared.
    pub other: Side,
    /// Whether each stretch of one run is compared with the same of the other, as both had the
    /// same load at the same time.
    pub paired: bool,
    /// How many seconds a stretch has.
    pub stretch_s: u32,
    /// What speaks against comparing these runs, as sentences.
    pub warnings: Vec<String>,
    /// How many figures could be judged.
    pub judged: usize,
    /// All transactions together, then each by itself.
    pub rows: Vec<Row>,
    /// The limits that were crossed.
    pub crossed: Vec<Crossing>,
    /// How many figures a limit is set for, but are too short to tell.
    pub unjudged_limits: usize,
}

impl Settings {
    /// With these percentiles.
    pub fn new(percentiles: Vec<Percentile>) -> Self {
        Self { percentiles, resamples: RESAMPLES, seed: SEED }
    }

    /// With those percentiles too for which there is a limit.
    #[must_use]
    pub fn with_limits(mut self, limits: &[Limit]) -> Self {
        for limit in limits {
            if let Metric::Percentile(percentile) = limit.metric
                && !self.percentiles.contains(&percentile)
            {
                self.percentiles.push(percentile);
            }
        }
        self
    }

    fn metrics(&self) -> Vec<Metric> {
        let percentiles = self.percentiles.iter().map(|percentile| Metric::Percentile(*percentile));
        let before = [Metric::RequestsPerS, Metric::FailureRatio, Metric::Mean];
        before.into_iter().chain(percentiles).chain([Metric::Superiority]).collect()
    }
}

impl Comparison {
    /// Compares a run with a base.
    pub fn new(base: &Recording, other: &Recording, settings: &Settings) -> Self {
        let mut timelines = [base.timeline.clone(), other.timeline.clone()];
        let stretch = timelines.iter().map(Timeline::length).max().unwrap_or(1);
        for timeline in &mut timelines {
            timeline.coarsen(stretch);
        }
        let columns = [timelines[0].count(), timelines[1].count()];
        let is_paired = base.load == other.load && columns[0] == columns[1];
        let resamples = Resamples::new(columns, is_paired, settings.resamples, settings.seed);
        let durations = [base.duration_s, other.duration_s];
        let mut rows = rows(&timelines, durations, settings, &resamples);
        let judged = figure::adjust(rows.iter_mut().flat_map(|row| &mut row.figures), ALPHA);
        Self {
            base: Side::new(base),
            other: Side::new(other),
            paired: is_paired,
            stretch_s: stretch,
            warnings: warnings::of(base, other, &rows),
            judged,
            rows,
            crossed: Vec::new(),
            unjudged_limits: 0,
        }
    }

    /// Held to limits. With `strictly`, by the differences themselves, even where they may be chance.
    #[must_use]
    pub fn held_to(mut self, limits: &[Limit], strictly: bool) -> Self {
        (self.crossed, self.unjudged_limits) = limit::judge(&self.rows, limits, strictly);
        self
    }

    /// How many figures differ, and how many perhaps do.
    pub fn differing(&self) -> (usize, usize) {
        let figures = || self.rows.iter().flat_map(|row| &row.figures);
        let count = |is: fn(Finding) -> bool| figures().filter(|figure| is(figure.finding)).count();
        (count(Finding::is_real), count(Finding::is_perhaps))
    }
}

/// A row for all transactions together, then one for each, by as many threads as there are cores.
fn rows(
    timelines: &[Timeline; 2],
    durations: [f64; 2],
    settings: &Settings,
    resamples: &Resamples,
) -> Vec<Row> {
    let metrics = settings.metrics();
    let mut keys: Vec<&Key> = timelines.iter().flat_map(Timeline::keys).collect();
    keys.sort_by_key(|key| (&key.name, &key.method));
    keys.dedup();
    let keys: Vec<_> = std::iter::once(None).chain(keys.into_iter().map(Some)).collect();
    let next = Mutex::new(keys.iter().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(keys.len()) {
            scope.spawn(|| {
                let take = || next.lock().ok().and_then(|mut next| next.next());
                while let Some((at, key)) = take() {
                    let [base, other] = timelines;
                    let row = Row::new([base, other], durations, *key, &metrics, resamples);
                    done.lock().into_iter().for_each(|mut done| done.push((at, row.clone())));
                }
            });
        }
    });
    let mut rows = done.into_inner().unwrap_or_default();
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}
