//! Response times and delays over time, in bounded room.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use engine::stats::Latency;

use super::held::Held;

/// How many stretches of time are kept apart. A packed one takes some kilobytes.
const MOST: usize = 7_200;

/// How many of them are ready to be added to: generators report about at the same time, and some
/// many seconds as one.
const OPEN: usize = 64;

/// Response times and delays: second by second in a run of up to two hours; beyond it of 2, 4, 8, ..
/// seconds together, so that a run may last as long as it likes. Nothing is lost but when within
/// such a stretch something happened.
#[derive(Clone, Debug)]
pub(super) struct Times {
    /// The seconds of a stretch: a power of two.
    width: u32,
    /// By the stretch's number: its first second, divided by the width.
    stretches: BTreeMap<u32, Stretch>,
    open: BTreeSet<u32>,
}

/// What happened in a stretch.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretch {
    /// Response times from the actual start.
    pub(super) latency: Held,
    /// By how much things happened later than they were due.
    pub(super) delay: Held,
}

impl Default for Times {
    fn default() -> Self {
        Self { width: 1, stretches: BTreeMap::new(), open: BTreeSet::new() }
    }
}

impl Times {
    /// The stretch that a second is in, ready to be added to.
    pub(super) fn at(&mut self, second: u32) -> &mut Stretch {
        self.stretches.entry(second / self.width).or_default();
        while self.stretches.len() > MOST {
            self.widen();
        }
        let place = second / self.width;
        self.open.insert(place);
        if self.open.len() > OPEN {
            let oldest = self.open.iter().copied().find(|oldest| *oldest != place);
            let oldest = oldest.filter(|oldest| self.open.remove(oldest));
            let oldest = oldest.and_then(|oldest| self.stretches.get_mut(&oldest));
            oldest.into_iter().for_each(Stretch::pack);
        }
        self.stretches.entry(place).or_default()
    }

    /// The seconds of the stretch that a second is in.
    pub(super) fn around(&self, second: u32) -> Range<u32> {
        let from = second / self.width * self.width;
        from..from.saturating_add(self.width)
    }

    /// What happened in the stretch that a second is in, dealt out evenly to so many seconds.
    pub(super) fn deal(&self, second: u32, seconds: usize) -> Vec<(Latency, Latency)> {
        let stretch = self.stretches.get(&(second / self.width));
        let held = |of: fn(&Stretch) -> &Held| stretch.map(of).map(Held::latency);
        let dealt = |latency: Option<Latency>| match (latency, seconds) {
            (None, _) => vec![Latency::default(); seconds],
            (Some(latency), 1) => vec![latency],
            (Some(latency), _) => latency.deal(seconds),
        };
        let delays = dealt(held(|stretch| &stretch.delay));
        dealt(held(|stretch| &stretch.latency)).into_iter().zip(delays).collect()
    }

    /// Joins each two stretches.
    fn widen(&mut self) {
        self.width *= 2;
        self.open.clear();
        for (place, stretch) in std::mem::take(&mut self.stretches) {
            let wider = self.stretches.entry(place / 2).or_default();
            wider.latency.merge(&stretch.latency.latency());
            wider.delay.merge(&stretch.delay.latency());
            if place % 2 == 1 {
                wider.pack();
            }
        }
        self.stretches.values_mut().for_each(Stretch::pack);
    }
}

impl Stretch {
    fn pack(&mut self) {
        self.latency.pack();
        self.delay.pack();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn one(micros: u32) -> Latency {
        let mut latency = Latency::default();
        latency.record(Duration::from_micros(micros.into()));
        latency
    }

    #[test]
    fn a_long_run_takes_no_more_room_than_a_shorter_one() {
        let (mut times, mut all) = (Times::default(), Latency::default());
        let seconds = 3 * u32::try_from(MOST).unwrap();
        for second in 0..seconds {
            times.at(second).latency.merge(&one(second + 1));
            all.merge(&one(second + 1));
        }
        assert_eq!((times.width, times.stretches.len()), (4, MOST * 3 / 4));
        assert_eq!(times.around(6), 4..8);
        let mut merged = Latency::default();
        for first in (0..seconds).step_by(4) {
            let dealt = times.deal(first, 4);
            assert!(dealt.iter().all(|(latency, _)| latency.count() == 1));
            for (latency, _) in &dealt {
                merged.merge(latency);
            }
        }
        assert_eq!(merged, all);
    }

    #[test]
    fn the_order_in_which_seconds_come_makes_no_difference() {
        let seconds: Vec<u32> = (0..u32::try_from(MOST).unwrap() + 2).collect();
        let absorb = |seconds: &mut dyn Iterator<Item = u32>| {
            let mut times = Times::default();
            for second in seconds {
                times.at(second).delay.merge(&one(second));
            }
            (0..u32::try_from(MOST).unwrap() + 2).map(|at| times.deal(at, 2)).collect::<Vec<_>>()
        };
        let forwards = absorb(&mut seconds.iter().copied());
        assert_eq!(forwards, absorb(&mut seconds.iter().rev().copied()));
    }
}
