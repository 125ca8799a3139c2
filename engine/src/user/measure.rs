//! Anything but HTTP, measured as a request is.

use std::{
    fmt::Display,
    rc::Rc,
    time::{Duration, Instant},
};

use super::{
    User,
    recording::{End, Unfinished, What},
};
use crate::{duration, observer::Measured, scenario::TaskError};

/// Something that a user is about to do and that is measured as a request is.
#[must_use = "nothing happens until it is run"]
pub struct Measure<'a, F, T> {
    user: &'a mut User,
    what: What<'a>,
    work: F,
    bytes: fn(&T) -> usize,
    timeout: Duration,
    interrupt_flow: bool,
}

impl User {
    /// Measures a future as a request is: its time, and whether it failed and why.
    ///
    /// `kind` stands where a request has its method, such as `TCP` (Locust's `request_type`), and
    /// `name` is the transaction. The future takes what it needs with it: a connection that
    /// outlives the task is one that the user [keeps](User::keep).
    pub fn measure<'a, F, T, E>(
        &'a mut self,
        kind: &'a str,
        name: &'a str,
        work: F,
    ) -> Measure<'a, F, T>
    where
        F: Future<Output = Result<T, E>>,
        E: Display,
    {
        let timeout = self.context.http.settings.timeout;
        let what = What { kind, name, skip_transaction: false };
        Measure { user: self, what, work, bytes: |_| 0, timeout, interrupt_flow: false }
    }
}

impl<F, T> Measure<'_, F, T> {
    /// How many bytes were received, told from the result; 0 if nothing is said.
    pub fn bytes(mut self, bytes: fn(&T) -> usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// The longest time for it; that of the scenario's requests if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// A failure starts the user's whole sequence over.
    pub fn interrupt_flow(mut self) -> Self {
        self.interrupt_flow = true;
        self
    }

    /// It is left out of the statistics.
    pub fn skip_transaction(mut self) -> Self {
        self.what.skip_transaction = true;
        self
    }

    /// Does it and records it. What fails is counted and gives nothing; the task goes on.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stopped`] if the load has ended; nothing is begun then.
    /// [`TaskError::InterruptFlow`] if it failed and is to start the user's sequence over.
    pub async fn run<E>(self) -> Result<Option<T>, TaskError>
    where
        F: Future<Output = Result<T, E>>,
        E: Display,
    {
        let Self { user, what, work, bytes, timeout, interrupt_flow } = self;
        user.check_stop()?;
        let context = Rc::clone(&user.context);
        let unfinished = Unfinished::begin(&context, what);
        let result = tokio::time::timeout(timeout, work).await;
        let begun = unfinished.end();
        let elapsed = begun.elapsed();
        let result = match result {
            Ok(result) => result.map_err(|error| user.masked(&error.to_string())),
            Err(_) => Err(format!("not complete within {}", duration::format(timeout))),
        };
        let bytes = result.as_ref().map_or(0, |value| bytes(value) as u64);
        let failure = result.as_ref().err().map(String::as_str);
        user.record_measured(what, begun, &End { elapsed, bytes, failure, ..End::default() });
        match result {
            Ok(value) => Ok(Some(value)),
            Err(reason) if user.fails(what, &reason) || interrupt_flow => {
                Err(TaskError::InterruptFlow)
            }
            Err(_) => Ok(None),
        }
    }
}

impl User {
    fn record_measured(&mut self, what: What<'_>, begun: Instant, end: &End<'_>) {
        let from_intended = self.intended.take().map(|at| (begun + end.elapsed).duration_since(at));
        let What { kind, name, .. } = what;
        if let Some(observer) = &self.context.observer {
            let End { elapsed, bytes, failure, .. } = *end;
            observer.measured(&Measured { kind, name, elapsed, bytes, failure });
        }
        self.context.record(what, &End { from_intended, ..*end });
        if let (Some(telling), Some(reason)) = (&self.context.telling, end.failure) {
            telling.tell(|_| self.failed_measure(what, end, reason));
        }
    }

    /// Notes a failure in the transactions around it; whether that interrupts the flow.
    fn fails(&mut self, What { kind, name, .. }: What<'_>, reason: &str) -> bool {
        !self.transactions.is_empty() && self.transactions.fail(&format!("{kind} {name}"), reason)
    }
}
