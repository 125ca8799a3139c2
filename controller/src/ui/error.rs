//! Why there is no page.

use std::{io, net::SocketAddr};

use thiserror::Error;

/// Why there is no page.
#[derive(Debug, Error)]
pub enum UiError {
    /// Something else listens on the port that was asked for.
    #[error("{addr} is taken: stop what listens there, or choose another `--ui-port` (0 for any)")]
    Taken {
        /// The address.
        addr: SocketAddr,
    },
    /// All ports that were tried are taken.
    #[error("all ports from {first} to {last} are taken: choose one with `--ui-port` (0 for any)")]
    AllTaken {
        /// The first that was tried.
        first: u16,
        /// The last.
        last: u16,
    },
    /// The address cannot be listened on.
    #[error("failed to listen on {addr}: {source}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no chance to draw a token from.
    #[error("failed to make a token: {0}")]
    Token(#[from] getrandom::Error),
    /// There is an address, but not what it takes to answer.
    #[error("failed to start the page's server: {0}")]
    Start(#[from] io::Error),
}
