//! Jobs in Lambda functions.
//!
//! An invocation is never repeated unless it surely did not begin: who asks twice may load twice.
//! What is not known is settled through the bucket: a job is begun only by who claims it there
//! first, so the laptop claims a job of which it has heard nothing, and knows; and each hands in its
//! lines there when it ends, from where those are fetched whose answer broke off.

mod answer;
mod billing;
mod clock;
mod failure;
mod keeper;
mod lines;
mod ping;
mod reading;
mod region;

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use cloud::{
    ask::{Ask, Run},
    claim::claim,
    lease::hand_in_key,
    reply::unpack,
};
use engine::{
    job::Job,
    run::{Orders, Signal},
};
use listeners::Listening;
use tokio::{
    select,
    sync::{mpsc, watch},
    time,
};

use self::{
    answer::Answer,
    failure::Failure,
    keeper::{Keeper, leased},
    reading::{Patience, Reading},
};
pub use self::{
    clock::Offset,
    ping::{PingError, Pong},
    region::Region,
};
use super::{Arrived, Facts, Invocation, Invoke, InvokeError, Pace};
use crate::plan::{LEAD, LEASE_EVERY};

/// How long functions that are told to end at once may take: they look each second, and the rest is
/// for the way.
const GRACE: Duration = Duration::from_secs(5);

/// How long a word to the functions may take until each of them has it, beside the time until it looks:
/// it is written, and read.
const NOTICE: Duration = Duration::from_secs(2);

/// How late a function may come up and still run its job.
const LATEST: Duration = Duration::from_secs(10);

/// How long a function that makes load may say nothing, though it has something to say each second.
const QUIET: Duration = Duration::from_secs(30);

/// The first and the longest wait before asking again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// How often is looked whether a job has handed in its lines.
const LOOK: Duration = Duration::from_secs(2);

/// How long after its end a job may take to hand in its lines.
const HANDING_IN: Duration = Duration::from_secs(20);

/// Runs jobs in the functions of some regions.
#[derive(Clone)]
pub struct Lambda(Arc<Inner>);

struct Inner {
    regions: BTreeMap<String, Region>,
    offset: Offset,
    keeper: Keeper,
    listening: Listening,
}

impl Lambda {
    /// With these regions, by name, whose clocks are `offset` ahead of this machine's, and somebody
    /// who hears of each job. Where they have a bucket, a lease is kept there for the run.
    pub fn new(
        run: &str,
        regions: BTreeMap<String, Region>,
        offset: Offset,
        listening: &Listening,
    ) -> Self {
        let stores = regions.values().filter_map(|region| region.store().cloned());
        let keeper = Keeper::new(run, stores);
        let listening = listening.of_generators();
        Self(Arc::new(Inner { regions, offset, keeper, listening }))
    }
}

impl Invoke for Lambda {
    fn invoke(
        &self,
        job: Job,
        orders: watch::Receiver<Orders>,
        frames: mpsc::Sender<Arrived>,
    ) -> Pin<Box<dyn Future<Output = Invocation> + Send>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let mut errand = Errand { inner, job, orders, frames, facts: Facts::default() };
            let result = errand.run().await;
            let never_began = matches!(result, Err(InvokeError::NotBegun(_)));
            Invocation { facts: Facts { never_began, ..errand.facts }, result }
        })
    }

    fn pace(&self) -> Pace {
        let hears = self.0.regions.values().all(|region| region.store().is_some());
        Pace { lead: LEAD, grace: GRACE, notice: hears.then_some(LEASE_EVERY + NOTICE) }
    }

    /// Functions that nobody has heard of for a while may still be there.
    fn finish(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.0.keeper.finish())
    }
}

/// One job on its way.
struct Errand {
    inner: Arc<Inner>,
    job: Job,
    orders: watch::Receiver<Orders>,
    frames: mpsc::Sender<Arrived>,
    facts: Facts,
}

impl Errand {
    async fn run(&mut self) -> Result<(), InvokeError> {
        let inner = Arc::clone(&self.inner);
        let name = &self.job.id.region;
        let unknown = || InvokeError::Generator(format!("there is no function in {name}"));
        let region = inner.regions.get(name).ok_or_else(unknown)?;
        inner.keeper.start(&self.orders).await;
        let answer = match self.answer(region).await {
            Ok(answer) => answer,
            Err(InvokeError::CutOff(why)) => return self.settle(region, false, why).await,
            Err(error) => return Err(error),
        };
        let mut reading = Reading::new(&self.job, self.quiet_until());
        let ended = reading.read(answer, &self.frames).await;
        let greeted = reading.greeted();
        reading.note(&mut self.facts);
        match ended {
            Err(InvokeError::CutOff(why)) => self.settle(region, greeted, why).await,
            ended => ended,
        }
    }

