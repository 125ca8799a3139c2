//! What the user should know before starting.

use std::{sync::Arc, time::Duration};

use engine::{
    duration,
    feeder::{Exhausted, Feeder},
    hatch_rate::HatchRate,
    load::Arrivals,
};
use url::{Host, Url};

use super::{DEFAULT_QUOTA, Plan, Ramp, Runner, Shape};
use crate::{
    functions::ONE_CORE_MB,
    grouped::{counted, grouped},
    location::Location,
    threshold::{Grace, Threshold},
};

/// What a function takes for itself, megabytes: the program, its threads and its statistics.
const BASE_MB: u32 = 40;

/// How many users a megabyte holds, at a guess on the safe side: a connection with TLS, cookies,
/// captured values, and a body that is being read.
const USERS_PER_MB: u32 = 8;

/// About what a function reports of a second, with some ten transactions.
const BYTES_PER_SECOND: u64 = 3_000;

/// So much room is worth a word, gigabytes.
const MUCH_GB: u64 = 10;

/// Tasks that are no longer than this are not to be counted on.
const SHORT_TASK: Duration = Duration::from_millis(100);

/// About the load itself.
pub(super) fn of_load(runner: &Runner, peak: u32) -> Vec<String> {
    match &runner.shape {
        Shape::Ramp(ramp) => too_short(*ramp, peak).into_iter().chain(lag(*ramp)).collect(),
        Shape::Stages(_) => Vec::new(),
        Shape::Arrivals(arrivals, hatch_rate) => {
            let hurry = hatch_rate.and_then(|rate| hurry(runner, arrivals.pool.get(), rate));
            small_pool(arrivals).into_iter().chain(hurry).collect()
        }
    }
}

/// About thresholds that are to end the run, and cannot.
pub(super) fn of_thresholds(plan: &Plan) -> Vec<String> {
    let grace = |threshold: &Threshold| threshold.abort.map(|Grace(grace)| grace);
    let idle = plan.thresholds.iter().filter(|t| grace(t).is_some_and(|g| g >= plan.duration));
    let told = idle.filter_map(|threshold| {
        Some(format!(
            "the threshold {threshold} never ends the run, which is over within the grace of {}",
            duration::format(grace(threshold)?)
        ))
    });
    told.collect()
}

fn small_pool(arrivals: &Arrivals) -> Option<String> {
    let longest = arrivals.longest_task();
    (longest < SHORT_TASK).then(|| {
        format!(
            "if a task takes more than {} at {} arrivals per second, all {} are busy, and arrivals \
             are dropped: raise clients",
            duration::format(longest),
            arrivals.rate.fastest(),
            counted(u64::from(arrivals.pool.get()), "client"),
        )
    })
}

fn hurry(runner: &Runner, pool: u32, rate: HatchRate) -> Option<String> {
    let (wanted, time) = (runner.shape.ready(pool), runner.warm_up(pool));
    wanted.is_none_or(|wanted| wanted > time).then(|| {
        format!(
            "the {} get ready in the {} before their interval, which is faster than a hatch_rate \
             of {}",
            counted(u64::from(pool), "client"),
            duration::format(time),
            rate.per_second(),
        )
    })
}

fn too_short(ramp: Ramp, peak: u32) -> Option<String> {
    let Ramp { clients, duration, .. } = ramp;
    (peak < clients.get()).then(|| {
        format!(
            "the duration ends before all clients are hatched: it reaches {} of {} clients in {}",
            grouped(peak),
            grouped(clients.get()),
            duration::format(duration),
        )
    })
}

fn lag(ramp: Ramp) -> Option<String> {
    let steps = ramp.steps?;
    let hatched = steps.duration.as_secs_f64() * ramp.hatch_rate.per_second();
    let lags = hatched < f64::from(steps.clients.get()) && ramp.duration > steps.duration;
    lags.then(|| {
        "a step ends before its clients are hatched: the load lags behind its steps; raise \
         hatch_rate or step_duration"
            .into()
    })
}

/// About user classes with a fixed count.
pub(super) fn of_fixed(fixed: u64, peak: u32) -> Option<String> {
    (u64::from(peak) < fixed).then(|| {
        format!(
            "the test has {}, and the user classes with a fixed_count ask for {}: not all of those \
             are hatched, and no others",
            counted(u64::from(peak), "user"),
            grouped(fixed),
        )
    })
}

