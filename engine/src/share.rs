//! The part of all users that one generator owns.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Share `index` of `of`: the users whose number leaves the remainder `index`.
///
/// The union of the shares `0..of` is all users, and no user is in two of them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Parts")]
pub struct Share {
    index: u32,
    of: u32,
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
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Share `index` of `of`.
    ///
    /// # Errors
    ///
    /// Fails unless `index < of`.
    pub fn try_new(index: u32, of: u32) -> Result<Self, ShareError> {
        if index < of { Ok(Self { index, of }) } else { Err(ShareError) }
    }

    /// Part `index` of `of` of this share, as threads divide a generator's users.
    ///
    /// # Errors
    ///
    /// Fails unless `index < of`, or if the product of the parts is too large.
    pub fn part(self, index: u32, of: u32) -> Result<Self, ShareError> {
        let total = self.of.checked_mul(of).ok_or(ShareError)?;
        let index = index.checked_mul(self.of).and_then(|n| n.checked_add(self.index));
        Self::try_new(index.ok_or(ShareError)?, total)
    }

    /// Whether a user is in this share.
    pub fn owns(self, user: u32) -> bool {
        user % self.of == self.index
    }

    /// The numbers of this share's users below `end`, ascending.
    pub fn users(self, end: u32) -> impl Iterator<Item = u32> {
        (self.index..end).step_by(self.of as usize)
    }

    /// How many of the users below `end` are in this share.
    pub fn count(self, end: u32) -> u32 {
        end.saturating_sub(self.index).div_ceil(self.of)
    }

    /// This share's place among all shares.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The number of shares.
    pub fn of(self) -> u32 {
        self.of
    }
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
        fn shares_and_their_parts_are_all_users_once(of in 1_u32..9, parts in 1_u32..5, end in 0_u32..500) {
            let mut all: Vec<u32> = Vec::new();
            for index in 0..of {
                let share = Share::try_new(index, of).unwrap();
                let mut own: Vec<u32> = Vec::new();
                for part in 0..parts {
                    own.extend(share.part(part, parts).unwrap().users(end));
                }
                own.sort_unstable();
                prop_assert_eq!(&own, &share.users(end).collect::<Vec<_>>());
                prop_assert_eq!(own.len(), share.count(end) as usize);
                prop_assert!(own.iter().all(|user| share.owns(*user)));
                all.extend(own);
            }
            all.sort_unstable();
            prop_assert_eq!(all, (0..end).collect::<Vec<_>>());
        }
    }
}
