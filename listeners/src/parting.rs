//! When a generator's series end.

use std::time::{Duration, SystemTime};

use crate::Report;

/// When a generator's series end: what was reported last.
#[derive(Default)]
pub(crate) struct Parting(Option<Last>);

struct Last {
    at: SystemTime,
    second: u32,
    /// The longest stretch of a report: the time between two, if there were any.
    every: u32,
}

impl Parting {
    /// Notes that there was a report. Whether its users are to be told: not of the odd rest at a
    /// generator's end, as it has none any more, and who goes on with them has not told of them yet.
    pub(crate) fn note(&mut self, report: &Report) -> bool {
        let length = u32::try_from(report.over().as_secs()).unwrap_or(u32::MAX);
        let every = self.0.as_ref().map_or(length, |last| last.every.max(length));
        let is_first = self.0.is_none();
        self.0 = Some(Last { at: report.at, second: report.seconds.end, every });
        is_first || report.seconds.end.is_multiple_of(every)
    }

    /// When the series end; none if none began. It is at once, or where the next generator's
    /// begin, so that sums over all generators have neither a dip nor a bump.
    pub(crate) fn at(&self, hands_over: bool) -> Option<SystemTime> {
        let Last { at, second, every } = *self.0.as_ref()?;
        let millisecond = Duration::from_millis(1);
        let next = Duration::from_secs(u64::from(every - second % every));
        Some(if hands_over { at + next - millisecond } else { at + millisecond })
    }
}

#[cfg(test)]
mod tests {
    use std::{ops::Range, time::UNIX_EPOCH};

    use engine::stats::Stats;

    use super::*;

    fn parted(reports: &[Range<u32>], hands_over: bool) -> Option<u128> {
        let mut parting = Parting::default();
        for seconds in reports {
            let at = UNIX_EPOCH + Duration::from_secs(seconds.end.into());
            let seconds = seconds.clone();
            parting.note(&Report { seconds, at, users: 1, stats: Stats::default() });
        }
        parting.at(hands_over).map(|at| at.duration_since(UNIX_EPOCH).unwrap().as_millis())
    }

    #[test]
    fn users_are_told_but_of_the_rest() {
        let mut parting = Parting::default();
        let told = [22..25, 25..30, 30..32].map(|seconds: Range<u32>| {
            let at = UNIX_EPOCH + Duration::from_secs(seconds.end.into());
            parting.note(&Report { seconds, at, users: 1, stats: Stats::default() })
        });
        assert_eq!(told, [true, true, false]);
    }

    #[test]
    fn series_end_at_once_or_where_the_next_begin() {
        assert_eq!(parted(&[], true), None);
        assert_eq!(parted(&[0..5, 5..10, 10..12], false), Some(12_001));
        assert_eq!(parted(&[0..5, 5..10, 10..12], true), Some(14_999));
        assert_eq!(parted(&[0..5, 5..10], true), Some(14_999));
        assert_eq!(parted(std::slice::from_ref(&(0..900)), true), Some(1_799_999));
    }
}
