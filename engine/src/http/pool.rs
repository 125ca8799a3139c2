//! A user's connections between its requests.

use std::cell::RefCell;

use super::{Origin, connection::Connection};

/// The connections that wait for a request. One that is in use is with its request: a request
/// that ends early takes its connection with it, as nothing half read may be used again.
#[derive(Default)]
pub(super) struct Pool {
    idle: RefCell<Vec<Connection>>,
}

impl Pool {
    /// Takes out a connection to an origin, if there is one: that which was used last.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let index = idle.iter().rposition(|connection| connection.origin() == origin)?;
        Some(idle.swap_remove(index))
    }

    /// Keeps a connection for another request.
    pub(super) fn put(&self, connection: Connection) {
        self.idle.borrow_mut().push(connection);
    }

    /// Whether a connection to an origin waits.
    pub(super) fn has(&self, origin: &Origin) -> bool {
        self.idle.borrow().iter().any(|connection| connection.origin() == origin)
    }

    /// Closes all of them.
    pub(super) fn clear(&self) {
        self.idle.borrow_mut().clear();
    }
}
