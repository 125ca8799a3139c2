//! Counts, to reckon with.

/// A count as a number: exact below 2^52, and no test counts as far.
#[expect(clippy::cast_precision_loss, reason = "counts of a test are below 2^52")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// How many there are of something for each of something else, which is often the whole it is a
/// part of; none if there is none of that.
pub(crate) fn ratio(some: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| float(some) / float(all))
}
