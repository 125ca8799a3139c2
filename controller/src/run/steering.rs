//! Another number of users while a test runs.

use std::time::Duration;

use engine::{clients::Clients, curve::Change, hatch_rate::HatchRate, load::Load, window::Window};

use super::Order;
use crate::{
    control::Refused,
    grouped::{counted, grouped},
    invoke::Invoke,
    plan::{Interval, Plan},
};

/// How often the users of a test may be changed: each change makes the curve longer that every
/// generator follows.
const MOST_CHANGES: usize = 256;

/// Works out the change that leads to so many users, from as soon on as all generators know of it.
/// `soon` tells which time of the test it will be after a while from now.
pub(super) fn change(
    order: &Order,
    invoke: &dyn Invoke,
    changes: &[Change],
    (clients, hatch_rate): (Clients, Option<HatchRate>),
    soon: impl Fn(Duration) -> Duration,
) -> Result<Change, Refused> {
    let plan = &order.plan;
    if changes.len() >= MOST_CHANGES {
        return Err(Refused::TooOften(MOST_CHANGES));
    }
    let load = plan.load_changed(changes);
    let notice = invoke.pace().notice.ok_or(Refused::Deaf)?;
    let hatch_rate = hatch_rate.or(plan.hatch_rate);
    // Why a load cannot be changed at all is worth more than that a rate is missing.
    let any_rate = hatch_rate.or_else(|| HatchRate::try_new(1.0).ok()).ok_or(Refused::NoRate)?;
    let change = Change { at: whole_millis(soon(notice)), clients, hatch_rate: any_rate };
    let next = load.changed(&change)?;
    hatch_rate.ok_or(Refused::NoRate)?;
    plan.check_most_users(clients.get())?;
    invoke.room(plan, next.peak())?;
    Ok(change)
}

/// What the user should know of a change: functions that get more users than were meant for them.
pub(super) fn crowd(plan: &Plan, changes: &[Change]) -> Option<String> {
    let (functions, (change, before)) = (plan.functions.as_ref()?, changes.split_last()?);
    let most = |changes: &[Change]| {
        let load = plan.load_changed(changes);
        plan.intervals.iter().filter_map(|interval| each(interval, &load, change.at)).max()
    };
    let (before, most) = (most(before)?, most(changes)?);
    (most > functions.users_per_function.max(before)).then(|| {
        format!(
            "that makes {} per function, and users_per_function is {}: see whether their memory \
             and processors suffice",
            counted(most.into(), "user"),
            grouped(functions.users_per_function),
        )
    })
}

/// The most users of a generator of an interval from an instant on.
fn each(interval: &Interval, load: &Load, at: Duration) -> Option<u32> {
    let window = Window::try_new(interval.window.from().max(at), interval.window.to()).ok()?;
    let functions = u32::try_from(interval.shares.len()).ok()?;
    Some(load.most_users(window).div_ceil(functions.max(1)))
}

fn whole_millis(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from((time.as_micros() + 500) / 1000).unwrap_or(u64::MAX))
}
