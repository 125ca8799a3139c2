//! What waits to be said to a system: a bounded queue, said one message after the other.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    time::Duration,
};

use engine::listener::Delivery;
use tokio::{select, sync::Notify, time::sleep};

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
    closing: Notify,
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
            closing: Notify::new(),
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
        self.closing.notify_one();
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
                Then::Again(after) => {
                    match after {
                        Some(after) => sleep(after.min(LONGEST_PAUSE)).await,
                        None => self.rest(jittered(pause)).await,
                    }
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

    /// Waits, but not when there is little time left: what is closed meanwhile is tried at once.
    async fn rest(&self, pause: Duration) {
        if self.is_closed.get() {
            return sleep(pause).await;
        }
        select! {
            () = sleep(pause) => {}
            () = self.closing.notified() => {}
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
    use std::{future, rc::Rc, time::Instant};

    use bytes::Bytes;
    use tokio::task::{LocalSet, spawn_local};

    use super::*;
    use crate::words::Said;

    /// Takes a message when it is said for the so many-th time.
    struct After(Cell<u32>);

    impl Courier for After {
        fn say<'a>(&'a self, _message: &'a Message) -> Said<'a> {
            let left = self.0.replace(self.0.get().saturating_sub(1));
            let said = if left == 0 { Ok(()) } else { Err(Trouble::passing("busy")) };
            Box::pin(future::ready(said))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_at_the_end_is_tried_at_once() {
        let begun = Instant::now();
        LocalSet::new()
            .run_until(async {
                let queue = Rc::new(Queue::new("Sfx"));
                queue.push(Message { path: "", body: Bytes::new(), items: 3 });
                let delivered = Rc::clone(&queue);
                let delivering =
                    spawn_local(async move { delivered.deliver(&After(Cell::new(6))).await });
                // Five pauses are 15.5 s at most, and six are 15.75 s at least.
                sleep(Duration::from_millis(15_600)).await;
                assert_eq!(queue.delivery().sent, 0);
                queue.close();
                let closed = tokio::time::Instant::now();
                delivering.await.unwrap();
                assert_eq!(closed.elapsed(), Duration::ZERO);
                assert_eq!((queue.delivery().sent, queue.delivery().lost), (3, 0));
            })
            .await;
        assert!(begun.elapsed() < Duration::from_secs(5), "time is made");
    }
}