    /// Asks until there is an answer, as long as no function can have begun.
    async fn answer(&mut self, region: &Region) -> Result<Answer, InvokeError> {
        let payload = serde_json::to_vec(&self.ask(region)).expect("a job is valid JSON");
        loop {
            match region.ask(payload.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Busy(why) | Failure::Unreachable(why)) => self.back_off(why).await?,
                Err(Failure::Refused(why)) => return Err(InvokeError::NotBegun(why)),
                Err(Failure::Unknown(why)) => return Err(InvokeError::CutOff(why)),
            }
        }
    }

    fn ask(&self, region: &Region) -> Ask {
        let (job, listening) = (self.job.clone(), self.inner.listening.clone());
        let latest = (job.window.from() + LATEST).min(job.window.to());
        let start_by = job.start + latest;
        let lease = region.bucket().map(leased);
        Ask::Run(Box::new(Run { job, listening, start_by, lease, reply: region.reply() }))
    }

    /// Waits before the job is asked for again; fails once that is too late, as another takes over
    /// then.
    async fn back_off(&mut self, why: String) -> Result<(), InvokeError> {
        let (first, longest) = BACK_OFF;
        let wait = first.saturating_mul(1 << self.facts.throttled.min(8)).min(longest);
        if self.left(self.job.window.from()) <= wait {
            return Err(InvokeError::NotBegun(why));
        }
        self.facts.throttled += 1;
        select! {
            () = time::sleep(wait) => Ok(()),
            _ = self.orders.wait_for(|orders| orders.signal > Signal::Run) => {
                Err(InvokeError::NotBegun("the run was stopped".into()))
            }
        }
    }

    /// The time from now to one since the test's start, by the functions' clocks.
    fn left(&self, at: Duration) -> Duration {
        let now = self.inner.offset.there(SystemTime::now());
        (self.job.start + at).duration_since(now).unwrap_or_default()
    }

    /// When a function that has said nothing is given up.
    fn quiet_until(&self) -> Patience {
        let load = time::Instant::now() + self.left(self.job.window.from());
        Patience { load, quiet: QUIET }
    }

    /// Finds out what became of a job whose answer broke off, and fetches its lines when it ends.
    async fn settle(
        &mut self,
        region: &Region,
        greeted: bool,
        why: String,
    ) -> Result<(), InvokeError> {
        let Some(store) = region.store() else { return Err(InvokeError::CutOff(why)) };
        let ending = self.job.stop_timeout + HANDING_IN;
        let mut deadline = time::Instant::now() + self.left(self.job.window.to() + ending);
        let mut told = self.orders.borrow_and_update().signal;
        let mut begun = greeted;
        loop {
            if !begun {
                match claim(store, &self.job.id, "the laptop").await {
                    // Whoever comes up now finds that the job was begun, and does nothing.
                    Ok(true) => return Err(InvokeError::NotBegun(why)),
                    Ok(false) => begun = true,
                    // Nothing may be reached just now: what the bucket knows, it will know later.
                    Err(error) => log::warn!("{}: cannot claim: {error}", self.job.id),
                }
            }
            select! {
                () = time::sleep(LOOK) => {}
                Ok(()) = self.orders.changed() => {}
            }
            let signal = self.orders.borrow_and_update().signal;
            if signal == Signal::Abort {
                return Err(InvokeError::CutOff(why));
            }
            if signal > told {
                // It was told to stop, too, and ends as soon.
                told = signal;
                deadline = deadline.min(time::Instant::now() + ending);
            }
            match store.get(&hand_in_key(&self.job.id)).await {
                Ok(Some(packed)) => return self.take_in(&packed).await,
                Ok(None) => {}
                Err(error) => log::warn!("{}: cannot look for its lines: {error}", self.job.id),
            }
            if time::Instant::now() >= deadline {
                return Err(InvokeError::CutOff(why));
            }
        }
    }

    /// Hands on the lines that a job handed in. Those that had arrived are known by their numbers.
    async fn take_in(&mut self, packed: &[u8]) -> Result<(), InvokeError> {
        let lines = unpack(packed).map_err(|error| InvokeError::Generator(error.to_string()))?;
        self.facts.handed_in = true;
        let mut reading = Reading::new(&self.job, self.quiet_until());
        reading.take(&lines, &self.frames).await?;
        reading.note(&mut self.facts);
        if reading.is_complete() { Ok(()) } else { Err(InvokeError::NoFinal) }
    }
}
