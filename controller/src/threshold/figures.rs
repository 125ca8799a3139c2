//! What thresholds look at.

use std::{cell::LazyCell, ops::Range, time::Duration};

use engine::{
    curve::RateCurve,
    document::nearest,
    stats::{Key, OTHER, Transaction},
};

use super::{Aborted, Judged, Metric, Pattern, Quantity, Status, Threshold, Unit};
use crate::{
    count::{float, ratio},
    coverage::Coverage,
    millis::{mean, millis},
    plan::Plan,
    totals::Totals,
};

/// How far coverage is looked at behind the present: what was made until then has arrived.
const LAG: Duration = Duration::from_secs(10);

/// Of the transactions that a pattern may have meant, so many are told.
const MOST_NAMED: usize = 3;

/// The figures of a run, or of what there is of it so far. Everything but what is asked for is left
/// as it is.
pub struct Figures<'a> {
    transactions: Vec<(&'a Key, &'a Transaction)>,
    overall: Lazy<'a, Transaction>,
    /// How long there was load.
    load: Duration,
    /// Dropped and planned arrivals, in the open model.
    arrivals: Option<(u64, u32)>,
    coverage: Lazy<'a, Option<f64>>,
}

type Lazy<'a, T> = LazyCell<T, Box<dyn FnOnce() -> T + 'a>>;

impl<'a> Figures<'a> {
    /// Those of a run that has ended.
    pub fn of(plan: &'a Plan, totals: &'a Totals) -> Self {
        Self::until(plan, totals, Duration::MAX)
    }

    /// Those of a run that goes on: `elapsed` since the test's start.
    pub fn so_far(plan: &'a Plan, totals: &'a Totals, elapsed: Duration) -> Self {
        Self::until(plan, totals, elapsed.saturating_sub(LAG))
    }

    /// Those of a part of a run: `totals` hold what was measured in it, and load and arrivals are
    /// counted from its start to its end. Coverage is that of `totals`, and says nothing here.
    pub fn within(plan: &'a Plan, totals: &'a Totals, part: &Range<Duration>) -> Self {
        let Range { start, end } = *part;
        let planned = |rate: &RateCurve| rate.before(end).saturating_sub(rate.before(start));
        let planned = plan.load.arrivals().map(|arrivals| planned(&arrivals.rate));
        Self {
            load: end.saturating_sub(start),
            arrivals: planned.map(|all| (totals.dropped(), all)),
            ..Self::until(plan, totals, Duration::MAX)
        }
    }

    /// Those of what has arrived, and coverage until then.
    fn until(plan: &'a Plan, totals: &'a Totals, until: Duration) -> Self {
        let planned = plan.load.arrivals().map(|arrivals| arrivals.rate.total());
        let reported = totals.generators().next().is_some();
        Self {
            transactions: totals.stats().transactions(),
            overall: LazyCell::new(Box::new(|| totals.overall())),
            load: totals.load_time(),
            arrivals: planned.filter(|_| reported).map(|all| (totals.dropped(), all)),
            coverage: LazyCell::new(Box::new(move || Coverage::until(plan, totals, until).ratio)),
        }
    }

    /// What has become of all thresholds of a plan, in their order, and in that of the
    /// transactions' names.
    pub fn judge_all(&self, thresholds: &[Threshold], aborted: Option<&Aborted>) -> Vec<Judged> {
        let each = thresholds.iter().enumerate();
        let judged = each.flat_map(|(place, threshold)| self.judge(place, threshold));
        judged.map(|judged| judged.with_abort(aborted)).collect()
    }

    /// What has become of the threshold at a place in the plan: once for each transaction that it
    /// is for, and at least once.
    pub fn judge(&self, place: usize, threshold: &Threshold) -> Vec<Judged> {
        let judge = |key, value| judged(place, threshold, key, value);
        let Threshold { pattern, metric, limit, .. } = threshold;
        let Some(pattern) = pattern else {
            return vec![judge(None, self.of_the_whole(*metric, limit.unit))];
        };
        let matching = self.transactions.iter().filter(|(key, _)| pattern.matches(key));
        let judgements: Vec<_> = matching
            .map(|(key, transaction)| judge(Some(*key), self.of_one(*metric, transaction)))
            .collect();
        if judgements.is_empty() {
            return vec![Judged { hint: Some(self.meant(pattern)), ..judge(None, None) }];
        }
        judgements
    }

