//! What the program has written, on either of its streams: the function's log.

use std::sync::{Mutex, PoisonError};

#[derive(Default)]
pub(crate) struct Written(Mutex<Vec<String>>);

impl Written {
    pub(crate) fn add(&self, line: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
