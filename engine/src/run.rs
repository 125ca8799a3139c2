//! Running a job: its users on one thread per core, their statistics once a second.

mod clock;
mod life;
mod lives;
mod orders;
mod pool;
mod seconds;
mod shard;
pub(crate) mod stop;
mod warm_up;

use std::{num::NonZero, sync::Arc, thread};

use thiserror::Error;
use tokio::sync::{mpsc, watch};

pub use self::orders::{Orders, Signal};
use self::{
    clock::Clock,
    seconds::Seconds,
    shard::{Report, Shard, ShardEnd},
};
use crate::{
    environment::Environment,
    frame::{Body, Continuing, Ending, Final, Frame, LoadTimes},
    http::{Target, TargetError, TlsError, tls_config},
    job::Job,
    listener::{self, Listener},
    load::Load,
    scenario::{Scenario, UserClass},
    share::Share,
    stats::Digest,
    user::Telling,
};

/// Why a job cannot run.
#[derive(Debug, Error)]
pub enum RunError {
    /// A host in the environment or the scenario is none.
    #[error("the host is not usable: {0}")]
    Host(#[from] TargetError),
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No thread, or no timers or sockets on it.
    #[error("could not start a thread: {0}")]
    Thread(#[source] std::io::Error),
    /// A thread ended before its work.
    #[error("a thread of the generator ended unexpectedly")]
    Lost,
    /// The start is out of any clock's range.
    #[error("the test's start is too far away")]
    Start,
    /// Nobody takes the frames.
    #[error("the receiver of the statistics is gone")]
    NoReceiver,
}

/// A job that can run.
pub struct Runnable {
    setup: Arc<Setup>,
}

impl Runnable {
    /// Prepares a job.
    ///
    /// # Errors
    ///
    /// What keeps it from running at all.
    pub fn new(job: Job, scenario: Scenario) -> Result<Self, RunError> {
        let clock = Clock::of(job.start).ok_or(RunError::Start)?;
        Ok(Self { setup: Arc::new(Setup::new(job, scenario, clock)?) })
    }

    /// Runs it to its end, or until it is told to stop.
    ///
    /// # Errors
    ///
    /// A thread that does not start or is lost, and frames that nobody takes; failures of requests
    /// are results and no errors.
    pub async fn run(
        self,
        orders: watch::Receiver<Orders>,
        listener: Option<Box<dyn Listener>>,
        frames: mpsc::Sender<Frame>,
    ) -> Result<(), RunError> {
        let setup = &self.setup;
        let (reports, received) = mpsc::unbounded_channel();
        let shares = setup.shares();
        let telling = listener.as_ref().and_then(|listener| listener.failures()).map(Telling::new);
        for share in &shares {
            let (orders, telling) = (orders.clone(), telling.clone());
            let shard = Shard::new(Arc::clone(setup), *share, orders, telling, reports.clone());
            thread::Builder::new()
                .name(format!("users-{}", share.part_index()))
                .spawn(move || shard.run())
                .map_err(RunError::Thread)?;
        }
        drop((reports, telling));
        Coordinator::new(setup, &shares, orders, listener, frames).gather(received).await
    }
}

/// What the threads of a job share.
pub(crate) struct Setup {
    pub(crate) job: Job,
    pub(crate) scenario: Scenario,
    pub(crate) clock: Clock,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    /// The host of each user class, in their order.
    pub(crate) hosts: Vec<Option<Target>>,
}

impl Setup {
    fn new(job: Job, scenario: Scenario, clock: Clock) -> Result<Self, RunError> {
        let hosts = hosts(&scenario, &job.environment)?;
        let tls = tls_config(&scenario.http)?;
        Ok(Self { job, scenario, clock, tls, hosts })
    }

    /// One share of the job's users for each core that may be used. Those of a pool are known
    /// from the beginning, and there is none without users.
    fn shares(&self) -> Vec<Share> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let cores = u32::try_from(cores).unwrap_or(u32::MAX);
        let threads = match &self.job.load {
            Load::Users(_) => cores,
            Load::Arrivals(arrivals) => {
                cores.clamp(1, self.job.share.count(arrivals.pool.get()).max(1))
            }
        };
        (0..threads).filter_map(|index| self.job.share.part(index, threads).ok()).collect()
    }
}

/// The host of each user class, in their order: its own, or else the environment's.
pub(crate) fn hosts(
    scenario: &Scenario,
    environment: &Environment,
) -> Result<Vec<Option<Target>>, TargetError> {
    let host = |class: &Arc<UserClass>| {
        class
            .host
            .as_ref()
            .or(environment.host.as_ref())
            .map(|host| Target::parse(host))
            .transpose()
    };
    scenario.classes.iter().map(host).collect()
}

/// Joins what the threads report into frames.
struct Coordinator<'a> {
    setup: &'a Setup,
    shards: usize,
    ended: Vec<ShardEnd>,
    seconds: Seconds,
    digest: Digest,
    listener: Option<Box<dyn Listener>>,
    sequence: u64,
    orders: watch::Receiver<Orders>,
    frames: mpsc::Sender<Frame>,
}

