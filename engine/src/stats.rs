//! What was measured, in a form that merges: associative, commutative, and of constant size.

mod buckets;
mod checks;
mod digest;
mod failure;
mod inflate;
mod latency;
mod phases;
mod sample;
mod transaction;

use std::{collections::BTreeMap, time::SystemTime};

use hashbrown::{Equivalent, HashMap};
use serde::{Deserialize, Serialize};

pub use self::{
    checks::Checks,
    digest::Digest,
    failure::{Exception, Failure, Occurrences},
    latency::{DecodeLatencyError, Latency, PackedLatency},
    phases::{Phase, PhaseTotal, PhaseTotals, Phases},
    sample::{Outcome, Sample},
    transaction::Transaction,
};
use crate::trace::Traced;

/// The most distinct transactions, and the most distinct reasons of failure. What comes after is
/// counted under [`OTHER`], so that memory is bounded whatever a scenario or its target does.
pub const MOST_DISTINCT: usize = 2_000;

/// The name under which what is beyond [`MOST_DISTINCT`] is counted.
pub const OTHER: &str = "(other)";

/// All measurements of a stretch of time, by transaction.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    transactions: HashMap<Key, Transaction>,
    failures: HashMap<Failure, Occurrences>,
    exceptions: HashMap<Exception, Occurrences>,
    /// Arrivals that found nobody idle.
    dropped: u64,
    /// Whether something was counted under [`OTHER`] that had a name of its own.
    folded: bool,
}

/// What transactions of several requests have for a method.
pub const SEVERAL: &str = "TRANSACTION";

/// What a transaction is known by.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Key {
    /// The request's method, or the kind of what was measured.
    pub method: String,
    /// The transaction's name.
    pub name: String,
}

/// A key by reference, for looking up without copying.
#[derive(Hash)]
struct KeyRef<'a> {
    method: &'a str,
    name: &'a str,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.method == key.method && self.name == key.name
    }
}

impl From<&KeyRef<'_>> for Key {
    fn from(key: &KeyRef<'_>) -> Self {
        Self { method: key.method.into(), name: key.name.into() }
    }
}

impl Stats {
    /// Counts a sample.
    pub fn record(&mut self, sample: &Sample<'_>) {
        let full = self.transactions.len() >= MOST_DISTINCT;
        let mut key = KeyRef { method: sample.method, name: sample.name };
        if full && !self.transactions.contains_key(&key) {
            key.name = OTHER;
            self.folded = true;
        }
        let transaction = match self.transactions.get_mut(&key) {
            Some(transaction) => transaction,
            None => self.transactions.entry(Key::from(&key)).or_default(),
        };
        transaction.record(sample);
        if let Outcome::Failed(reason) = sample.outcome {
            let key = Key::from(&key);
            let failure = Failure { method: key.method, name: key.name, reason: reason.into() };
            self.failure(failure).add_one(SystemTime::now());
        }
    }

    /// Notes the trace of a request that was recorded.
    pub fn record_trace(&mut self, method: &str, name: &str, traced: Traced) {
        if let Some(transaction) = self.transactions.get_mut(&KeyRef { method, name }) {
            transaction.slowest = transaction.slowest.max(Some(traced));
        }
    }

    /// Counts an error of a task itself, not of a request; tells whether it is the first of its
    /// kind here.
    pub fn record_exception(&mut self, task: &str, message: &str) -> bool {
        let exception = Exception { task: task.into(), message: message.into() };
        let occurrences = self.exception(exception);
        occurrences.add_one(SystemTime::now());
        occurrences.count == 1
    }

    /// Counts an arrival that is dropped, as all users of its pool are busy.
    pub fn record_dropped(&mut self) {
        self.dropped += 1;
    }

    fn exception(&mut self, mut exception: Exception) -> &mut Occurrences {
        if self.exceptions.len() >= MOST_DISTINCT && !self.exceptions.contains_key(&exception) {
            exception.message = OTHER.into();
            self.folded = true;
        }
        self.exceptions.entry(exception).or_default()
    }

