//! Where one interval's generators handed over to the next one's.

use std::{collections::HashMap, time::Duration};

use engine::{frame::Continuing, share::Share};
use serde::Serialize;

use crate::{
    attempts::Attempts,
    plan::{Interval, Plan},
    totals::Totals,
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
    let attempts = Attempts::of(totals);
    let pairs = plan.intervals.windows(2);
    pairs.map(|pair| Cut::new(&pair[0], &pair[1], &attempts)).collect()
}

impl Cut {
    fn new<'a>(before: &'a Interval, after: &'a Interval, attempts: &Attempts<'a>) -> Self {
        let gaps = gaps(before, after, attempts);
        let beginning: Vec<_> = continuing(after, attempts).collect();
        let latest = beginning.iter().map(|continuing| continuing.latest).max();
        Self {
            interval: after.index,
            at_s: after.window.from().as_secs_f64(),
            gap_ms: gaps.iter().copied().reduce(f64::max),
            least_gap_ms: gaps.iter().copied().reduce(f64::min),
            continuing_users: beginning.iter().map(|c| u64::from(c.users)).sum(),
            late_users: beginning.iter().map(|c| u64::from(c.late)).sum(),
            latest_user_ms: crate::millis::millis(latest.unwrap_or_default()),
        }
    }
}

/// The gap of each share that is divided alike on both sides.
fn gaps<'a>(before: &'a Interval, after: &'a Interval, attempts: &Attempts<'a>) -> Vec<f64> {
    let ends = before
        .shares
        .iter()
        .filter_map(|share| Some((share.share, attempts.end(before.index, share)?.to)));
    let ends: HashMap<Share, Duration> = ends.collect();
    let begins = after
        .shares
        .iter()
        .filter_map(|share| Some((share.share, attempts.begin(after.index, share)?.from)));
    begins.filter_map(|(share, from)| Some(gap_ms(*ends.get(&share)?, from))).collect()
}

/// How the users of an interval came into it, by each share that has reported its end.
fn continuing<'a>(
    interval: &'a Interval,
    attempts: &'a Attempts<'a>,
) -> impl Iterator<Item = Continuing> + 'a {
    let first = |share| attempts.at(interval.index, share).first();
    let endings = interval.shares.iter().filter_map(move |share| first(share)?.1.ending());
    endings.map(|ending| ending.continuing)
}

fn gap_ms(to: Duration, from: Duration) -> f64 {
    let sign = if from < to { -1.0 } else { 1.0 };
    sign * from.abs_diff(to).as_secs_f64() * 1000.0
}
