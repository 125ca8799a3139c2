//! Which users run in which region.
//!
//! All functions of an interval have the same number of users, to within one: each has one of as
//! many successive users as there are functions. A region's weight is met by its number of functions.

use std::cmp::Reverse;

use engine::share::Share;

use super::PlannedShare;
use crate::location::Location;

/// Up to so many functions are used to meet the weights, where fewer would do for the users.
const FEW: u32 = 10;

/// Weights are met if no region's part of all functions is off by more than this, in millionths.
const MET: u64 = 50_000;

/// The shares of an interval with this many users at its height.
pub(super) fn shares(users: u32, per_function: u32, locations: &[Location]) -> Vec<PlannedShare> {
    let counts = functions(users, per_function, locations);
    let of = counts.iter().sum();
    let share = |(index, place): (u32, usize)| {
        let share = Share::try_new(index, of).expect("there are as many places as functions");
        let region = locations[place].region.clone();
        PlannedShare { region, share, users: share.count(users) }
    };
    (0..).zip(interleaved(&counts)).map(share).collect()
}

/// How many functions each location has.
///
/// As few as the users allow, one per region as long as there are users for that; but more, up to
/// [`FEW`], if the weights would not be met.
fn functions(users: u32, per_function: u32, locations: &[Location]) -> Vec<u32> {
    let regions = u32::try_from(locations.len()).unwrap_or(u32::MAX);
    let least = users.div_ceil(per_function).max(regions.min(users)).max(1);
    let most = FEW.min(users).max(least);
    let mut best = (u64::MAX, Vec::new());
    for number in least..=most {
        let counts = divided(number, locations);
        let off = off(&counts, locations);
        if off < best.0 {
            best = (off, counts);
        }
        if best.0 <= MET {
            break;
        }
    }
    best.1
}

/// So many functions by weight: one for each location, and then each where most is missing, which
/// is the method of the largest remainder. If there are fewer than locations, the heaviest have
/// them.
fn divided(number: u32, locations: &[Location]) -> Vec<u32> {
    let all = all_weights(locations);
    let mut counts = vec![0_u32; locations.len()];
    for _ in 0..number {
        let missing = |place: usize| {
            let count = counts[place];
            (count == 0, due(&locations[place], number) - i64::from(count) * all)
        };
        // The first of equals.
        let place = (0..counts.len()).rev().max_by_key(|place| missing(*place));
        counts[place.expect("there is a location")] += 1;
    }
    counts
}

/// How much the worst region's part of the functions is off, in millionths of all.
fn off(counts: &[u32], locations: &[Location]) -> u64 {
    let number: u32 = counts.iter().sum();
    let all = all_weights(locations);
    let off = counts
        .iter()
        .zip(locations)
        .map(|(count, location)| (due(location, number) - i64::from(*count) * all).unsigned_abs());
    let whole = i64::from(number) * all;
    off.max().unwrap_or(0) * 1_000_000 / whole.unsigned_abs().max(1)
}

/// A location's functions of so many, times all weights.
fn due(location: &Location, number: u32) -> i64 {
    i64::from(location.weight) * i64::from(number)
}

fn all_weights(locations: &[Location]) -> i64 {
    locations.iter().map(|location| i64::from(location.weight)).sum()
}

