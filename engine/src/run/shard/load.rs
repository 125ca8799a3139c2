//! A thread's users and arrivals, each at its instant.

use std::{
    future::pending,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{select, sync::watch, task::JoinSet, time};

use super::Running;
use crate::{
    curve::{Life, LoadCurve, RateCurve},
    load::{Arrivals, Load},
    random::Random,
    run::{
        Orders, Setup,
        life::{Birth, live},
        pool::Pool,
        stop::End,
    },
    scenario::Turns,
    user::User,
};

impl Running {
    /// Makes the load until the window ends.
    pub(super) async fn load(&self, users: &mut JoinSet<()>) {
        match &self.shard.setup.job.load {
            Load::Users(_) => self.closed(users).await,
            Load::Arrivals(arrivals) => self.open(arrivals, users).await,
        }
    }

    /// The closed model: hatches users as the curve says, and as another one does from the moment
    /// on in which that is told.
    async fn closed(&self, users: &mut JoinSet<()>) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let mut orders = self.shard.orders.clone();
        let mut heard = Duration::ZERO;
        loop {
            let (load, change) = {
                let orders = orders.borrow_and_update();
                let change = job.changes_by(&orders).last().map_or(Duration::ZERO, |last| last.at);
                (job.load_by(&orders), change)
            };
            let Load::Users(curve) = load else { return };
            self.lives.follow(&curve, job.window.to(), *clock);
            self.context.stop.look_again();
            select! {
                biased;
                () = changed(&mut orders) => heard = clock.now(),
                () = self.hatch_all(&curve, (change, heard), users) => return,
            }
        }
    }

    /// Hatches those whose lives have not begun, until the window ends. The curve was changed at an
    /// instant, which was heard of at another: after it, lives that are over by then are no matter,
    /// and those that must begin again do so as late as that.
    async fn hatch_all(
        &self,
        curve: &LoadCurve,
        (change, heard): (Duration, Duration),
        users: &mut JoinSet<()>,
    ) {
        let turned = change.min(heard);
        let Setup { job, clock, .. } = &*self.shard.setup;
        let (from, turns) = (job.window.from(), self.turns(curve.most_users(job.window)));
        let continuing = curve.continuing(from);
        let lives = curve.lives(job.window, self.shard.share);
        for life in lives.filter(|life| life.to > heard && !self.lives.has(life, heard)) {
            let (due, birth) = if life.from < from && turned < from {
                let due = self.ready(life.user, continuing, heard);
                (due, Birth::Continues(clock.instant(from)))
            } else {
                let start = clock.instant(life.from.max(turned));
                (start, Birth::Hatched(start))
            };
            self.sleep_until(due).await;
            // Those whose lives are over are not kept.
            while users.try_join_next().is_some() {}
            self.hatch(users, life, &turns, birth);
        }
        self.end_of_window().await;
    }

    /// The open model: gets the pool ready, and gives it tasks as they arrive.
    async fn open(&self, arrivals: &Arrivals, users: &mut JoinSet<()>) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let (pool, clients) = (Rc::<Pool>::default(), arrivals.pool.get());
        let (from, turns) = (clock.instant(job.window.from()), self.turns(clients));
        let begun = clock.now();
        for user in self.shard.share.users(0..clients) {
            self.sleep_until(self.ready(user, clients, Duration::ZERO)).await;
            let life = Life { user, number: 0, from: Duration::ZERO, to: arrivals.rate.duration() };
            let birth = Birth::Joins(from, Rc::clone(&pool));
            self.hatch(users, life, &turns, birth);
        }
        self.begin(&arrivals.rate, &pool, begun).await;
        self.end_of_window().await;
    }

    /// Begins a task at each arrival, if one of the pool's users is idle. What was due before this
    /// thread had begun found nobody, and is not made up for.
    async fn begin(&self, rate: &RateCurve, pool: &Pool, begun: Duration) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        for arrival in self.shard.share.users(rate.arrivals(job.window)) {
            let Some(at) = rate.instant(arrival) else { break };
            let due = clock.instant(at);
            let is_missed = at < begun;
            if !is_missed {
                self.sleep_until(due).await;
            }
            if is_missed || !pool.give(due) {
                self.context.stats.borrow_mut().record_dropped();
            }
        }
        pool.heard().await;
    }

    /// When a user begins to get ready for the window, as one of so many: from the warm-up's
    /// beginning on, or from when it was heard that there are as many, zero if that was known
    /// before.
    fn ready(&self, user: u32, of: u32, heard: Duration) -> Instant {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let from = job.window.from();
        let warm_up = match heard {
            Duration::ZERO => job.warm_up,
            heard => job.warm_up.min(from.saturating_sub(heard)),
        };
        // The last fifth of the warm-up is left for the last user to get ready.
        let place = f64::from(user) / f64::from(of);
        let from = clock.instant(from);
        from.checked_sub(warm_up.mul_f64(1.0 - 0.8 * place)).unwrap_or(from)
    }

    /// Who is of which class, of so many users.
    fn turns(&self, users: u32) -> Turns {
        Turns::of(&self.shard.setup.scenario, users)
    }

    async fn end_of_window(&self) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        time::sleep_until(clock.instant(job.window.to()).into()).await;
    }

    async fn sleep_until(&self, due: Instant) {
        time::sleep_until(due.into()).await;
        self.context.delays.borrow_mut().record(due.elapsed());
    }

    fn hatch(&self, users: &mut JoinSet<()>, life: Life, turns: &Turns, birth: Birth) {
        let Setup { job, clock, scenario, hosts, .. } = &*self.shard.setup;
        let Some(class) = turns.class(life.user) else { return };
        let continues = !matches!(birth, Birth::Hatched(_));
        if continues {
            self.warm_up.expect();
        }
        let continues_in = if continues { job.id.interval } else { 0 };
        let random = Random::of_life(job.seed, life.user, life.number, continues_in);
        let (class, host) = (Arc::clone(&scenario.classes[class]), hosts[class].clone());
        let to = (life.to < job.window.to()).then_some(life.to);
        let end = End::at(to.map(|to| clock.instant(to)));
        let user = User::new(life.user, class, host, random, Rc::clone(&self.context))
            .living(life.number, end.clone());
        let (warm_up, lives, own) = (Rc::clone(&self.warm_up), Rc::clone(&self.lives), end.clone());
        let task = users.spawn_local(async move {
            let by_itself = live(user, birth, &warm_up).await;
            lives.over(&life, &own, by_itself);
        });
        self.lives.begin(&life, end, to, task);
    }
}

/// Returns when anything new was told; never, if nobody can tell it any more.
async fn changed(orders: &mut watch::Receiver<Orders>) {
    if orders.changed().await.is_err() {
        pending::<()>().await;
    }
}
