//! One thread's users.

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
    task::JoinSet,
    time,
};

use super::{
    RunError, Setup, Signal,
    arrivals::Arrivals,
    life::{Birth, live},
};
use crate::{
    feeder::Turn,
    frame::{Continuing, Health, LoadTimes, Second},
    http::{self, Addresses, Scratch, Target},
    random::Random,
    scenario::UserClass,
    share::Share,
    stats::{Latency, Stats},
    user::{Context, User},
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
    signal: watch::Receiver<Signal>,
    reports: mpsc::UnboundedSender<Report>,
}

impl Shard {
    pub(super) fn new(
        setup: Arc<Setup>,
        share: Share,
        signal: watch::Receiver<Signal>,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self { setup, share, signal, reports }
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
    arrivals: Rc<Arrivals>,
    /// When no user began anything new, once that is so.
    stopped_at: Rc<Cell<Option<Duration>>>,
    /// Users in the load.
    hatched: Rc<Cell<u32>>,
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
        };
        let turn = Turn {
            seed: setup.job.seed,
            users: setup.job.curve.peak(),
            interval: setup.job.id.interval,
            intervals: setup.job.intervals,
        };
        let context = Context::new(environment, http, setup.scenario.feeding(turn), None);
        Self {
            shard,
            context: Rc::new(context),
            arrivals: Rc::default(),
            stopped_at: Rc::default(),
            hatched: Rc::default(),
        }
    }

    async fn run(self) -> ShardEnd {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let begun = clock.now();
        let ticker = Rc::new(self.ticker());
        let ticking = tokio::task::spawn_local(Rc::clone(&ticker).run());
        let mut users = JoinSet::new();
        let mut signal = self.shard.signal.clone();
        let stopped_early = select! {
            () = self.load(&mut users) => false,
            () = reached(&mut signal, Signal::Stop) => true,
            // Nobody takes what is measured any more: another thread has failed.
            () = self.shard.reports.closed() => true,
        };
        let stopped = clock.now();
        self.context.stop.stop();
        self.stopped_at.set(Some(stopped));
        select! {
            () = async { while users.join_next().await.is_some() {} } => {}
            () = time::sleep(job.stop_timeout) => {}
            () = reached(&mut signal, Signal::Abort) => {}
            () = self.shard.reports.closed() => {}
        }
        // Ending a user cuts off its request, which is counted.
        users.shutdown().await;
        ticking.abort();
        ticker.report_rest();
        let from = (job.window.from() + self.arrivals.seen().latest).max(begun);
        ShardEnd {
            load: (stopped > from).then_some(LoadTimes { from, to: stopped }),
            continuing: self.arrivals.seen(),
            cut_off: self.context.cut_off.get(),
            resent: self.context.resent.get(),
            stopped_early,
        }
    }

    /// Hatches users as the curve says, until the window ends.
    async fn load(&self, users: &mut JoinSet<()>) {
        let Setup { job, clock, scenario, hosts, .. } = &*self.shard.setup;
        let (from, to) = (job.window.from(), job.window.to());
        let end = job.curve.users_before(to);
        let continuing = job.curve.users_before(from);
        let classes = scenario.classes_of_users().zip(0..end);
        let own = classes.filter(|(_, user)| self.shard.share.owns(*user));
        for (class, user) in own {
            let Some(start) = job.curve.start_of(user) else { break };
            let (due, birth) = if start < from {
                // The last fifth of the warm-up is left for the last user to get ready.
                let place = f64::from(user) / f64::from(continuing);
                let lead = job.warm_up.mul_f64(1.0 - 0.8 * place);
                (from.saturating_sub(lead), Birth::Continues(clock.instant(from)))
            } else {
                (start, Birth::Hatched(clock.instant(start)))
            };
            let due = clock.instant(due);
            time::sleep_until(due.into()).await;
            self.context.delays.borrow_mut().record(due.elapsed());
            let index = scenario.classes.iter().position(|other| Arc::ptr_eq(class, other));
            let host = index.and_then(|index| hosts[index].clone());
            self.hatch(users, user, class, host, birth);
        }
        time::sleep_until(clock.instant(to).into()).await;
    }

    fn hatch(
        &self,
        users: &mut JoinSet<()>,
        id: u32,
        class: &Arc<UserClass>,
        host: Option<Target>,
        birth: Birth,
    ) {
        let job = &self.shard.setup.job;
        let continues = matches!(birth, Birth::Continues(_));
        if continues {
            self.arrivals.expect();
        }
        let continues_in = if continues { job.id.interval } else { 0 };
        let random = Random::of_user(job.seed, id, continues_in);
        let user = User::new(id, Arc::clone(class), host, random, Rc::clone(&self.context));
        let arrivals = Rc::clone(&self.arrivals);
        users.spawn_local(async move { live(user, birth, &arrivals).await });
        self.hatched.update(|users| users + 1);
    }

    fn ticker(&self) -> Ticker {
        Ticker {
            setup: Arc::clone(&self.shard.setup),
            context: Rc::clone(&self.context),
            stopped_at: Rc::clone(&self.stopped_at),
            hatched: Rc::clone(&self.hatched),
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
    hatched: Rc<Cell<u32>>,
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
        if end <= window.from() || end > ended { 0 } else { self.hatched.get() }
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
async fn reached(signal: &mut watch::Receiver<Signal>, level: Signal) {
    if signal.wait_for(|signal| *signal >= level).await.is_err() {
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
