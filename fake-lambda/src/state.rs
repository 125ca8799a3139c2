//! What all parts of the stand-in share.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;

use crate::{
    actions::Actions,
    environment::{Delivery, Environment},
    fault::{Fault, Rule},
    invocation::Log,
    objects::Objects,
    settings::Settings,
    written::Written,
};

pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) addr: SocketAddr,
    pub(crate) log: Log,
    pub(crate) objects: Objects,
    pub(crate) actions: Actions,
    pub(crate) written: Written,
    rules: Mutex<Vec<Rule>>,
    environments: Mutex<Vec<Arc<Environment>>>,
    /// The region of each place that is reserved. Locked after the environments.
    reserved: Mutex<Vec<String>>,
    numbers: AtomicUsize,
}

impl State {
    pub(crate) fn new(settings: Settings, addr: SocketAddr) -> Self {
        Self {
            settings,
            addr,
            log: Log::default(),
            objects: Objects::default(),
            actions: Actions::default(),
            written: Written::default(),
            rules: Mutex::default(),
            environments: Mutex::default(),
            reserved: Mutex::default(),
            numbers: AtomicUsize::new(1),
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn arn(&self, region: &str) -> String {
        format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{}", self.settings.function)
    }

    /// A number that nothing else has.
    pub(crate) fn number(&self) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn add_rule(&self, rule: Rule) {
        lock(&self.rules).push(rule);
    }

    /// What goes wrong with this invocation.
    pub(crate) fn faults(&self, region: &str, payload: &Value) -> Vec<Fault> {
        lock(&self.rules).iter_mut().filter_map(|rule| rule.meets(region, payload)).collect()
    }

    pub(crate) fn environments(&self) -> Vec<Arc<Environment>> {
        lock(&self.environments).clone()
    }

    /// How many invocations a region runs.
    pub(crate) fn running(&self, region: &str) -> usize {
        running(&lock(&self.environments), region)
    }

    /// A place to run in a region, if one is free.
    pub(crate) fn reserve(self: &Arc<Self>, region: &str) -> Option<Reserved> {
        let environments = lock(&self.environments);
        let mut reserved = lock(&self.reserved);
        let taken = reserved.iter().filter(|own| *own == region).count();
        if running(&environments, region) + taken >= self.settings.concurrency {
            return None;
        }
        reserved.push(region.into());
        Some(Reserved { region: region.into(), state: Some(Arc::clone(self)) })
    }

    /// Gives a delivery to an idle environment, or to a new one.
    pub(crate) async fn deliver(
        self: &Arc<Self>,
        reserved: Reserved,
        delivery: Delivery,
    ) -> io::Result<Arc<Environment>> {
        let region = reserved.region.clone();
        let reserved = {
            let mut environments = lock(&self.environments);
            environments.retain(|environment| !environment.is_gone());
            let idle = environments.iter().find(|e| e.region == region && e.take()).cloned();
            if let Some(environment) = idle {
                // From now on it counts as one that is running.
                drop(reserved);
                environment.give(delivery);
                return Ok(environment);
            }
            reserved
        };
        let environment = Environment::start(self, &region, self.number(), delivery).await?;
        let mut environments = lock(&self.environments);
        environments.push(Arc::clone(&environment));
        drop(reserved);
        Ok(environment)
    }
}

fn running(environments: &[Arc<Environment>], region: &str) -> usize {
    environments.iter().filter(|e| e.region == region && e.is_busy()).count()
}

/// A place to run in a region, until it is dropped.
pub(crate) struct Reserved {
    region: String,
    state: Option<Arc<State>>,
}

impl Reserved {
    /// A place beyond those that are counted.
    pub(crate) fn beyond(region: &str) -> Self {
        Self { region: region.into(), state: None }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let Some(state) = &self.state else { return };
        let mut reserved = lock(&state.reserved);
        if let Some(own) = reserved.iter().position(|region| *region == self.region) {
            reserved.swap_remove(own);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
