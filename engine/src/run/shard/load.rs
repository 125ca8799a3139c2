//! A thread's users and arrivals, each at its instant.

use std::{
    pin::pin,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time};

use super::Running;
use crate::{
    curve::{Life, LoadCurve, RateCurve},
    load::{Arrivals, Load},
    random::Random,
    run::{
        Setup,
        life::{Birth, live},
        pool::Pool,
    },
    scenario::Turns,
    user::User,
};

impl Running {
    /// Makes the load until the window ends.
    pub(super) async fn load(&self, users: &mut JoinSet<()>) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        match &job.load {
            Load::Users(curve) => self.closed(curve, users).await,
            Load::Arrivals(arrivals) => self.open(arrivals, users).await,
        }
        time::sleep_until(clock.instant(job.window.to()).into()).await;
    }

    /// The closed model: hatches users as the curve says.
    async fn closed(&self, curve: &LoadCurve, users: &mut JoinSet<()>) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let (from, turns) = (job.window.from(), self.turns());
        let continuing = curve.continuing(from);
        for life in curve.lives(job.window, self.shard.share) {
            let (due, birth) = if life.from < from {
                let due = self.ready(life.user, continuing);
                (due, Birth::Continues(clock.instant(from)))
            } else {
                let start = clock.instant(life.from);
                (start, Birth::Hatched(start))
            };
            self.sleep_until(due).await;
            // Those whose lives are over are not kept.
            while users.try_join_next().is_some() {}
            self.hatch(users, life, &turns, birth);
        }
    }

    /// The open model: gets the pool ready, and gives it tasks as they arrive.
    async fn open(&self, arrivals: &Arrivals, users: &mut JoinSet<()>) {
        let Setup { job, clock, .. } = &*self.shard.setup;
        let (from, turns) = (clock.instant(job.window.from()), self.turns());
        let begun = clock.now();
        let (pool, clients) = (Rc::<Pool>::default(), arrivals.pool.get());
        for user in self.shard.share.users(0..clients) {
            self.sleep_until(self.ready(user, clients)).await;
            let life = Life { user, number: 0, from: Duration::ZERO, to: arrivals.rate.duration() };
            let birth = Birth::Joins(from, Rc::clone(&pool));
            self.hatch(users, life, &turns, birth);
        }
        self.begin(&arrivals.rate, &pool, begun).await;
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

    /// When a user begins to get ready for the window, as one of so many.
    fn ready(&self, user: u32, of: u32) -> Instant {
        let Setup { job, clock, .. } = &*self.shard.setup;
        // The last fifth of the warm-up is left for the last user to get ready.
        let place = f64::from(user) / f64::from(of);
        let lead = job.warm_up.mul_f64(1.0 - 0.8 * place);
        let from = clock.instant(job.window.from());
        from.checked_sub(lead).unwrap_or(from)
    }

    fn turns(&self) -> Turns {
        let Setup { job, scenario, .. } = &*self.shard.setup;
        Turns::of(scenario, job.load.most_users(job.window))
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
        let own_end = (life.to < job.window.to()).then_some(life.to);
        let end = own_end.map(|end| clock.instant(end));
        let user = User::new(life.user, class, host, random, Rc::clone(&self.context))
            .living(life.number, end);
        let (warm_up, stop_timeout) = (Rc::clone(&self.warm_up), job.stop_timeout);
        let active = Rc::clone(&self.active);
        users.spawn_local(async move {
            let life = pin!(live(user, birth, &warm_up));
            let stopped_by_itself = match end {
                // Ending a user cuts off its request, which is counted.
                Some(end) => time::timeout_at((end + stop_timeout).into(), life).await,
                None => Ok(life.await),
            };
            if stopped_by_itself == Ok(true) {
                active.leave(own_end);
            }
        });
        self.active.add(own_end);
    }
}
