//! What all generators of a run have measured so far.

mod generator;
mod held;
mod recent;
mod regional;
mod sequences;
mod series;
mod stretches;
mod times;

use std::{collections::BTreeMap, ops::Range, time::Duration};

use engine::{
    frame::{Body, Frame, LoadTimes, Second},
    job_id::JobId,
    stats::{Digest, Latency, Stats, Transaction},
};

pub use self::{
    generator::{Cpu, Generator, SATURATED},
    recent::Recent,
    regional::RegionSecond,
    series::SecondTotals,
};
use self::{regional::Regional, series::Series};
pub(crate) use self::{sequences::Sequences, series::even};

/// The merge of all frames. Neither their order nor duplicates change it, and its size depends
/// on the number of transactions, seconds and generators only.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    stats: Stats,
    series: Series,
    regions: BTreeMap<String, Transaction>,
    regional: Regional,
    generators: BTreeMap<JobId, Generator>,
    requests: u64,
    failures: u64,
}

impl Totals {
    /// Adds a frame, unless it was added before.
    pub fn absorb(&mut self, frame: Frame) {
        let Frame { job, sequence, body } = frame;
        let region = job.region.clone();
        let generator = self.generators.entry(job).or_default();
        if !generator.is_news(sequence) {
            return;
        }
        match body {
            Body::Final(last) => generator.end(sequence, last),
            Body::Second(second) => {
                generator.absorb(&second);
                self.count(&second);
                self.regional.absorb(&region, &second);
                let region = self.regions.entry(region).or_default();
                second.stats.each().for_each(|transaction| region.merge(transaction));
                self.series.absorb(&second);
                self.stats.merge(&second.stats);
            }
        }
    }

    /// Whether a frame was added before.
    pub(crate) fn has(&self, frame: &Frame) -> bool {
        let generator = self.generators.get(&frame.job);
        generator.is_some_and(|generator| generator.has(frame.sequence))
    }

    /// Adds another run, whose second 0 is so many seconds after this one's. Its generators keep
    /// their own time.
    pub fn join(&mut self, other: Self, seconds: u32) {
        self.stats.merge(&other.stats);
        self.series.join(&other.series, seconds);
        self.regional.join(other.regional, seconds);
        for (region, all) in &other.regions {
            self.regions.entry(region.clone()).or_default().merge(all);
        }
        self.generators.extend(other.generators);
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
    }

    /// Running sums, as the live line wants them several times a second.
    fn count(&mut self, second: &Second) {
        for transaction in second.stats.each() {
            self.requests = self.requests.saturating_add(transaction.requests);
            self.failures = self.failures.saturating_add(transaction.failures);
        }
    }

    /// Everything that was measured, by transaction.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Whether the merge of all generators is the sum of what each of them sent; where names had
    /// to be folded, whether it counts as much.
    pub fn is_consistent(&self) -> bool {
        let received: Digest = self.generators.values().map(Generator::received).sum();
        self.stats.digest().agrees(&received, self.stats.is_folded())
    }

    /// Requests so far, failed ones included.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Requests that failed so far.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// Arrivals so far that found all users of their pool busy.
    pub fn dropped(&self) -> u64 {
        self.stats.dropped()
    }

    /// The seconds of which anything is known, in order. One that nobody reported is absent.
    pub fn seconds(&self) -> impl Iterator<Item = SecondTotals> {
        self.series.seconds()
    }

    /// Those of the seconds `from..to` of which anything is known, in order.
    pub fn seconds_in(&self, seconds: Range<u32>) -> impl Iterator<Item = SecondTotals> {
        self.series.within(seconds)
    }

    /// What a region did in a second.
    pub fn region_at(&self, region: &str, second: u32) -> RegionSecond {
        self.regional.at(region, second)
    }

    /// The last second of which anything is known.
    pub fn newest(&self) -> Option<u32> {
        self.series.newest()
    }

    /// Requests of each of these seconds of which anything is known.
    pub fn requests_in(&self, seconds: Range<u32>) -> impl Iterator<Item = u64> {
        self.series.requests(seconds)
    }

    /// The most users at the end of a second, over all generators.
    pub fn most_users(&self) -> u64 {
        self.series.most_users()
    }

    /// All that was measured from each region, as one, in order of their names.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &Transaction)> {
        self.regions.iter().map(|(region, all)| (region.as_str(), all))
    }

    /// All that was measured, as one.
    pub fn overall(&self) -> Transaction {
        let mut all = Transaction::default();
        self.regions.values().for_each(|region| all.merge(region));
        all
    }

    /// How long there was load: from the first generator's start of load to the last one's end, as
    /// they measured it. What those lack that told no end is taken from the seconds that are known.
    pub fn load_time(&self) -> Duration {
        self.load_times().map_or(Duration::ZERO, |load| load.to.saturating_sub(load.from))
    }

    /// When there was load, since the test's start; none if there was none.
    pub fn load_times(&self) -> Option<LoadTimes> {
        let endings = || self.generators.values().map(Generator::ending);
        let load: Vec<LoadTimes> = endings().filter_map(|ending| ending?.load).collect();
        let mut from = load.iter().map(|load| load.from).min();
        let mut to = load.iter().map(|load| load.to).max();
        if endings().any(|ending| ending.is_none()) || load.is_empty() {
            let start = |second: u32| Duration::from_secs(second.into());
            from = from.into_iter().chain(self.series.oldest().map(start)).min();
            to = to.max(self.series.newest().map(|last| start(last) + Duration::from_secs(1)));
        }
        from.zip(to).map(|(from, to)| LoadTimes { from, to })
    }

    /// The generators that sent anything, in order.
    pub fn generators(&self) -> impl Iterator<Item = (&JobId, &Generator)> {
        self.generators.iter()
    }

    /// By how much things happened later than they were due, over all generators.
    pub fn delay(&self) -> Latency {
        let mut all = Latency::default();
        for generator in self.generators.values() {
            all.merge(&generator.delay());
        }
        all
    }
}

#[cfg(test)]
mod tests;
