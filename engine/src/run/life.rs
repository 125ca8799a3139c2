//! A user's life: `on_start`, its tasks again and again, `on_stop`.

use std::time::Instant;

use tokio::task::coop;

use super::arrivals::Arrivals;
use crate::{
    scenario::{Action, Body, SigningIn, Task, TaskError, TaskResult, TaskSet, guarded},
    user::{Phase, User},
    wait_time::WaitTime,
};

/// How a user's life begins.
pub(super) enum Birth {
    /// It is hatched now.
    Hatched(Instant),
    /// It ran before: it gets ready now, and goes on at an instant.
    Continues(Instant),
}

/// Lives until the load ends.
pub(super) async fn live(mut user: User, birth: Birth, arrivals: &Arrivals) {
    let class = user.class_arc();
    let started = start(&mut user).await;
    if matches!(started, Err(TaskError::Stopped)) {
        return;
    }
    if started.is_ok()
        && let Ok(first) = begin(&mut user, birth, arrivals).await
    {
        let ended = run_set(&mut user, &class.tasks, class.wait_time, first, true).await;
        debug_assert!(is_end(&ended), "only a stop ends all tasks");
    }
    user.set_phase(Phase::Stopping);
    let _ = perform(&mut user, class.on_stop.as_deref(), "on_stop").await;
}

/// Signs in and does `on_start`, and again as long as its flow is interrupted.
async fn start(user: &mut User) -> TaskResult {
    let class = user.class_arc();
    loop {
        let begun = Instant::now();
        let signed_in = match perform(user, Some(&SigningIn), "sign_in").await {
            // Without it there is nothing to go on with.
            Err(TaskError::Exception(_)) => Err(TaskError::InterruptFlow),
            ended => ended,
        };
        let started = match signed_in {
            Ok(()) => perform(user, class.on_start.as_deref(), "on_start").await,
            failed => failed,
        };
        match started {
            Err(end @ (TaskError::Stopped | TaskError::StopUser)) => return Err(end),
            Err(TaskError::InterruptFlow) => pause(user, class.wait_time, begun).await?,
            // What goes wrong otherwise is recorded, and the user goes on.
            _ => return Ok(()),
        };
        coop::consume_budget().await;
    }
}

/// Waits for the instant of the user's first task, which is returned.
async fn begin(user: &mut User, birth: Birth, arrivals: &Arrivals) -> Result<Instant, TaskError> {
    match birth {
        Birth::Hatched(due) => Ok(due),
        Birth::Continues(from) => {
            user.http().connect().await;
            arrivals.ready(from);
            let rest = user.class_arc().wait_time.rest(user.random());
            let stop = user.context().stop.clone();
            stop.sleep_until(from + rest).await.map_err(|_| TaskError::Stopped)?;
            Ok(from + rest)
        }
    }
}

/// Runs the tasks of a set until the load ends, or one of them interrupts the set.
///
/// Returns whether the set around goes on without a wait.
async fn run_set(
    user: &mut User,
    set: &TaskSet,
    outer_wait: WaitTime,
    first: Instant,
    outermost: bool,
) -> Result<bool, TaskError> {
    let wait_time = set.wait_time.unwrap_or(outer_wait);
    let mut intended = first;
    let mut done = 0;
    loop {
        let Some(task) = set.next(done, user.random()) else {
            // A class without tasks has users that do nothing.
            user.context().stop.clone().stopped().await;
            return Err(TaskError::Stopped);
        };
        let begun = Instant::now();
        let ended = run_task(user, task, wait_time, intended).await;
        done += 1;
        let mut reschedule = false;
        match ended {
            Ok(at_once) => reschedule = at_once,
            Err(end @ (TaskError::Stopped | TaskError::StopUser)) => return Err(end),
            Err(TaskError::Interrupt { reschedule }) if !outermost => return Ok(reschedule),
            Err(TaskError::InterruptFlow) if !outermost => return Err(TaskError::InterruptFlow),
            Err(TaskError::InterruptFlow) => done = 0,
            Err(TaskError::Interrupt { .. }) => {
                except(user, &task.name, "interrupt outside of a nested task set");
            }
            Err(TaskError::Exception(message)) => except(user, &task.name, &message),
        }
        intended = if reschedule { Instant::now() } else { pause(user, wait_time, begun).await? };
        coop::consume_budget().await;
    }
}

/// Waits after a task that began at an instant; returns when the next one was meant to begin.
async fn pause(user: &mut User, wait_time: WaitTime, begun: Instant) -> Result<Instant, TaskError> {
    let now = Instant::now();
    let wait = wait_time.after(now - begun, user.random());
    let context = user.context();
    let due = wait_time.pace().map_or(now + wait, |pace| begun + pace);
    if wait.is_zero() {
        return if context.stop.is_stopped() { Err(TaskError::Stopped) } else { Ok(due) };
    }
    context.stop.sleep_until(due).await.map_err(|_| TaskError::Stopped)?;
    context.delays.borrow_mut().record(due.elapsed());
    Ok(due)
}

async fn run_task(
    user: &mut User,
    task: &Task,
    wait_time: WaitTime,
    intended: Instant,
) -> Result<bool, TaskError> {
    match &task.body {
        Body::Action(action) => {
            user.begin_task(wait_time.pace().map(|_| intended));
            let ended = guarded(&**action, user).await;
            user.end_task();
            ended.map(|()| false)
        }
        Body::Set(set) => {
            let entered = perform(user, set.on_start.as_deref(), &task.name).await;
            if is_end(&entered) {
                return entered.map(|()| false);
            }
            let ended = Box::pin(run_set(user, set, wait_time, intended, false)).await;
            let left = perform(user, set.on_stop.as_deref(), &task.name).await;
            if is_end(&left) { left.map(|()| false) } else { ended }
        }
    }
}

/// Whether the user does nothing more.
fn is_end<T>(ended: &Result<T, TaskError>) -> bool {
    matches!(ended, Err(TaskError::Stopped | TaskError::StopUser))
}

/// Does something that is no task; what goes wrong in it is recorded, and the user goes on.
async fn perform(user: &mut User, action: Option<&dyn Action>, name: &str) -> TaskResult {
    let Some(action) = action else { return Ok(()) };
    let ended = guarded(action, user).await;
    if let Err(TaskError::Exception(message)) = &ended {
        except(user, name, message);
    }
    ended
}

fn except(user: &User, task: &str, message: &str) {
    let task = format!("{}.{task}", user.class());
    let is_first = user.context().stats.borrow_mut().record_exception(&task, message);
    // Statistics are taken each second, so this logs each kind once a second.
    if is_first {
        log::error!("{task}: {message}");
    }
}
