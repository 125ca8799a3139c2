//! Jobs are begun once.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use engine::job_id::JobId;

/// The jobs that this process has begun.
#[derive(Default)]
pub(crate) struct Begun(Mutex<HashSet<JobId>>);

impl Begun {
    pub(crate) fn contains(&self, job: &JobId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(job)
    }

    pub(crate) fn insert(&self, job: JobId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job);
    }
}
