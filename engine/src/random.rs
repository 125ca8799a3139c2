//! Random choices that are the same in each run.

use rand::{RngExt as _, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A user's source of random choices.
#[derive(Clone, Debug)]
pub struct Random(Pcg64Mcg);

impl Random {
    /// The choices of a user in its first life, as [`Random::of_life`] says.
    pub fn of_user(seed: u64, user: u32, continues_in: u32) -> Self {
        Self::of_life(seed, user, 0, continues_in)
    }

    /// The choices of a user in one of its lives, from 0: a function of the seed, the user's
    /// number, the life, and the interval in which it continues, so that it does not repeat its
    /// first choices; 0 where it starts.
    pub fn of_life(seed: u64, user: u32, life: u32, continues_in: u32) -> Self {
        let seed = match life {
            0 => mix(seed),
            life => mix(mix(seed).wrapping_add(u64::from(life))),
        };
        let place = (u64::from(continues_in) << 32) | u64::from(user);
        Self(Pcg64Mcg::seed_from_u64(mix(seed ^ place)))
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// A whole number in `[0, end)`; 0 if `end` is.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// A whole number from `least` to `most`, both included; `least` if they are swapped.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        if least >= most { least } else { self.0.random_range(least..=most) }
    }

    /// The place of one of several alternatives, by chance in proportion to their weights; none
    /// if all are 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let mut place = self.below(weights.clone().map(u64::from).sum());
        weights.map(u64::from).position(|weight| {
            let found = place < weight;
            place = place.saturating_sub(weight);
            found
        })
    }

    /// 128 random bits.
    pub fn bits(&mut self) -> u128 {
        self.0.random()
    }

    /// A UUID of version 4.
    pub fn uuid(&mut self) -> String {
        let bits = (self.bits() & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

/// Spreads a number over all bits (the finalizer of `SplitMix64`), so that neighbouring numbers
/// have nothing in common.
pub fn mix(mut bits: u64) -> u64 {
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_repeats_itself_and_nobody_else() {
        let bits = |seed, user, life, interval| Random::of_life(seed, user, life, interval).bits();
        assert_eq!(bits(1, 17, 0, 0), bits(1, 17, 0, 0));
        assert_eq!(bits(1, 17, 0, 3), Random::of_user(1, 17, 3).bits());
        let others = [
            bits(1, 17, 0, 0),
            bits(2, 17, 0, 0),
            bits(1, 18, 0, 0),
            bits(1, 17, 1, 0),
            bits(1, 17, 2, 0),
            bits(1, 17, 0, 1),
            bits(1, 17, 1, 1),
        ];
        let distinct: std::collections::HashSet<_> = others.into_iter().collect();
        assert_eq!(distinct.len(), others.len());
    }

    #[test]
    fn weights_are_proportions() {
        let mut random = Random::of_user(0, 0, 0);
        let mut counts = [0_u32; 4];
        for _ in 0..40_000 {
            counts[random.weighted([1, 0, 3, 0].into_iter()).unwrap()] += 1;
        }
        assert_eq!((counts[1], counts[3]), (0, 0));
        assert!(counts[0].abs_diff(10_000) < 500, "{counts:?}");
        assert_eq!(random.weighted([0, 0].into_iter()), None);
    }

    #[test]
    fn bounds_are_kept() {
        let mut random = Random::of_user(0, 0, 0);
        for _ in 0..1000 {
            assert!((3..=7).contains(&random.between(3, 7)));
            assert!(random.below(5) < 5);
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert_eq!((random.between(4, 4), random.between(9, 2), random.below(0)), (4, 9, 0));
    }
}