impl<'a> Coordinator<'a> {
    fn new(
        setup: &'a Setup,
        shares: &[Share],
        orders: watch::Receiver<Orders>,
        listener: Option<Box<dyn Listener>>,
        frames: mpsc::Sender<Frame>,
    ) -> Self {
        Self {
            setup,
            shards: shares.len(),
            ended: Vec::new(),
            seconds: Seconds::of(shares.iter().map(|share| share.part_index())),
            digest: Digest::default(),
            listener,
            sequence: 0,
            orders,
            frames,
        }
    }

    async fn gather(
        mut self,
        mut reports: mpsc::UnboundedReceiver<Report>,
    ) -> Result<(), RunError> {
        while let Some(report) = reports.recv().await {
            match report {
                Report::Second(share, second) => self.seconds.add(share, second),
                Report::End(share, end) => {
                    self.ended.push(end?);
                    self.seconds.end(share);
                }
            }
            for second in self.seconds.complete() {
                self.digest += second.stats.digest();
                if let Some(listener) = &mut self.listener {
                    listener.hear(&second);
                }
                self.send(Body::Second(second)).await?;
            }
        }
        if self.ended.len() < self.shards {
            return Err(RunError::Lost);
        }
        let ending = self.ending();
        let deliveries = match self.listener.take() {
            Some(listener) => {
                let flush = listener::flush(self.orders.borrow().signal);
                listener.end(ending.stopped_early, flush).await
            }
            None => Vec::new(),
        };
        let last = Final { digest: self.digest, ending, deliveries };
        self.send(Body::Final(last)).await
    }

    async fn send(&mut self, body: Body) -> Result<(), RunError> {
        let frame = Frame { job: self.setup.job.id.clone(), sequence: self.sequence, body };
        self.sequence += 1;
        self.frames.send(frame).await.map_err(|_| RunError::NoReceiver)
    }

    fn ending(&self) -> Ending {
        let job = &self.setup.job;
        let mut continuing = Continuing::default();
        for end in &self.ended {
            continuing.users += end.continuing.users;
            continuing.late += end.continuing.late;
            continuing.latest = continuing.latest.max(end.continuing.latest);
        }
        let load: Vec<LoadTimes> = self.ended.iter().filter_map(|end| end.load).collect();
        let from = load.iter().map(|times| times.from).max();
        let to = load.iter().map(|times| times.to).min();
        let planned = job.load_by(&self.orders.borrow());
        Ending {
            load: from.zip(to).map(|(from, to)| LoadTimes { from, to }),
            users: job.share.count(planned.most_users(job.window)),
            continuing,
            cut_off: self.ended.iter().map(|end| end.cut_off).sum(),
            resent: self.ended.iter().map(|end| end.resent).sum(),
            stopped_early: self.ended.iter().any(|end| end.stopped_early),
        }
    }
}
