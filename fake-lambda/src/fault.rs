//! What goes wrong, on demand.

use std::{fmt, time::Duration};

use serde_json::Value;

/// What goes wrong with an invocation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It is throttled: nothing starts.
    Throttle,
    /// The connection is closed without an answer, and nothing starts.
    HangUp,
    /// The environment takes this long until it gets the invocation.
    Delay(Duration),
    /// The program ends before it asks for the invocation.
    ExitAtStart,
    /// The connection to the caller breaks after so many lines; the function runs on.
    CutAfter(usize),
    /// After so many lines nothing more arrives at the caller, whose connection stays open.
    StallAfter(usize),
    /// Lambda itself breaks the connection on which the program answers, after so many lines.
    BreakAfter(usize),
    /// It is delivered to two environments; the caller hears from the first.
    Duplicate,
    /// The environment's process is killed this long after it got the invocation.
    KillAfter(Duration),
}

/// Which invocations a fault meets: all, unless it is said otherwise.
pub struct Rule {
    fault: Fault,
    region: Option<String>,
    skip: usize,
    times: usize,
    when: Box<dyn Fn(&Value) -> bool + Send>,
}

impl Rule {
    /// A rule for a fault.
    pub fn new(fault: Fault) -> Self {
        Self { fault, region: None, skip: 0, times: usize::MAX, when: Box::new(|_| true) }
    }

    /// Only in this region.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Not the first so many that it would meet.
    #[must_use]
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// At most so many.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Only those with such a payload.
    #[must_use]
    pub fn when(mut self, payload: impl Fn(&Value) -> bool + Send + 'static) -> Self {
        self.when = Box::new(payload);
        self
    }

    /// The fault, if it meets this invocation, which is then counted.
    pub(crate) fn meets(&mut self, region: &str, payload: &Value) -> Option<Fault> {
        if self.region.as_deref().is_some_and(|own| own != region) || !(self.when)(payload) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.fault.clone())
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("fault", &self.fault).finish_non_exhaustive()
    }
}
