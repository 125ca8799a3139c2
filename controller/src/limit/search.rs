//! The search for a limit: doubling until a level breaks, then halving what lies between.

use engine::clients::Clients;
use thiserror::Error;

/// Finds the highest level that holds, where what breaks at a level breaks at any higher one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    from: u32,
    to: u32,
    precision: Precision,
    held: Option<u32>,
    broken: Option<u32>,
}

/// How close the highest level that held and the lowest that broke are to be, as a part of the
/// former: above 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision(f64);

/// Why there is nothing to search.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SearchError {
    /// The first level is 0, or above the last one, or that is more than there may be.
    #[error("levels go from 1 up to {}, the first one not above the last one", Clients::MAX)]
    Levels,
    /// The precision is not above 0 and at most 1.
    #[error("a precision is above 0 % and at most 100 %")]
    Precision,
}

impl Precision {
    /// Checks a part of a level.
    ///
    /// # Errors
    ///
    /// It is not above 0 and at most 1.
    pub fn try_new(part: f64) -> Result<Self, SearchError> {
        let sound = part > 0.0 && part <= 1.0;
        sound.then_some(Self(part)).ok_or(SearchError::Precision)
    }

    /// Whether there is no level worth trying between one that held and one that broke.
    fn is_met(self, held: u32, broken: u32) -> bool {
        let gap = broken.saturating_sub(held);
        gap <= 1 || f64::from(gap) <= f64::from(held) * self.0
    }
}

impl Search {
    /// From a level that is expected to hold up to one that is never exceeded.
    ///
    /// # Errors
    ///
    /// The levels are none, or in disorder.
    pub fn try_new(from: u32, to: u32, precision: Precision) -> Result<Self, SearchError> {
        let sound = (1..=to).contains(&from) && to <= Clients::MAX;
        let search = Self { from, to, precision, held: None, broken: None };
        sound.then_some(search).ok_or(SearchError::Levels)
    }

    /// The level to try next; none if the limit is found.
    pub fn next(&self) -> Option<u32> {
        match (self.held, self.broken) {
            (None, None) => Some(self.from),
            (Some(held), None) if held < self.to => Some(held.saturating_mul(2).min(self.to)),
            (Some(_), None) => None,
            (held, Some(broken)) => {
                let held = held.unwrap_or(0);
                let middle = held + (broken - held) / 2;
                (!self.precision.is_met(held, broken)).then_some(middle)
            }
        }
    }

    /// Notes what became of a level.
    pub fn note(&mut self, level: u32, held: bool) {
        if held {
            self.held = self.held.max(Some(level));
        } else {
            self.broken = Some(self.broken.map_or(level, |broken| broken.min(level)));
        }
    }

    /// The highest level that held so far.
    pub fn held(&self) -> Option<u32> {
        self.held
    }

    /// The lowest level that broke so far.
    pub fn broken(&self) -> Option<u32> {
        self.broken
    }

    /// The levels that are tried as long as all hold.
    pub fn rising(&self) -> Vec<u32> {
        let mut search = Self { held: None, broken: None, ..*self };
        let mut levels = Vec::new();
        while let Some(level) = search.next() {
            search.note(level, true);
            levels.push(level);
        }
        levels
    }

    /// The trials that make the most load together, of all that there may be from here.
    pub fn longest(&self) -> Vec<u32> {
        let Some(level) = self.next() else { return Vec::new() };
        let ways = [true, false].map(|held| {
            let mut search = *self;
            search.note(level, held);
            search.longest()
        });
        let weight = |levels: &Vec<u32>| levels.iter().map(|level| u64::from(*level)).sum::<u64>();
        let rest = ways.into_iter().max_by_key(weight).unwrap_or_default();
        [level].into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn search(from: u32, to: u32, precision: f64) -> Search {
        Search::try_new(from, to, Precision::try_new(precision).unwrap()).unwrap()
    }

    fn levels() -> impl Strategy<Value = (u32, u32)> {
        (1_u32..5000).prop_flat_map(|to| (1..=to, Just(to)))
    }

    proptest! {
        #[test]
        fn the_limit_is_found((from, to) in levels(), limit in 0_u32..6000, part in 0.02..1.0) {
            let whole = search(from, to, part);
            let mut search = whole;
            let mut tried = Vec::new();
            while let Some(level) = search.next() {
                prop_assert!((1..=to).contains(&level) && !tried.contains(&level));
                search.note(level, level <= limit);
                tried.push(level);
            }
            let held = search.held().unwrap_or(0);
            prop_assert!(held <= limit);
            match search.broken() {
                None => prop_assert_eq!(held, to),
                Some(broken) => {
                    prop_assert!(broken > limit);
                    prop_assert!(Precision(part).is_met(held, broken));
                }
            }
            let weight = |levels: &[u32]| levels.iter().map(|level| u64::from(*level)).sum::<u64>();
            prop_assert!(weight(&tried) <= weight(&whole.longest()));
        }
    }

    #[test]
    fn levels_double_and_then_close_in() {
        let mut search = search(10, 100, 0.05);
        assert_eq!(search.rising(), [10, 20, 40, 80, 100]);
        let mut tried = Vec::new();
        while let Some(level) = search.next() {
            search.note(level, level <= 55);
            tried.push(level);
        }
        assert_eq!(tried, [10, 20, 40, 80, 60, 50, 55, 57]);
        assert_eq!((search.held(), search.broken()), (Some(55), Some(57)));
    }

    #[test]
    fn where_the_first_level_breaks_lower_ones_are_tried() {
        let mut search = search(8, 8, 0.05);
        let mut tried = Vec::new();
        while let Some(level) = search.next() {
            search.note(level, false);
            tried.push(level);
        }
        assert_eq!(tried, [8, 4, 2, 1]);
        assert_eq!((search.held(), search.broken()), (None, Some(1)));
    }

    #[test]
    fn levels_in_disorder_are_refused() {
        let precision = Precision::try_new(0.05).unwrap();
        for (from, to) in [(0, 5), (6, 5), (1, Clients::MAX + 1)] {
            assert_eq!(Search::try_new(from, to, precision), Err(SearchError::Levels));
        }
        for part in [0.0, -1.0, 1.1, f64::NAN] {
            assert_eq!(Precision::try_new(part), Err(SearchError::Precision));
        }
    }
}