/// The place of each function. After any number of them, each place has had its part of them, to
/// within one.
///
/// The `i`th of a place's `count` functions may stand from `i * of / count` on, and must before the
/// next one may. What must stand soonest comes first, which always works out; of equals, what does
/// not follow its own kind, and then the most frequent, which has to stand apart from itself.
fn interleaved(counts: &[u32]) -> Vec<usize> {
    let of: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let mut given = vec![0_u64; counts.len()];
    let mut functions: Vec<usize> = Vec::new();
    for at in 0..of {
        let may = |place: &usize| given[*place] * of < (at + 1) * u64::from(counts[*place]);
        let until = |place: &usize| {
            let until = ((given[*place] + 1) * of).div_ceil(u64::from(counts[*place]));
            (until, functions.last() == Some(place), Reverse(counts[*place]))
        };
        let place = (0..counts.len()).filter(may).min_by_key(until);
        let place = place.expect("some place has had less than its part");
        given[place] += 1;
        functions.push(place);
    }
    functions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn locations(weights: &[u32]) -> Vec<Location> {
        let location = |(index, weight): (usize, &u32)| Location {
            region: format!("region-{index}"),
            weight: *weight,
        };
        weights.iter().enumerate().map(location).collect()
    }

    #[test]
    fn few_functions_meet_the_weights_if_the_users_suffice() {
        let functions = |users, weights: &[u32]| functions(users, 500, &locations(weights));
        assert_eq!(functions(10, &[1]), [1]);
        assert_eq!(functions(501, &[1]), [2]);
        assert_eq!(functions(10, &[1, 1]), [1, 1]);
        assert_eq!(functions(10, &[3, 1]), [3, 1]);
        assert_eq!(functions(3, &[3, 1]), [2, 1]);
        assert_eq!(functions(2, &[3, 1]), [1, 1]);
        assert_eq!(functions(1, &[1, 3]), [0, 1]);
        assert_eq!(functions(2, &[1, 2, 3]), [0, 1, 1]);
        // Three would do, but not for two equal regions.
        assert_eq!(functions(1_200, &[1, 1]), [2, 2]);
        // Nobody wants a hundred functions for that.
        assert_eq!(functions(100, &[99, 1]), [9, 1]);
        assert_eq!(functions(10_000, &[99, 1]), [19, 1]);
        assert_eq!(functions(10_000, &[5, 3, 2]), [10, 6, 4]);
    }

    #[test]
    fn neighbours_are_in_different_regions() {
        let letters = |counts: &[u32]| -> String {
            let letter = |place: usize| char::from(b"abcde"[place]);
            interleaved(counts).into_iter().map(letter).collect()
        };
        assert_eq!(letters(&[2, 2, 2]), "abcabc");
        assert_eq!(letters(&[2, 1, 1]), "abac");
        assert_eq!(letters(&[5, 3, 2]), "abacababac");
        assert_eq!(letters(&[4, 1, 1, 1, 1]), "abacadae");
        assert_eq!(letters(&[1, 1, 2]), "cacb");
        assert_eq!(letters(&[0, 3]), "bbb");
    }

    proptest! {
        #[test]
        fn all_users_run_once_and_evenly(
            users in 1_u32..20_000,
            per_function in 1_u32..901,
            weights in prop::collection::vec(1_u32..1_001, 1..6),
        ) {
            let shares = shares(users, per_function, &locations(&weights));
            let of = u32::try_from(shares.len()).unwrap();
            for (index, planned) in (0..).zip(&shares) {
                prop_assert_eq!((planned.share.index(), planned.share.of()), (index, of));
                prop_assert!(planned.users <= per_function);
                prop_assert!(planned.users >= users / of && planned.users <= users / of + 1);
            }
            prop_assert_eq!(shares.iter().map(|planned| planned.users).sum::<u32>(), users);
        }

        #[test]
        fn regions_have_their_weights_in_functions(
            number in 1_u32..2_000,
            weights in prop::collection::vec(1_u32..1_001, 1..6),
        ) {
            let locations = locations(&weights);
            let counts = divided(number, &locations);
            let all = all_weights(&locations);
            prop_assert_eq!(counts.iter().sum::<u32>(), number);
            prop_assert!(number < weights.len().try_into().unwrap() || counts.iter().all(|count| *count > 0));
            // A region whose part is less than one function has one at the expense of others.
            if locations.iter().all(|location| due(location, number) >= all) {
                for (count, location) in counts.iter().zip(&locations) {
                    let off = due(location, number) - i64::from(*count) * all;
                    prop_assert!(off.abs() < all, "{counts:?} for {weights:?}");
                }
            }
        }

        #[test]
        fn every_region_is_used_if_there_are_users(
            users in 1_u32..50,
            weights in prop::collection::vec(1_u32..1_001, 1..12),
        ) {
            let counts = functions(users, 500, &locations(&weights));
            let used = counts.iter().filter(|count| **count > 0).count();
            prop_assert_eq!(used, weights.len().min(users.try_into().unwrap()));
            prop_assert!(counts.iter().sum::<u32>() <= users);
        }

        #[test]
        fn more_users_never_have_fewer_functions(
            users in 1_u32..5_000,
            more in 1_u32..1_000,
            weights in prop::collection::vec(1_u32..20, 1..6),
        ) {
            let locations = locations(&weights);
            let number = |users| functions(users, 500, &locations).iter().sum::<u32>();
            prop_assert!(number(users) <= number(users + more));
        }

        #[test]
        fn after_any_number_each_region_has_had_its_part(
            counts in prop::collection::vec(0_u32..60, 1..7),
        ) {
            let of: i64 = counts.iter().map(|count| i64::from(*count)).sum();
            let mut given = vec![0_i64; counts.len()];
            for (at, place) in (1..).zip(interleaved(&counts)) {
                given[place] += 1;
                for (given, count) in given.iter().zip(&counts) {
                    prop_assert!((given * of - at * i64::from(*count)).abs() < of, "{counts:?}");
                }
            }
            prop_assert_eq!(given, counts.iter().map(|count| i64::from(*count)).collect::<Vec<_>>());
        }
    }
}
