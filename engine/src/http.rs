//! The HTTP client of a virtual user: one connection per origin, kept alive.

mod address;
mod asked;
mod body;
mod client;
mod connection;
mod cookies;
mod dial;
mod error;
mod headers;
mod hop;
mod http2;
mod multipart;
mod pool;
mod progress;
mod proxy;
mod request;
mod resolve;
mod response;
mod settings;
mod stream;
mod target;
mod timer;
mod tls;
mod wire;

pub(crate) use self::multipart::encode as encode_multipart;
pub use self::{
    address::Addresses,
    body::Body,
    client::{Client, Exchange, Shared},
    connection::Scratch,
    error::RequestError,
    headers::Headers,
    multipart::Part,
    proxy::{Proxy, ProxyError},
    request::Request,
    resolve::{Resolve, ResolveError},
    response::Response,
    settings::{HttpSettings, KeepAlive, Redirects, Version},
    target::{Origin, Target, TargetError},
    tls::{PemError, TlsError, TlsSettings, tls_config},
};
