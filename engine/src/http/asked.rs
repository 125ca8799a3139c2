//! A request to one place, and how it may fail.

use bytes::Bytes;

use super::{RequestError, body::Keep, wire::RequestHead};

/// A request, and what is wanted of its response.
pub(super) struct Asked<'a> {
    pub(super) head: RequestHead<'a>,
    pub(super) body: &'a Bytes,
    /// Whether the response's headers are needed.
    pub(super) keeps_headers: bool,
    /// How much of the response's body is kept.
    pub(super) keep: Keep,
}

/// How a request failed.
pub(super) enum Failed {
    /// For good.
    For(RequestError),
    /// The server surely has not looked at it, so that it may be sent again.
    Unprocessed(RequestError),
}

impl Failed {
    /// Why.
    pub(super) fn into_error(self) -> RequestError {
        match self {
            Self::For(error) | Self::Unprocessed(error) => error,
        }
    }
}
