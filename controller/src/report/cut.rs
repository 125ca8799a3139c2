//! Where one interval's generators handed over to the next one's.

use std::time::Duration;

use engine::frame::Ending;
use serde::Serialize;

use crate::{
    plan::{Interval, Plan},
    totals::Totals,
    verdict,
};

/// The hand-over between two intervals, as measured by the generators on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// The interval that begins.
    pub interval: u32,
    /// When it was planned, since the test's start.
    pub at_s: f64,
    /// The longest time between the end of a share's load and its beginning in the next interval;
    /// negative for an overlap. None if a side did not report it.
    pub gap_ms: Option<f64>,
    /// The shortest such time.
    pub least_gap_ms: Option<f64>,
    /// Users that continue across it.
    pub continuing_users: u64,
    /// How many of them were late.
    pub late_users: u64,
    /// By how much the latest of them was late.
    pub latest_user_ms: f64,
}

pub(super) fn cuts(plan: &Plan, totals: &Totals) -> Vec<Cut> {
    let pairs = plan.intervals.windows(2);
    pairs.map(|pair| Cut::new(&pair[0], &pair[1], totals)).collect()
}

impl Cut {
    fn new(before: &Interval, after: &Interval, totals: &Totals) -> Self {
        let gaps = gaps(before, after, totals);
        let beginning: Vec<_> = endings(after, totals).map(|(_, ending)| ending).collect();
        let latest = beginning.iter().map(|ending| ending.continuing.latest).max();
        Self {
            interval: after.index,
            at_s: after.window.from().as_secs_f64(),
            gap_ms: gaps.iter().copied().reduce(f64::max),
            least_gap_ms: gaps.iter().copied().reduce(f64::min),
            continuing_users: beginning.iter().map(|e| u64::from(e.continuing.users)).sum(),
            late_users: beginning.iter().map(|e| u64::from(e.continuing.late)).sum(),
            latest_user_ms: crate::millis::millis(latest.unwrap_or_default()),
        }
    }
}

/// The gap of each share that is divided alike on both sides.
fn gaps(before: &Interval, after: &Interval, totals: &Totals) -> Vec<f64> {
    let same = |share| endings(before, totals).find(|(other, _)| *other == share);
    let pairs = endings(after, totals).filter_map(|(share, next)| Some((same(share)?.1, next)));
    pairs.filter_map(|(last, next)| Some(gap_ms(last.load?.to, next.load?.from))).collect()
}

/// The planned shares of an interval that have reported their end.
fn endings<'a>(
    interval: &'a Interval,
    totals: &'a Totals,
) -> impl Iterator<Item = (engine::share::Share, &'a Ending)> {
    interval.shares.iter().filter_map(|share| {
        let ending = verdict::find(totals, interval.index, share)?.ending()?;
        Some((share.share, ending))
    })
}

fn gap_ms(to: Duration, from: Duration) -> f64 {
    let sign = if from < to { -1.0 } else { 1.0 };
    sign * from.abs_diff(to).as_secs_f64() * 1000.0
}
