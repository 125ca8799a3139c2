//! A job and its lease.

use std::time::{Duration, SystemTime};

use cloud::{
    lease::{Lease, Leased, hand_in_key, lease_key},
    store::{Store, StoreError},
};
use engine::{
    job_id::JobId,
    run::{Orders, Signal},
};
use thiserror::Error;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::orders::tell;

/// No lease is looked at more often.
const OFTEN: Duration = Duration::from_millis(100);

/// How long before the deadline nothing is handed in any more.
const LAST: Duration = Duration::from_millis(500);

/// Why a lease was not read.
#[derive(Debug, Error)]
enum LeaseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is none")]
    Absent,
    #[error("it is none of this build's: {0}")]
    Json(#[from] serde_json::Error),
}

/// Watches a job's lease.
pub(crate) struct Leasing {
    job: JobId,
    store: Store,
    terms: Leased,
}

impl Leasing {
    pub(crate) fn new(job: JobId, store: Store, terms: Leased) -> Self {
        Self { job, store, terms }
    }

    /// Obeys the lease, and stops the job when it is not renewed for too long. Never returns.
    pub(crate) async fn watch(&self, orders: &watch::Sender<Orders>) -> ! {
        let Leased { every, patience, .. } = self.terms;
        let every = every.max(OFTEN);
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut renewed = (None, Instant::now());
        loop {
            ticks.tick().await;
            // A look must not outlast the patience.
            let left = (renewed.1 + patience).saturating_duration_since(Instant::now());
            match timeout(left.max(every), self.look()).await {
                Ok(Ok(lease)) => {
                    if renewed.0 != Some(lease.renewal) {
                        renewed = (Some(lease.renewal), Instant::now());
                    }
                    tell(orders, &lease.orders);
                }
                Ok(Err(error)) => log::warn!("the lease was not read: {error}"),
                Err(_) => log::warn!("the lease was not read in time"),
            }
            if renewed.1.elapsed() >= patience && orders.borrow().signal == Signal::Run {
                log::warn!("the lease was not renewed: the job is stopped");
                tell(orders, &Signal::Stop.into());
            }
        }
    }

    async fn look(&self) -> Result<Lease, LeaseError> {
        let lease = self.store.get(&lease_key(&self.job.run)).await?;
        Ok(serde_json::from_slice(&lease.ok_or(LeaseError::Absent)?)?)
    }

    /// Puts the job's lines into the bucket, whether they have arrived or not: what broke in the last
    /// moment, nobody has noticed yet. Gives up before the deadline: an end by it would be an error.
    pub(crate) async fn hand_in(&self, packed: Option<Vec<u8>>, deadline: SystemTime) {
        let Some(packed) = packed else { return };
        let key = hand_in_key(&self.job);
        let put = self.store.put(&key, packed);
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        match timeout(left.saturating_sub(LAST), put).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::error!("failed to hand in the lines: {error}"),
            Err(_) => log::error!("failed to hand in the lines: the function's time is up"),
        }
    }
}
