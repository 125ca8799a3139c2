//! The measurements of one transaction in one run, ready to be weighed in many ways.

use super::{cell::Cell, metric::Metric};

/// One transaction of one run, by stretch. Resampling stretches is giving them other weights, and
/// any figure of the weighed whole is found without merging a histogram.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// The length of each stretch, seconds.
    seconds: Vec<f64>,
    requests: Vec<f64>,
    failures: Vec<f64>,
    /// The times' sums, microseconds.
    sums: Vec<f64>,
    /// How many times there are in each stretch.
    counts: Vec<f64>,
    /// A row for each bucket, with a column for each stretch: how many of its times are in this
    /// bucket or a lower one.
    cumulative: Vec<f64>,
    /// The sum of each of these rows.
    totals: Vec<f64>,
    /// The highest value of each bucket, microseconds; the last one no higher than any time.
    values: Vec<f64>,
}

/// The buckets in which either run has times: the highest value of each, ascending.
pub(super) fn union(base: &[Vec<(u64, u64)>], other: &[Vec<(u64, u64)>]) -> Vec<u64> {
    let cells = base.iter().chain(other);
    let mut values: Vec<_> = cells.flatten().map(|(value, _)| *value).collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[expect(clippy::cast_precision_loss, reason = "counts and sums of a test are below 2^52")]
impl Sample {
    /// Of cells and their buckets. `union` has all of these.
    pub(super) fn new(
        seconds: Vec<f64>,
        cells: &[Cell],
        buckets: &[Vec<(u64, u64)>],
        union: &[u64],
    ) -> Self {
        let columns = seconds.len();
        let column = |of: fn(&Cell) -> u64| {
            let known = cells.iter().map(|cell| of(cell) as f64);
            known.chain(std::iter::repeat(0.0)).take(columns).collect()
        };
        let mut cumulative = vec![0.0; union.len() * columns];
        let mut totals = vec![0.0; union.len()];
        let mut counts = vec![0.0; columns];
        for (at, cell) in buckets.iter().enumerate().take(columns) {
            let mut cell = cell.iter().peekable();
            for (row, value) in union.iter().enumerate() {
                if let Some((_, count)) = cell.next_if(|(bucket, _)| bucket == value) {
                    counts[at] += *count as f64;
                }
                cumulative[row * columns + at] = counts[at];
                totals[row] += counts[at];
            }
        }
        let longest = cells.iter().map(|cell| cell.max_us).max().unwrap_or(0);
        Self {
            seconds,
            requests: column(|cell| cell.requests),
            failures: column(|cell| cell.failures),
            sums: column(|cell| cell.sum_us),
            counts,
            cumulative,
            totals,
            values: union.iter().map(|value| (*value).min(longest) as f64).collect(),
        }
    }
}

impl Sample {
    /// How many stretches there are.
    pub(super) fn columns(&self) -> usize {
        self.seconds.len()
    }

    /// In how many stretches it was requested.
    pub(super) fn filled(&self) -> usize {
        self.requests.iter().filter(|requests| **requests > 0.0).count()
    }

    pub(super) fn requests(&self) -> f64 {
        self.requests.iter().sum()
    }

    pub(super) fn failures(&self) -> f64 {
        self.failures.iter().sum()
    }

    /// How many times were measured.
    pub(super) fn count(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// Each stretch once.
    pub(super) fn unweighed(&self) -> Vec<f64> {
        vec![1.0; self.columns()]
    }

    /// A figure of the whole if stretches have these weights; none if nothing was measured, or if
    /// it is no figure of one run alone. Times are microseconds.
    pub(super) fn figure(&self, metric: Metric, weights: &[f64]) -> Option<f64> {
        let ratio = |part: &[f64], all: &[f64]| {
            let all = dot(all, weights);
            (all > 0.0).then(|| dot(part, weights) / all)
        };
        match metric {
            Metric::RequestsPerS => ratio(&self.requests, &self.seconds),
            Metric::FailureRatio => ratio(&self.failures, &self.requests),
            Metric::Mean => ratio(&self.sums, &self.counts),
            Metric::Percentile(p) => self.rank(p.part(), weights).map(|row| self.values[row]),
            Metric::Superiority => None,
        }
    }

    /// The bucket that holds the time of a rank: the first that, with all lower ones, has `part` of
    /// all times.
    fn rank(&self, part: f64, weights: &[f64]) -> Option<usize> {
        let all = dot(&self.counts, weights);
        // As where percentiles of reports are found: 99.9 % of 10,000 are 9,990, not a little more.
        let rank = (part * all * (1.0 - 1e-14)).ceil().max(1.0);
        let reaches = |row: usize| dot(self.row(row), weights) >= rank;
        let (mut low, mut high) = self.around(part, &reaches);
        while low < high {
            let middle = usize::midpoint(low, high);
            if reaches(middle) { high = middle } else { low = middle + 1 }
        }
        (all > 0.0 && low < self.values.len()).then_some(low)
    }

    /// Between which buckets the first is that reaches a rank. A resample's is seldom far from that
    /// of the whole.
    fn around(&self, part: f64, reaches: &impl Fn(usize) -> bool) -> (usize, usize) {
        let end = self.values.len();
        let near = self.totals.partition_point(|total| *total < part * self.count());
        let mut step = 8;
        let (mut low, mut high) = (near.saturating_sub(step), (near + step).min(end));
        while low > 0 && reaches(low) {
            high = low;
            step *= 4;
            low = low.saturating_sub(step);
        }
        while high < end && !reaches(high) {
            low = high;
            step *= 4;
            high = (high + step).min(end);
        }
        (low, high)
    }

    /// By how much each stretch moves a figure, to the first order: in parts of the figure where it
    /// is relative, in parts of all times for percentiles. They add up to about 0.
    pub(super) fn influence(&self, metric: Metric) -> Vec<f64> {
        let weights = self.unweighed();
        let (requests, count) = (self.requests(), self.count());
        let linear = |part: &[f64], all: &[f64], ratio: f64, unit: f64| {
            let pairs = part.iter().zip(all);
            pairs
                .map(|(part, all)| if unit > 0.0 { (part - ratio * all) / unit } else { 0.0 })
                .collect()
        };
        let figure = self.figure(metric, &weights).unwrap_or(0.0);
        match metric {
            Metric::RequestsPerS => linear(&self.requests, &self.seconds, figure, requests),
            Metric::FailureRatio => linear(&self.failures, &self.requests, figure, requests),
            Metric::Mean => linear(&self.sums, &self.counts, figure, self.sums.iter().sum()),
            Metric::Percentile(p) => match self.rank(p.part(), &weights) {
                Some(row) => {
                    let below = self.row(row);
                    linear(below, &self.counts, below.iter().sum::<f64>() / count, count)
                }
                None => vec![0.0; self.columns()],
            },
            Metric::Superiority => vec![0.0; self.columns()],
        }
    }

    /// How many times are in each bucket or a lower one, over all stretches; a bucket each.
    pub(super) fn distribution(&self) -> &[f64] {
        &self.totals
    }

    /// The highest value of each bucket, microseconds.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// For each stretch, the sum of what its times score; a bucket's times score alike.
    pub(super) fn scores(&self, scores: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns()];
        let mut below = vec![0.0; self.columns()];
        for (row, score) in scores.iter().enumerate() {
            for ((sum, below), now) in sums.iter_mut().zip(&mut below).zip(self.row(row)) {
                *sum += score * (now - *below);
                *below = *now;
            }
        }
        sums
    }

    /// How many times each stretch has.
    pub(super) fn counts(&self) -> &[f64] {
        &self.counts
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cumulative[row * self.columns()..][..self.columns()]
    }
}

/// Summed in four lanes, which a processor does at once.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut lanes, quads) = ([0.0; 4], a.chunks_exact(4).zip(b.chunks_exact(4)));
    let rest = a.chunks_exact(4).remainder().iter().zip(b.chunks_exact(4).remainder());
    for (a, b) in quads {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest.map(|(a, b)| a * b).sum::<f64>()
}
