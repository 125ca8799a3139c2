//! Where one interval's generators handed over to the next one's.

use std::{collections::HashMap, time::Duration};

use engine::{frame::Continuing, share::Share};
use serde::Serialize;

use crate::{
    attempts::Attempts,
    plan::{Interval, Plan},
    totals::Totals,
};

/// The requests per second around a cut are those of so many seconds on either side.
const AROUND: u32 = 5;

/// The hand-over between two intervals, as measured by the generators on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// Of which run, where several are reported as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The interval that begins.
    pub interval: u32,
    /// When it was planned, since the test's start.
    pub at_s: f64,
    /// The longest time between the end of a share's load and its beginning in the next interval;
    /// negative for an overlap. Where the two sides divide the users differently, from the first
    /// end to the last beginning of all. None if a side did not report it.
    pub gap_ms: Option<f64>,
    /// The shortest such time; from the last end to the first beginning.
    pub least_gap_ms: Option<f64>,
    /// About how many requests are missing for the longest gap, if it was that of all shares;
    /// negative for those that an overlap added.
    pub gap_requests: Option<f64>,
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
    pairs.map(|pair| Cut::new(&pair[0], &pair[1], totals, &attempts)).collect()
}

impl Cut {
    fn new<'a>(
        before: &'a Interval,
        after: &'a Interval,
        totals: &Totals,
        attempts: &Attempts<'a>,
    ) -> Self {
        let gaps = gaps(&ends(before, attempts), &begins(after, attempts));
        let gap_ms = gaps.map(|(longest, _)| longest);
        let beginning: Vec<_> = continuing(after, attempts).collect();
        let latest = beginning.iter().map(|continuing| continuing.latest).max();
        Self {
            run: None,
            interval: after.index,
            at_s: after.window.from().as_secs_f64(),
            gap_ms,
            least_gap_ms: gaps.map(|(_, shortest)| shortest),
            gap_requests: gap_ms
                .zip(requests_per_s(before, after, totals))
                .map(|(gap_ms, requests_per_s)| gap_ms / 1000.0 * requests_per_s),
            continuing_users: beginning.iter().map(|c| u64::from(c.users)).sum(),
            late_users: beginning.iter().map(|c| u64::from(c.late)).sum(),
            latest_user_ms: crate::millis::millis(latest.unwrap_or_default()),
        }
    }
}

/// Instants, by share.
type Instants = HashMap<Share, Duration>;

fn ends<'a>(interval: &'a Interval, attempts: &Attempts<'a>) -> Instants {
    let shares = interval.shares.iter();
    shares
        .filter_map(|share| Some((share.share, attempts.end(interval.index, share)?.to)))
        .collect()
}

fn begins<'a>(interval: &'a Interval, attempts: &Attempts<'a>) -> Instants {
    let shares = interval.shares.iter();
    shares
        .filter_map(|share| Some((share.share, attempts.begin(interval.index, share)?.from)))
        .collect()
}

/// The longest and the shortest gap: of each share, where both sides know the same ones, and
/// otherwise what no share can exceed.
fn gaps(ends: &Instants, begins: &Instants) -> Option<(f64, f64)> {
    let alike: Vec<_> = begins
        .iter()
        .filter_map(|(share, begin)| Some(gap_ms(*ends.get(share)?, *begin)))
        .collect();
    let longest = alike.iter().copied().reduce(f64::max);
    let shortest = alike.iter().copied().reduce(f64::min);
    let of_all = || {
        let (first, last) = (ends.values().min()?, ends.values().max()?);
        let (earliest, latest) = (begins.values().min()?, begins.values().max()?);
        Some((gap_ms(*first, *latest), gap_ms(*last, *earliest)))
    };
    longest.zip(shortest).or_else(of_all)
}

/// Of all generators, over the whole seconds next to a cut that lie in the two intervals.
#[expect(clippy::cast_precision_loss, reason = "requests of some seconds are below 2^52")]
fn requests_per_s(before: &Interval, after: &Interval, totals: &Totals) -> Option<f64> {
    let whole = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    let begun = |time: Duration| whole(time + Duration::from_nanos(999_999_999));
    let cut = after.window.from();
    let first = begun(before.window.from()).max(whole(cut).saturating_sub(AROUND));
    let last = whole(after.window.to()).min(begun(cut).saturating_add(AROUND));
    let earlier = totals.requests_in(first..whole(cut).max(first));
    let later = totals.requests_in(begun(cut).min(last)..last);
    let requests: Vec<_> = earlier.chain(later).collect();
    let all: u64 = requests.iter().sum();
    (!requests.is_empty()).then(|| all as f64 / requests.len() as f64)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn instants(of: u32, millis: &[(u32, u64)]) -> Instants {
        let share = |index| Share::try_new(index, of).unwrap();
        millis.iter().map(|(index, ms)| (share(*index), Duration::from_millis(*ms))).collect()
    }

    #[test]
    fn a_gap_is_that_of_a_share() {
        let ends = instants(2, &[(0, 1000), (1, 1010)]);
        let begins = instants(2, &[(0, 1004), (1, 1009)]);
        assert_eq!(gaps(&ends, &begins), Some((4.0, -1.0)));
        assert_eq!(gaps(&ends, &instants(2, &[(1, 1013)])), Some((3.0, 3.0)));
    }

    #[test]
    fn where_shares_differ_none_has_a_longer_gap() {
        let ends = instants(2, &[(0, 1000), (1, 1010)]);
        let begins = instants(3, &[(0, 1004), (1, 1020), (2, 1009)]);
        assert_eq!(gaps(&ends, &begins), Some((20.0, -6.0)));
        assert_eq!(gaps(&ends, &Instants::new()), None);
    }
}
