//! The function: it answers what it is asked.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use cloud::{
    ask::{Ask, Ping, Reply, Run},
    claim::claim,
    hello::{Access, Hello, SecretAccess},
    lease::{Leased, PROBE},
    reply::LARGEST_PAYLOAD,
    store::{Store, StoreError},
};
use engine::{generator::Generator, job_id::JobId, listener::Listener, scenario::Linked};
use futures_util::future::join_all;
use lambda_runtime::{Context, FunctionResponse, LambdaEvent};
use listeners::{Audience, Hearing, Listening, Reference};
use serde_json::{Value, value::RawValue};
use tokio::join;

use crate::{
    awaiting::Running,
    begun::Begun,
    environment::Environment,
    execution::{Execution, Limits},
    kept::{Full, Kept, fit},
    leasing::Leasing,
    lines::line,
    memory,
    outbox::{Outgoing, outbox},
    refusal::Refusal,
};

/// What an answer in one piece may take before it is encoded. What is larger is made smaller while
/// the job runs: at its end there is no time for that.
const WHOLE: usize = LARGEST_PAYLOAD * 2 / 3;

/// An answer, on its way or whole.
pub(crate) type Answer = FunctionResponse<Box<RawValue>, Outgoing>;

/// What one execution environment knows.
pub(crate) struct Function {
    environment: Environment,
    linked: Linked,
    warm: AtomicBool,
    begun: Begun,
    running: Running,
}

impl Function {
    pub(crate) fn new(environment: Environment, linked: Linked) -> Self {
        Self {
            environment,
            linked,
            warm: AtomicBool::new(false),
            begun: Begun::default(),
            running: Running::default(),
        }
    }

    /// What is set when a job goes on after the answer has begun.
    pub(crate) fn running(&self) -> Running {
        self.running.clone()
    }

    /// Answers an invocation.
    pub(crate) async fn answer(&self, event: LambdaEvent<Value>) -> Result<Answer, Refusal> {
        let (payload, context) = event.into_parts();
        let cold = !self.warm.swap(true, Ordering::Relaxed);
        let answered = match serde_json::from_value(payload) {
            Ok(Ask::Ping(ping)) => Ok(self.pong(ping, cold).await),
            Ok(Ask::Run(run)) => self.run(*run, &context, cold).await,
            Err(_) => Err(Refusal::Unreadable),
        };
        answered.inspect_err(|refused| log::warn!("{refused}"))
    }

    async fn pong(&self, ping: Ping, cold: bool) -> Answer {
        let bucket = async {
            match &ping.bucket {
                Some(bucket) => Some(self.access(bucket).await),
                None => None,
            }
        };
        let secrets = ping.secrets.iter().map(|reference| self.secret(reference.clone()));
        let (bucket, secrets) = join!(bucket, join_all(secrets));
        let hello = Hello { bucket, secrets, ..self.hello(cold) };
        let (mut outbox, outgoing) = outbox(usize::MAX);
        outbox.send(line(&hello));
        FunctionResponse::StreamingResponse(outgoing.into())
    }

    async fn access(&self, bucket: &str) -> Access {
        // Its lease is read, and its claim is written.
        let probe = async {
            let store = self.environment.store(bucket)?;
            store.get(PROBE).await?;
            store.put(PROBE, "{}").await
        };
        match probe.await {
            Ok(()) => Access::Granted,
            Err(error) => Access::Failed(error.to_string()),
        }
    }

    async fn secret(&self, reference: Reference) -> SecretAccess {
        let access = self.environment.vault().look(&reference).await;
        SecretAccess { reference, access }
    }

    fn hello(&self, cold: bool) -> Hello {
        Hello {
            build: scenarios::BUILD.into(),
            now: SystemTime::now(),
            environment: self.environment.name.clone(),
            cold,
            memory_mb: self.environment.memory_mb,
            bucket: None,
            secrets: Vec::new(),
        }
    }

    async fn run(&self, run: Run, context: &Context, cold: bool) -> Result<Answer, Refusal> {
        let Run { job, listening, start_by, lease, reply } = run;
        let (id, stop_timeout) = (job.id.clone(), job.stop_timeout);
        if SystemTime::now() > start_by {
            return Err(Refusal::Late(id));
        }
        let hearing = Hearing::of_job(&listening, &job);
        let job = Generator::new(job, &self.linked);
        let generator = job.map_err(|error| Refusal::Job(id.clone(), error))?;
        let leasing = self.begin(&id, lease, context).await?;

        let hello = line(&self.hello(cold));
        let limit = memory::limit(self.environment.memory_mb);
        let kept = match (reply, &leasing) {
            (Reply::Whole, _) => Kept::new(&hello, limit.min(WHOLE), Full::Coarsen),
            (Reply::Stream, Some(_)) => Kept::new(&hello, limit, Full::Forget),
            (Reply::Stream, None) => Kept::nothing(),
        };
        let limits = Limits { stop_timeout, deadline: context.deadline(), leasing };
        let listener = self.listener(&listening, hearing);
        let execution = Execution { generator, listener, limits, kept };
        match reply {
            Reply::Stream => {
                let (mut outbox, outgoing) = outbox(limit);
                outbox.send(hello);
                self.running.set(tokio::spawn(execution.stream(outbox)));
                Ok(FunctionResponse::StreamingResponse(outgoing.into()))
            }
            Reply::Whole => {
                let packed = execution.whole().await;
                let packed = packed.map_err(|error| Refusal::Failed(id.clone(), error))?;
                let whole = packed.and_then(|packed| fit(packed, LARGEST_PAYLOAD));
                let whole = whole.and_then(|whole| String::from_utf8(whole).ok());
                let whole = whole.and_then(|whole| RawValue::from_string(whole).ok());
                whole.map(FunctionResponse::BufferedResponse).ok_or(Refusal::TooLarge(id))
            }
        }
    }

    /// Who hears of a job. Without a thread for them it runs all the same.
    fn listener(&self, listening: &Listening, hearing: Hearing) -> Option<Box<dyn Listener>> {
        let started = Audience::start(listening, hearing, Some(self.environment.vault()));
        started.inspect_err(|error| log::error!("{error}")).ok().flatten()
    }

    /// Makes sure that the job is begun once.
    async fn begin(
        &self,
        job: &JobId,
        lease: Option<Leased>,
        context: &Context,
    ) -> Result<Option<Leasing>, Refusal> {
        if self.begun.contains(job) {
            return Err(Refusal::Claimed(job.clone()));
        }
        let leasing = match lease {
            None => None,
            Some(terms) => {
                let store = self.claimed(job, &terms.bucket, context).await;
                let store = store.map_err(|error| Refusal::Unclaimed(job.clone(), error))?;
                let store = store.ok_or_else(|| Refusal::Claimed(job.clone()))?;
                Some(Leasing::new(job.clone(), store, terms))
            }
        };
        self.begun.insert(job.clone());
        Ok(leasing)
    }

    /// The store in which the job was claimed; none if another invocation has done so.
    async fn claimed(
        &self,
        job: &JobId,
        bucket: &str,
        context: &Context,
    ) -> Result<Option<Store>, StoreError> {
        let store = self.environment.store(bucket)?;
        let who = format!("{} {}", self.environment.name, context.request_id);
        let claimed = claim(&store, job, &who).await?;
        Ok(claimed.then_some(store))
    }
}
