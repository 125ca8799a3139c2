//! One user of each class, once, seen by an observer.

use std::{rc::Rc, sync::Arc};

use tokio::runtime::{Builder, LocalOptions};

use crate::{
    environment::Environment,
    feeder::Turn,
    http::{self, Addresses, Scratch, tls_config},
    observer::Observer,
    random::Random,
    run::{RunError, hosts},
    scenario::{Action, Body, Scenario, SigningIn, Task, TaskError, TaskSet, guarded},
    stats::Stats,
    user::{Context, User},
};

/// Walks a scenario on the current thread: for each class one user does `on_start`, each task
/// once whatever its weight, nested sets included, and `on_stop`. Nobody waits.
///
/// # Errors
///
/// What keeps it from running; failures of requests are in the statistics.
pub fn walk(
    scenario: &Scenario,
    environment: Environment,
    observer: Rc<dyn Observer>,
) -> Result<Stats, RunError> {
    let hosts = hosts(scenario, &environment)?;
    let http = http::Shared {
        settings: scenario.http.clone(),
        addresses: Addresses::default(),
        tls: tls_config(&scenario.http)?,
        scratch: Scratch::default(),
        unexpected_body: 0,
        tracer: None,
    };
    let turn = Turn { seed: 0, users: 1, interval: 0, intervals: 1, lives: 1 };
    let data = scenario.feeding(turn);
    let context = Rc::new(Context::new(Arc::new(environment), http, data, Some(observer)));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(RunError::Thread)?;
    runtime.block_on(async {
        for ((class, host), id) in scenario.classes.iter().zip(hosts).zip(0..) {
            let random = Random::of_user(0, id, 0);
            let user = User::new(id, Arc::clone(class), host, random, Rc::clone(&context));
            Walk { user }.class().await;
        }
    });
    Ok(context.stats.take())
}

struct Walk {
    user: User,
}

/// Whether the walk goes on: a request that interrupts the flow ends it.
type GoesOn = bool;

impl Walk {
    async fn class(mut self) {
        let class = self.user.class_arc();
        let name = &*class.name;
        let sign_in = class.sign_in.as_ref().map(|_| &SigningIn as &dyn Action);
        let goes_on = self.step(&format!("{name}.sign_in"), sign_in).await
            && self.step(&format!("{name}.on_start"), class.on_start.as_deref()).await;
        if goes_on {
            self.set(name, &class.tasks).await;
        }
        self.step(&format!("{name}.on_stop"), class.on_stop.as_deref()).await;
    }

    async fn set(&mut self, path: &str, set: &TaskSet) -> GoesOn {
        if !self.step(&format!("{path}.on_start"), set.on_start.as_deref()).await {
            return false;
        }
        for task in &set.tasks {
            if !self.task(path, task).await {
                return false;
            }
        }
        self.step(&format!("{path}.on_stop"), set.on_stop.as_deref()).await
    }

    async fn task(&mut self, path: &str, task: &Task) -> GoesOn {
        let path = format!("{path}.{}", task.name);
        match &task.body {
            Body::Action(action) => {
                let goes_on = self.step(&path, Some(&**action)).await;
                self.user.end_task();
                goes_on
            }
            Body::Set(set) => Box::pin(self.set(&path, set)).await,
        }
    }

    async fn step(&mut self, name: &str, action: Option<&dyn Action>) -> GoesOn {
        let Some(action) = action else { return true };
        let context = Rc::clone(self.user.context());
        let Some(observer) = &context.observer else { return true };
        observer.began(name);
        match guarded(action, &mut self.user).await {
            Ok(()) | Err(TaskError::Interrupt { .. }) => true,
            Err(TaskError::StopUser) => {
                observer.failed(name, "the user stops: what follows is left out");
                false
            }
            Err(TaskError::InterruptFlow | TaskError::Stopped) => {
                observer.failed(name, "the flow is interrupted: what follows is left out");
                false
            }
            Err(TaskError::Exception(message)) => {
                let message = self.user.masked(&message);
                context.stats.borrow_mut().record_exception(name, &message);
                observer.failed(name, &message);
                true
            }
        }
    }
}
