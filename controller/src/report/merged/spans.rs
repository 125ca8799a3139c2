//! Stretches of time of several runs.

use std::time::Duration;

/// How long any of them lasted; gaps between them do not count, and what overlaps counts once.
pub(super) fn union(spans: impl IntoIterator<Item = (Duration, Duration)>) -> Duration {
    let mut spans: Vec<_> = spans.into_iter().collect();
    spans.sort_unstable();
    let (mut length, mut until) = (Duration::ZERO, Duration::ZERO);
    for (from, to) in spans {
        length += to.saturating_sub(from.max(until));
        until = until.max(to);
    }
    length
}

/// The most that several came to at once; each had its amount during a span, but for its end.
pub(super) fn most_at_once<T: Copy>(
    spans: &[(Duration, Duration, T)],
    add: impl Fn(T, T) -> T,
    most: impl Fn(T, T) -> T,
) -> Option<T> {
    let at = |instant: Duration| {
        let during = spans.iter().filter(|(from, to, _)| *from <= instant && instant < *to);
        during.map(|(.., amount)| *amount).reduce(&add)
    };
    // It only rises where one begins.
    spans.iter().filter_map(|(from, ..)| at(*from)).reduce(most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Vec<(u64, u64)>> {
        prop::collection::vec((0_u64..60, 1_u64..20), 0..8)
    }

    proptest! {
        #[test]
        fn every_second_counts_once_and_every_amount_too(spans in spans()) {
            let seconds = Duration::from_secs;
            let within = |second: u64| {
                spans.iter().filter(move |(from, length)| (*from..from + length).contains(&second))
            };
            let expected = (0..100).filter(|second| within(*second).count() > 0).count() as u64;
            let lasting = spans.iter().map(|(from, length)| (seconds(*from), seconds(from + length)));
            prop_assert_eq!(union(lasting.clone()), seconds(expected));

            let amounts: Vec<_> = lasting.map(|(from, to)| (from, to, 10_u32)).collect();
            let most = (0..100).map(|second| 10 * within(second).count()).max();
            let found = most_at_once(&amounts, |a, b| a + b, u32::max).unwrap_or(0);
            prop_assert_eq!(Some(found as usize), most);
        }
    }
}
