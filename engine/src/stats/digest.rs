//! A checksum of statistics that adds up where statistics merge.

use std::{iter::Sum, ops::AddAssign};

use serde::{Deserialize, Serialize};

use super::{Checks, Latency, Phase, Stats, Transaction};

/// What statistics hold, in a few numbers: the digest of a merge is the sum of the digests, in
/// any order, and a name, bucket or count that changes on its way changes it.
///
/// Two things are not in it, as they do not add up: the least and greatest values (their buckets
/// are), and the times at which failures were first and last seen. A merge that had to fold names
/// into [`OTHER`](super::OTHER), which [`Stats::is_folded`] tells, has only the counts of its parts.
///
/// It is the same on every build and machine, and it is no defence against forgery.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Digest {
    /// The sum over all that was counted of a hash of what it is, times how often it was.
    checksum: u64,
    requests: u64,
    failures: u64,
    bytes: u64,
    exceptions: u64,
    #[serde(default, skip_serializing_if = "super::is_zero")]
    dropped: u64,
    #[serde(default, skip_serializing_if = "Checks::is_empty")]
    checks: Checks,
}

/// What is counted. The numbers are part of the hashes, and so of the wire's format.
#[derive(Clone, Copy)]
enum Kind {
    Requests = 1,
    Failures = 2,
    Bytes = 3,
    Status = 4,
    Latency = 5,
    LatencySum = 6,
    FromIntended = 7,
    FromIntendedSum = 8,
    PhaseCount = 9,
    PhaseSum = 10,
    Reason = 11,
    Exception = 12,
    ChecksPassed = 13,
    ChecksFailed = 14,
}

impl AddAssign for Digest {
    fn add_assign(&mut self, other: Self) {
        self.checksum = self.checksum.wrapping_add(other.checksum);
        self.requests = self.requests.wrapping_add(other.requests);
        self.failures = self.failures.wrapping_add(other.failures);
        self.bytes = self.bytes.wrapping_add(other.bytes);
        self.exceptions = self.exceptions.wrapping_add(other.exceptions);
        self.dropped = self.dropped.wrapping_add(other.dropped);
        self.checks.merge(other.checks);
    }
}

impl Sum for Digest {
    fn sum<I: Iterator<Item = Self>>(digests: I) -> Self {
        digests.fold(Self::default(), |mut sum, digest| {
            sum += digest;
            sum
        })
    }
}

impl Digest {
    /// Whether it is equal to another, or at least in its counts if names were folded into
    /// [`OTHER`](super::OTHER) on the way from one to the other.
    pub fn agrees(&self, other: &Self, folded: bool) -> bool {
        let counts = |digest: &Self| Self { checksum: 0, ..*digest };
        if folded { counts(self) == counts(other) } else { self == other }
    }

    pub(super) fn of(stats: &Stats) -> Self {
        let mut digest = Self { dropped: stats.dropped, ..Self::default() };
        for (key, transaction) in &stats.transactions {
            digest.transaction(named(&[&key.method, &key.name]), transaction);
        }
        for (failure, seen) in &stats.failures {
            let name = named(&[&failure.method, &failure.name, &failure.reason]);
            digest.count(name, Kind::Reason, 0, seen.count);
        }
        for (exception, seen) in &stats.exceptions {
            let name = named(&[&exception.task, &exception.message]);
            digest.count(name, Kind::Exception, 0, seen.count);
            digest.exceptions = digest.exceptions.wrapping_add(seen.count);
        }
        digest
    }

    fn transaction(&mut self, name: u64, transaction: &Transaction) {
        let Transaction {
            requests,
            failures,
            checks,
            bytes,
            statuses,
            latency,
            from_intended,
            phases,
            // The most of all is no sum.
            slowest: _,
        } = transaction;
        self.requests = self.requests.wrapping_add(*requests);
        self.failures = self.failures.wrapping_add(*failures);
        self.bytes = self.bytes.wrapping_add(*bytes);
        self.checks.merge(*checks);
        self.count(name, Kind::Requests, 0, *requests);
        self.count(name, Kind::Failures, 0, *failures);
        self.count(name, Kind::Bytes, 0, *bytes);
        self.count(name, Kind::ChecksPassed, 0, checks.passed);
        self.count(name, Kind::ChecksFailed, 0, checks.failed);
        for (status, count) in statuses {
            self.count(name, Kind::Status, u64::from(*status), *count);
        }
        self.latency(name, (Kind::Latency, Kind::LatencySum), latency);
        self.latency(name, (Kind::FromIntended, Kind::FromIntendedSum), from_intended);
        for (phase, place) in Phase::ALL.into_iter().zip(0..) {
            let total = phases.get(phase);
            self.count(name, Kind::PhaseCount, place, total.count);
            self.count(name, Kind::PhaseSum, place, total.sum_us);
        }
    }

    fn latency(&mut self, name: u64, (buckets, sum): (Kind, Kind), latency: &Latency) {
        for (value, count) in latency.buckets() {
            self.count(name, buckets, value, count);
        }
        self.count(name, sum, 0, latency.sum_us());
    }

    /// Counts something. An odd factor lets no change of a single count vanish.
    fn count(&mut self, name: u64, kind: Kind, value: u64, count: u64) {
        if count > 0 {
            let what = mixed(mixed(name.wrapping_add(kind as u64)) ^ value) | 1;
            self.checksum = self.checksum.wrapping_add(what.wrapping_mul(count));
        }
    }
}

