//! Telling listeners what all generators measured together.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::{
    frame::{Body, Frame, Health, Second},
    job::Job,
    job_id::JobId,
    listener::{Delivery, Listener},
    stats::Stats,
};
use futures_util::future::join_all;
use listeners::{Audience, AudienceError, Endpoint, Hearing, Listening, Origin, Vault};

/// How long a generator that lags behind is waited for. What comes later is told with what comes
/// then: nothing is left out.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells listeners what all generators measured together, second by second.
#[derive(Default)]
pub struct Emitter {
    listeners: Vec<Box<dyn Listener>>,
    /// What was not told yet, by second.
    open: BTreeMap<u32, Open>,
    /// The first second that was not told.
    next: u32,
    /// Of the generators that run, the first second that each has not reported.
    awaited: BTreeMap<JobId, u32>,
}

impl Emitter {
    /// To those of a run whom the controller tells; silent if there are none. What of their secrets
    /// is kept in AWS is taken from the vault.
    ///
    /// # Errors
    ///
    /// They cannot be told.
    pub fn start(
        listening: &Listening,
        run: &str,
        start: SystemTime,
        vault: Option<Arc<dyn Vault>>,
        endpoint: Option<Endpoint>,
    ) -> Result<Self, AudienceError> {
        let hearing = |endpoint| {
            let origin = Origin::of_run(listening.header.clone(), run);
            Hearing { origin, start, opens: true, speaks: true, hands_over: false, endpoint }
        };
        let told = listening.of_controller().outside_functions();
        // Who asks is answered at any time, also where those who are told hear once, at the end.
        let asking = Listening { systems: Vec::new(), final_only: false, ..listening.clone() };
        let told = Audience::start(&told, hearing(None), vault)?;
        let asking = Audience::start(&asking, hearing(endpoint), None)?;
        Ok(Self { listeners: told.into_iter().chain(asking).collect(), ..Self::default() })
    }

    /// A generator was asked for.
    pub(crate) fn begin(&mut self, job: &Job) {
        self.awaited.insert(job.id.clone(), whole_seconds(job.window.from()));
    }

    /// Nothing more comes of a generator.
    pub(crate) fn end(&mut self, job: &JobId) {
        self.awaited.remove(job);
    }

    /// A frame has come, for the first time.
    pub(crate) fn hear(&mut self, frame: &Frame) {
        let Body::Second(second) = &frame.body else { return };
        if self.listeners.is_empty() {
            return;
        }
        let span = second.span();
        if let Some(awaited) = self.awaited.get_mut(&frame.job) {
            *awaited = (*awaited).max(span.end);
        }
        // What lags behind counts where it is told.
        let at = (span.end - 1).max(self.next);
        self.open.entry(at).or_default().add(&frame.job, second);
    }

    /// Tells the seconds that are complete, or have been waited for long enough.
    pub(crate) fn tick(&mut self, elapsed: Duration) {
        let complete = self.awaited.values().copied().min().unwrap_or(u32::MAX);
        let patience = whole_seconds(elapsed.saturating_sub(PATIENCE));
        self.tell(complete.max(patience));
    }

    /// Tells the rest, which may take so long; then what became of all that was told.
    pub(crate) async fn finish(&mut self, stopped_early: bool, flush: Duration) -> Vec<Delivery> {
        self.tell(u32::MAX);
        let ends = self.listeners.drain(..).map(|listener| listener.end(stopped_early, flush));
        join_all(ends).await.concat()
    }

    /// Tells the seconds before one.
    fn tell(&mut self, before: u32) {
        while let Some(entry) = self.open.first_entry().filter(|entry| *entry.key() < before) {
            let (second, open) = entry.remove_entry();
            self.next = second + 1;
            let joined = open.joined(second);
            for listener in &mut self.listeners {
                listener.hear(&joined);
            }
        }
    }
}

/// A second that was not told yet.
#[derive(Default)]
struct Open {
    stats: Stats,
    health: Health,
    /// The users of each generator, as it reported them last: one that lags behind may report
    /// several seconds that are told as one, and has its users once.
    users: BTreeMap<JobId, u32>,
}

impl Open {
    fn add(&mut self, job: &JobId, second: &Second) {
        self.stats.merge(&second.stats);
        self.health.merge(&second.health);
        self.users.insert(job.clone(), second.users);
    }

    /// What was measured in it, wherever it was.
    fn joined(self, second: u32) -> Second {
        let Self { stats, health, users } = self;
        Second { second, seconds: 1, users: users.values().sum(), stats, health }
    }
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        future::{self, Future},
        pin::Pin,
        sync::{Arc, Mutex},
    };

    use super::*;

    /// Remembers what it hears: seconds, users and exceptions.
    #[derive(Clone, Default)]
    struct Ear(Arc<Mutex<Vec<(u32, u32, u64)>>>);

    impl Listener for Ear {
        fn hear(&mut self, second: &Second) {
            let count = second.stats.exceptions().iter().map(|(_, seen)| seen.count).sum();
            self.0.lock().unwrap().push((second.second, second.users, count));
        }

        fn end(
            self: Box<Self>,
            _stopped_early: bool,
            _flush: Duration,
        ) -> Pin<Box<dyn Future<Output = Vec<Delivery>> + Send>> {
            Box::pin(future::ready(Vec::new()))
        }
    }

    fn id(share: u32) -> JobId {
        JobId { run: "r".into(), interval: 0, region: "here".into(), share, attempt: 0 }
    }

    fn frame(share: u32, second: u32, users: u32) -> Frame {
        let mut stats = Stats::default();
        stats.record_exception("task", "message");
        let second = Second { second, seconds: 1, users, stats, health: Health::default() };
        Frame { job: id(share), sequence: 0, body: Body::Second(second) }
    }

    fn emitter(ear: &Ear) -> Emitter {
        let awaited = [(id(0), 0), (id(1), 0)].into();
        Emitter { listeners: vec![Box::new(ear.clone())], awaited, ..Emitter::default() }
    }

    fn told(ear: &Ear) -> Vec<(u32, u32, u64)> {
        std::mem::take(&mut ear.0.lock().unwrap())
    }

    #[test]
    fn a_second_is_told_when_all_have_reported_it() {
        let ear = Ear::default();
        let mut emitter = emitter(&ear);
        emitter.hear(&frame(0, 0, 2));
        emitter.hear(&frame(0, 1, 2));
        emitter.tick(Duration::from_secs(2));
        assert_eq!(told(&ear), []);
        emitter.hear(&frame(1, 0, 3));
        emitter.tick(Duration::from_secs(2));
        assert_eq!(told(&ear), [(0, 5, 2)]);
        emitter.end(&id(1));
        emitter.tick(Duration::from_secs(2));
        assert_eq!(told(&ear), [(1, 2, 1)]);
    }

    #[test]
    fn who_lags_behind_is_not_waited_for_and_nothing_is_lost() {
        let ear = Ear::default();
        let mut emitter = emitter(&ear);
        for second in 0..12 {
            emitter.hear(&frame(0, second, 1));
        }
        emitter.tick(Duration::from_secs(12));
        assert_eq!(told(&ear), [(0, 1, 1), (1, 1, 1)]);
        emitter.hear(&frame(1, 0, 1));
        emitter.tick(Duration::from_secs(13));
        assert_eq!(told(&ear), [(2, 2, 2)]);
        for second in 1..5 {
            emitter.hear(&frame(1, second, 1));
        }
        emitter.tick(Duration::from_secs(14));
        assert_eq!(told(&ear), [(3, 2, 4), (4, 2, 2)]);
    }
}
