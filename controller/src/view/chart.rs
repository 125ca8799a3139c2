//! A run over time, in as many points as a chart can show.
//!
//! Percentiles of longer stretches come from merged histograms, as all percentiles do; once a
//! stretch is over only its figures are kept, so a long run does not make its charts heavy.

mod bucket;
mod level;

use std::{collections::BTreeSet, ops::Range};

use engine::load::Load;
use serde::Serialize;

use self::{bucket::Point, level::Level};
use crate::{
    plan::Plan,
    totals::{RegionSecond, Totals},
};

/// How wide buckets may be, seconds; each is a multiple of the one before.
const WIDTHS: [u32; 7] = [1, 5, 15, 60, 300, 900, 3600];

/// What is reported of a second may still grow for as long as this, seconds. What comes later shows
/// when the charts are made anew.
const OPEN: u32 = 15;

/// The charts of a run, while it runs and after.
#[derive(Debug)]
pub struct Charts {
    levels: Vec<Level>,
    regions: Vec<String>,
    /// The first second that is not in the levels for good.
    open_from: u32,
    /// The end of what is known.
    to: u32,
}

/// A stretch of a run in buckets of even width. All lists have one entry for each bucket of which
/// anything is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Chart {
    /// Where the stretch begins and ends, seconds since the test's start.
    pub from_s: u32,
    /// Its end.
    pub to_s: u32,
    /// The width of a bucket, seconds.
    pub width_s: u32,
    /// Where each bucket begins.
    pub seconds: Vec<u32>,
    /// Users that ran at its end.
    pub users: Vec<u64>,
    /// Users that should have.
    pub planned: Vec<u32>,
    /// Requests per second.
    pub requests_per_s: Vec<f64>,
    /// Failures per second.
    pub failures_per_s: Vec<f64>,
    /// Dropped arrivals per second.
    pub dropped_per_s: Vec<f64>,
    /// The median response time.
    pub p50_ms: Vec<Option<f64>>,
    /// The 95th percentile.
    pub p95_ms: Vec<Option<f64>>,
    /// The 99th percentile.
    pub p99_ms: Vec<Option<f64>>,
    /// The longest response time.
    pub max_ms: Vec<Option<f64>>,
    /// The busiest thread of all generators in a second: its part of its core, 0 to 1.
    pub busiest_thread: Vec<f64>,
    /// The 99th percentile of scheduling delay.
    pub delay_p99_ms: Vec<Option<f64>>,
    /// The same by region; empty if there is but one.
    pub regions: Vec<RegionChart>,
}

/// A region's part of a [`Chart`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RegionChart {
    /// Its name.
    pub region: String,
    /// Users that ran at a bucket's end.
    pub users: Vec<u64>,
    /// Requests per second.
    pub requests_per_s: Vec<f64>,
}

impl Charts {
    /// The charts of a run that begins.
    pub fn new(plan: &Plan) -> Self {
        Self::with(plan, &WIDTHS)
    }

    fn with(plan: &Plan, widths: &[u32]) -> Self {
        let levels = widths.iter().map(|width| Level::new(*width)).collect();
        let shares = plan.intervals.iter().flat_map(|interval| &interval.shares);
        let regions: BTreeSet<_> = shares.map(|share| share.region.clone()).collect();
        let several = regions.len() > 1;
        let regions = regions.into_iter().filter(|_| several).collect();
        Self { levels, regions, open_from: 0, to: 0 }
    }

    /// The charts of a run that has ended, with all that came late.
    pub fn ended(plan: &Plan, load: &Load, totals: &Totals) -> Self {
        let mut charts = Self::new(plan);
        let to = end_of_load(plan, totals);
        charts.take_in(load, totals, to, to);
        charts
    }

    /// The chart of a whole run in at most `most` points, at least one.
    pub fn whole(plan: &Plan, load: &Load, totals: &Totals, most: usize) -> Chart {
        let to = end_of_load(plan, totals);
        let mut charts = Self::with(plan, &[width(to, most)]);
        charts.take_in(load, totals, to, to);
        charts.chart(0..to, most)
    }