    fn of_the_whole(&self, metric: Metric, unit: Unit) -> Option<f64> {
        match metric {
            Metric::Coverage => *self.coverage,
            Metric::Dropped => {
                let (dropped, planned) = self.arrivals?;
                match unit {
                    Unit::Ratio => ratio(dropped, planned.into()),
                    _ => Some(float(dropped)),
                }
            }
            _ => self.of_one(metric, &self.overall),
        }
    }

    fn of_one(&self, metric: Metric, measured: &Transaction) -> Option<f64> {
        let Transaction { requests, failures, checks, latency, .. } = measured;
        match metric {
            Metric::Percentile(percentile) => latency.percentile(percentile.get()).map(millis),
            Metric::Mean => mean(latency),
            Metric::Max => latency.max().map(millis),
            Metric::FailureRatio => ratio(*failures, *requests),
            Metric::CheckRatio => ratio(checks.passed, checks.count()),
            Metric::RequestsPerS => {
                (!self.load.is_zero()).then(|| float(*requests) / self.load.as_secs_f64())
            }
            Metric::Dropped | Metric::Coverage => None,
        }
    }

    /// What a pattern that matches nothing may have meant.
    fn meant(&self, pattern: &Pattern) -> String {
        let label = |key: &Key| format!("{} {}", key.method, key.name);
        let labels: Vec<_> = self.transactions.iter().map(|(key, _)| label(key)).collect();
        let mut left: Vec<_> = labels.iter().map(String::as_str).collect();
        left.extend(self.transactions.iter().map(|(key, _)| key.name.as_str()));
        let written = pattern.as_str().replace('*', "");
        let mut near = Vec::new();
        while let Some(name) = nearest(&written, left.iter().copied()) {
            left.retain(|other| *other != name);
            near.push(format!("`{name}`"));
        }
        if near.is_empty() {
            // Perhaps the method is another one.
            let name = written.split_once(' ').map(|(_, name)| name);
            let same = self.transactions.iter().filter(|(key, _)| name == Some(&key.name));
            near.extend(same.map(|(key, _)| format!("`{}`", label(key))));
        }
        near.truncate(MOST_NAMED);
        let folded = self.transactions.iter().any(|(key, _)| key.name == OTHER);
        let folded = if folded { "; those beyond 2,000 names are in `(other)`" } else { "" };
        let all = labels.iter().take(MOST_NAMED).map(|label| format!("`{label}`"));
        let all = all.collect::<Vec<_>>().join(", ");
        match (near.as_slice(), labels.len().saturating_sub(MOST_NAMED)) {
            ([], _) if labels.is_empty() => "no transaction was measured".into(),
            ([], 0) => format!("no transaction matches; there are {all}{folded}"),
            ([], more) => {
                format!("no transaction matches; there are {all} and {more} more{folded}")
            }
            (near, _) => {
                format!("no transaction matches; did you mean {}?{folded}", near.join(" or "))
            }
        }
    }
}

fn judged(
    place: usize,
    threshold: &Threshold,
    transaction: Option<&Key>,
    value: Option<f64>,
) -> Judged {
    let (status, hint) = match value {
        Some(value) if threshold.allows(value) => (Status::Passed, None),
        Some(_) => (Status::Crossed, None),
        None => (Status::Unmeasured, Some(nothing(threshold.metric).into())),
    };
    Judged {
        place,
        threshold: threshold.clone(),
        bound: threshold.metric.bound(),
        transaction: transaction.cloned(),
        measured: value.map(|value| Quantity::new(value, threshold.limit.unit)),
        status,
        hint,
        aborted: None,
    }
}

/// Why a figure has no value.
fn nothing(metric: Metric) -> &'static str {
    match metric {
        Metric::CheckRatio => "no request said what it expects, with `expect`",
        Metric::Dropped => "no generator reported anything",
        Metric::Coverage => "no load was planned",
        _ => "no request was measured",
    }
}
