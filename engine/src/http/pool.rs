//! A user's connections between its requests.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use tokio::sync::Mutex;

use super::{Origin, connection::Connection, http2::Http2};

/// The connections that wait for a request. One of HTTP/1.1 that is in use is with its request: a
/// request that ends early takes its connection with it, as nothing half read may be used again.
/// One of HTTP/2 stays here while requests share it.
#[derive(Default)]
pub(super) struct Pool {
    idle: RefCell<Vec<Connection>>,
    shared: RefCell<Vec<Http2>>,
    doors: RefCell<Vec<(Origin, Rc<Door>)>>,
}

/// Where connections to an origin are opened that may come to be shared: one after the other, so
/// that requests that begin together find the first one's.
#[derive(Default)]
pub(super) struct Door {
    pub(super) opening: Mutex<()>,
    /// Whether the server does not speak HTTP/2: then each request opens a connection itself.
    pub(super) is_wide: Cell<bool>,
}

/// A connection of either kind.
pub(super) enum Line {
    /// One request at a time.
    Http1(Connection),
    /// Many.
    Http2(Http2),
}

impl Pool {
    /// Takes out a connection to an origin, if there is one: that which was used last.
    pub(super) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let index = idle.iter().rposition(|connection| connection.origin() == origin)?;
        Some(idle.swap_remove(index))
    }

    /// The connection to an origin that is shared, if there is one.
    pub(super) fn shared(&self, origin: &Origin) -> Option<Http2> {
        self.shared.borrow().iter().find(|connection| connection.origin() == origin).cloned()
    }

    /// Keeps a connection for another request.
    pub(super) fn put(&self, connection: Connection) {
        self.idle.borrow_mut().push(connection);
    }

    /// Keeps a connection for this request and others.
    pub(super) fn share(&self, connection: Http2) {
        self.shared.borrow_mut().push(connection);
    }

    /// Shares a connection no longer.
    pub(super) fn forget(&self, connection: &Http2) {
        self.shared.borrow_mut().retain(|other| !other.is(connection));
    }

    /// Where connections to an origin are opened.
    pub(super) fn door(&self, origin: &Origin) -> Rc<Door> {
        let mut doors = self.doors.borrow_mut();
        if let Some((_, door)) = doors.iter().find(|(other, _)| other == origin) {
            return Rc::clone(door);
        }
        let door = Rc::default();
        doors.push((origin.clone(), Rc::clone(&door)));
        door
    }

    /// Whether a connection to an origin waits.
    pub(super) fn has(&self, origin: &Origin) -> bool {
        let idle = self.idle.borrow();
        idle.iter().any(|connection| connection.origin() == origin) || self.shared(origin).is_some()
    }

    /// Closes all of them.
    pub(super) fn clear(&self) {
        self.idle.borrow_mut().clear();
        self.shared.borrow_mut().clear();
    }
}
