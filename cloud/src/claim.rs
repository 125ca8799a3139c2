//! Jobs are begun once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::job_id::JobId;

use crate::{
    lease::claim_key,
    store::{Store, StoreError},
};

/// Claims a job for `who`; false if another has it.
///
/// # Errors
///
/// The bucket cannot be asked, so nobody knows whose it is.
pub async fn claim(store: &Store, job: &JobId, who: &str) -> Result<bool, StoreError> {
    // One who asks twice, as an invocation that is delivered twice, is another the second time.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos();
    let own = format!("{who} {now}").into_bytes();
    let key = claim_key(job);
    // A claim whose answer was lost is found when it is made again.
    Ok(store.put_new(&key, own.clone()).await? || store.get(&key).await? == Some(own))
}