    fn failure(&mut self, mut failure: Failure) -> &mut Occurrences {
        if self.failures.len() >= MOST_DISTINCT && !self.failures.contains_key(&failure) {
            failure.reason = OTHER.into();
            self.folded = true;
        }
        self.failures.entry(failure).or_default()
    }

    /// Adds what `other` holds.
    pub fn merge(&mut self, other: &Self) {
        for (key, transaction) in &other.transactions {
            if let Some(own) = self.transactions.get_mut(key) {
                own.merge(transaction);
                continue;
            }
            let mut key = key.clone();
            if self.transactions.len() >= MOST_DISTINCT {
                key.name = OTHER.into();
                self.folded = true;
            }
            self.transactions.entry(key).or_default().merge(transaction);
        }
        for (failure, occurrences) in &other.failures {
            match self.failures.get_mut(failure) {
                Some(own) => own.merge(occurrences),
                None => self.failure(failure.clone()).merge(occurrences),
            }
        }
        for (exception, occurrences) in &other.exceptions {
            self.exception(exception.clone()).merge(occurrences);
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
    }

    /// Takes out what was measured; the memory of the histograms is kept for what follows.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let measured = self.transactions.iter_mut().filter(|(_, t)| t.requests > 0);
        let transactions = measured.map(|(key, transaction)| {
            let taken = transaction.clone();
            transaction.clear();
            (key.clone(), taken)
        });
        Self {
            transactions: transactions.collect(),
            failures: std::mem::take(&mut self.failures),
            exceptions: std::mem::take(&mut self.exceptions),
            dropped: std::mem::take(&mut self.dropped),
            folded: std::mem::take(&mut self.folded),
        }
    }

    /// The transactions that make up the whole, in no order: all but those of several requests,
    /// which count themselves.
    pub fn each(&self) -> impl Iterator<Item = &Transaction> {
        let single = self.transactions.iter().filter(|(key, _)| key.method != SEVERAL);
        single.map(|(_, transaction)| transaction)
    }

    /// The transactions that were measured, in order of name, then method.
    pub fn transactions(&self) -> Vec<(&Key, &Transaction)> {
        let measured = self.transactions.iter().filter(|(_, t)| t.requests > 0);
        let mut sorted: Vec<_> = measured.collect();
        sorted.sort_by_key(|(key, _)| (&key.name, &key.method));
        sorted
    }

    /// The failures, in order of transaction and reason.
    pub fn failures(&self) -> Vec<(&Failure, &Occurrences)> {
        let mut sorted: Vec<_> = self.failures.iter().collect();
        sorted.sort_by_key(|(failure, _)| (&failure.name, &failure.method, &failure.reason));
        sorted
    }

    /// The errors of tasks, in order of task and message.
    pub fn exceptions(&self) -> Vec<(&Exception, &Occurrences)> {
        let mut sorted: Vec<_> = self.exceptions.iter().collect();
        sorted.sort_by_key(|(exception, _)| (&exception.task, &exception.message));
        sorted
    }

    /// Arrivals that found all users of their pool busy.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A checksum that adds up where statistics merge.
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    /// Whether names beyond [`MOST_DISTINCT`] were counted under [`OTHER`] here, or where it came from.
    /// What a merge takes in under that name is under a name like any other.
    pub fn is_folded(&self) -> bool {
        self.folded
    }

    /// All transactions that make up the whole as one.
    pub fn aggregated(&self) -> Transaction {
        let mut all = Transaction::default();
        for transaction in self.each() {
            all.merge(transaction);
        }
        all
    }
}

impl PartialEq for Stats {
    fn eq(&self, other: &Self) -> bool {
        self.transactions() == other.transactions()
            && self.failures == other.failures
            && self.exceptions == other.exceptions
            && self.dropped == other.dropped
    }
}

