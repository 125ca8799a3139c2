//! Keeping a run's lease.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use cloud::{
    lease::{Lease, Leased, lease_key},
    store::Store,
};
use engine::run::{Orders, Signal};
use tokio::{
    select,
    sync::{OnceCell, watch},
    task::JoinSet,
    time,
};

use crate::plan::{LEASE_EVERY, RENEW_EVERY};

/// How soon a renewal that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// How long a lease holds without a renewal: longer than a network is usually away.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long the first word may take to be written until functions are asked for all the same.
const FIRST_WORD: Duration = Duration::from_secs(2);

/// How long the last word may take to be written.
const LAST_WORD: Duration = Duration::from_secs(3);

/// Renews a run's lease in each region, and passes on what functions are told.
pub(super) struct Keeper {
    key: String,
    stores: Vec<Store>,
    lease: watch::Sender<Lease>,
    started: OnceCell<()>,
    tasks: Mutex<JoinSet<()>>,
}

impl Keeper {
    /// The lease of a run; nothing is written before it starts.
    pub(super) fn new(run: &str, stores: impl IntoIterator<Item = Store>) -> Self {
        Self {
            key: lease_key(run),
            stores: stores.into_iter().collect(),
            lease: watch::Sender::default(),
            started: OnceCell::new(),
            tasks: Mutex::default(),
        }
    }

    /// Grants the lease, and begins to renew it; the first time, and not again.
    pub(super) async fn start(&self, orders: &watch::Receiver<Orders>) {
        let start = async {
            // A region whose bucket is slow must not keep the others waiting; its functions bear
            // with a lease that comes late.
            if time::timeout(FIRST_WORD, self.write_everywhere()).await.is_err() {
                log::warn!("the lease was not granted everywhere in time; it will be");
            }
            let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            tasks.spawn(follow(orders.clone(), self.lease.clone()));
            for store in &self.stores {
                tasks.spawn(renew(self.key.clone(), store.clone(), self.lease.subscribe()));
            }
        };
        self.started.get_or_init(|| start).await;
    }

    /// Says for the last time that all shall end.
    pub(super) async fn finish(&self) {
        if self.started.initialized() {
            let mut tasks =
                std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            // A renewal on its way would come after the last word.
            tasks.abort_all();
            while tasks.join_next().await.is_some() {}
            self.lease.send_modify(|lease| lease.orders.signal = Signal::Abort);
            if time::timeout(LAST_WORD, self.write_everywhere()).await.is_err() {
                log::warn!("the lease could not be ended; it ends by itself");
            }
        }
    }

    async fn write_everywhere(&self) {
        let mut writes = JoinSet::new();
        for store in &self.stores {
            let (key, store) = (self.key.clone(), store.clone());
            let lease = self.lease.borrow().clone();
            writes.spawn(async move { write(&key, &store, &lease).await });
        }
        writes.join_all().await;
    }
}

/// What a function is told of a lease.
pub(super) fn leased(bucket: &str) -> Leased {
    Leased { bucket: bucket.into(), every: LEASE_EVERY, patience: PATIENCE }
}

/// Passes on what the run's jobs are told.
async fn follow(mut orders: watch::Receiver<Orders>, lease: watch::Sender<Lease>) {
    while orders.changed().await.is_ok() {
        let orders = orders.borrow_and_update().clone();
        lease.send_if_modified(|lease| lease.orders.heed(&orders));
    }
    // The run is over; `finish` has the last word.
    std::future::pending::<()>().await;
}

/// Renews the lease in one region.
async fn renew(key: String, store: Store, mut lease: watch::Receiver<Lease>) {
    let mut renewal = 0;
    let mut pause = AGAIN;
    loop {
        select! {
            () = time::sleep(pause) => {}
            changed = lease.changed() => if changed.is_err() { return },
        }
        renewal += 1;
        let lease = Lease { renewal, ..lease.borrow_and_update().clone() };
        pause = if write(&key, &store, &lease).await { RENEW_EVERY } else { AGAIN };
    }
}

async fn write(key: &str, store: &Store, lease: &Lease) -> bool {
    let text = serde_json::to_vec(lease).expect("a lease is valid JSON");
    let written = store.put(key, text).await;
    if let Err(error) = &written {
        log::warn!("cannot renew the lease: {error}");
    }
    written.is_ok()
}
