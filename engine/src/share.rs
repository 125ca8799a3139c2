//! The part of all users and arrivals that one generator owns.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::random::mix;

/// Share `index` of `of`: one of each `of` successive users, and of arrivals likewise.
///
/// Which one of them varies from one lot of users to the next, so that nothing else that repeats
/// along the users' numbers, such as their classes, falls to some shares and not to others. The
/// union of the shares `0..of` is all users, and no user is in two of them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Parts")]
pub struct Share {
    index: u32,
    of: u32,
    /// Of which of the lots it has its users.
    #[serde(skip)]
    lots: Lots,
}

/// Part `index` of `of` of all lots.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Lots {
    index: u32,
    of: u32,
}

impl Lots {
    const ALL: Self = Self { index: 0, of: 1 };
}

/// `index` is not below `of`.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a share's index must be below the number of shares")]
pub struct ShareError;

#[derive(Deserialize)]
struct Parts {
    index: u32,
    of: u32,
}

impl Share {
    /// All users.
    pub const WHOLE: Self = Self { index: 0, of: 1, lots: Lots::ALL };

    /// Share `index` of `of`.
    ///
    /// # Errors
    ///
    /// Fails unless `index < of`.
    pub fn try_new(index: u32, of: u32) -> Result<Self, ShareError> {
        if index < of { Ok(Self { index, of, lots: Lots::ALL }) } else { Err(ShareError) }
    }

    /// Part `index` of `of` of this share, as threads divide a generator's users. A part is not
    /// divided further.
    ///
    /// # Errors
    ///
    /// Fails unless `index < of`.
    pub fn part(self, index: u32, of: u32) -> Result<Self, ShareError> {
        if index < of { Ok(Self { lots: Lots { index, of }, ..self }) } else { Err(ShareError) }
    }

    /// Whether a user is in this share.
    pub fn owns(self, user: u32) -> bool {
        let lot = user / self.of;
        turned(lot, self.of, user % self.of) == self.index && self.has_lot(lot)
    }

    /// Which of some users are this share's, ascending.
    pub fn users(self, of: Range<u32>) -> impl Iterator<Item = u32> {
        let lots = of.start / self.of..of.end.div_ceil(self.of);
        let lots = lots.filter(move |lot| self.has_lot(*lot));
        let user = move |lot| {
            let place = (self.index + (self.of - turn(lot, self.of))) % self.of;
            (lot * self.of).checked_add(place)
        };
        lots.filter_map(user).filter(move |user| of.contains(user))
    }

    /// How many of the users below `end` are in this share.
    pub fn count(self, end: u32) -> u32 {
        let whole = end / self.of;
        let rest = (whole * self.of..end).filter(|user| self.owns(*user)).count();
        let own = whole / self.lots.of + u32::from(self.has_lot_before(whole));
        own + u32::try_from(rest).unwrap_or(u32::MAX)
    }

    /// This share's place among all shares.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The number of shares.
    pub fn of(self) -> u32 {
        self.of
    }

    /// This part's place among the parts of the share.
    pub fn part_index(self) -> u32 {
        self.lots.index
    }

    fn has_lot(self, lot: u32) -> bool {
        turned(lot / self.lots.of, self.lots.of, lot % self.lots.of) == self.lots.index
    }

    /// Whether its lot among the last ones before `end`, which are too few for each part to have
    /// one, is there.
    fn has_lot_before(self, end: u32) -> bool {
        (end - end % self.lots.of..end).any(|lot| self.has_lot(lot))
    }
}

/// Who gets `place` in lot `lot`, of `of` who each get one.
fn turned(lot: u32, of: u32, place: u32) -> u32 {
    let who = (u64::from(place) + u64::from(turn(lot, of))) % u64::from(of);
    u32::try_from(who).expect("less than another of its size")
}

/// By how much the places of a lot are turned, below `of`.
fn turn(lot: u32, of: u32) -> u32 {
    if of == 1 {
        return 0;
    }
    u32::try_from(mix(u64::from(lot)) % u64::from(of)).expect("less than another of its size")
}

impl TryFrom<Parts> for Share {
    type Error = ShareError;

    fn try_from(parts: Parts) -> Result<Self, ShareError> {
        Self::try_new(parts.index, parts.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_and_their_parts_are_all_users_once(
            of in 1_u32..9,
            parts in 1_u32..5,
            end in 0_u32..500,
            from in 0_u32..600,
        ) {
            let mut all: Vec<u32> = Vec::new();
            for index in 0..of {
                let share = Share::try_new(index, of).unwrap();
                let mut own: Vec<u32> = Vec::new();
                for part in 0..parts {
                    own.extend(share.part(part, parts).unwrap().users(0..end));
                }
                own.sort_unstable();
                prop_assert_eq!(&own, &share.users(0..end).collect::<Vec<_>>());
                prop_assert_eq!(own.len(), share.count(end) as usize);
                prop_assert!(own.iter().all(|user| share.owns(*user)));
                let later: Vec<_> = own.iter().copied().filter(|user| *user >= from).collect();
                prop_assert_eq!(later, share.users(from..end).collect::<Vec<_>>());
                all.extend(own);
            }
            all.sort_unstable();
            prop_assert_eq!(all, (0..end).collect::<Vec<_>>());
        }

        #[test]
        fn what_repeats_falls_to_all_shares(of in 2_u32..20, period in 2_u32..20) {
            let end = 200 * of * period;
            for index in 0..of {
                let share = Share::try_new(index, of).unwrap();
                let hit = share.users(0..end).filter(|user| user % period == 0).count();
                let fair = f64::from(end / of / period);
                prop_assert!((hit as f64 - fair).abs() < fair * 0.6, "{} of {}", hit, fair);
            }
        }
    }
}
