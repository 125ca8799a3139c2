//! Who is told what happens while a test runs.

use std::time::Duration;

use engine::{curve::Change, load::Load, run::Signal};

use crate::{plan::Plan, price::Usd, totals::Totals};

/// Hears of a running test. Nothing else prints while it runs.
pub trait Reporter {
    /// Called several times a second.
    fn tick(&mut self, now: &Moment<'_>);

    /// Something happened that a person should know at once.
    fn note(&mut self, message: &str);
}

/// A running test as it is at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// The load that is made now: the plan's, or what it was changed to.
    pub load: &'a Load,
    /// How it was changed, one change after the other.
    pub changes: &'a [Change],
    /// The time since the test's start; zero before it.
    pub elapsed: Duration,
    /// What has arrived.
    pub totals: &'a Totals,
    /// What its functions have cost; none on this machine.
    pub cost: Option<Usd>,
    /// What its generators were told.
    pub signal: Signal,
}

/// A reporter may be lent.
impl<R: Reporter + ?Sized> Reporter for &mut R {
    fn tick(&mut self, now: &Moment<'_>) {
        (**self).tick(now);
    }

    fn note(&mut self, message: &str) {
        (**self).note(message);
    }
}

/// Two reporters hear the same, one after the other.
impl<A: Reporter, B: Reporter> Reporter for (A, B) {
    fn tick(&mut self, now: &Moment<'_>) {
        self.0.tick(now);
        self.1.tick(now);
    }

    fn note(&mut self, message: &str) {
        self.0.note(message);
        self.1.note(message);
    }
}

/// There may be nobody who hears.
impl<R: Reporter> Reporter for Option<R> {
    fn tick(&mut self, now: &Moment<'_>) {
        if let Some(reporter) = self {
            reporter.tick(now);
        }
    }

    fn note(&mut self, message: &str) {
        if let Some(reporter) = self {
            reporter.note(message);
        }
    }
}
