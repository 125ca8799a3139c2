//! What ends a run before its time.

use std::time::Duration;

use cloud::ask::Reply;
use tokio::time::Instant;

use super::meter::Meter;
use crate::{
    coverage::Coverage,
    plan::{FunctionPlan, Plan},
    totals::Totals,
};

/// How far coverage is looked at behind the present: what was made until then has arrived.
const LAG: Duration = Duration::from_secs(10);

/// How much time there must be for its coverage to say something.
const TELLING: Duration = Duration::from_secs(10);

/// Looks whether a run in functions still is what it should be.
#[derive(Debug)]
pub(super) struct Limits {
    functions: FunctionPlan,
}

impl Limits {
    pub(super) fn new(functions: FunctionPlan) -> Self {
        Self { functions }
    }

    /// Why the run must end now, if it must.
    pub(super) fn broken(
        &self,
        plan: &Plan,
        totals: &Totals,
        meter: &Meter,
        elapsed: Duration,
    ) -> Option<String> {
        self.too_expensive(meter).or_else(|| self.too_little(plan, totals, elapsed))
    }

    fn too_expensive(&self, meter: &Meter) -> Option<String> {
        let (cost, max) = (meter.total(Instant::now()), self.functions.max_cost?);
        (cost > max).then(|| format!("the run was ended: it has cost {cost}, and may cost {max}"))
    }

    fn too_little(&self, plan: &Plan, totals: &Totals, elapsed: Duration) -> Option<String> {
        let least = self.functions.min_coverage?;
        // Answers that come as a whole tell of an interval when it is over.
        let until = match self.functions.reply {
            Reply::Stream => elapsed.checked_sub(LAG)?,
            Reply::Whole => {
                let over = |to: &Duration| *to + plan.stop_timeout + LAG < elapsed;
                plan.intervals.iter().map(|interval| interval.window.to()).filter(over).max()?
            }
        };
        if until < TELLING {
            return None;
        }
        let ratio = Coverage::until(plan, totals, until).ratio?;
        (ratio < least).then(|| {
            format!(
                "the run was ended: its coverage has fallen to {:.1} %, and min_coverage is \
                 {:.1} %",
                ratio * 100.0,
                least * 100.0
            )
        })
    }
}
