//! What chance may have done to a difference.

use super::{blocks::count, student};

/// The part of intervals that miss the truth.
pub(super) const ALPHA: f64 = 0.05;

/// The normal distribution's counterpart of [`ALPHA`].
const Z: f64 = 1.959_963_985;

/// An interval around a difference, and how well no difference at all would go with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The probability to see as much of a difference, or more, where there is none.
    pub(super) p: f64,
}

impl Interval {
    /// From the deviations that resampling found, by their percentiles. Those of few blocks are too
    /// narrow, so they are expanded as Student's t distribution is wider than the normal one, and as
    /// a variance is estimated too low. `least` is the least half-width; differences up to
    /// `resolution` cannot be told from none. None without deviations.
    pub(super) fn new(
        difference: f64,
        mut deviations: Vec<f64>,
        blocks: usize,
        least: f64,
        resolution: f64,
    ) -> Option<Self> {
        deviations.retain(|deviation| deviation.is_finite());
        deviations.sort_unstable_by(f64::total_cmp);
        let freedom = count(blocks.max(2) - 1);
        let student = student::quantile(ALPHA, freedom);
        let expanded = student / Z * (count(blocks.max(2)) / freedom).sqrt();
        let below = (-at(&deviations, ALPHA / 2.0)? * expanded).max(least) + resolution;
        let above = (at(&deviations, 1.0 - ALPHA / 2.0)? * expanded).max(least) + resolution;
        // The same scale beyond the resamples' reach, so that an interval touches 0 where p is 5 %.
        let toward_none = if difference > 0.0 { below } else { above };
        let p = if difference == 0.0 {
            1.0
        } else {
            student::two_sided(difference.abs() / toward_none * student, freedom)
        };
        Some(Self { low: difference - below, high: difference + above, p })
    }
}

/// A percentile of sorted numbers.
fn at(sorted: &[f64], part: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a place in a list"
    )]
    let place = (count(last) * part).round() as usize;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_interval_excludes_none_where_it_is_improbable(
            difference in -2.0_f64..2.0,
            deviations in prop::collection::vec(-1.0_f64..1.0, 50..300),
            blocks in 20_usize..120,
        ) {
            let found = Interval::new(difference, deviations, blocks, 0.01, 0.001).unwrap();
            let Interval { low, high, p } = found;
            prop_assert!(low <= difference && difference <= high);
            prop_assert!((0.0..=1.0).contains(&p));
            if (p - ALPHA).abs() > 1e-6 {
                prop_assert_eq!(low > 0.0 || high < 0.0, p < ALPHA, "{:?}", found);
            }
        }
    }

    #[test]
    fn without_resamples_there_is_no_interval() {
        assert_eq!(Interval::new(0.1, vec![f64::NAN], 20, 0.0, 0.0), None);
    }
}
