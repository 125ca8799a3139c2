//! What a run has cost so far.

use std::{collections::BTreeMap, time::Duration};

use engine::job_id::JobId;
use tokio::time::Instant;

use crate::{
    invoke::Facts,
    plan::FunctionPlan,
    price::{Usd, billed},
};

/// Adds up what functions cost: those that have ended as they were billed, the others by the time
/// since they were asked for.
#[derive(Debug)]
pub(super) struct Meter {
    functions: FunctionPlan,
    running: BTreeMap<JobId, Instant>,
    ended: Usd,
}

impl Meter {
    pub(super) fn new(functions: FunctionPlan) -> Self {
        Self { functions, running: BTreeMap::new(), ended: Usd::default() }
    }

    /// A function was asked for.
    pub(super) fn begin(&mut self, job: JobId, at: Instant) {
        self.running.insert(job, at);
    }

    /// It is over.
    pub(super) fn end(&mut self, job: &JobId, facts: &Facts, at: Instant) {
        if let Some(asked) = self.running.remove(job) {
            let time = facts.billed.unwrap_or_else(|| at.saturating_duration_since(asked));
            self.ended += self.cost(job, time);
        }
    }

    /// The cost so far.
    pub(super) fn total(&self, now: Instant) -> Usd {
        let running = self.running.iter();
        let running = running.map(|(job, asked)| self.cost(job, now.duration_since(*asked)));
        self.ended + running.sum()
    }

    fn cost(&self, job: &JobId, time: Duration) -> Usd {
        let FunctionPlan { architecture, memory_mb, .. } = self.functions;
        billed(&job.region, architecture, memory_mb, time)
    }
}

#[cfg(test)]
mod tests {
    use cloud::ask::Reply;
    use tokio::time;

    use super::*;
    use crate::functions::Architecture;

    fn job(share: u32) -> JobId {
        let (run, region) = ("r".into(), "eu-west-1".into());
        JobId { run, interval: 0, region, share, attempt: 0 }
    }

    /// A gigabyte-second costs $0.0000166667, an invocation $0.0000002.
    #[tokio::test(start_paused = true)]
    async fn what_runs_counts_by_the_clock_and_what_has_ended_by_its_bill() {
        let mut meter = Meter::new(FunctionPlan {
            name: "shop".into(),
            memory_mb: 1024,
            architecture: Architecture::X86_64,
            users_per_function: 1,
            reply: Reply::Stream,
            reserved_concurrency: None,
            min_coverage: None,
            max_cost: None,
        });
        let is = |usd: Usd, expected: f64| {
            assert!((usd.0 - expected).abs() < 1e-9, "{usd:?}, not {expected}");
        };
        (0..3).for_each(|share| meter.begin(job(share), Instant::now()));
        time::advance(Duration::from_secs(100)).await;
        is(meter.total(Instant::now()), 3.0 * (100.0 * 0.000_016_666_7 + 0.000_000_2));
        let billed = Facts { billed: Some(Duration::from_secs(10)), ..Facts::default() };
        meter.end(&job(0), &billed, Instant::now());
        meter.end(&job(1), &Facts::default(), Instant::now());
        time::advance(Duration::from_secs(100)).await;
        let seconds = 10.0 + 100.0 + 200.0;
        is(meter.total(Instant::now()), seconds * 0.000_016_666_7 + 3.0 * 0.000_000_2);
    }
}
