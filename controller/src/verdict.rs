//! Whether a run's numbers can be trusted, judged from what was measured of the generators.

use std::{fmt, time::Duration};

use engine::{duration, job_id::JobId};
use serde::Serialize;

use crate::{
    attempts::{self, Attempts},
    count::ratio,
    coverage::Coverage,
    grouped::counted,
    millis::millis,
    plan::Plan,
    run_folder::{End, Ending},
    totals::{Generator, SATURATED, Totals},
};

/// A generator may be saturated in this part of its seconds, as a start of many users at once
/// takes a moment, and no more.
pub const MOST_SATURATED: f64 = 0.05;

/// The 99th percentile of the delay of starts and of ends of waits may be this long: beyond it,
/// requests noticeably begin later than they should, and responses are noticed late.
pub const LONGEST_DELAY: Duration = Duration::from_millis(10);

/// Beyond this delay the load is not the one that was planned.
pub const WORST_DELAY: Duration = Duration::from_millis(100);

/// This part of the requests may be cut off at the end, and no more.
pub const MOST_CUT_OFF: f64 = 0.01;

/// If less of the load was made, the system under test has seen another one than was planned.
pub const LEAST_COVERED: f64 = 0.5;

/// Load that was made twice for longer than this is not what was planned.
pub const MOST_DOUBLED: Duration = Duration::from_millis(500);

/// Whether a run's numbers can be trusted, and why.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Verdict {
    /// The worst that any reason says.
    pub status: Status,
    /// Sentences, the worst first, with the figures. Never empty.
    pub reasons: Vec<String>,
}

/// Whether a run's numbers can be trusted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Yes.
    Valid,
    /// What is there is right, but something is missing.
    Doubtful,
    /// No: they say more about the generator than about the system under test, or are wrong.
    Invalid,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Doubtful => "doubtful",
            Self::Invalid => "invalid",
        })
    }
}

impl Verdict {
    /// Judges a run that has ended.
    pub fn judge(plan: &Plan, totals: &Totals, coverage: &Coverage, end: Option<&End>) -> Self {
        let mut reasons = Vec::new();
        reasons.extend(saturation(totals));
        reasons.extend(delay(totals));
        reasons.extend(difference(totals));
        reasons.extend(contradiction(totals));
        reasons.extend(silence(totals));
        reasons.extend(deafness(totals));
        reasons.extend(cut_off(totals));
        reasons.extend(dropped(plan, totals));
        reasons.extend(ending(end));
        reasons.extend(absence(plan, totals));
        reasons.extend(shortage(coverage, end));
        reasons.extend(doubling(coverage));
        reasons.extend(gaps(totals));
        reasons.extend(unmeasured(totals));
        reasons.sort_by_key(|(status, _)| std::cmp::Reverse(*status));
        if reasons.is_empty() {
            reasons.push((Status::Valid, soundness(totals)));
        }
        let status = reasons[0].0;
        Self { status, reasons: reasons.into_iter().map(|(_, reason)| reason).collect() }
    }
}

type Reason = Option<(Status, String)>;

/// A part of what is not all of it: never rounded up to 100 %.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1} %", (part * 1000.0).floor().min(999.0) / 10.0)
}

/// A generator in the words of a report: interval, region and share, and which attempt if not
/// the first.
pub fn label(job: &JobId) -> String {
    let JobId { interval, region, share, attempt, .. } = job;
    let label = format!("{interval}/{region}/{share}");
    if *attempt == 0 { label } else { format!("{label}/{attempt}") }
}

fn saturation(totals: &Totals) -> Reason {
    let saturated = |g: &Generator| g.cpu().saturated_part() > MOST_SATURATED;
    let (found, all) = count(totals, saturated);
    let part = |(_, g): &(&JobId, &Generator)| g.cpu().saturated_part();
    let (job, worst) = totals.generators().max_by(|a, b| part(a).total_cmp(&part(b)))?;
    let cpu = worst.cpu();
    (found > 0).then(|| {
        let text = format!(
            "saturated: the generator itself was the bottleneck. {found} of {all} generators had a \
             thread at {} % of a core or more in over {} % of their seconds; {} did in {} of {}",
            SATURATED * 100.0,
            MOST_SATURATED * 100.0,
            label(job),
            cpu.saturated,
            cpu.seconds,
        );
        // A single second may be the start of many users.
        (if cpu.saturated > 1 { Status::Invalid } else { Status::Doubtful }, text)
    })
}

