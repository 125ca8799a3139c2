//! A run cut into stretches of equal length, so that chance within it can be told from change.

use std::{collections::BTreeMap, time::Duration};

use engine::{
    frame::Second,
    stats::{Key, MOST_DISTINCT, OTHER, SEVERAL, Transaction},
};

use super::cell::Cell;

/// No run has more stretches: when it would, two become one. So a run of up to two minutes has
/// its seconds, and a longer one 60 to 120 stretches of 2, 4, 8, .. seconds.
pub(super) const MOST_CELLS: usize = 120;

/// What was measured in each stretch of a run, by transaction.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    /// How many seconds a stretch has.
    length: u32,
    /// Seconds from the beginning to the end of what was measured.
    seconds: u32,
    /// What is before is left out.
    from: u32,
    /// What comes later, as responses do when the load has ended, belongs to the last second.
    last: u32,
    cells: BTreeMap<Key, Vec<Cell>>,
}

impl Timeline {
    /// Of a run that was planned to last so long, without its first seconds.
    pub(super) fn new(planned: Duration, skip: Duration) -> Self {
        let whole = planned.as_secs() + u64::from(planned.subsec_nanos() > 0);
        let last = u32::try_from(whole).unwrap_or(u32::MAX).max(1) - 1;
        let from = u32::try_from(skip.as_secs()).unwrap_or(u32::MAX);
        Self { length: 1, seconds: 0, from, last, cells: BTreeMap::new() }
    }

    /// Adds what a generator reported. Of seconds that it joined, each takes an even part.
    pub(super) fn absorb(&mut self, report: &Second) {
        let span = report.span();
        let (first, last) = (span.start.min(self.last), (span.end - 1).min(self.last));
        if last < self.from {
            return;
        }
        self.reach(last - self.from);
        for (key, transaction) in report.stats.transactions() {
            if first >= self.from && self.at(first) == self.at(last) {
                let at = self.at(first);
                self.cell(key, at).absorb(transaction);
            } else {
                self.deal(key, transaction, span.clone());
            }
        }
    }

    fn deal(&mut self, key: &Key, transaction: &Transaction, span: std::ops::Range<u32>) {
        let parts = u64::from(span.end - span.start);
        let even = |count: u64, at: u64| count / parts + u64::from(at < count % parts);
        let times = transaction.latency.deal(span.len());
        for ((second, latency), at) in span.zip(&times).zip(0..) {
            let second = second.min(self.last);
            if second >= self.from {
                let (requests, failures) = (transaction.requests, transaction.failures);
                let place = self.at(second);
                let cell = self.cell(key, place);
                cell.absorb_part(even(requests, at), even(failures, at), latency);
            }
        }
    }

    /// In which stretch a second is that is not left out.
    fn at(&self, second: u32) -> usize {
        ((second - self.from) / self.length) as usize
    }

    fn cell(&mut self, key: &Key, at: usize) -> &mut Cell {
        let cells = match self.cells.contains_key(key) {
            true => self.cells.get_mut(key).expect("it is there"),
            false if self.cells.len() < MOST_DISTINCT => self.cells.entry(key.clone()).or_default(),
            false => {
                let method = key.method.clone();
                self.cells.entry(Key { method, name: OTHER.into() }).or_default()
            }
        };
        if cells.len() <= at {
            cells.resize_with(at + 1, Cell::default);
        }
        &mut cells[at]
    }

    /// Makes room for a second, counted from the first that is not left out.
    fn reach(&mut self, second: u32) {
        self.seconds = self.seconds.max(second.saturating_add(1));
        while self.count() > MOST_CELLS {
            self.double();
        }
    }

    /// Joins stretches until each is so long, which is its length times a power of two.
    pub(super) fn coarsen(&mut self, length: u32) {
        while self.length < length {
            self.double();
        }
    }

    fn double(&mut self) {
        self.length = self.length.saturating_mul(2);
        for cells in self.cells.values_mut() {
            let pairs = cells.chunks(2).map(|pair| {
                let mut joined = pair[0].clone();
                pair[1..].iter().for_each(|next| joined.merge(next));
                joined
            });
            *cells = pairs.collect();
        }
    }

    /// How many seconds a stretch has; the last one may have less.
    pub(super) fn length(&self) -> u32 {
        self.length
    }

    /// How many stretches there are.
    pub(super) fn count(&self) -> usize {
        self.seconds.div_ceil(self.length) as usize
    }

    /// The transactions, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.cells.keys()
    }

    /// The stretches of a transaction, from the first on; those that are lacking at the end are
    /// empty. None if it was not measured.
    pub(super) fn of(&self, key: &Key) -> Option<Vec<Cell>> {
        self.cells.get(key).cloned()
    }

    /// The stretches of all that makes up the whole.
    pub(super) fn overall(&self) -> Vec<Cell> {
        let mut all = vec![Cell::default(); self.count()];
        for (_, cells) in self.cells.iter().filter(|(key, _)| key.method != SEVERAL) {
            all.iter_mut().zip(cells).for_each(|(all, cell)| all.merge(cell));
        }
        all
    }

    /// The length of each stretch, seconds.
    pub(super) fn lengths(&self) -> Vec<f64> {
        let length = |at| self.length.min(self.seconds - at * self.length);
        (0..self.seconds.div_ceil(self.length)).map(|at| f64::from(length(at))).collect()
    }
}
