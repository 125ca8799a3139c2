//! A system: what is said to it, and how.

use std::{
    future::{self, Future},
    pin::Pin,
};

use engine::listener::FailedRequest;

use crate::{Report, answer::Trouble, message::Message};

/// Puts what is heard into a system's words.
pub(crate) trait Words {
    /// The test begins.
    fn begin(&mut self) -> Vec<Message> {
        Vec::new()
    }

    /// A stretch of time is over.
    fn report(&mut self, report: &Report) -> Vec<Message>;

    /// Requests have failed.
    fn failed(&mut self, _requests: &[FailedRequest]) -> Vec<Message> {
        Vec::new()
    }

    /// Nothing more comes from this generator: tells what was held back.
    fn rest(&mut self) -> Vec<Message> {
        Vec::new()
    }

    /// The test is over.
    fn end(&mut self) -> Vec<Message> {
        Vec::new()
    }

    /// Nothing more is measured here; elsewhere, if another generator goes on with this one's
    /// users.
    fn leave(&mut self, _hands_over: bool) -> Vec<Message> {
        Vec::new()
    }
}

/// What comes of saying something.
pub(crate) type Said<'a> = Pin<Box<dyn Future<Output = Result<(), Trouble>> + 'a>>;

/// Says a system what is to be said to it. One message at a time.
pub(crate) trait Courier {
    /// Says it once.
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a>;
}

/// A system that hears.
pub(crate) struct Hearer {
    pub(crate) name: &'static str,
    pub(crate) words: Box<dyn Words>,
    pub(crate) courier: Box<dyn Courier>,
}

impl Hearer {
    /// One that is reached by a courier, unless something is in the way that will last.
    pub(crate) fn reached<C: Courier + 'static>(
        name: &'static str,
        words: Box<dyn Words>,
        courier: Result<C, String>,
    ) -> Self {
        let courier: Box<dyn Courier> = match courier {
            Ok(courier) => Box::new(courier),
            Err(reason) => Box::new(Unreachable(Trouble::fatal(reason))),
        };
        Self { name, words, courier }
    }

    /// One that cannot be reached, for a reason that will last.
    pub(crate) fn unreachable(self, reason: impl Into<String>) -> Self {
        Self { courier: Box::new(Unreachable(Trouble::fatal(reason))), ..self }
    }
}

/// Says nothing, and why.
struct Unreachable(Trouble);

impl Courier for Unreachable {
    fn say<'a>(&'a self, _: &'a Message) -> Said<'a> {
        Box::pin(future::ready(Err(self.0.clone())))
    }
}
