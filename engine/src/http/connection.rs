//! One HTTP/1.1 connection.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::{Buf, BytesMut};
use tokio::{io::ReadBuf, task::unconstrained};

use super::{
    Origin, RequestError,
    stream::Stream,
    tls,
    wire::{LONGEST_HEAD, RequestHead, ResponseReader},
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
    origin: Origin,
    stream: Stream,
    /// What was read of a head that is not complete.
    unread: BytesMut,
    /// Whether another request may be sent.
    reusable: bool,
}

/// A request on its way.
pub(super) struct Outgoing<'a> {
    /// What the system did not take at once.
    rest: Vec<u8>,
    /// What of the body is not in there.
    body: &'a [u8],
    /// Why not all of it was sent.
    failed: Option<io::Error>,
    /// Whether it is to be the connection's last.
    is_last: bool,
}

/// When a request began to be sent, when it was, and when its response began.
pub(super) struct Times {
    pub(super) begun: Instant,
    pub(super) sent: Option<Instant>,
    pub(super) first_byte: Option<Instant>,
}

impl Connection {
    pub(super) fn new(origin: Origin, stream: Stream) -> Self {
        Self { origin, stream, unread: BytesMut::new(), reusable: true }
    }

    /// Where it leads.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether a request may be sent: not if the server closed the connection meanwhile, or sent
    /// what nobody asked for.
    pub(super) async fn is_ready(&mut self, scratch: &Scratch) -> bool {
        let idle = poll_fn(|cx| {
            let mut input = scratch.input.borrow_mut();
            let read = self.stream.poll_read(cx, &mut ReadBuf::new(&mut input));
            Poll::Ready(read.is_pending())
        });
        // The runtime makes whoever did much already wait, which looks like being idle.
        self.reusable && unconstrained(idle).await
    }

    /// Begins to send a request; [`Connection::receive`] sends what is left of it.
    ///
    /// # Errors
    ///
    /// Nothing of it was sent.
    pub(super) async fn send<'a>(
        &mut self,
        head: &RequestHead<'_>,
        body: &'a [u8],
        scratch: &Scratch,
    ) -> Result<Outgoing<'a>, RequestError> {
        // Until the response is complete, nothing else may be sent.
        self.reusable = false;
        let first = poll_fn(|cx| Poll::Ready(self.send_first(cx, head, body, scratch)));
        first.await.map_err(|error| broken(&error))
    }

    /// Writes the head, and a short body with it, from the shared buffer.
    fn send_first<'a>(
        &mut self,
        cx: &mut Context<'_>,
        head: &RequestHead<'_>,
        body: &'a [u8],
        scratch: &Scratch,
    ) -> io::Result<Outgoing<'a>> {
        let mut output = scratch.output.borrow_mut();
        output.clear();
        head.write(&mut output);
        let (with_head, body) =
            if output.len() + body.len() <= AT_ONCE { (body, &[][..]) } else { (&[][..], body) };
        output.extend_from_slice(with_head);
        let written = match self.stream.poll_write(cx, &output) {
            Poll::Ready(written) => written?,
            Poll::Pending => 0,
        };
        let rest = output[written..].to_vec();
        Ok(Outgoing { rest, body, failed: None, is_last: head.asks_to_close() })
    }

    /// Sends what is left of a request, and reads the response to its end; notes when.
    pub(super) async fn receive(
        &mut self,
        mut outgoing: Outgoing<'_>,
        reader: &mut ResponseReader,
        times: &mut Times,
        scratch: &Scratch,
    ) -> Result<(), RequestError> {
        poll_fn(|cx| self.poll_exchange(cx, &mut outgoing, reader, times, scratch)).await?;
        let keep_alive = reader.head().is_some_and(|head| head.keep_alive) && !outgoing.is_last;
        self.reusable = keep_alive && times.sent.is_some() && self.unread.is_empty();
        Ok(())
    }

    /// A server may answer a request, and close, before it has read all of it: what cannot be
    /// sent matters only if there is no response.
    fn poll_exchange(
        &mut self,
        cx: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
        reader: &mut ResponseReader,
        times: &mut Times,
        scratch: &Scratch,
    ) -> Poll<Result<(), RequestError>> {
        if times.sent.is_none() && outgoing.failed.is_none() {
            match self.poll_send(cx, outgoing) {
                Poll::Ready(Ok(())) => times.sent = Some(Instant::now()),
                Poll::Ready(Err(error)) => outgoing.failed = Some(error),
                Poll::Pending => {}
            }
        }
        let received = ready!(self.poll_receive(cx, reader, times, scratch));
        Poll::Ready(match (received, &outgoing.failed) {
            (Err(RequestError::NoResponse(_)), Some(error)) => Err(broken(error)),
            (received, _) => received,
        })
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        outgoing: &mut Outgoing<'_>,
    ) -> Poll<io::Result<()>> {
        while !outgoing.rest.is_empty() {
            let written = ready!(self.poll_write(cx, &outgoing.rest))?;
            outgoing.rest.drain(..written);
        }
        while !outgoing.body.is_empty() {
            let written = ready!(self.poll_write(cx, outgoing.body))?;
            outgoing.body = &outgoing.body[written..];
        }
        self.stream.poll_flush(cx)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match ready!(self.stream.poll_write(cx, bytes))? {
            0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            written => Poll::Ready(Ok(written)),
        }
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut ResponseReader,
        times: &mut Times,
        scratch: &Scratch,
    ) -> Poll<Result<(), RequestError>> {
        let mut input = scratch.input.borrow_mut();
        loop {
            let mut buffer = ReadBuf::new(&mut input);
            let read = ready!(self.stream.poll_read(cx, &mut buffer));
            let bytes = buffer.filled();
            match read {
                Ok(()) if !bytes.is_empty() => {
                    times.first_byte.get_or_insert_with(Instant::now);
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
        if bytes.contains(&b'\n') || self.unread.len() >= LONGEST_HEAD {
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
    if let Some(alert) = tls::alert(error) {
        return Err(RequestError::Tls(alert));
    }
    Err(match (how(error), reader.head()) {
        (Some(how), Some(_)) => RequestError::Truncated(how),
        (Some(how), None) => RequestError::NoResponse(how),
        (None, _) => RequestError::Invalid(error.to_string()),
    })
}

fn broken(error: &io::Error) -> RequestError {
    let unsendable = || RequestError::Unsendable(error.to_string());
    how(error).map_or_else(unsendable, RequestError::NoResponse)
}

/// How a connection broke, if it did: TLS has errors of its own.
fn how(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Some("reset"),
        io::ErrorKind::UnexpectedEof => Some("closed without TLS's close_notify"),
        _ => error.raw_os_error().map(|_| "lost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_fails_is_no_mistake_of_the_protocol() {
        let timed_out = io::Error::from_raw_os_error(110);
        assert_eq!(broken(&timed_out).to_string(), "the connection was lost before the response");
        let tls = io::Error::new(io::ErrorKind::InvalidData, "corrupt");
        assert_eq!(broken(&tls).to_string(), "the request cannot be sent: corrupt");
    }
}