    /// Looks at what has arrived since.
    pub fn look(&mut self, load: &Load, totals: &Totals) {
        let Some(settled) = totals.settled() else { return };
        let to = settled.saturating_add(1);
        self.take_in(load, totals, to.saturating_sub(OPEN), to);
    }

    /// Takes in the seconds up to `closed` for good, and those from there to `to` until the next
    /// look.
    fn take_in(&mut self, load: &Load, totals: &Totals, closed: u32, to: u32) {
        let closed = closed.max(self.open_from);
        self.to = self.to.max(to);
        for second in totals.seconds_in(self.open_from..closed) {
            let regions = self.regions_at(totals, second.second);
            self.levels.iter_mut().for_each(|level| level.close(&second, &regions, load));
        }
        self.open_from = closed;
        self.levels.iter_mut().for_each(Level::reopen);
        for second in totals.seconds_in(closed..self.to) {
            let regions = self.regions_at(totals, second.second);
            self.levels.iter_mut().for_each(|level| level.add(&second, &regions, load));
        }
        self.levels.iter_mut().for_each(|level| level.finish(self.to, load));
    }

    fn regions_at(&self, totals: &Totals, second: u32) -> Vec<RegionSecond> {
        self.regions.iter().map(|region| totals.region_at(region, second)).collect()
    }

    /// The end of what is known, seconds since the test's start.
    pub fn to(&self) -> u32 {
        self.to
    }

    /// A stretch in at most `most` points, at least one.
    pub fn chart(&self, seconds: Range<u32>, most: usize) -> Chart {
        let to = seconds.end.min(self.to);
        let from = seconds.start.min(to);
        let wanted = width(to - from, most);
        let fits = |level: &&Level| level.width() >= wanted;
        let Some(level) = self.levels.iter().find(fits).or(self.levels.last()) else {
            return Chart::default();
        };
        let mut chart =
            Chart { from_s: from, to_s: to, width_s: level.width(), ..Chart::default() };
        let named =
            |region: &String| RegionChart { region: region.clone(), ..RegionChart::default() };
        chart.regions = self.regions.iter().map(named).collect();
        level.points(from..to).for_each(|point| chart.push(point));
        chart
    }
}

/// Where the load ended. Requests in flight end after it, in seconds that would look like a fall.
fn end_of_load(plan: &Plan, totals: &Totals) -> u32 {
    let to = totals.newest().map_or(0, |newest| newest.saturating_add(1));
    let most = u32::try_from(plan.stop_timeout.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    let is_idle = |second: &u32| {
        totals.seconds_in(*second..second.saturating_add(1)).all(|second| second.users == 0)
    };
    let idle = (to.saturating_sub(most)..to).rev().take_while(is_idle).last();
    idle.unwrap_or(to)
}

/// The least width in which so many seconds are at most so many buckets.
pub(super) fn width(seconds: u32, most: usize) -> u32 {
    let most = u32::try_from(most.max(1)).unwrap_or(u32::MAX);
    let fits = |width: &u32| seconds.div_ceil(*width) <= most;
    WIDTHS.into_iter().find(fits).unwrap_or_else(|| {
        let widest = WIDTHS[WIDTHS.len() - 1];
        seconds.div_ceil(most).next_multiple_of(widest)
    })
}

impl Chart {
    fn push(&mut self, point: &Point) {
        self.seconds.push(point.from);
        self.users.push(point.users);
        self.planned.push(point.planned);
        self.requests_per_s.push(point.requests_per_s);
        self.failures_per_s.push(point.failures_per_s);
        self.dropped_per_s.push(point.dropped_per_s);
        self.p50_ms.push(point.p50_ms);
        self.p95_ms.push(point.p95_ms);
        self.p99_ms.push(point.p99_ms);
        self.max_ms.push(point.max_ms);
        self.busiest_thread.push(point.busiest);
        self.delay_p99_ms.push(point.delay_p99_ms);
        for (chart, (users, requests_per_s)) in self.regions.iter_mut().zip(&point.regions) {
            chart.users.push(*users);
            chart.requests_per_s.push(*requests_per_s);
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
