//! Jobs are begun once.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cloud::{
    lease::claim_key,
    store::{Store, StoreError},
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

/// Claims a job for this invocation; false if another one has it.
pub(crate) async fn claim(
    store: &Store,
    job: &JobId,
    environment: &str,
    request: &str,
) -> Result<bool, StoreError> {
    // An invocation that is delivered twice has the same request twice.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos();
    let own = format!("{environment} {request} {now}").into_bytes();
    let key = claim_key(job);
    // A claim whose answer was lost is found when it is made again.
    Ok(store.put_new(&key, own.clone()).await? || store.get(&key).await? == Some(own))
}
