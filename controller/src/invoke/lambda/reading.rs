//! Reading a job's answer to its end.

use std::time::Duration;

use aws_sdk_lambda::types::{
    InvokeWithResponseStreamCompleteEvent as Complete,
    InvokeWithResponseStreamResponseEvent as Event,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use cloud::{ask::refusal, hello::Hello, reply::unpack};
use engine::{frame::Body, job::Job, job_id::JobId};
use tokio::{
    sync::mpsc,
    time::{self, Instant},
};

use super::{
    answer::{Answer, Stream},
    billing::Billing,
    lines::{Lines, Said},
};
use crate::{
    causes::with_causes,
    invoke::{Arrived, Facts, InvokeError},
};

/// How long after its final frame the rest of an answer is waited for.
const REST: Duration = Duration::from_secs(10);

/// How long a job may say nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// When it begins to make load.
    pub(super) load: Instant,
    /// How long it may be quiet from then on.
    pub(super) quiet: Duration,
}

/// A job's answer, as far as it was read.
pub(super) struct Reading {
    job: JobId,
    patience: Patience,
    lines: Lines,
    hello: Option<Hello>,
    complete: bool,
    billing: Billing,
}

impl Reading {
    pub(super) fn new(job: &Job, patience: Patience) -> Self {
        Self {
            job: job.id.clone(),
            patience,
            lines: Lines::default(),
            hello: None,
            complete: false,
            billing: Billing::default(),
        }
    }

    /// Whether the function has said who it is.
    pub(super) fn greeted(&self) -> bool {
        self.hello.is_some()
    }

    /// Whether the final frame has come.
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Notes what was learned of the function.
    pub(super) fn note(&self, facts: &mut Facts) {
        if let Some(hello) = &self.hello {
            facts.environment = Some(hello.environment.clone());
            facts.cold = Some(hello.cold);
        }
        facts.billed = self.billing.billed.or(facts.billed);
        facts.max_memory_mb = self.billing.max_memory_mb.or(facts.max_memory_mb);
    }

    /// Reads an answer, and hands on its frames as they come.
    pub(super) async fn read(
        &mut self,
        answer: Answer,
        frames: &mpsc::Sender<Arrived>,
    ) -> Result<(), InvokeError> {
        match answer {
            Answer::Stream(stream) => self.read_stream(*stream, frames).await,
            Answer::Whole { payload, failed, log } => {
                self.billing = billing(log.as_deref());
                if failed {
                    return Err(failure("Unhandled", &String::from_utf8_lossy(&payload)));
                }
                let lines = unpack(&payload);
                let lines = lines.map_err(|error| InvokeError::Generator(error.to_string()))?;
                self.take(&lines, frames).await?;
                if self.complete { Ok(()) } else { Err(InvokeError::NoFinal) }
            }
        }
    }

    async fn read_stream(
        &mut self,
        mut stream: Stream,
        frames: &mpsc::Sender<Arrived>,
    ) -> Result<(), InvokeError> {
        loop {
            let wait = self.wait();
            let why = match time::timeout(wait, stream.recv()).await {
                Ok(Ok(Some(Event::PayloadChunk(update)))) => {
                    let piece = update.payload.map(aws_sdk_lambda::primitives::Blob::into_inner);
                    self.take(&piece.unwrap_or_default(), frames).await?;
                    continue;
                }
                Ok(Ok(Some(Event::InvokeComplete(end)))) => return self.end(&end),
                // An event of a kind that was not known when this was written.
                Ok(Ok(Some(_))) => continue,
                _ if self.complete => return Ok(()),
                Ok(Ok(None)) => "the stream ended".to_owned(),
                Ok(Err(error)) => with_causes(&error),
                Err(_) => format!("nothing came for {} s", wait.as_secs()),
            };
            return Err(InvokeError::CutOff(why));
        }
    }

    fn wait(&self) -> Duration {
        if self.complete {
            return REST;
        }
        self.patience.load.saturating_duration_since(Instant::now()) + self.patience.quiet
    }

    fn end(&mut self, end: &Complete) -> Result<(), InvokeError> {
        self.billing = billing(end.log_result());
        match end.error_code() {
            _ if self.complete => Ok(()),
            // Its lines may have found no room on the way while its load goes on.
            None => Err(InvokeError::CutOff("it ended without its final frame".into())),
            Some(code) => Err(failure(code, end.error_details().unwrap_or_default())),
        }
    }

    /// Takes in a piece of the answer.
    pub(super) async fn take(
        &mut self,
        piece: &[u8],
        frames: &mpsc::Sender<Arrived>,
    ) -> Result<(), InvokeError> {
        self.lines.push(piece);
        while let Some(said) = self.lines.take().map_err(InvokeError::Frame)? {
            match said {
                Said::Hello(hello) => self.hello = Some(hello),
                Said::Frame(frame) if frame.frame().job != self.job => {
                    let other = frame.frame().job.to_string();
                    let message = format!("it sent a frame of another job: {other}");
                    return Err(InvokeError::Generator(message));
                }
                Said::Frame(frame) => {
                    self.complete |= matches!(frame.frame().body, Body::Final(_));
                    // Without a receiver the run is over, and nobody hears of this one's end.
                    let _ = frames.send(*frame).await;
                }
            }
        }
        Ok(())
    }
}

/// What another function would fail of too.
const UNFIT: [&str; 4] = [refusal::JOB, refusal::UNREADABLE, refusal::FAILED, refusal::TOO_LARGE];

/// After which a function's process is gone, and its users with it. After any other error it may
/// make load on, as after an answer that broke on its way to Lambda.
const OVER: [&str; 5] = [
    "Runtime.ExitError",
    "Runtime exited",
    "Runtime.OutOfMemory",
    "Sandbox.Timedout",
    "Task timed out",
];

/// What a function's error means.
fn failure(code: &str, details: &str) -> InvokeError {
    let text = format!("{code}: {}", details.trim());
    let is = |refusal: &str| text.contains(refusal);
    if is(refusal::LATE) {
        InvokeError::NotBegun("it came up too late for its window".into())
    } else if is(refusal::UNCLAIMED) {
        InvokeError::NotBegun("it could not claim its job in the bucket".into())
    } else if is(refusal::CLAIMED) {
        InvokeError::CutOff("another invocation has begun the job".into())
    } else if UNFIT.iter().any(|refusal| is(refusal)) {
        InvokeError::Generator(text)
    } else if OVER.iter().any(|end| is(end)) {
        InvokeError::Died(text)
    } else {
        InvokeError::CutOff(text)
    }
}

fn billing(log: Option<&str>) -> Billing {
    let log = log.and_then(|log| BASE64_STANDARD.decode(log).ok());
    log.map(|log| Billing::of_log(&String::from_utf8_lossy(&log))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_is_gone_is_surely_over() {
        let over = [
            ("Runtime.ExitError", "RequestId: 1 Error: Runtime exited with error: signal: killed"),
            ("Sandbox.Timedout", "RequestId: 1 Error: Task timed out after 900.00 seconds"),
            ("Unhandled", r#"{"errorMessage":"2026-11-21 1 Task timed out after 900.00 seconds"}"#),
        ];
        for (code, details) in over {
            assert!(matches!(failure(code, details), InvokeError::Died(_)), "{code}");
        }
        for code in ["Runtime.TruncatedResponse", "Function.ResponseSizeTooLarge", "Unhandled", ""]
        {
            assert!(!failure(code, "{}").may_be_replaced(), "{code}");
        }
    }
}
