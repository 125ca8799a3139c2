//! What happened.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde_json::Value;

/// One delivery of an invocation, or one that was refused.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Where.
    pub region: String,
    /// The request's name; two deliveries of one invocation share it.
    pub request: String,
    /// What was asked.
    pub payload: Value,
    /// Whether the answer was to be streamed.
    pub streamed: bool,
    /// When it arrived.
    pub arrived: SystemTime,
    /// When the program got it.
    pub started: Option<SystemTime>,
    /// When the program was done with it, or ended.
    pub ended: Option<SystemTime>,
    /// The process that got it.
    pub pid: Option<u32>,
    /// The type of the error with which it ended.
    pub error: Option<String>,
}

/// All of them, in the order in which they arrived.
#[derive(Default)]
pub(crate) struct Log(Mutex<Vec<Invocation>>);

impl Log {
    /// Adds one, and tells its place.
    pub(crate) fn add(&self, invocation: Invocation) -> usize {
        let mut all = self.lock();
        all.push(invocation);
        all.len() - 1
    }

    pub(crate) fn change(&self, place: usize, change: impl FnOnce(&mut Invocation)) {
        if let Some(invocation) = self.lock().get_mut(place) {
            change(invocation);
        }
    }

    pub(crate) fn all(&self) -> Vec<Invocation> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Invocation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
