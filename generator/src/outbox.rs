//! Lines on their way to the caller.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_stream::Stream;

/// Takes lines without ever waiting: a caller that is slow must not slow down the load.
pub(crate) struct Outbox {
    /// None once a line could not be taken. No later one is then, so that what arrives has no gap.
    sender: Option<UnboundedSender<Bytes>>,
    waiting: Arc<AtomicUsize>,
    limit: usize,
}

/// What leaves an [`Outbox`]. It ends when that is dropped, or could not take a line.
pub(crate) struct Outgoing {
    receiver: UnboundedReceiver<Bytes>,
    waiting: Arc<AtomicUsize>,
}

/// An outbox in which so many bytes may wait.
pub(crate) fn outbox(limit: usize) -> (Outbox, Outgoing) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    (
        Outbox { sender: Some(sender), waiting: Arc::clone(&waiting), limit },
        Outgoing { receiver, waiting },
    )
}

impl Outbox {
    /// Takes a line, unless too much is waiting or nobody takes it out any more.
    pub(crate) fn send(&mut self, line: impl Into<Bytes>) {
        let line = line.into();
        let Some(sender) = &self.sender else { return };
        let size = line.len();
        let waiting = self.waiting.fetch_add(size, Ordering::Relaxed);
        if waiting + size > self.limit || sender.send(line).is_err() {
            log::warn!("the caller takes no more lines");
            self.sender = None;
        }
    }
}

impl Stream for Outgoing {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let line = ready!(self.receiver.poll_recv(cx));
        if let Some(line) = &line {
            self.waiting.fetch_sub(line.len(), Ordering::Relaxed);
        }
        Poll::Ready(line.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt;

    use super::*;

    #[tokio::test]
    async fn what_is_taken_out_makes_room() {
        let (mut outbox, mut outgoing) = outbox(4);
        for _ in 0..5 {
            outbox.send("abc");
            assert_eq!(outgoing.next().await.unwrap().unwrap(), "abc");
        }
        assert!(outbox.sender.is_some());
        drop(outbox);
        assert!(outgoing.next().await.is_none());
    }

    #[tokio::test]
    async fn after_a_line_that_found_no_room_none_is_taken() {
        let (mut outbox, mut outgoing) = outbox(4);
        outbox.send("abc");
        outbox.send("def");
        assert!(outbox.sender.is_none());
        assert_eq!(outgoing.next().await.unwrap().unwrap(), "abc");
        outbox.send("g");
        assert!(outgoing.next().await.is_none());
    }

    #[test]
    fn a_caller_that_is_gone_is_noticed() {
        let (mut outbox, outgoing) = outbox(100);
        drop(outgoing);
        outbox.send("abc");
        assert!(outbox.sender.is_none());
    }
}
