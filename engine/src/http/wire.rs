//! HTTP/1.1 on the wire: what is sent, and what may come back. No sockets here.

mod chunked;
mod head;
#[cfg(test)]
mod oracle;
mod reader;
mod writer;

use thiserror::Error;

pub(super) use self::{
    head::{Framing, Head, LONGEST as LONGEST_HEAD},
    reader::ResponseReader,
    writer::RequestHead,
};

/// Why bytes are no response. What is ambiguous is refused: guessing where a response ends would
/// give the rest of it to the next request.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(super) enum WireError {
    /// The head is not of the protocol.
    #[error("{0}")]
    Head(httparse::Error),
    /// The head goes on and on.
    #[error("the head is longer than {} KiB", head::LONGEST / 1024)]
    LongHead,
    /// The length is no number, or given twice.
    #[error("the content length is not one number")]
    Length,
    /// The transfer encoding is not `chunked`, or comes with a length.
    #[error("the transfer encoding is not `chunked` alone")]
    TransferEncoding,
    /// The server changes the protocol, unasked.
    #[error("the server switches protocols unasked")]
    Switching,
    /// A chunk does not begin or end as one.
    #[error("a chunk of the body is malformed")]
    Chunk,
}
