//! Where those who hear sit: their thread's work.

use std::{future::pending, rc::Rc, sync::Arc};

use engine::listener::{Delivery, FailedRequest};
use futures_util::future::join_all;
use tokio::{
    select,
    sync::mpsc,
    task::{JoinHandle, spawn_local},
    time::timeout,
};

use crate::{
    Hearing, Report, System, Vault,
    audience::FLUSH,
    message::Message,
    queue::Queue,
    words::{Hearer, Words},
};

/// How many failed requests are looked at together.
const TOGETHER: usize = 64;

/// What is told to the room.
pub(crate) enum News {
    /// A stretch of time is over.
    Report(Report),
    /// The load has ended, before its time or not, and so many reports found no room.
    End { stopped_early: bool, missed: u64 },
}

/// Those who hear of a generator.
pub(crate) struct Room {
    pub(crate) systems: Vec<System>,
    pub(crate) hearing: Hearing,
    pub(crate) vault: Option<Arc<dyn Vault>>,
}

impl Room {
    /// Tells them all that comes, until the end; and what became of it.
    pub(crate) async fn hear(
        self,
        mut news: mpsc::Receiver<News>,
        mut failed: mpsc::Receiver<FailedRequest>,
    ) -> Vec<Delivery> {
        let Self { systems, mut hearing, vault } = self;
        let hearers =
            systems.into_iter().map(|system| system.hearer(&hearing.origin, vault.as_deref()));
        let hearers = join_all(hearers).await.into_iter();
        let guest = hearing.endpoint.take().map(|endpoint| endpoint.hearer(&hearing.origin));
        let mut seats: Vec<_> = hearers.chain(guest).map(Seat::take).collect();
        let mut tell = |news: &dyn Fn(&mut dyn Words) -> Vec<Message>| {
            for seat in &mut seats {
                seat.tell(news);
            }
        };
        if hearing.speaks && hearing.opens {
            tell(&|words| words.begin());
        }
        let (stopped_early, missed) = loop {
            select! {
                // What failed is told before the report that counts it.
                biased;
                requests = next(&mut failed) => tell(&|words| words.failed(&requests)),
                news = news.recv() => match news {
                    Some(News::Report(report)) => tell(&|words| words.report(&report)),
                    Some(News::End { stopped_early, missed }) => break (stopped_early, missed),
                    // The generator was given up.
                    None => break (true, 0),
                },
            }
        };
        let mut requests = Vec::new();
        while let Ok(request) = failed.try_recv() {
            requests.push(request);
        }
        tell(&|words| words.failed(&requests));
        tell(&|words| words.rest());
        let hands_over = hearing.hands_over && !stopped_early;
        if hearing.speaks && !hands_over {
            tell(&|words| words.end());
        }
        tell(&|words| words.leave(hands_over));
        for seat in &seats {
            seat.queue.close();
        }
        let all = join_all(seats.iter_mut().map(|seat| &mut seat.delivering));
        let _ = timeout(FLUSH, all).await;
        seats.iter().map(|seat| seat.delivery(missed)).collect()
    }
}

/// Failed requests, as soon as there are any; never, if no more can come.
async fn next(failed: &mut mpsc::Receiver<FailedRequest>) -> Vec<FailedRequest> {
    let mut requests = Vec::new();
    if failed.recv_many(&mut requests, TOGETHER).await == 0 {
        pending::<()>().await;
    }
    requests
}

/// One who hears, and what is said to it.
struct Seat {
    words: Box<dyn Words>,
    queue: Rc<Queue>,
    delivering: JoinHandle<()>,
}

impl Seat {
    fn take(Hearer { name, words, courier }: Hearer) -> Self {
        let queue = Rc::new(Queue::new(name));
        let delivered = Rc::clone(&queue);
        let delivering = spawn_local(async move { delivered.deliver(&*courier).await });
        Self { words, queue, delivering }
    }

    fn tell(&mut self, news: &dyn Fn(&mut dyn Words) -> Vec<Message>) {
        for message in news(&mut *self.words) {
            self.queue.push(message);
        }
    }

    fn delivery(&self, missed: u64) -> Delivery {
        if missed > 0 {
            self.queue.missed(missed, "the listeners' thread did not keep up");
        }
        self.queue.delivery()
    }
}
