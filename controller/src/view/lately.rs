//! What happened to each transaction in the last seconds.

use std::collections::{BTreeMap, VecDeque};

use engine::stats::{Key, Stats};

/// Over how many seconds rates are taken.
const RECENT_S: f64 = 5.5;

/// The counts of the last looks.
#[derive(Debug, Default)]
pub(super) struct Lately(VecDeque<Look>);

/// The counts of all transactions at an instant.
#[derive(Debug, Default)]
struct Look {
    /// Seconds since the test's start.
    at_s: f64,
    counts: BTreeMap<Key, Counts>,
}

/// Requests and failures.
type Counts = (u64, u64);

impl Lately {
    /// Keeps the counts of now, and forgets those of long ago.
    pub(super) fn look(&mut self, at_s: f64, stats: &Stats) {
        let counts = stats.transactions().into_iter();
        let counts = counts.map(|(key, t)| (key.clone(), (t.requests, t.failures))).collect();
        self.0.push_back(Look { at_s, counts });
        while self.0.len() > 2 && at_s - self.0[0].at_s > RECENT_S {
            self.0.pop_front();
        }
    }

    /// Requests and failures per second of a transaction, since the oldest look that is kept. The
    /// first look knows of all before it.
    pub(super) fn rates(&self, key: &Key) -> (f64, f64) {
        let Some(now) = self.0.back() else { return (0.0, 0.0) };
        let start = Look::default();
        let then = if self.0.len() > 1 { &self.0[0] } else { &start };
        let counts = |look: &Look| look.counts.get(key).copied().unwrap_or_default();
        let (then_counts, now_counts) = (counts(then), counts(now));
        let seconds = (now.at_s - then.at_s).max(1.0);
        let rate = |then, now| rate(then, now) / seconds;
        (rate(then_counts.0, now_counts.0), rate(then_counts.1, now_counts.1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of some seconds are far below 2^52")]
fn rate(then: u64, now: u64) -> f64 {
    now.saturating_sub(then) as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::stats::{Outcome, Phases, Sample};

    use super::*;

    fn record(stats: &mut Stats, times: usize) {
        for at in 0..times {
            stats.record(&Sample {
                method: "GET",
                name: "/",
                status: None,
                elapsed: Duration::from_millis(1),
                from_intended: None,
                phases: Phases::default(),
                bytes: 0,
                outcome: if at % 2 == 0 { Outcome::Passed } else { Outcome::Failed("no") },
                met: None,
            });
        }
    }

    #[test]
    fn rates_are_those_of_the_last_seconds() {
        let (mut lately, mut stats) = (Lately::default(), Stats::default());
        let key = Key { method: "GET".into(), name: "/".into() };
        let is = |lately: &Lately, requests: f64| {
            let (found, failures) = lately.rates(&key);
            assert!((found - requests).abs() < 1e-9, "{found}, not {requests}");
            assert!((failures - requests / 2.0).abs() < 1e-9, "{failures}");
        };
        is(&lately, 0.0);
        record(&mut stats, 40);
        lately.look(2.0, &stats);
        is(&lately, 20.0);
        for second in 3..20 {
            record(&mut stats, 10);
            lately.look(f64::from(second), &stats);
        }
        is(&lately, 10.0);
        (20..30).for_each(|second| lately.look(f64::from(second), &stats));
        is(&lately, 0.0);
    }
}
