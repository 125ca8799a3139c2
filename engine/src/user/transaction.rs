//! Several requests that are one transaction.

use std::{
    mem,
    rc::Rc,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{Context, User};
use crate::{
    expected::Expected,
    observer::Measured,
    scenario::{TaskError, TaskResult},
    stats::{Outcome, Phases, Sample},
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

/// The type under which transactions are listed.
const TYPE: &str = "TRANSACTION";

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

    /// It is left out of the statistics; its requests are not.
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
        let mut unfinished = Unfinished {
            context: Rc::clone(self.context()),
            transaction,
            begun: Instant::now(),
            armed: true,
        };
        let intended = self.intended;
        let ended = work(self).await;
        unfinished.armed = false;
        self.transactions.open.truncate(depth);
        let (Some(open), false) =
            (self.transactions.open.pop(), matches!(ended, Err(TaskError::Stopped)))
        else {
            return ended;
        };
        let elapsed = unfinished.begun.elapsed().saturating_sub(open.waited);
        let failure = open.failure.or_else(|| self.failure_of(transaction, &ended, elapsed));
        let outer =
            failure.as_ref().is_some_and(|why| self.transactions.fail(&transaction.name, why));
        let from_intended = intended.map(|at| unfinished.begun.duration_since(at) + elapsed);
        transaction.record(self.context(), elapsed, from_intended, failure.as_deref());
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

impl Transaction {
    fn record(
        &self,
        context: &Context,
        elapsed: Duration,
        from_intended: Option<Duration>,
        failure: Option<&str>,
    ) {
        if let Some(observer) = &context.observer {
            let name = &self.name;
            observer.measured(&Measured { kind: TYPE, name, elapsed, bytes: 0, failure });
        }
        if self.skip {
            return;
        }
        context.stats.borrow_mut().record(&Sample {
            method: TYPE,
            name: &self.name,
            status: None,
            elapsed,
            from_intended,
            phases: Phases::default(),
            bytes: 0,
            outcome: failure.map_or(Outcome::Passed, Outcome::Failed),
        });
    }
}

/// Why what is dropped is not complete.
pub(super) fn cut_off() -> &'static str {
    if thread::panicking() { "panicked" } else { "cut off before it was complete" }
}

/// Counts a transaction that is dropped before its end: with the request that is cut off in it, or
/// by a panic.
struct Unfinished<'a> {
    context: Rc<Context>,
    transaction: &'a Transaction,
    begun: Instant,
    armed: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.armed {
            let reason = cut_off();
            self.transaction.record(&self.context, self.begun.elapsed(), None, Some(reason));
        }
    }
}
