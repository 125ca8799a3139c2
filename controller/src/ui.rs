//! The live page: a run in a browser, from the form that starts it to the files that it leaves.
//!
//! The server has a thread and a runtime of its own. Once a second the run makes one [`View`] of
//! itself, if anybody looks, and leaves it on the [`Board`]; however many look, and however slowly
//! they read, the run has nothing more to do with it.
//!
//! [`View`]: crate::view::View

mod board;
mod browser;
mod chart;
mod connections;
mod desk;
mod error;
mod events;
mod files;
mod form;
mod guard;
mod headers;
mod listening;
mod order;
mod page;
mod patient;
mod refusal;
mod routes;
mod server;
mod session;
mod token;
mod watcher;

pub use self::{
    board::Board,
    browser::open_in_browser,
    desk::{Desk, TestView},
    error::UiError,
    listening::{Listening, Where},
    order::Order,
    server::Server,
    session::{Orders, Session},
    watcher::{Outcome, Watcher},
};