fn delay(totals: &Totals) -> Reason {
    let p99 = |g: &Generator| g.delay().percentile(99.0);
    let (found, all) = count(totals, |g| p99(g) > Some(LONGEST_DELAY));
    let (job, worst) = totals.generators().max_by_key(|(_, g)| p99(g))?;
    let worst = p99(worst)?;
    (found > 0).then(|| {
        let text = format!(
            "late: in {found} of {all} generators the 99th percentile of scheduling delay was over \
             {} ms; in {} it was {} ms, so requests began and responses were noticed late",
            LONGEST_DELAY.as_millis(),
            label(job),
            millis(worst),
        );
        (if worst > WORST_DELAY { Status::Invalid } else { Status::Doubtful }, text)
    })
}

fn difference(totals: &Totals) -> Reason {
    let differs = |g: &Generator| g.is_complete() && g.totals_equal() == Some(false);
    let (found, all) = count(totals, differs);
    (found > 0).then(|| {
        let text = format!(
            "inconsistent: the totals of {found} of {all} generators differ from the sum of what \
             they sent each second"
        );
        (Status::Invalid, text)
    })
}

fn contradiction(totals: &Totals) -> Reason {
    (!totals.is_consistent()).then(|| {
        let text = "inconsistent: the totals of the run differ from the sum over its generators";
        (Status::Invalid, text.into())
    })
}

fn silence(totals: &Totals) -> Reason {
    if totals.generators().next().is_none() {
        return Some((Status::Invalid, "empty: no generator reported anything".into()));
    }
    let idle = totals.requests() == 0;
    idle.then(|| (Status::Doubtful, "empty: not a single request was made".into()))
}

/// Nothing but connections that were refused, names that are not known, and the like: the numbers
/// are right, but not of the system that was meant.
fn deafness(totals: &Totals) -> Reason {
    let all = totals.overall();
    let unanswered = all.requests > 0 && all.failures == all.requests && all.statuses.is_empty();
    unanswered.then(|| {
        let text =
            format!("unanswered: not one of {} got a response", counted(all.requests, "request"));
        (Status::Doubtful, text)
    })
}

/// Requests that were cut off have no response time, only one that it exceeded.
fn cut_off(totals: &Totals) -> Reason {
    let ends = totals.generators().filter_map(|(_, generator)| generator.ending());
    let cut_off: u64 = ends.map(|end| end.cut_off).sum();
    let requests = totals.requests().max(cut_off);
    let part = ratio(cut_off, requests).unwrap_or_default();
    (part > MOST_CUT_OFF).then(|| {
        let text = format!(
            "cut off: {cut_off} of {requests} requests outlasted the stop timeout, so their times \
             are shorter than they would have been"
        );
        (Status::Doubtful, text)
    })
}

fn dropped(plan: &Plan, totals: &Totals) -> Reason {
    let (arrivals, dropped) = (plan.load.arrivals()?, totals.dropped());
    (dropped > 0).then(|| {
        let text = format!(
            "dropped: the arrival rate was not reached. {dropped} of {} arrivals found all {} busy, \
             so raise clients; at {} per second they keep up while a task takes no longer than {}",
            arrivals.rate.total(),
            counted(arrivals.pool.get().into(), "client"),
            arrivals.rate.fastest(),
            duration::format(arrivals.longest_task()),
        );
        (Status::Doubtful, text)
    })
}

fn ending(end: Option<&End>) -> Reason {
    let text = match end.map(|end| end.how) {
        Some(Ending::Completed) => return None,
        Some(Ending::Interrupted) => "incomplete: the run was interrupted",
        Some(Ending::Aborted) => "incomplete: a threshold ended the run",
        Some(Ending::Failed) => "incomplete: the run failed",
        None => "incomplete: the run was killed before it could note its end",
    };
    Some((Status::Doubtful, text.into()))
}

