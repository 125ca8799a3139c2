//! What a system answers.

use std::time::Duration;

use thiserror::Error;

/// Why a system did not take a message.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{reason}")]
pub(crate) struct Trouble {
    /// Why, without secrets.
    pub(crate) reason: String,
    /// What to do with the message.
    pub(crate) then: Then,
}

/// What to do with a message that was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Then {
    /// Say it again, after so long if the system says how long.
    Again(Option<Duration>),
    /// Leave it: it will never be taken.
    Leave,
    /// It was taken, but for so many of its items, which will never be.
    Partly(u64),
    /// Leave it and all others: nothing that we say will be taken.
    LeaveAll,
}

impl Trouble {
    /// One that may pass.
    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), then: Then::Again(None) }
    }

    /// Whether it may pass.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self.then, Then::Again(_))
    }

    /// One that this message has for ever.
    pub(crate) fn lasting(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), then: Then::Leave }
    }

    /// One that all messages have.
    pub(crate) fn fatal(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), then: Then::LeaveAll }
    }
}
