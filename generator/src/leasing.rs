//! A job and its lease.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

use cloud::{
    lease::{Lease, Leased, hand_in_key, lease_key},
    store::{Store, StoreError},
};
use engine::{job_id::JobId, run::Signal};
use thiserror::Error;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::signal::raise;

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
    /// Whether the job's lines are asked for.
    asked: AtomicBool,
}

impl Leasing {
    pub(crate) fn new(job: JobId, store: Store, terms: Leased) -> Self {
        Self { job, store, terms, asked: AtomicBool::new(false) }
    }

    /// Obeys the lease, and stops the job when it is not renewed for too long. Never returns.
    pub(crate) async fn watch(&self, signal: &watch::Sender<Signal>) -> ! {
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
                    raise(signal, lease.signal);
                }
                Ok(Err(error)) => log::warn!("the lease was not read: {error}"),
                Err(_) => log::warn!("the lease was not read in time"),
            }
            if renewed.1.elapsed() >= patience && *signal.borrow() == Signal::Run {
                log::warn!("the lease was not renewed: the job is stopped");
                // Who does not renew it may sleep, and reads no answer then.
                self.asked.store(true, Ordering::Relaxed);
                raise(signal, Signal::Stop);
            }
        }
    }

    async fn look(&self) -> Result<Lease, LeaseError> {
        let lease = self.store.get(&lease_key(&self.job.run)).await?;
        let lease: Lease = serde_json::from_slice(&lease.ok_or(LeaseError::Absent)?)?;
        if lease.hand_in.contains(&self.job) {
            self.asked.store(true, Ordering::Relaxed);
        }
        Ok(lease)
    }

    /// Whether the job's lines are asked for. Looks again: its answer may just have been cut.
    async fn is_asked(&self) -> bool {
        if !self.asked.load(Ordering::Relaxed)
            && let Err(error) = self.look().await
        {
            log::warn!("the lease was not read: {error}");
        }
        self.asked.load(Ordering::Relaxed)
    }

    /// Puts the job's lines into the bucket if they are missed, as is known, or as the lease says.
    /// Gives up before the deadline: an end by it would be an error.
    pub(crate) async fn hand_in(
        &self,
        missed: bool,
        packed: Option<Vec<u8>>,
        deadline: SystemTime,
    ) {
        let Some(packed) = packed else { return };
        let size = packed.len();
        let put = async {
            if missed || self.is_asked().await {
                self.store.put(&hand_in_key(&self.job), packed).await?;
                log::info!("handed in {size} bytes of lines");
            }
            Ok::<(), StoreError>(())
        };
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        match timeout(left.saturating_sub(LAST), put).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::error!("failed to hand in the lines: {error}"),
            Err(_) => log::error!("failed to hand in the lines: the function's time is up"),
        }
    }
}
