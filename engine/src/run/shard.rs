//! One thread's users.

mod load;

use std::{
    cell::Cell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use tokio::{
    runtime::{Builder, LocalOptions},
    select,
    sync::{mpsc, watch},
    task::{self, JoinSet},
    time,
};

use super::{Orders, RunError, Setup, Signal, lives::Lives, warm_up::WarmUp};
use crate::{
    feeder::Turn,
    frame::{Continuing, Health, LoadTimes, Second},
    http::{self, Addresses, Scratch},
    load::Load,
    share::Share,
    stats::{Latency, Stats},
    trace::Tracer,
    user::{Context, Telling},
};

/// What a thread tells.
pub(super) enum Report {
    /// What happened in a second, of the users of a share.
    Second(u32, Second),
    /// A share is done.
    End(u32, Result<ShardEnd, RunError>),
}

/// How a thread's work ended.
pub(super) struct ShardEnd {
    pub(super) load: Option<LoadTimes>,
    pub(super) continuing: Continuing,
    pub(super) cut_off: u64,
    pub(super) resent: u64,
    pub(super) stopped_early: bool,
}

/// One thread's part of a job.
pub(super) struct Shard {
    setup: Arc<Setup>,
    share: Share,
    orders: watch::Receiver<Orders>,
    telling: Option<Telling>,
    reports: mpsc::UnboundedSender<Report>,
}

impl Shard {
    pub(super) fn new(
        setup: Arc<Setup>,
        share: Share,
        orders: watch::Receiver<Orders>,
        telling: Option<Telling>,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self { setup, share, orders, telling, reports }
    }

    /// Runs to the end on the current thread.
    pub(super) fn run(self) {
        let (reports, share) = (self.reports.clone(), self.share.part_index());
        let runtime =
            Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
        let end = match runtime {
            Ok(runtime) => Ok(runtime.block_on(Running::new(self).run())),
            Err(error) => Err(RunError::Thread(error)),
        };
        // Without a receiver the job is over anyway.
        let _ = reports.send(Report::End(share, end));
    }
}

/// A thread at work.
struct Running {
    shard: Shard,
    context: Rc<Context>,
    warm_up: Rc<WarmUp>,
    /// When no user began anything new, once that is so.
    stopped_at: Rc<Cell<Option<Duration>>>,
    /// Users in the load.
    lives: Rc<Lives>,
}

impl Running {
    fn new(shard: Shard) -> Self {
        let setup = &shard.setup;
        let environment = Arc::new(setup.job.environment.clone());
        let http = http::Shared {
            settings: setup.scenario.http.clone(),
            addresses: Addresses::default(),
            tls: Arc::clone(&setup.tls),
            scratch: Scratch::default(),
            unexpected_body: shard.telling.as_ref().map_or(0, Telling::body),
            tracer: setup.job.traces.map(Tracer::new),
        };
        let turn = Turn {
            seed: setup.job.seed,
            users: setup.job.load.peak(),
            interval: setup.job.id.interval,
            intervals: setup.job.intervals,
            lives: setup.job.load.most_lives(),
        };
        let context = Context::new(environment, http, setup.scenario.feeding(turn), None)
            .telling(shard.telling.clone());
        Self {
            shard,
            context: Rc::new(context),
            warm_up: Rc::default(),
            stopped_at: Rc::default(),
            lives: Rc::default(),
        }
    }

    async fn run(self) -> ShardEnd {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let begun = clock.now();
        let ticker = Rc::new(self.ticker());
        let ticking = task::spawn_local(Rc::clone(&ticker).run());
        let lives = Rc::clone(&self.lives);
        let (clock, stop_timeout) = (*clock, job.stop_timeout);
        let cutting = task::spawn_local(async move { lives.cut_off(clock, stop_timeout).await });
        let mut users = JoinSet::new();
        let mut orders = self.shard.orders.clone();
        let stopped_early = select! {
            () = self.load(&mut users) => false,
            () = reached(&mut orders, Signal::Stop) => true,
            // Nobody takes what is measured any more: another thread has failed.
            () = self.shard.reports.closed() => true,
        };
        let stopped = clock.now();
        self.context.stop.stop();
        self.stopped_at.set(Some(stopped));
        select! {
            () = async { while users.join_next().await.is_some() {} } => {}
            () = time::sleep(job.stop_timeout) => {}
            () = reached(&mut orders, Signal::Abort) => {}
            () = self.shard.reports.closed() => {}
        }
        // Ending a user cuts off its request, which is counted.
        users.shutdown().await;
        ticking.abort();
        cutting.abort();
        ticker.report_rest();
        let from = (job.window.from() + self.late()).max(begun);
        ShardEnd {
            load: (stopped > from).then_some(LoadTimes { from, to: stopped }),
            continuing: self.warm_up.end(stopped.saturating_sub(job.window.from())),
            cut_off: self.context.cut_off.get(),
            resent: self.context.resent.get(),
            stopped_early,
        }
    }

    /// By how much the load began late, for want of users.
    fn late(&self) -> Duration {
        match self.shard.setup.job.load {
            Load::Users(_) => self.warm_up.latest(),
            // What nobody was ready for has been dropped.
            Load::Arrivals(_) => Duration::ZERO,
        }
    }

    fn ticker(&self) -> Ticker {
        Ticker {
            setup: Arc::clone(&self.shard.setup),
            context: Rc::clone(&self.context),
            stopped_at: Rc::clone(&self.stopped_at),
            lives: Rc::clone(&self.lives),
            share: self.shard.share.part_index(),
            reports: self.shard.reports.clone(),
            next: Cell::new(whole_seconds(self.shard.setup.clock.now())),
            measured: Cell::new((thread_cpu(), Instant::now())),
        }
    }
}

/// Reports each second.
struct Ticker {
    setup: Arc<Setup>,
    context: Rc<Context>,
    stopped_at: Rc<Cell<Option<Duration>>>,
    lives: Rc<Lives>,
    share: u32,
    reports: mpsc::UnboundedSender<Report>,
    /// The second to report next.
    next: Cell<u32>,
    /// The thread's processor time at the last report, and when that was.
    measured: Cell<(Duration, Instant)>,
}

impl Ticker {
    async fn run(self: Rc<Self>) {
        loop {
            let due = self.setup.clock.instant(Duration::from_secs(u64::from(self.next.get()) + 1));
            time::sleep_until(due.into()).await;
            self.context.delays.borrow_mut().record(due.elapsed());
            self.report();
        }
    }

    /// Reports what is left at the end: the current second, and one that ended just now.
    fn report_rest(&self) {
        while self.next.get() <= whole_seconds(self.setup.clock.now()) {
            self.report();
        }
    }

    fn report(&self) {
        let second = self.next.replace(self.next.get() + 1);
        let stats: Stats = self.context.stats.borrow_mut().take();
        let report =
            Second { second, seconds: 1, users: self.users(second), stats, health: self.health() };
        // Without a receiver the job is over anyway.
        let _ = self.reports.send(Report::Second(self.share, report));
    }

    /// Users in the last instant of a second. What matters is whether the load covers that
    /// instant, and not when this is asked: at a cut, one generator has them and the other none.
    fn users(&self, second: u32) -> u32 {
        let end = Duration::from_secs(u64::from(second) + 1);
        let window = self.setup.job.window;
        let ended =
            self.stopped_at.get().map_or(window.to(), |at| at.max(window.from()).min(window.to()));
        let active = self.lives.by(end);
        if end <= window.from() || end > ended { 0 } else { active }
    }

    fn health(&self) -> Health {
        let delay = std::mem::take::<Latency>(&mut self.context.delays.borrow_mut());
        let (cpu, at) = (thread_cpu(), Instant::now());
        let (last_cpu, last_at) = self.measured.get();
        if at - last_at < TELLING {
            return Health { delay, ..Health::default() };
        }
        self.measured.set((cpu, at));
        Health {
            thread_cpu_us: vec![micros(cpu.saturating_sub(last_cpu))],
            over_us: micros(at - last_at),
            delay,
        }
    }
}

/// The least time over which a thread's load says something: in the moment in which a job ends,
/// every thread is busy.
const TELLING: Duration = Duration::from_millis(500);

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Returns when a signal at least as strong comes; never, if nobody can send one any more.
async fn reached(orders: &mut watch::Receiver<Orders>, level: Signal) {
    if orders.wait_for(|orders| orders.signal >= level).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

/// Processor time of the current thread.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
