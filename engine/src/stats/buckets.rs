//! Where a histogram of 3 digits counts a value, and how its counts are written.
//!
//! `HdrHistogram` sets aside memory for every value up to the greatest, about 100 kB. What a
//! generator counts in a second are some hundred values, so they are read as what they are.

/// How many binary digits of a value are kept.
const DIGITS: u32 = 11;

/// Buckets of each power of two but the first.
const HALF: u64 = 1 << (DIGITS - 1);

/// The highest value of a bucket, and how often it was counted.
pub(super) type Bucket = (u64, u64);

/// The lowest value of a value's bucket.
pub(super) fn floor(value: u64) -> u64 {
    let beyond = beyond(value);
    value >> beyond << beyond
}

/// Digits of a value that are not kept.
fn beyond(value: u64) -> u32 {
    (u64::BITS - value.leading_zeros()).saturating_sub(DIGITS)
}

/// The highest value of the bucket at a place; none far beyond any time.
fn highest(place: u64) -> Option<u64> {
    let beyond = (place / HALF).saturating_sub(1);
    let kept = if place < 2 * HALF { place } else { place % HALF + HALF };
    (beyond < 40).then(|| ((kept + 1) << beyond) - 1)
}

/// Reads the counts of a V2 encoding: a positive number counts at the next place, a negative one
/// skips places. None if they are no such counts, or above `most`.
pub(super) fn read(mut payload: &[u8], most: u64) -> Option<Vec<Bucket>> {
    let (mut buckets, mut place) = (Vec::with_capacity(payload.len() / 2), 0_u64);
    while !payload.is_empty() {
        let number = zigzag(&mut payload)?;
        let Ok(count) = u64::try_from(number) else {
            place = place.checked_add(number.unsigned_abs())?;
            continue;
        };
        if count > 0 {
            let value = highest(place).filter(|value| floor(*value) <= most)?;
            buckets.push((value, count));
        }
        place = place.checked_add(1)?;
    }
    Some(buckets)
}

/// A number of at most 9 bytes: 7 bits in each, the lowest first, but 8 in the ninth; the sign is
/// the lowest bit of all.
fn zigzag(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for at in 0..9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let (bits, more) = if at == 8 { (*byte, false) } else { (byte & 0x7f, byte & 0x80 != 0) };
        number |= u64::from(bits) << (7 * at);
        if !more {
            break;
        }
    }
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use hdrhistogram::{
        Histogram,
        serialization::{Serializer, V2Serializer},
    };
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn buckets_are_those_of_hdrhistogram(
            values in prop::collection::vec((0_u32..37, any::<u64>(), 1_u64..1 << 40), 0..60),
        ) {
            let mut histogram = Histogram::<u64>::new(3).unwrap();
            for (bits, value, count) in values {
                let value = value & ((1 << bits) - 1);
                prop_assert_eq!(floor(value), histogram.lowest_equivalent(value));
                histogram.record_n(value, count).unwrap();
            }
            let mut bytes = Vec::new();
            V2Serializer::new().serialize(&histogram, &mut bytes).unwrap();
            let expected: Vec<_> = histogram
                .iter_recorded()
                .map(|at| (at.value_iterated_to(), at.count_at_value()))
                .collect();
            prop_assert_eq!(read(&bytes[40..], u64::MAX), Some(expected));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(buckets) = read(&bytes, 1 << 30) {
                prop_assert!(buckets.is_sorted_by(|a, b| a.0 < b.0));
                prop_assert!(buckets.iter().all(|(value, count)| floor(*value) <= 1 << 30 && *count > 0));
            }
        }
    }

    #[test]
    fn a_number_that_breaks_off_is_refused() {
        assert_eq!(read(&[0x80], u64::MAX), None);
        assert_eq!(read(&[0xff; 9], u64::MAX), Some(Vec::new()));
        let far = [[0xff; 9], [0xff; 9]].concat();
        assert_eq!(read(&far, u64::MAX), None);
        let last = [&[0xff; 9][..], &[0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0]];
        assert_eq!(read(&last.concat(), u64::MAX), None);
    }
}
