//! A kind of user.

use std::sync::Arc;

use super::{Action, TaskSet};
use crate::{sign_in::SignIn, wait_time::WaitTime};

/// A kind of user, with what it does from its start to its end.
pub struct UserClass {
    /// Its name.
    pub name: Arc<str>,
    /// How many users are of it, in proportion to the others.
    pub weight: u32,
    /// What its paths are relative to, if not the environment's host.
    pub host: Option<String>,
    /// The wait after each task.
    pub wait_time: WaitTime,
    /// How they sign in, before anything else.
    pub sign_in: Option<Arc<SignIn>>,
    /// Done once, before the first task.
    pub on_start: Option<Box<dyn Action>>,
    /// Done once, at the end.
    pub on_stop: Option<Box<dyn Action>>,
    /// Done again and again between.
    pub tasks: TaskSet,
}

impl UserClass {
    /// A class of weight 1 without a wait.
    pub fn new(name: &str, tasks: TaskSet) -> Self {
        Self {
            name: name.into(),
            weight: 1,
            host: None,
            wait_time: WaitTime::None,
            sign_in: None,
            on_start: None,
            on_stop: None,
            tasks,
        }
    }

    /// The same with another weight.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// The same with a host of its own.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// The same with a wait after each task.
    #[must_use]
    pub fn wait_time(mut self, wait_time: WaitTime) -> Self {
        self.wait_time = wait_time;
        self
    }

    /// The same with users that sign in.
    #[must_use]
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = Some(Arc::new(sign_in));
        self
    }

    /// The same with something done before the first task.
    #[must_use]
    pub fn on_start(mut self, action: impl Action + 'static) -> Self {
        self.on_start = Some(Box::new(action));
        self
    }

    /// The same with something done at the end.
    #[must_use]
    pub fn on_stop(mut self, action: impl Action + 'static) -> Self {
        self.on_stop = Some(Box::new(action));
        self
    }
}