/// How statistics travel: lists, as JSON has no keys of two parts.
#[derive(Deserialize, Serialize)]
struct Wire {
    transactions: Vec<(Key, Transaction)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failures: Vec<(Failure, Occurrences)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<(Exception, Occurrences)>,
    #[serde(default, skip_serializing_if = "is_zero")]
    dropped: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    folded: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Serialize for Stats {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn owned<K: Clone, V: Clone>(sorted: Vec<(&K, &V)>) -> Vec<(K, V)> {
            sorted.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        let wire = Wire {
            transactions: owned(self.transactions()),
            failures: owned(self.failures()),
            exceptions: owned(self.exceptions()),
            dropped: self.dropped,
            folded: self.folded,
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stats {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            transactions: wire.transactions.into_iter().collect(),
            failures: wire.failures.into_iter().collect(),
            exceptions: wire.exceptions.into_iter().collect(),
            dropped: wire.dropped,
            folded: wire.folded,
        })
    }
}

/// How often each HTTP status was answered.
pub type Statuses = BTreeMap<u16, u64>;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn sample(name: &str, micros: u64, failed: bool) -> Sample<'_> {
        Sample {
            method: "GET",
            name,
            status: Some(if failed { 500 } else { 200 }),
            elapsed: Duration::from_micros(micros),
            from_intended: None,
            phases: Phases::default(),
            bytes: 10,
            outcome: if failed {
                Outcome::Failed("expected status 200, got 500")
            } else {
                Outcome::Passed
            },
            met: micros.is_multiple_of(2).then_some(!failed),
        }
    }

    fn stats(samples: &[(u8, u64, bool)]) -> Stats {
        let mut stats = Stats::default();
        for (name, micros, failed) in samples {
            stats.record(&sample(&format!("/{name}"), *micros, *failed));
            if *micros % 3 == 0 {
                stats.record_dropped();
            }
        }
        stats
    }

    /// Times of occurrence differ from one recording to the next; everything else must not.
    fn timeless(mut stats: Stats) -> Stats {
        stats
            .failures
            .values_mut()
            .for_each(|o| *o = Occurrences { count: o.count, ..Default::default() });
        stats
    }

    #[test]
    fn distinct_names_are_bounded() {
        let mut stats = Stats::default();
        for i in 0..3 * MOST_DISTINCT {
            stats.record(&sample(&format!("/{i}"), 1, false));
        }
        assert_eq!(stats.transactions().len(), MOST_DISTINCT + 1);
        assert_eq!(stats.aggregated().requests, 3 * MOST_DISTINCT as u64);
    }

    #[test]
    fn distinct_reasons_are_bounded_over_many_merges() {
        let mut all = Stats::default();
        for part in 0..6_u32 {
            let mut stats = Stats::default();
            for i in 0..1000_u32 {
                let reason = format!("got {}", part * 1000 + i);
                let outcome = Outcome::Failed(&reason);
                stats.record(&Sample { outcome, ..sample("/", 1, true) });
            }
            all.merge(&stats);
        }
        assert_eq!(all.failures().len(), MOST_DISTINCT + 1);
        assert_eq!(all.failures().iter().map(|(_, seen)| seen.count).sum::<u64>(), 6000);
    }

    proptest! {
        #[test]
        fn merging_parts_is_recording_all(
            samples in prop::collection::vec((0_u8..4, 1_u64..100_000_000, any::<bool>()), 0..60),
            at in 0_usize..60,
        ) {
            let (a, b) = samples.split_at(at.min(samples.len()));
            let (a, b) = (stats(a), stats(b));
            let mut ab = a.clone();
            ab.merge(&b);
            let mut ba = b;
            ba.merge(&a);
            prop_assert_eq!(&ab, &ba);
            prop_assert_eq!(timeless(ab), timeless(stats(&samples)));
        }

        #[test]
        fn statistics_travel_unchanged(
            samples in prop::collection::vec((0_u8..4, 1_u64..100_000_000, any::<bool>()), 0..60),
        ) {
            let stats = stats(&samples);
            let text = serde_json::to_string(&stats).unwrap();
            prop_assert_eq!(serde_json::from_str::<Stats>(&text).unwrap(), stats);
        }
    }
}
