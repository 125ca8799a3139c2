//! What waits to be said to a system: a bounded queue, said one message after the other.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    time::Duration,
};

use engine::listener::Delivery;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    answer::{Then, Trouble},
    message::Message,
    words::Courier,
};

/// What may wait for a system, bytes.
const ROOM: usize = 4 * 1024 * 1024;

/// How long to wait before saying something again: at first, and at most.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What waits to be said to a system.
pub(crate) struct Queue {
    listener: &'static str,
    waiting: RefCell<VecDeque<Message>>,
    bytes: Cell<usize>,
    /// Items of the message that is being said.
    saying: Cell<u64>,
    changed: Notify,
    is_closed: Cell<bool>,
    /// Whether nothing that we say will be taken.
    is_deaf: Cell<bool>,
    sent: Cell<u64>,
    lost: Cell<u64>,
    trouble: RefCell<Option<String>>,
}

impl Queue {
    /// Of what is said to a listener.
    pub(crate) fn new(listener: &'static str) -> Self {
        Self {
            listener,
            waiting: RefCell::default(),
            bytes: Cell::default(),
            saying: Cell::default(),
            changed: Notify::new(),
            is_closed: Cell::default(),
            is_deaf: Cell::default(),
            sent: Cell::default(),
            lost: Cell::default(),
            trouble: RefCell::default(),
        }
    }

    /// Adds a message. Without room for it, the oldest are lost.
    pub(crate) fn push(&self, message: Message) {
        if self.is_deaf.get() {
            self.lose(message.items);
            return;
        }
        self.bytes.update(|bytes| bytes + message.body.len());
        self.waiting.borrow_mut().push_back(message);
        while self.bytes.get() > ROOM {
            let Some(oldest) = self.pop() else { break };
            self.lose(oldest.items);
            self.trouble.borrow_mut().get_or_insert_with(|| "too much waited to be sent".into());
        }
        self.changed.notify_one();
    }

    /// Nothing more comes.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        self.changed.notify_one();
    }

    /// Says everything that comes, until the queue is closed and empty.
    pub(crate) async fn deliver(&self, courier: &dyn Courier) {
        loop {
            while let Some(message) = self.pop() {
                self.saying.set(message.items);
                self.insist(courier, &message).await;
                self.saying.set(0);
            }
            if self.is_closed.get() {
                return;
            }
            self.changed.notified().await;
        }
    }

    /// What became of everything; what was not said until now is lost.
    pub(crate) fn delivery(&self) -> Delivery {
        let waiting: u64 = self.waiting.borrow().iter().map(|message| message.items).sum();
        let late = waiting + self.saying.get();
        let mut trouble = self.trouble.borrow().clone();
        if late > 0 {
            trouble.get_or_insert_with(|| "it was not sent in time".into());
        }
        let lost = self.lost.get() + late;
        Delivery { listener: self.listener.to_owned(), sent: self.sent.get(), lost, trouble }
    }

    /// Counts what was lost before it came here.
    pub(crate) fn missed(&self, items: u64, why: &str) {
        self.lose(items);
        self.note(&Trouble::lasting(why));
    }

    /// Says a message until it is taken, or never will be.
    async fn insist(&self, courier: &dyn Courier, message: &Message) {
        let mut pause = PAUSE;
        loop {
            let trouble = match courier.say(message).await {
                Ok(()) => return self.sent.update(|sent| sent + message.items),
                Err(trouble) => trouble,
            };
            self.note(&trouble);
            match trouble.then {
                Then::Again(Some(after)) => sleep(after.min(LONGEST_PAUSE)).await,
                Then::Again(None) if self.is_closed.get() => sleep(jittered(PAUSE)).await,
                Then::Again(None) => {
                    // The end is the last chance: what waits of its own accord tries once more.
                    let _ = timeout(jittered(pause), self.closed()).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Then::Leave => return self.lose(message.items),
                Then::Partly(lost) => {
                    let lost = lost.min(message.items);
                    self.sent.update(|sent| sent + message.items - lost);
                    return self.lose(lost);
                }
                Then::LeaveAll => {
                    self.is_deaf.set(true);
                    self.lose(message.items);
                    while let Some(message) = self.pop() {
                        self.lose(message.items);
                    }
                    return;
                }
            }
        }
    }

    /// Returns when nothing more comes.
    async fn closed(&self) {
        while !self.is_closed.get() {
            self.changed.notified().await;
        }
    }

    fn pop(&self) -> Option<Message> {
        let message = self.waiting.borrow_mut().pop_front()?;
        self.bytes.update(|bytes| bytes - message.body.len());
        Some(message)
    }

    fn lose(&self, items: u64) {
        self.lost.update(|lost| lost + items);
    }

    /// What goes wrong again and again is logged once.
    fn note(&self, trouble: &Trouble) {
        let mut last = self.trouble.borrow_mut();
        if last.as_ref() != Some(&trouble.reason) {
            log::warn!(target: "listeners", "{}: {trouble}", self.listener);
            *last = Some(trouble.reason.clone());
        }
    }
}

/// Half of it and more: generators that were refused together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let part = f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX);
    pause.mul_f64(0.5 + part / 2.0)
}

#[cfg(test)]
mod tests {
    use std::future;

    use bytes::Bytes;
    use tokio::{join, time::Instant};

    use super::*;
    use crate::words::Said;

    /// Takes nothing before an instant.
    struct Down(Instant);

    impl Courier for Down {
        fn say<'a>(&'a self, _message: &'a Message) -> Said<'a> {
            let is_up = Instant::now() >= self.0;
            let said = if is_up { Ok(()) } else { Err(Trouble::passing("down")) };
            Box::pin(future::ready(said))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_for_its_next_try_has_one_at_the_end() {
        let (queue, begun) = (Queue::new("Test"), Instant::now());
        queue.push(Message { path: "", body: Bytes::from_static(b"1"), items: 3 });
        let end = Duration::from_secs(60);
        let close = async {
            sleep(end).await;
            queue.close();
        };
        // The pauses are of half a minute then.
        let courier = Down(begun + end - Duration::from_millis(1));
        join!(queue.deliver(&courier), close);
        assert_eq!(begun.elapsed(), end);
        assert_eq!((queue.delivery().sent, queue.delivery().lost), (3, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn at_the_end_it_is_tried_again_after_short_pauses() {
        let (queue, begun) = (Queue::new("Test"), Instant::now());
        queue.push(Message { path: "", body: Bytes::from_static(b"1"), items: 3 });
        queue.close();
        let courier = Down(begun + Duration::from_secs(2));
        queue.deliver(&courier).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}
