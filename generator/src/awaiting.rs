//! The next invocation waits for the end of the job.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use lambda_runtime::{Error, LambdaInvocation, Service, tower::Layer};
use tokio::task::JoinHandle;

/// The job that runs while its answer is on its way.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Option<JoinHandle<()>>>>);

impl Running {
    pub(crate) fn set(&self, job: JoinHandle<()>) {
        *self.lock() = Some(job);
    }

    /// Waits for the job's end; false if there was none.
    async fn ended(&self) -> bool {
        let job = self.lock().take();
        let Some(job) = job else { return false };
        if let Err(error) = job.await {
            log::error!("the job did not come to its end: {error}");
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks Lambda for the next invocation only once the job has ended, though the answer may have
/// failed long before: Lambda freezes a process that asks, and one that fails is gone.
#[derive(Clone)]
pub(crate) struct Awaiting {
    running: Running,
}

impl Awaiting {
    pub(crate) fn new(running: Running) -> Self {
        Self { running }
    }
}

impl<S> Layer<S> for Awaiting {
    type Service = AwaitingService<S>;

    fn layer(&self, inner: S) -> AwaitingService<S> {
        AwaitingService { inner, running: self.running.clone() }
    }
}

pub(crate) struct AwaitingService<S> {
    inner: S,
    running: Running,
}

impl<S> Service<LambdaInvocation> for AwaitingService<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let answered = self.inner.call(invocation);
        let running = self.running.clone();
        Box::pin(async move {
            let answered = answered.await;
            if !running.ended().await {
                return answered;
            }
            if let Err(error) = answered {
                log::warn!("the answer was not taken to its end: {error}");
            }
            Ok(())
        })
    }
}
