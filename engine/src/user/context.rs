//! What the users of a thread share.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use super::Telling;
use crate::{
    environment::Environment,
    feeder::Feeding,
    http,
    observer::Observer,
    run::stop::Stop,
    scenario::UserClass,
    sign_in::Slot,
    stats::{Latency, Stats},
};

/// What the users of a thread share.
pub struct Context {
    /// The environment.
    pub environment: Arc<Environment>,
    /// Its values that must not be shown.
    pub(super) secrets: Vec<String>,
    /// What all clients share.
    pub http: Rc<http::Shared>,
    /// The test data.
    pub(super) data: Vec<Feeding>,
    /// The credentials that all users of a class share.
    pub(super) slots: RefCell<Vec<(Arc<UserClass>, Rc<Slot>)>>,
    /// Where samples are counted.
    pub stats: RefCell<Stats>,
    /// By how much things happened later than they were due.
    pub delays: RefCell<Latency>,
    /// When all of them end.
    pub stop: Stop,
    /// Who sees every request, in debug mode.
    pub observer: Option<Rc<dyn Observer>>,
    /// Who is told of each request that fails.
    pub(super) telling: Option<Telling>,
    /// Requests sent again on a new connection.
    pub resent: Cell<u64>,
    /// Requests that were cut off at the end.
    pub cut_off: Cell<u64>,
}

impl Context {
    /// Nothing measured yet.
    pub(crate) fn new(
        environment: Arc<Environment>,
        http: http::Shared,
        data: Vec<Feeding>,
        observer: Option<Rc<dyn Observer>>,
    ) -> Self {
        Self {
            secrets: environment.secrets().into_iter().map(str::to_owned).collect(),
            environment,
            http: Rc::new(http),
            data,
            slots: RefCell::default(),
            stats: RefCell::default(),
            delays: RefCell::default(),
            stop: Stop::default(),
            observer,
            telling: None,
            resent: Cell::default(),
            cut_off: Cell::default(),
        }
    }

    /// With somebody who is told of each request that fails.
    pub(crate) fn telling(self, telling: Option<Telling>) -> Self {
        Self { telling, ..self }
    }
}
