//! One transaction in two runs.

use engine::stats::Key;

use super::{
    blocks,
    cell::Cell,
    draws::Draws,
    metric::Metric,
    sample::{Sample, union},
    superiority::{Distance, Superiority},
    timeline::Timeline,
};

/// The resamples of both runs.
#[derive(Clone, Debug)]
pub(super) struct Resamples {
    base: Draws,
    /// None if the runs had the same load at the same time, so that each stretch of one is to be
    /// compared with the same stretch of the other, and they are drawn together.
    other: Option<Draws>,
}

/// One transaction in two runs.
pub(super) struct Pair<'a> {
    pub(super) base: Sample,
    pub(super) other: Sample,
    pub(super) is_paired: bool,
    superiority: Option<Superiority>,
    resamples: &'a Resamples,
    stretch: u32,
}

impl Resamples {
    /// For runs of so many stretches.
    pub(super) fn new(columns: [usize; 2], is_paired: bool, number: usize, seed: u64) -> Self {
        let draws = |columns, seed| Draws::new(columns, blocks::length(columns), number, seed);
        let other = (!is_paired).then(|| draws(columns[1], seed.wrapping_add(1)));
        Self { base: draws(columns[0], seed), other }
    }
}

impl<'a> Pair<'a> {
    /// A transaction of two runs, or all of them if it is none. `durations` are seconds, of load.
    pub(super) fn new(
        [base, other]: [&Timeline; 2],
        durations: [f64; 2],
        key: Option<&Key>,
        resamples: &'a Resamples,
    ) -> Self {
        let cells = |timeline: &Timeline| match key {
            Some(key) => timeline.of(key).unwrap_or_default(),
            None => timeline.overall(),
        };
        let (base_cells, other_cells) = (cells(base), cells(other));
        let (base_buckets, other_buckets) = (buckets(&base_cells), buckets(&other_cells));
        let union = union(&base_buckets, &other_buckets);
        let seconds = |timeline: &Timeline, duration| stretched(timeline.lengths(), duration);
        let base_seconds = seconds(base, durations[0]);
        let other_seconds = seconds(other, durations[1]);
        let base_sample = Sample::new(base_seconds, &base_cells, &base_buckets, &union);
        let other_sample = Sample::new(other_seconds, &other_cells, &other_buckets, &union);
        Self {
            superiority: Superiority::new(&base_sample, &other_sample),
            base: base_sample,
            other: other_sample,
            is_paired: resamples.other.is_none(),
            resamples,
            stretch: base.length().max(other.length()),
        }
    }

    /// A figure in both runs; times in microseconds.
    pub(super) fn values(&self, metric: Metric) -> [Option<f64>; 2] {
        if metric == Metric::Superiority {
            let probability = self.superiority.as_ref().map(|found| found.probability);
            return [probability.map(|_| 0.5), probability];
        }
        [&self.base, &self.other].map(|sample| sample.figure(metric, &sample.unweighed()))
    }

    /// By how much each stretch of the runs moves a figure.
    pub(super) fn influences(&self, metric: Metric) -> [Vec<f64>; 2] {
        match &self.superiority {
            Some(superiority) if metric == Metric::Superiority => superiority.influences.clone(),
            _ => [self.base.influence(metric), self.other.influence(metric)],
        }
    }

    /// The resamples of the base and of the other run.
    pub(super) fn draws(&self) -> [&Draws; 2] {
        let Resamples { base, other } = self.resamples;
        [base, other.as_ref().unwrap_or(base)]
    }

    /// How many seconds a stretch has.
    pub(super) fn stretch(&self) -> u32 {
        self.stretch
    }

    /// Where the distributions are farthest apart.
    pub(super) fn distance(&self) -> Option<Distance> {
        Distance::new(&self.base, &self.other)
    }
}

fn buckets(cells: &[Cell]) -> Vec<Vec<(u64, u64)>> {
    cells.iter().map(|cell| cell.clone().into_buckets()).collect()
}

/// Lengths that add up to the time of load as it was measured.
fn stretched(lengths: Vec<f64>, duration: f64) -> Vec<f64> {
    let sum: f64 = lengths.iter().sum();
    if duration > 0.0 && sum > 0.0 {
        lengths.iter().map(|length| length * duration / sum).collect()
    } else {
        lengths
    }
}
