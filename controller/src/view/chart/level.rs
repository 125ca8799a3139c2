//! A whole run in buckets of one width.

use std::{mem, ops::Range};

use engine::load::Load;

use super::bucket::{Bucket, Point};
use crate::totals::{RegionSecond, SecondTotals};

/// Buckets of one width. Those that are over for good are figures only.
#[derive(Debug)]
pub(super) struct Level {
    width: u32,
    points: Vec<Point>,
    /// The bucket that the last closed second is in.
    closed: Part,
    /// How many points are of buckets that are over for good.
    over: usize,
    /// The last bucket, with seconds that may still grow.
    open: Part,
}

/// A bucket that some seconds were added to.
#[derive(Clone, Debug, Default)]
struct Part {
    /// Where it begins; none without any second.
    from: Option<u32>,
    bucket: Bucket,
}

impl Level {
    pub(super) fn new(width: u32) -> Self {
        let (closed, open) = Default::default();
        Self { width, points: Vec::new(), closed, over: 0, open }
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// Adds a second for good: the next one.
    pub(super) fn close(&mut self, second: &SecondTotals, regions: &[RegionSecond], load: &Load) {
        self.points.truncate(self.over);
        let from = self.begin(second);
        if let Some(over) = self.closed.turn(from) {
            self.points.push(over.point(self.width, load));
            self.over = self.points.len();
        }
        self.closed.bucket.add(second, regions);
    }

    /// Forgets the seconds that were not for good.
    pub(super) fn reopen(&mut self) {
        self.points.truncate(self.over);
        self.open = self.closed.clone();
    }

    /// Adds the next second until it is reopened.
    pub(super) fn add(&mut self, second: &SecondTotals, regions: &[RegionSecond], load: &Load) {
        let from = self.begin(second);
        if let Some(over) = self.open.turn(from) {
            self.points.push(over.point(self.width, load));
        }
        self.open.bucket.add(second, regions);
    }

    /// All is there until the next look: the last bucket goes to `to` at most.
    pub(super) fn finish(&mut self, to: u32, load: &Load) {
        if let Some(from) = self.open.from {
            let end = from.saturating_add(self.width).min(to);
            self.points.push(self.open.bucket.point(from, end, load));
        }
    }

    /// The points of the buckets that reach into a stretch.
    pub(super) fn points(&self, seconds: Range<u32>) -> impl Iterator<Item = &Point> {
        let ends_before = |point: &Point| point.from.saturating_add(self.width) <= seconds.start;
        let first = self.points.partition_point(ends_before);
        self.points[first..].iter().take_while(move |point| point.from < seconds.end)
    }

    /// Where the bucket of a second begins.
    fn begin(&self, second: &SecondTotals) -> u32 {
        second.second - second.second % self.width
    }
}

impl Part {
    /// Turns to the bucket that begins at `from`; what it was before, if it was another.
    fn turn(&mut self, from: u32) -> Option<Self> {
        if self.from == Some(from) {
            return None;
        }
        let next = Self { from: Some(from), bucket: Bucket::default() };
        let before = mem::replace(self, next);
        before.from.is_some().then_some(before)
    }

    /// The figures of a bucket that is over.
    fn point(&self, width: u32, load: &Load) -> Point {
        let from = self.from.unwrap_or_default();
        self.bucket.point(from, from.saturating_add(width), load)
    }
}
