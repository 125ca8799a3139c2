//! The view of a run that goes on.

use engine::{
    load::Load,
    run::Signal,
    stats::{Key, Transaction},
};

use super::{
    ChangeView, Charts, Counts, CoverageView, Now, PlanView, Row, State, ThresholdView, View,
    generator, lately::Lately, region, trouble,
};
use crate::{coverage::Coverage, millis::millis, plan::Plan, reporter::Moment, totals::Totals};

/// Over how many seconds rates and percentiles of the present are taken.
const RECENT: u32 = 5;

/// How many points a chart of a whole run has at most.
pub(super) const POINTS: usize = 300;

/// What is kept from look to look.
#[derive(Debug)]
pub struct Live {
    charts: Charts,
    lately: Lately,
}

impl Live {
    /// For a run that begins.
    pub fn new(plan: &Plan) -> Self {
        Self { charts: Charts::new(plan), lately: Lately::default() }
    }

    /// The charts, as they were at the last look.
    pub fn charts(&self) -> &Charts {
        &self.charts
    }

    /// For a run that has ended: its charts show all of it, also what came late.
    pub fn ended(plan: &Plan, load: &Load, totals: &Totals) -> Self {
        Self { charts: Charts::ended(plan, load, totals), lately: Lately::default() }
    }

    /// Takes in what there is without making a view of it, so that the next one has less to do.
    pub fn keep_up(&mut self, now: &Moment<'_>) {
        self.charts.look(now.load, now.totals);
        self.lately.look(now.elapsed.as_secs_f64(), now.totals.stats());
    }

    /// Looks at a run. Worth doing once a second.
    pub fn look(&mut self, now: &Moment<'_>) -> View {
        let Moment { plan, load, changes, elapsed, totals, cost, signal } = *now;
        self.charts.look(load, totals);
        let elapsed_s = elapsed.as_secs_f64();
        let stats = totals.stats();
        self.lately.look(elapsed_s, stats);
        let row = |(key, t): (&Key, &Transaction)| Row::new(key, t, self.lately.rates(key));
        let recent = totals.recent(RECENT);
        let all = Key { method: String::new(), name: "Aggregated".into() };
        let aggregated =
            Row::new(&all, &stats.aggregated(), (recent.requests_per_s, recent.failures_per_s));
        let (failures, more_failures) = trouble::failures(stats);
        let (exceptions, more_exceptions) = trouble::exceptions(stats);
        let (generators, more_generators) = generator::generators(totals);
        View {
            state: if signal > Signal::Run { State::Stopping } else { State::Running },
            plan: Some(PlanView::new(plan, load)),
            elapsed_s,
            now: Now {
                second: recent.second,
                users: recent.users,
                requests_per_s: recent.requests_per_s,
                failures_per_s: recent.failures_per_s,
                p50_ms: recent.median.map(millis),
                p95_ms: recent.p95.map(millis),
                p99_ms: recent.p99.map(millis),
            },
            totals: Counts {
                requests: totals.requests(),
                failures: totals.failures(),
                dropped: totals.dropped(),
                exceptions: stats.exceptions().iter().map(|(_, seen)| seen.count).sum(),
            },
            chart: self.charts.chart(0..u32::MAX, POINTS),
            transactions: stats.transactions().into_iter().map(row).collect(),
            aggregated: Some(aggregated),
            failures,
            more_failures,
            exceptions,
            more_exceptions,
            regions: region::regions(plan, totals),
            generators,
            more_generators,
            coverage: coverage(plan, totals),
            cost_usd: cost.map(|cost| cost.0),
            changes: changes.iter().map(ChangeView::from).collect(),
            thresholds: ThresholdView::so_far(plan, totals, elapsed),
            ..View::default()
        }
    }
}

/// Of what should have arrived by now.
fn coverage(plan: &Plan, totals: &Totals) -> Option<CoverageView> {
    let until = std::time::Duration::from_secs(u64::from(totals.settled()?) + 1);
    let Coverage { ratio, planned_s, covered_s, .. } = Coverage::until(plan, totals, until);
    Some(CoverageView { ratio, planned_s, covered_s })
}
