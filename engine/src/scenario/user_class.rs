//! A kind of user.

use std::sync::Arc;

use super::{Action, TaskSet};
use crate::{sign_in::SignIn, wait_time::WaitTime};

/// A kind of user, with what it does from its start to its end.
pub struct UserClass {
    /// Its name.
    pub name: Arc<str>,
    /// How many users are of it, in proportion to the others; without meaning beside a fixed count.
    pub weight: u32,
    /// Exactly so many users are of it, hatched before those of classes with a weight; 0 for as
    /// many as its weight says.
    pub fixed_count: u32,
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
    /// A class of weight 1 without a wait. What its tasks' set does at its start and end, the
    /// class does.
    pub fn new(name: &str, mut tasks: TaskSet) -> Self {
        Self {
            name: name.into(),
            weight: 1,
            fixed_count: 0,
            host: None,
            wait_time: WaitTime::None,
            sign_in: None,
            on_start: tasks.on_start.take(),
            on_stop: tasks.on_stop.take(),
            tasks,
        }
    }

    /// Its part of the users that have no fixed count.
    pub fn share(&self) -> u32 {
        if self.fixed_count > 0 { 0 } else { self.weight }
    }

    /// The same with another weight.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// The same with exactly so many users, which are hatched first.
    #[must_use]
    pub fn fixed_count(mut self, count: u32) -> Self {
        self.fixed_count = count;
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
