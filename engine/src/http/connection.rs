//! One HTTP/1.1 connection.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;

use super::{
    RequestError,
    stream::Stream,
    wire::{RequestHead, ResponseReader},
};

/// The most bytes that are read or written at once.
const AT_ONCE: usize = 64 * 1024;

/// Buffers that all connections of a thread share. Almost every request is written, and almost
/// every response read, in one piece, so that connections need no buffers of their own; with
/// thousands of users these stay in the processor's cache where theirs would not.
pub struct Scratch {
    input: RefCell<Box<[u8]>>,
    output: RefCell<Vec<u8>>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { input: RefCell::new(vec![0; AT_ONCE].into()), output: RefCell::default() }
    }
}

/// A kept-alive connection.
pub(super) struct Connection {
    stream: Stream,
    /// What was read of a head that is not complete.
    unread: BytesMut,
    /// Whether another request may be sent.
    reusable: bool,
}

/// Why a request was not sent.
pub(super) struct SendError {
    pub(super) error: RequestError,
    /// Whether nothing of it was.
    pub(super) unsent: bool,
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, unread: BytesMut::new(), reusable: true }
    }

    /// Whether a request may be sent: not if the server closed the connection meanwhile, or sent
    /// what nobody asked for.
    pub(super) async fn is_ready(&mut self, scratch: &Scratch) -> bool {
        let idle = poll_fn(|cx| {
            let mut input = scratch.input.borrow_mut();
            let read = self.stream.poll_read(cx, &mut ReadBuf::new(&mut input));
            Poll::Ready(read.is_pending())
        });
        self.reusable && idle.await
    }

    /// Sends a request.
    pub(super) async fn send(
        &mut self,
        head: &RequestHead<'_>,
        body: &[u8],
        scratch: &Scratch,
    ) -> Result<(), SendError> {
        let mut rest = Vec::new();
        let first = poll_fn(|cx| Poll::Ready(self.send_first(cx, head, body, scratch, &mut rest)));
        let appended =
            first.await.map_err(|error| SendError { error: broken(&error), unsent: true })?;
        let sent_with_head = if appended { body.len() } else { 0 };
        let sent = async {
            self.write_all(&rest).await?;
            self.write_all(&body[sent_with_head..]).await?;
            poll_fn(|cx| self.stream.poll_flush(cx)).await
        };
        sent.await.map_err(|error| SendError { error: broken(&error), unsent: false })
    }

    /// Writes the head, and a short body with it, from the shared buffer. What the system does
    /// not take at once goes to `rest`. Returns whether the body was included.
    fn send_first(
        &mut self,
        cx: &mut Context<'_>,
        head: &RequestHead<'_>,
        body: &[u8],
        scratch: &Scratch,
        rest: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let mut output = scratch.output.borrow_mut();
        output.clear();
        head.write(&mut output);
        let appended = output.len() + body.len() <= AT_ONCE;
        if appended {
            output.extend_from_slice(body);
        }
        let written = match self.stream.poll_write(cx, &output) {
            Poll::Ready(written) => written?,
            Poll::Pending => 0,
        };
        rest.extend_from_slice(&output[written..]);
        Ok(appended)
    }

    async fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = poll_fn(|cx| self.stream.poll_write(cx, bytes)).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[written..];
        }
        Ok(())
    }

    /// Reads a response to its end; notes when its first byte came.
    pub(super) async fn receive(
        &mut self,
        reader: &mut ResponseReader,
        first_byte: &mut Option<Instant>,
        scratch: &Scratch,
    ) -> Result<(), RequestError> {
        // Until the response is complete, nothing else may be sent.
        self.reusable = false;
        poll_fn(|cx| self.poll_receive(cx, reader, first_byte, scratch)).await?;
        let keep_alive = reader.head().is_some_and(|head| head.keep_alive);
        self.reusable = keep_alive && self.unread.is_empty();
        Ok(())
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut ResponseReader,
        first_byte: &mut Option<Instant>,
        scratch: &Scratch,
    ) -> Poll<Result<(), RequestError>> {
        let mut input = scratch.input.borrow_mut();
        loop {
            let mut buffer = ReadBuf::new(&mut input);
            let read = ready!(self.stream.poll_read(cx, &mut buffer));
            let bytes = buffer.filled();
            match read {
                Ok(()) if !bytes.is_empty() => {
                    first_byte.get_or_insert_with(Instant::now);
                    self.take(bytes, reader)?;
                    if reader.is_done() {
                        return Poll::Ready(Ok(()));
                    }
                }
                Ok(()) => return Poll::Ready(ended("closed", reader)),
                Err(error) => return Poll::Ready(failed(&error, reader)),
            }
        }
    }

    /// Hands bytes to the reader, and keeps what it cannot use yet.
    fn take(&mut self, bytes: &[u8], reader: &mut ResponseReader) -> Result<(), RequestError> {
        let invalid = |error: super::wire::WireError| RequestError::Invalid(error.to_string());
        if self.unread.is_empty() {
            let used = reader.feed(bytes).map_err(invalid)?;
            self.unread.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        self.unread.extend_from_slice(bytes);
        // A head ends with a line feed: without one there is nothing new to parse, and a server
        // that sends byte by byte costs no more than it must.
        if bytes.contains(&b'\n') || self.unread.len() > AT_ONCE {
            let used = reader.feed(&self.unread).map_err(invalid)?;
            self.unread.advance(used);
        }
        if self.unread.is_empty() {
            self.unread = BytesMut::new();
        }
        Ok(())
    }
}

/// The connection ended; perhaps so did the response.
fn ended(how: &'static str, reader: &mut ResponseReader) -> Result<(), RequestError> {
    if reader.end_of_stream() {
        Ok(())
    } else if reader.head().is_some() {
        Err(RequestError::Truncated(how))
    } else {
        Err(RequestError::NoResponse(how))
    }
}

fn failed(error: &io::Error, reader: &ResponseReader) -> Result<(), RequestError> {
    let broken = |how| match reader.head() {
        Some(_) => RequestError::Truncated(how),
        None => RequestError::NoResponse(how),
    };
    Err(match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => broken("reset"),
        io::ErrorKind::UnexpectedEof => broken("closed without TLS's close_notify"),
        _ => RequestError::Invalid(error.to_string()),
    })
}

fn broken(error: &io::Error) -> RequestError {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            RequestError::NoResponse("reset")
        }
        _ => RequestError::Unsendable(error.to_string()),
    }
}