/// FNV-1a of texts, each with an end that is in no text.
fn named(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// One step of splitmix64: near numbers become far ones.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::stats::{MOST_DISTINCT, Outcome, Phases, Sample};

    /// (name, microseconds, failed, bytes).
    type Given = (u8, u64, bool, u64);

    fn stats(samples: &[Given]) -> Stats {
        let mut stats = Stats::default();
        for (name, micros, failed, bytes) in samples {
            let mut phases = Phases::default();
            phases.add(Phase::Waiting, Duration::from_micros(micros / 2));
            stats.record(&Sample {
                method: "GET",
                name: &format!("/{name}"),
                status: Some(if *failed { 500 } else { 200 }),
                elapsed: Duration::from_micros(*micros),
                from_intended: (*name == 0).then_some(Duration::from_micros(micros + 7)),
                phases,
                bytes: *bytes,
                outcome: if *failed { Outcome::Failed("wrong") } else { Outcome::Passed },
                met: (*name < 2).then_some(!failed),
            });
            if *failed && *name == 1 {
                stats.record_exception("task", &format!("message {name}"));
            }
        }
        stats
    }

    fn given() -> impl Strategy<Value = Vec<Given>> {
        let sample = (0_u8..4, 0_u64..100_000_000, any::<bool>(), 0_u64..10_000);
        prop::collection::vec(sample, 0..40)
    }

    fn fixed() -> Stats {
        let mut stats = stats(&[(0, 1_234, false, 10), (1, 5_000_000, true, 20), (2, 7, true, 0)]);
        stats.record_dropped();
        stats
    }

    #[test]
    fn it_is_the_same_on_every_build() {
        let digest = fixed().digest();
        let text = serde_json::to_string(&digest).unwrap();
        let known = "{\"checksum\":9815129550921027198,\
                     \"requests\":3,\"failures\":2,\"bytes\":30,\"exceptions\":1,\"dropped\":1,\
                     \"checks\":{\"passed\":1,\"failed\":1}}";
        assert_eq!(text, known);
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
    }

    #[test]
    fn statistics_from_before_checks_were_counted_have_the_digest_of_then() {
        let mut stats = serde_json::to_value(fixed()).unwrap();
        for pair in stats["transactions"].as_array_mut().unwrap() {
            pair[1].as_object_mut().unwrap().remove("checks");
        }
        let digest = serde_json::from_value::<Stats>(stats).unwrap().digest();
        let known = "{\"checksum\":13361698209548693984,\
                     \"requests\":3,\"failures\":2,\"bytes\":30,\"exceptions\":1,\"dropped\":1}";
        assert_eq!(serde_json::to_string(&digest).unwrap(), known);
        assert_eq!(serde_json::from_str::<Digest>(known).unwrap(), digest);
    }

    /// Every number and name on the wire but the times, each changed in turn.
    #[test]
    fn whatever_changes_shows() {
        let (before, digest) = (serde_json::to_value(fixed()).unwrap(), fixed().digest());
        let mut tried = 0;
        for pointer in pointers(&before, String::new()) {
            let times = ["min_us", "max_us", "first_ms", "last_ms"];
            if times.iter().any(|time| pointer.ends_with(time)) {
                continue;
            }
            let mut changed = before.clone();
            let leaf = changed.pointer_mut(&pointer).unwrap();
            *leaf = match &*leaf {
                serde_json::Value::Number(n) => (n.as_u64().unwrap() + 1).into(),
                text => format!("{}x", text.as_str().unwrap()).into(),
            };
            // A histogram that was changed cannot be read at all.
            let Ok(changed) = serde_json::from_value::<Stats>(changed) else {
                assert!(pointer.ends_with("hdr"), "{pointer}");
                continue;
            };
            assert_ne!(changed.digest(), digest, "{pointer}");
            tried += 1;
        }
        assert!(tried > 60, "{tried}");
    }

    fn pointers(value: &serde_json::Value, at: String) -> Vec<String> {
        use serde_json::Value::{Array, Object};
        match value {
            Object(fields) => {
                fields.iter().flat_map(|(key, v)| pointers(v, format!("{at}/{key}"))).collect()
            }
            Array(items) => {
                let items = items.iter().enumerate();
                items.flat_map(|(key, v)| pointers(v, format!("{at}/{key}"))).collect()
            }
            _ => vec![at],
        }
    }

    #[test]
    fn a_merge_that_folds_says_so() {
        let mut all = Stats::default();
        let mut parts = Digest::default();
        for i in 0..=MOST_DISTINCT {
            assert!(!all.is_folded());
            let mut stats = Stats::default();
            stats.record_exception("task", &format!("{i}"));
            all.merge(&stats);
            parts += stats.digest();
        }
        assert!(all.is_folded());
        assert_ne!(all.digest(), parts);
        assert!(all.digest().agrees(&parts, true));
        assert!(!all.digest().agrees(&Digest::default(), true));
        let text = serde_json::to_string(&all).unwrap();
        assert!(serde_json::from_str::<Stats>(&text).unwrap().is_folded());
    }

    proptest! {
        #[test]
        fn a_merge_has_the_sum(a in given(), b in given()) {
            let (a, b) = (stats(&a), stats(&b));
            let mut merged = a.clone();
            merged.merge(&b);
            prop_assert!(!merged.is_folded());
            prop_assert_eq!(merged.digest(), [a.digest(), b.digest()].into_iter().sum());
        }

        #[test]
        fn another_bucket_another_digest(given in given(), at in any::<prop::sample::Index>()) {
            prop_assume!(!given.is_empty());
            let mut changed = given.clone();
            let sample = &mut changed[at.index(given.len())];
            sample.1 += sample.1 / 100 + 1;
            prop_assert_ne!(stats(&given).digest(), stats(&changed).digest());
        }

        #[test]
        fn it_travels_with_its_statistics(given in given()) {
            let stats = stats(&given);
            let text = serde_json::to_string(&stats).unwrap();
            let arrived: Stats = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(arrived.digest(), stats.digest());
        }
    }
}
