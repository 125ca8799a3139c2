//! A user's life: `on_start`, its tasks again and again or as they arrive, `on_stop`.

use std::{rc::Rc, time::Instant};

use tokio::task::coop;

use super::{
    pool::{Member, Pool},
    warm_up::WarmUp,
};
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
    /// It gets ready now, and from an instant on does what arrives at a pool.
    Joins(Instant, Rc<Pool>),
}

/// What comes between two tasks.
#[derive(Clone, Copy)]
enum Pace<'a> {
    /// A wait.
    Wait(WaitTime),
    /// The time until the next arrival.
    Arrival(&'a Member),
    /// Nothing: tasks of a set that a single arrival began.
    AtOnce,
}

impl Pace<'_> {
    /// The pace within a set, of a user with a wait of its own.
    fn within(self, set: &TaskSet, wait_time: WaitTime) -> Self {
        match self {
            Self::Wait(_) => Self::Wait(set.wait_time.unwrap_or(wait_time)),
            Self::Arrival(_) | Self::AtOnce => Self::AtOnce,
        }
    }

    /// When a task was meant to begin, if that is known beside when it does.
    fn intended(self, due: Instant) -> Option<Instant> {
        match self {
            Self::Wait(wait_time) => wait_time.pace().map(|_| due),
            Self::Arrival(_) | Self::AtOnce => Some(due),
        }
    }

    /// Waits after a task that began at an instant; returns when the next one is meant to begin.
    async fn pause(self, user: &mut User, begun: Instant) -> Result<Instant, TaskError> {
        match self {
            Self::Wait(wait_time) => pause(user, wait_time, begun).await,
            Self::Arrival(member) => member.next(user.stop()).await.map_err(|_| TaskError::Stopped),
            Self::AtOnce if user.stop().is_stopped() => Err(TaskError::Stopped),
            Self::AtOnce => Ok(Instant::now()),
        }
    }
}