/// About test data: who surely finds no row.
pub(super) fn of_data(data: &[Arc<Feeder>], users: u32) -> Vec<String> {
    let short = |data: &Arc<Feeder>| {
        let without = data.without_row(users);
        let (rows, users) = (data.rows.len() as u64, u64::from(users));
        let what = match (data.exhausted, without) {
            (Exhausted::Recycle, 1) => "shares a row with another",
            (Exhausted::Recycle, _) => "share rows with others",
            (Exhausted::Stop, 1) => "stops",
            (Exhausted::Stop, _) => "stop",
            (Exhausted::Fail, 1) => "fails",
            (Exhausted::Fail, _) => "fail",
        };
        (without > 0).then(|| {
            format!(
                "the data `{}` has {} for {}: {} of them {what}",
                data.name,
                counted(rows, "row"),
                counted(users, "user"),
                grouped(without)
            )
        })
    };
    data.iter().filter_map(short).collect()
}

/// About functions.
pub(super) fn of_functions(plan: &Plan, locations: &[Location]) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(own_host(plan));
    warnings.extend(regions_without_users(plan, locations));
    warnings.extend(less_than_a_core(plan));
    warnings.extend(too_little_memory(plan));
    warnings.extend(too_little_concurrency(plan));
    warnings.extend(bulky(plan));
    warnings.extend(
        plan.check_cost().err().map(|error| format!("`run` refuses: {error}; {}", error.advice())),
    );
    warnings
}

/// What is kept of a long run in many functions, as it takes room on this machine.
fn bulky(plan: &Plan) -> Option<String> {
    let seconds = plan.intervals.iter().map(|interval| {
        let functions = u64::try_from(interval.shares.len()).unwrap_or(u64::MAX);
        interval.window.length().as_secs().saturating_mul(functions)
    });
    let gigabytes = seconds.sum::<u64>().saturating_mul(BYTES_PER_SECOND) / 1_000_000_000;
    (gigabytes >= MUCH_GB).then(|| {
        format!(
            "what the functions report takes about {} GB in the run's folder",
            grouped(gigabytes)
        )
    })
}

fn own_host(plan: &Plan) -> Option<String> {
    let host = plan.host.as_deref()?;
    let own = match Url::parse(host).ok()?.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    own.then(|| format!("for a function, {host} is the function itself, and not this machine"))
}

fn regions_without_users(plan: &Plan, locations: &[Location]) -> Option<String> {
    let without: Vec<_> = locations
        .iter()
        .map(|location| location.region.as_str())
        .filter(|region| !plan.concurrency.contains_key(*region))
        .collect();
    let users = counted(u64::from(plan.peak), "user");
    let regions = locations.len();
    (!without.is_empty()).then(|| {
        format!("{users} are fewer than the {regions} regions: none in {}", without.join(", "))
    })
}

fn less_than_a_core(plan: &Plan) -> Option<String> {
    let memory = plan.functions.as_ref()?.memory_mb;
    (memory < ONE_CORE_MB).then(|| {
        format!(
            "a function with {} MB of memory has less than one core ({} MB): it may send late; \
             the verdict tells whether it did",
            grouped(memory),
            grouped(ONE_CORE_MB),
        )
    })
}

fn too_little_memory(plan: &Plan) -> Option<String> {
    let memory = plan.functions.as_ref()?.memory_mb;
    let shares = plan.intervals.iter().flat_map(|interval| &interval.shares);
    let users = shares.map(|share| share.users).max()?;
    let held = memory.saturating_sub(BASE_MB) * USERS_PER_MB;
    (users > held).then(|| {
        format!(
            "a function has up to {}, and its {} MB of memory hold about {}: raise memory or \
             lower users_per_function",
            counted(u64::from(users), "user"),
            grouped(memory),
            grouped(held),
        )
    })
}

fn too_little_concurrency(plan: &Plan) -> Vec<String> {
    let reserved = plan.functions.as_ref().and_then(|functions| functions.reserved_concurrency);
    let short = |(region, needed): (&String, &u32)| {
        let functions = counted(u64::from(*needed), "function");
        match reserved {
            Some(reserved) if reserved < *needed => Some(format!(
                "{region} needs {functions} at once, and reserved_concurrency is {}: the others \
                 cannot start",
                grouped(reserved)
            )),
            None if *needed > DEFAULT_QUOTA => Some(format!(
                "{region} needs {functions} at once, and AWS's default quota is {}",
                grouped(DEFAULT_QUOTA)
            )),
            _ => None,
        }
    };
    plan.concurrency.iter().filter_map(short).collect()
}
