//! What a person may do to the run that is shown.

use rustix::process::{Signal, getpid, kill_process};

use super::prompt::Change;

/// Hears what is asked for at the keyboard. None of it may take long.
pub trait Steering: Send {
    /// Stops the run, as Ctrl-C does.
    fn stop(&mut self);

    /// Goes on with another number of users, and says so.
    ///
    /// # Errors
    ///
    /// Why it cannot.
    fn change(&mut self, change: Change) -> Result<String, String>;
}

/// A run that hears nothing but signals.
#[derive(Debug)]
pub struct Signals;

impl Steering for Signals {
    /// On a terminal whose keys come one by one, Ctrl-C is a key: this is what it is elsewhere.
    fn stop(&mut self) {
        let _ = kill_process(getpid(), Signal::INT);
    }

    fn change(&mut self, _: Change) -> Result<String, String> {
        Err("the number of users of this run cannot be changed".into())
    }
}
