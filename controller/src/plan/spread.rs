//! Which users run in which region.
//!
//! All functions of an interval have the same number of users, to within one: user *k* belongs to
//! function `k mod n`. A region's weight is met by its number of functions.

use engine::share::Share;

use super::PlannedShare;
use crate::location::Location;

/// Up to so many functions are used to meet the weights, where fewer would do for the users.
const FEW: u32 = 10;

/// Weights are met if no region's part of all functions is off by more than this, in millionths.
const MET: u64 = 50_000;

/// Into how many marks the ring of functions is divided to compare places on it.
const FINE: u64 = 1 << 32;

/// The shares of an interval with this many users when it ends.
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
pub(super) fn off(counts: &[u32], locations: &[Location]) -> u64 {
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

/// The place of each function, such that the functions of a place are as far apart as they can be.
fn interleaved(counts: &[u32]) -> Vec<usize> {
    let mut functions: Vec<(usize, u32, u32)> = Vec::new();
    for (place, count) in counts.iter().enumerate() {
        functions.extend((0..*count).map(|number| (place, number, *count)));
    }
    // The middle of the `number`th of `count` equal stretches is (2 number + 1) / (2 count).
    functions.sort_by_key(|(place, number, count)| {
        let middle = (2 * u64::from(*number) + 1) * FINE / (2 * u64::from(*count));
        (middle, *place)
    });
    functions.into_iter().map(|(place, ..)| place).collect()
}
