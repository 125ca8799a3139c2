//! Figures as they stand on the full screen.

use std::time::Duration;

use crate::grouped::grouped;

/// A number with a digit behind its point, and its thousands apart.
pub(super) fn count(number: f64) -> String {
    let tenths = (number.max(0.0) * 10.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let tenths = tenths as u64;
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

/// Milliseconds; a dash if nothing was measured. From 100 on, the digit behind the point says
/// nothing any more.
pub(super) fn time(ms: Option<f64>) -> String {
    match ms {
        None => "-".into(),
        Some(ms) if ms < 99.95 => format!("{ms:.1}"),
        Some(ms) => count(ms.round()).trim_end_matches(".0").into(),
    }
}

/// A number in at most five columns: `0.25`, `12`, `1.5k`, `250M`.
pub(super) fn compact(number: f64) -> String {
    let (number, unit) = match number {
        n if n < 1e3 => (n, ""),
        n if n < 1e6 => (n / 1e3, "k"),
        n if n < 1e9 => (n / 1e6, "M"),
        n => (n / 1e9, "G"),
    };
    let digits = format!("{number:.2}");
    format!("{}{unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// The least of 1, 2, 2.5 and 5 times a power of ten that is not below a number: where an axis
/// ends.
pub(super) fn ceiling(number: f64) -> f64 {
    if !number.is_finite() || number <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(number.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let reaches = |step: &f64| step * power >= number * (1.0 - 1e-9);
    steps.into_iter().find(reaches).unwrap_or(10.0) * power
}

/// Seconds as a person writes them, without their fraction; none before the start.
pub(super) fn span(seconds: f64) -> String {
    let whole = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default().as_secs();
    engine::duration::format(Duration::from_secs(whole))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(
            [0.0, 0.25, 999.0, 1500.0, 2e5, 2.5e6].map(compact),
            ["0", "0.25", "999", "1.5k", "200k", "2.5M"]
        );
        assert_eq!([0.0, 12.34, 1234.56].map(count), ["0.0", "12.3", "1,234.6"]);
        let times = [None, Some(0.04), Some(99.94), Some(99.96), Some(12_345.6)].map(time);
        assert_eq!(times, ["-", "0.0", "99.9", "100", "12,346"]);
        assert_eq!([-1.0, 0.9, 83.2].map(span), ["0s", "0s", "1m23s"]);
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_highest_point_and_is_not_much_higher(number in 1e-6..1e12) {
            let end = ceiling(number);
            prop_assert!(end >= number * (1.0 - 1e-8), "{number}: {end}");
            prop_assert!(end <= number * 2.01, "{number}: {end}");
        }
    }
}
