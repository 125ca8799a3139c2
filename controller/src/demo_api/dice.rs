//! Choices that look random, and are the same each time the API is started.

use std::sync::atomic::{AtomicU64, Ordering};

use engine::random::mix;

/// A die whose rolls follow from how often it was rolled.
#[derive(Default)]
pub(super) struct Dice(AtomicU64);

impl Dice {
    /// The next roll, from 0 to below `sides`.
    pub(super) fn roll(&self, sides: u64) -> u64 {
        mix(self.0.fetch_add(1, Ordering::Relaxed)) % sides
    }

    /// One of several.
    pub(super) fn pick<T: Copy, const SIDES: usize>(&self, from: [T; SIDES]) -> T {
        #[expect(clippy::cast_possible_truncation, reason = "below a usize")]
        let side = self.roll(SIDES as u64) as usize;
        from[side]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dice_roll_the_same() {
        let (one, other) = (Dice::default(), Dice::default());
        for _ in 0..100 {
            assert_eq!(one.roll(1000), other.roll(1000));
        }
    }

    #[test]
    fn every_side_comes_up() {
        let dice = Dice::default();
        let mut seen = [0_u32; 5];
        for _ in 0..1000 {
            seen[dice.pick([0, 1, 2, 3, 4])] += 1;
        }
        assert!(seen.iter().all(|&times| (150..250).contains(&times)), "{seen:?}");
    }
}
