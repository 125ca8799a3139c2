//! All who hear of a generator, on a thread of their own.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

use engine::{
    frame::Second,
    job::Job,
    listener::{Delivery, Failures, Listener},
};
use rustix::process::nice;
use thiserror::Error;
use tokio::{
    runtime::{Builder, LocalOptions},
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::{
    Endpoint, Gathering, Listening, Origin, Report, Vault,
    room::{News, Room},
};

/// How many reports, and how many failed requests, may wait for the thread.
const WAITING_REPORTS: usize = 64;
const WAITING_FAILED: usize = 1024;

/// How long it may take, when the load has ended, to say what was not said.
pub const FLUSH: Duration = Duration::from_secs(3);

/// How much longer the thread itself may take to end. Both together are a part of what the plan
/// keeps free of a function's life after its load.
const ENDING: Duration = Duration::from_millis(500);

/// How much nicer the thread is to the users' threads than they are to each other.
const NICE: i32 = 10;

/// Why nobody hears.
#[derive(Debug, Error)]
pub enum AudienceError {
    /// There is no thread for them.
    #[error("could not start the listeners' thread: {0}")]
    Thread(#[from] io::Error),
}

/// What a generator's, or a run's, audience hears of.
pub struct Hearing {
    /// Who measures.
    pub origin: Origin,
    /// The instant of the test's start.
    pub start: SystemTime,
    /// Whether the test begins with it.
    pub opens: bool,
    /// Whether it is the one, of all that measure together, that tells when the test begins and
    /// ends.
    pub speaks: bool,
    /// Whether another generator goes on where it ends, if it is not stopped before.
    pub hands_over: bool,
    /// Where it can be asked what was heard, besides.
    pub endpoint: Option<Endpoint>,
}

impl Hearing {
    /// Of a job. One of a test's first jobs tells that it begins, and one of its last ones, or of
    /// those that are stopped, that it ends.
    pub fn of_job(listening: &Listening, job: &Job) -> Self {
        Self {
            origin: Origin::of_job(listening.header.clone(), &job.id),
            start: job.start,
            opens: job.id.interval == 0 && job.id.attempt == 0,
            speaks: job.share.index() == 0,
            hands_over: job.id.interval + 1 < job.intervals,
            endpoint: None,
        }
    }
}

/// All who hear of a generator.
pub struct Audience {
    gathering: Gathering,
    to: mpsc::Sender<News>,
    failures: Option<Failures>,
    /// Reports that found no room.
    missed: u64,
    names: Vec<&'static str>,
    ended: oneshot::Receiver<Vec<Delivery>>,
}

impl Audience {
    /// Starts their thread; none if nobody is to hear.
    ///
    /// # Errors
    ///
    /// Nobody hears then.
    pub fn start(
        listening: &Listening,
        hearing: Hearing,
        vault: Option<Arc<dyn Vault>>,
    ) -> Result<Option<Box<dyn Listener>>, AudienceError> {
        let systems: Vec<_> =
            listening.systems.iter().filter(|system| system.is_told()).cloned().collect();
        if systems.is_empty() && hearing.endpoint.is_none() {
            return Ok(None);
        }
        let every = (!listening.final_only).then_some(listening.every);
        let gathering = Gathering::new(hearing.start, every);
        let (to, news) = mpsc::channel(WAITING_REPORTS);
        let (told, ended) = oneshot::channel();
        let (sender, failed) = mpsc::channel(WAITING_FAILED);
        let names = systems.iter().map(|system| system.kind().name()).collect();
        let room = Room { systems, hearing, vault };
        thread::Builder::new().name("listeners".into()).spawn(move || {
            // On Linux this is of the thread, not of the process.
            let _ = nice(NICE);
            let runtime =
                Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
            if let Ok(runtime) = runtime {
                // Nobody waits for it if the generator was given up.
                let _ = told.send(runtime.block_on(room.hear(news, failed)));
            }
        })?;
        let failures = listening.wanted().map(|wanted| Failures { to: sender, wanted });
        Ok(Some(Box::new(Self { gathering, to, failures, missed: 0, names, ended })))
    }

    fn report(&mut self, report: Report) {
        if self.to.try_send(News::Report(report)).is_err() {
            self.missed += 1;
        }
    }
}

impl Listener for Audience {
    fn hear(&mut self, second: &Second) {
        if let Some(report) = self.gathering.add(second) {
            self.report(report);
        }
    }

    fn failures(&self) -> Option<Failures> {
        self.failures.clone()
    }

    fn end(
        mut self: Box<Self>,
        stopped_early: bool,
    ) -> Pin<Box<dyn Future<Output = Vec<Delivery>> + Send>> {
        if let Some(report) = self.gathering.rest() {
            self.report(report);
        }
        Box::pin(async move {
            let Self { to, failures, missed, names, ended, .. } = *self;
            drop(failures);
            let end = async {
                let _ = to.send(News::End { stopped_early, missed }).await;
                ended.await
            };
            let known = timeout(FLUSH + ENDING, end).await.ok().and_then(Result::ok);
            known.unwrap_or_else(|| names.into_iter().map(unknown).collect())
        })
    }
}

/// What became of what a listener had to say, where its thread does not tell: it panicked, or is
/// still busy with what must be there before anything can be said, such as secrets.
fn unknown(listener: &'static str) -> Delivery {
    let trouble = "the listeners' thread did not end in time, and what was sent is not known";
    Delivery { listener: listener.into(), sent: 0, lost: 0, trouble: Some(trouble.into()) }
}
