//! The HTTP client of a virtual user: one connection per origin, kept alive.

mod address;
mod body;
mod client;
mod connection;
mod cookies;
mod dial;
mod error;
mod headers;
mod hop;
mod pool;
mod progress;
mod request;
mod response;
mod settings;
mod stream;
mod target;
mod timer;
mod tls;
mod wire;

pub use self::{
    address::Addresses,
    body::Body,
    client::{Client, Exchange, Shared},
    connection::Scratch,
    error::RequestError,
    headers::Headers,
    request::Request,
    response::Response,
    settings::{HttpSettings, Redirects},
    target::{Origin, Target, TargetError},
    tls::{TlsError, tls_config},
};