/// Lives until the load ends, or the user stops by itself: whether it did is returned.
pub(super) async fn live(mut user: User, birth: Birth, warm_up: &WarmUp) -> bool {
    let class = user.class_arc();
    let mut ended = start(&mut user).await;
    if matches!(ended, Err(TaskError::Stopped)) {
        if let Birth::Continues(from) | Birth::Joins(from, _) = birth {
            warm_up.give_up(from);
        }
        return false;
    }
    if ended.is_ok() {
        ended = work(&mut user, birth, warm_up).await.map(drop);
        debug_assert!(is_end(&ended), "only a stop ends all tasks");
    } else if let Birth::Continues(from) | Birth::Joins(from, _) = birth {
        // It will not come, and nobody waits for it.
        warm_up.ready(from);
    }
    user.set_phase(Phase::Stopping);
    let _ = perform(&mut user, class.on_stop.as_deref(), "on_stop").await;
    matches!(ended, Err(TaskError::StopUser))
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

/// Does tasks from the instant on at which the user is to begin.
async fn work(user: &mut User, birth: Birth, warm_up: &WarmUp) -> Result<bool, TaskError> {
    let class = user.class_arc();
    let waits = Pace::Wait(class.tasks.wait_time.unwrap_or(class.wait_time));
    let member;
    let (pace, first) = match birth {
        Birth::Hatched(due) => (waits, due),
        Birth::Continues(from) => {
            get_ready(user, from, warm_up).await;
            let due = from + class.wait_time.rest(user.random());
            user.stop().sleep_until(due).await.map_err(|_| TaskError::Stopped)?;
            (waits, due)
        }
        // Whoever has nothing to do takes no arrival.
        Birth::Joins(from, _) if class.tasks.tasks.is_empty() => {
            warm_up.ready(from);
            (waits, from)
        }
        Birth::Joins(from, pool) => {
            get_ready(user, from, warm_up).await;
            member = pool.join();
            let pace = Pace::Arrival(&member);
            (pace, pace.pause(user, from).await?)
        }
    };
    run_set(user, &class.tasks, pace, first, true).await
}

/// Connects, for an instant that may have passed.
async fn get_ready(user: &mut User, from: Instant, warm_up: &WarmUp) {
    user.http().connect().await;
    warm_up.ready(from);
}

/// Runs the tasks of a set until the load ends, or one of them interrupts the set.
///
/// Returns whether the set around goes on without a wait.
async fn run_set(
    user: &mut User,
    set: &TaskSet,
    pace: Pace<'_>,
    first: Instant,
    outermost: bool,
) -> Result<bool, TaskError> {
    let mut intended = first;
    let mut done = 0;
    loop {
        let Some(task) = set.next(done, user.random()) else {
            // A class without tasks has users that do nothing.
            user.stop().stopped().await;
            return Err(TaskError::Stopped);
        };
        let begun = Instant::now();
        let ended = run_task(user, task, pace, intended).await;
        done += 1;
        let mut reschedule = false;
        match ended {
            Ok(at_once) => reschedule = at_once,
            Err(end @ (TaskError::Stopped | TaskError::StopUser)) => return Err(end),
            Err(TaskError::Interrupt { reschedule }) if !outermost => return Ok(reschedule),
            Err(TaskError::InterruptFlow) if !outermost => return Err(TaskError::InterruptFlow),
            // The whole sequence starts over.
            Err(TaskError::InterruptFlow) => done = 0,
            Err(TaskError::Interrupt { .. }) => {
                except(user, &task.name, "interrupt outside of a nested task set");
            }
            Err(TaskError::Exception(message)) => {
                except(user, &task.name, &message);
                match (user.is_interrupted(), outermost) {
                    (true, true) => done = 0,
                    (true, false) => return Err(TaskError::InterruptFlow),
                    _ => {}
                }
            }
        }
        intended = match pace {
            Pace::Wait(_) if reschedule => Instant::now(),
            pace => pace.pause(user, begun).await?,
        };
        coop::consume_budget().await;
    }
}

/// Waits after a task that began at an instant; returns when the next one was meant to begin.
async fn pause(user: &mut User, wait_time: WaitTime, begun: Instant) -> Result<Instant, TaskError> {
    let now = Instant::now();
    let wait = wait_time.after(now - begun, user.random());
    let due = wait_time.pace().map_or(now + wait, |pace| begun + pace);
    if wait.is_zero() {
        return if user.stop().is_stopped() { Err(TaskError::Stopped) } else { Ok(due) };
    }
    user.stop().sleep_until(due).await.map_err(|_| TaskError::Stopped)?;
    user.context().delays.borrow_mut().record(due.elapsed());
    Ok(due)
}

async fn run_task(
    user: &mut User,
    task: &Task,
    pace: Pace<'_>,
    intended: Instant,
) -> Result<bool, TaskError> {
    match &task.body {
        Body::Action(action) => {
            user.begin_task(pace.intended(intended));
            let ended = guarded(&**action, user).await;
            user.end_task();
            ended.map(|()| false)
        }
        Body::Set(set) => visit(user, set, &task.name, pace, intended).await,
    }
}

/// Enters a set, does its tasks until it is left, and leaves it, also when the flow starts over or
/// the load ends. A set whose `on_start` does not come to its end was not entered.
async fn visit(
    user: &mut User,
    set: &TaskSet,
    name: &str,
    pace: Pace<'_>,
    intended: Instant,
) -> Result<bool, TaskError> {
    if let Some(action) = set.on_start.as_deref() {
        match guarded(action, user).await {
            Ok(()) => {}
            Err(TaskError::Interrupt { reschedule }) => return Ok(reschedule),
            Err(error) => return Err(error),
        }
    }
    let pace = pace.within(set, user.class_arc().wait_time);
    let ended = Box::pin(run_set(user, set, pace, intended, false)).await;
    // It comes to its end although the load may have ended.
    user.set_phase(Phase::Stopping);
    let left = perform(user, set.on_stop.as_deref(), name).await;
    user.set_phase(Phase::Running);
    match left {
        Err(TaskError::InterruptFlow) if ended.is_ok() => Err(TaskError::InterruptFlow),
        Err(TaskError::StopUser) => Err(TaskError::StopUser),
        _ => ended,
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
        if user.is_interrupted() {
            return Err(TaskError::InterruptFlow);
        }
    }
    ended
}

fn except(user: &User, task: &str, message: &str) {
    let task = format!("{}.{task}", user.class());
    let message = user.masked(message);
    let is_first = user.context().stats.borrow_mut().record_exception(&task, &message);
    // Statistics are taken each second, so this logs each kind once a second.
    if is_first {
        log::error!("{task}: {message}");
    }
}