fn absence(plan: &Plan, totals: &Totals) -> Reason {
    let attempts = Attempts::of(totals);
    let (mut planned, mut absent, mut lost) = (0, 0, 0);
    for (interval, share) in attempts::planned(plan) {
        planned += 1;
        let attempts = attempts.at(interval, share);
        let ended = attempts.iter().any(|(_, generator)| generator.ending().is_some());
        absent += usize::from(attempts.is_empty());
        lost += usize::from(!attempts.is_empty() && !ended);
    }
    let text = match (absent, lost) {
        (0, 0) => return None,
        (0, lost) => format!("{lost} of {planned} generators did not report their end"),
        (absent, 0) => format!("{absent} of {planned} generators did not begin"),
        (absent, lost) => {
            format!(
                "of {planned} generators, {absent} did not begin and {lost} did not report their end"
            )
        }
    };
    Some((Status::Doubtful, format!("incomplete: {text}")))
}

fn shortage(coverage: &Coverage, end: Option<&End>) -> Reason {
    let worst = *coverage.short().first()?;
    let ratio = coverage.ratio?;
    let text = format!(
        "incomplete: load was made in {} of the planned generator-seconds, {:.1} of {:.1}; least in \
         interval {} in {}: {}, {} of {} generators short",
        percent(ratio),
        coverage.covered_s,
        coverage.planned_s,
        worst.interval,
        worst.region,
        percent(worst.ratio?),
        worst.short_generators,
        worst.generators,
    );
    // What a run that was ended before its time has measured until then is right.
    let stopped = [Ending::Interrupted, Ending::Aborted];
    let to_its_end = end.is_some_and(|end| !stopped.contains(&end.how));
    let misled = to_its_end && ratio < LEAST_COVERED;
    Some((if misled { Status::Invalid } else { Status::Doubtful }, text))
}

/// A generator that was given up ran on beside the one that took over.
fn doubling(coverage: &Coverage) -> Reason {
    (coverage.doubled_s > MOST_DOUBLED.as_secs_f64()).then(|| {
        let text = format!(
            "doubled: for {:.1} generator-seconds two generators made the same load",
            coverage.doubled_s
        );
        (Status::Invalid, text)
    })
}

fn gaps(totals: &Totals) -> Reason {
    let missing: u64 = totals.generators().map(|(_, generator)| generator.missing()).sum();
    let (found, all) = count(totals, |generator| generator.missing() > 0);
    (found > 0).then(|| {
        let text =
            format!("incomplete: {missing} reports of {found} of {all} generators are missing");
        (Status::Doubtful, text)
    })
}

fn unmeasured(totals: &Totals) -> Reason {
    let worked = |g: &Generator| g.newest().is_some();
    let blind = |g: &Generator| worked(g) && (g.delay().is_empty() || g.cpu().seconds == 0);
    let (found, all) = count(totals, blind);
    (found > 0).then(|| {
        let text = format!(
            "unknown: {found} of {all} generators measured no processor time or no scheduling \
             delay, so whether they kept up cannot be told"
        );
        (Status::Doubtful, text)
    })
}

fn soundness(totals: &Totals) -> String {
    let most = totals.generators().map(|(_, g)| g.cpu().most).fold(0.0, f64::max);
    let p99 = totals.generators().filter_map(|(_, g)| g.delay().percentile(99.0)).max();
    format!(
        "the generators kept up: their busiest thread used at most {:.1} % of a core in any \
         second, the 99th percentile of scheduling delay was at most {} ms, and everything they \
         sent arrived",
        most * 100.0,
        millis(p99.unwrap_or_default()),
    )
}

fn count(totals: &Totals, is: impl Fn(&Generator) -> bool) -> (usize, usize) {
    let found = totals.generators().filter(|(_, generator)| is(generator)).count();
    (found, totals.generators().count())
}
