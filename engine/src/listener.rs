//! Who else hears what a generator measures while it runs.

mod delivery;
mod failed;

use std::{future::Future, pin::Pin};

pub use self::{
    delivery::Delivery,
    failed::{FailedRequest, Failures, Unmet, Wanted},
};
use crate::frame::Second;

/// Hears what a generator measures, second by second. It is called where the generator joins what
/// its threads measured: nothing in it waits, but in [`end`](Self::end).
pub trait Listener: Send {
    /// The next second of all threads together.
    fn hear(&mut self, second: &Second);

    /// Where it wants to be told of requests that failed, one by one; not at all if nowhere.
    fn failures(&self) -> Option<Failures> {
        None
    }

    /// The load has ended, before its time or not. Tells what became of all that it heard, after a time that it bounds.
    fn end(
        self: Box<Self>,
        stopped_early: bool,
    ) -> Pin<Box<dyn Future<Output = Vec<Delivery>> + Send>>;
}
