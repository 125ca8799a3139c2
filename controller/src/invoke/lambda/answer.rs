//! What an invocation gives back.

use aws_sdk_lambda::{
    primitives::event_stream::EventReceiver,
    types::{
        InvokeWithResponseStreamResponseEvent, error::InvokeWithResponseStreamResponseEventError,
    },
};

/// An answer that comes in pieces.
pub(super) type Stream = EventReceiver<
    InvokeWithResponseStreamResponseEvent,
    InvokeWithResponseStreamResponseEventError,
>;

/// A function's answer.
pub(super) enum Answer {
    /// In pieces, as they come.
    Stream(Box<Stream>),
    /// As a whole.
    Whole {
        /// What it says.
        payload: Vec<u8>,
        /// Whether it says what went wrong.
        failed: bool,
        /// The end of the log, encoded.
        log: Option<String>,
    },
}
