//! Several requests that are one transaction.

use std::{mem, rc::Rc, sync::Arc, time::Duration};

use super::{
    User,
    recording::{End, Unfinished, What},
};
use crate::{
    expected::Expected,
    observer::Measured,
    scenario::{TaskError, TaskResult},
    stats::SEVERAL,
};

/// A transaction of several requests: recorded besides them, with the time of all of them. Waits
/// within it do not count.
#[derive(Clone, Debug)]
pub struct Transaction {
    name: Arc<str>,
    expected: Option<Arc<Expected>>,
    within: Option<Duration>,
    interrupt_flow: bool,
    skip: bool,
}

impl Transaction {
    /// A transaction that fails if anything in it does.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), expected: None, within: None, interrupt_flow: false, skip: false }
    }

    /// What is expected of each response in it of which nothing else is.
    #[must_use]
    pub fn expect(mut self, expected: Expected) -> Self {
        self.expected = Some(Arc::new(expected));
        self
    }

    /// It fails if it takes longer.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// A failure starts the user's whole sequence over: of a request at once, of the whole at its
    /// end.
    #[must_use]
    pub fn interrupt_flow(mut self) -> Self {
        self.interrupt_flow = true;
        self
    }

    /// It is left out of the statistics, and its requests are not. If it fails, it is listed with
    /// the exceptions.
    #[must_use]
    pub fn skip_transaction(mut self) -> Self {
        self.skip = true;
        self
    }
}

/// A transaction that a user is in.
pub(super) struct Open {
    pub(super) expected: Option<Arc<Expected>>,
    interrupt_flow: bool,
    failure: Option<String>,
    waited: Duration,
}

/// The transactions that a user is in, the innermost last.
#[derive(Default)]
pub(super) struct OpenTransactions {
    open: Vec<Open>,
    /// Whether an exception ended one that is to start the user's sequence over.
    interrupted: bool,
}

impl OpenTransactions {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Leaves all of them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a failure in them interrupts the flow.
    fn interrupt(&self) -> bool {
        self.open.iter().any(|open| open.interrupt_flow)
    }

    /// What is expected of a response of which nothing else is.
    pub(super) fn expected(&self) -> Option<&Arc<Expected>> {
        self.open.iter().rev().find_map(|open| open.expected.as_ref())
    }

    /// Notes why something in them failed; whether that interrupts the flow.
    pub(super) fn fail(&mut self, what: &str, reason: &str) -> bool {
        for open in &mut self.open {
            open.failure.get_or_insert_with(|| format!("{what}: {reason}"));
        }
        self.interrupt()
    }

    /// Notes a wait.
    pub(super) fn wait(&mut self, time: Duration) {
        for open in &mut self.open {
            open.waited += time;
        }
    }
}

impl User {
    /// Does something as one transaction.
    ///
    /// It fails with the first thing in it that failed. One that the end of the load interrupts is
    /// not recorded: what it would have been is not known.
    ///
    /// # Errors
    ///
    /// Those of the work; and [`TaskError::InterruptFlow`] if it failed and is to start the user's
    /// sequence over.
    pub async fn transaction(
        &mut self,
        transaction: &Transaction,
        work: impl AsyncFnOnce(&mut Self) -> TaskResult,
    ) -> TaskResult {
        self.check_stop()?;
        self.transactions.open.push(Open {
            expected: transaction.expected.clone(),
            interrupt_flow: transaction.interrupt_flow,
            failure: None,
            waited: Duration::ZERO,
        });
        let depth = self.transactions.open.len();
        let context = Rc::clone(self.context());
        let what =
            What { kind: SEVERAL, name: &transaction.name, skip_transaction: transaction.skip };
        let unfinished = Unfinished::begin_several(&context, what);
        let intended = self.intended;
        let ended = work(self).await;
        let begun = unfinished.end();
        self.transactions.open.truncate(depth);
        let (Some(open), false) =
            (self.transactions.open.pop(), matches!(ended, Err(TaskError::Stopped)))
        else {
            return ended;
        };
        let elapsed = begun.elapsed().saturating_sub(open.waited);
        let failure = open.failure.or_else(|| self.failure_of(transaction, &ended, elapsed));
        let outer =
            failure.as_ref().is_some_and(|why| self.transactions.fail(&transaction.name, why));
        let from_intended = intended.map(|at| begun.duration_since(at) + elapsed);
        let failed = failure.as_deref();
        if let Some(observer) = &context.observer {
            let What { kind, name, .. } = what;
            observer.measured(&Measured { kind, name, elapsed, bytes: 0, failure: failed });
        }
        context.record(what, &End { elapsed, from_intended, failure: failed, ..End::default() });
        let interrupts = failure.is_some() && transaction.interrupt_flow || outer;
        match ended {
            Ok(()) if interrupts => Err(TaskError::InterruptFlow),
            Err(TaskError::Exception(message)) => {
                self.transactions.interrupted |= interrupts;
                Err(TaskError::Exception(message))
            }
            ended => ended,
        }
    }

    /// Leaves all transactions, as what ended in a panic does.
    pub(crate) fn leave_transactions(&mut self) {
        let interrupted = self.transactions.interrupt();
        self.transactions.clear();
        self.transactions.interrupted = interrupted;
    }

    /// Whether the exception that ended a task is to start the user's sequence over, as it was in
    /// a transaction that says so.
    pub(crate) fn is_interrupted(&mut self) -> bool {
        mem::take(&mut self.transactions.interrupted)
    }

    /// Why a transaction failed in which no request did.
    fn failure_of(
        &self,
        transaction: &Transaction,
        ended: &TaskResult,
        elapsed: Duration,
    ) -> Option<String> {
        if let Err(TaskError::Exception(message)) = ended {
            return Some(self.masked(message));
        }
        let within = transaction.within.filter(|within| elapsed > *within)?;
        Some(format!("expected to take at most {within:?}, took longer"))
    }
}
