//! Who else hears what a generator measures while it runs.

mod delivery;
mod failed;

use std::{future::Future, pin::Pin, time::Duration};

pub use self::{
    delivery::Delivery,
    failed::{FailedRequest, Failures, Unmet, Wanted},
};
use crate::{frame::Second, run::Signal};

/// How long a listener has, when the load has ended, to say what it has not said; and how long if
/// all shall end at once: a function may have no more time than that.
pub const FLUSH: Duration = Duration::from_secs(3);
const FLUSH_AT_ONCE: Duration = Duration::from_millis(500);

/// How long a listener has, when the load has ended, to say what it has not said.
pub fn flush(signal: Signal) -> Duration {
    if signal == Signal::Abort { FLUSH_AT_ONCE } else { FLUSH }
}

/// Hears what a generator measures, second by second. It is called where the generator joins what
/// its threads measured: nothing in it waits, but in [`end`](Self::end).
pub trait Listener: Send {
    /// The next second of all threads together.
    fn hear(&mut self, second: &Second);

    /// Where it wants to be told of requests that failed, one by one; not at all if nowhere.
    fn failures(&self) -> Option<Failures> {
        None
    }

    /// The load has ended, before its time or not, and what was not said may take so long. Tells
    /// what became of all that it heard.
    fn end(
        self: Box<Self>,
        stopped_early: bool,
        flush: Duration,
    ) -> Pin<Box<dyn Future<Output = Vec<Delivery>> + Send>>;
}
