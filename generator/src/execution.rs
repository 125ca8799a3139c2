//! A job that runs, and what becomes of its lines.

use std::{
    future::pending,
    time::{Duration, SystemTime},
};

use engine::{
    generator::{Generator, JobError},
    listener::Listener,
    run::Orders,
};
use tokio::{
    join, select,
    sync::{mpsc, watch},
};

use crate::{deadline, kept::Kept, leasing::Leasing, outbox::Outbox};

/// How many lines may wait to be looked at before the generator waits.
const WAITING: usize = 64;

/// A job on its way to its end.
pub(crate) struct Execution {
    pub(crate) generator: Generator,
    pub(crate) listener: Option<Box<dyn Listener>>,
    pub(crate) limits: Limits,
    pub(crate) kept: Kept,
}

/// What may end a job before its time.
pub(crate) struct Limits {
    pub(crate) stop_timeout: Duration,
    /// When Lambda ends the process.
    pub(crate) deadline: SystemTime,
    pub(crate) leasing: Option<Leasing>,
}

impl Execution {
    /// Runs the job while its lines leave through the outbox, then hands them in. An end before its time shows as the lack of a final frame.
    pub(crate) async fn stream(self, mut outbox: Outbox) {
        let Self { generator, listener, limits, mut kept } = self;
        let ended = limits.run(generator, listener, |line| {
            kept.push(&line);
            outbox.send(line);
        });
        if let Err(error) = ended.await {
            log::error!("the job did not come to its end: {error}");
        }
        if let Some(leasing) = &limits.leasing {
            leasing.hand_in(kept.pack(), limits.deadline).await;
        }
    }

    /// Runs the job, hands its lines in, and gives them, packed.
    pub(crate) async fn whole(self) -> Result<Option<Vec<u8>>, JobError> {
        let Self { generator, listener, limits, mut kept } = self;
        limits.run(generator, listener, |line| kept.push(&line)).await?;
        let packed = kept.pack();
        if let Some(leasing) = &limits.leasing {
            leasing.hand_in(packed.clone(), limits.deadline).await;
        }
        Ok(packed)
    }
}

impl Limits {
    async fn run(
        &self,
        generator: Generator,
        listener: Option<Box<dyn Listener>>,
        mut each: impl FnMut(Vec<u8>),
    ) -> Result<(), JobError> {
        let (orders, heard) = watch::channel(Orders::default());
        let (sender, mut lines) = mpsc::channel(WAITING);
        let collect = async {
            while let Some(line) = lines.recv().await {
                each(line);
            }
        };
        select! {
            (ended, ()) = async { join!(generator.run(heard, listener, sender), collect) } => ended,
            never = deadline::watch(self.deadline, self.stop_timeout, &orders) => never,
            never = self.watch_lease(&orders) => never,
        }
    }

    async fn watch_lease(&self, orders: &watch::Sender<Orders>) -> ! {
        match &self.leasing {
            Some(leasing) => leasing.watch(orders).await,
            None => pending().await,
        }
    }
}
