//! Requests side by side, as a browser loads a page.

use std::{borrow::Cow, collections::VecDeque, future::poll_fn, rc::Rc, task::Poll};

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::{
    User,
    sending::{Concluded, execute},
};
use crate::{
    http::{Client, Origin, Request, Response},
    scenario::TaskError,
};

impl User {
    /// Makes requests side by side, as a browser loads a page: over up to
    /// [`Client::MOST_CONNECTIONS`] connections to each origin, or as many streams as the server
    /// allows of one HTTP/2 connection. Each is checked, recorded and captured from as by
    /// [`User::send`], and its time begins when it has a connection to itself.
    ///
    /// The responses stand in the order of the requests; so are the variables set, at the end.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stopped`] if the load has ended: what has not begun by then is left out.
    /// [`TaskError::InterruptFlow`] if one failed and is to start the user's sequence over. In
    /// both cases those under way come to their end before.
    pub async fn parallel(
        &mut self,
        requests: &[Request],
    ) -> Result<Vec<Option<Response>>, TaskError> {
        self.check_stop()?;
        let signed = self.all_signed(requests).await?;
        let requests: Vec<_> = requests
            .iter()
            .zip(&signed)
            .map(|(request, signed)| signed.as_deref().unwrap_or(request))
            .map(|request| self.changed(request).map_or(Cow::Borrowed(request), Cow::Owned))
            .collect();
        let (context, http) = (Rc::clone(&self.context), Rc::clone(&self.http));
        let mut intended = self.intended.take();
        let mut queue = Queue::new(&requests, &http);
        let mut running = FuturesUnordered::new();
        let mut concluded: Vec<Option<Concluded>> = requests.iter().map(|_| None).collect();
        loop {
            while let Some((lane, index)) = queue.next(&http) {
                let (context, http, request) = (&*context, &*http, &*requests[index]);
                running.push(async move { (lane, index, execute(context, http, request).await) });
            }
            // A connection that proves to be an HTTP/2 one makes room for more.
            let ended = poll_fn(|cx| match running.poll_next_unpin(cx) {
                Poll::Pending if queue.has_room(&http) => Poll::Ready(Next::Begin),
                polled => polled.map(|ended| ended.map_or(Next::Finish, Next::Ended)),
            });
            match ended.await {
                Next::Begin => {}
                Next::Finish => break,
                Next::Ended((lane, index, exchange)) => {
                    queue.ended(lane);
                    let intended = intended.take_if(|_| index == 0);
                    concluded[index] = Some(self.conclude(&requests[index], exchange, intended));
                }
            }
            if self.check_stop().is_err() {
                queue.clear();
            }
        }
        self.take_all(concluded)
    }

    fn take_all(
        &mut self,
        concluded: Vec<Option<Concluded>>,
    ) -> Result<Vec<Option<Response>>, TaskError> {
        let mut responses = Vec::with_capacity(concluded.len());
        let mut interrupted = false;
        for concluded in concluded {
            let Concluded { response, captured, interrupts } =
                concluded.ok_or(TaskError::Stopped)?;
            for (variable, value) in captured {
                self.set_variable(&variable, value);
            }
            responses.push(response);
            interrupted |= interrupts;
        }
        if interrupted { Err(TaskError::InterruptFlow) } else { Ok(responses) }
    }
}

/// What to do when something happened.
enum Next<T> {
    Begin,
    Ended(T),
    Finish,
}

/// The requests that have not begun, by the origin that they go to.
struct Queue {
    lanes: Vec<Lane>,
}

struct Lane {
    /// None if a request's URL is none: it needs no connection to fail.
    origin: Option<Origin>,
    waiting: VecDeque<usize>,
    under_way: usize,
}

impl Queue {
    fn new(requests: &[Cow<'_, Request>], http: &Client) -> Self {
        let mut lanes: Vec<Lane> = Vec::new();
        for (index, request) in requests.iter().enumerate() {
            let origin = http.target(&request.url).ok().map(|target| target.origin);
            match lanes.iter_mut().find(|lane| lane.origin == origin) {
                Some(lane) => lane.waiting.push_back(index),
                None => lanes.push(Lane { origin, waiting: [index].into(), under_way: 0 }),
            }
        }
        Self { lanes }
    }

    /// Takes out the next request that has room; returns its lane and index.
    fn next(&mut self, http: &Client) -> Option<(usize, usize)> {
        let number = self.lanes.iter().position(|lane| lane.has_room(http))?;
        let lane = &mut self.lanes[number];
        lane.under_way += 1;
        Some((number, lane.waiting.pop_front()?))
    }

    fn has_room(&self, http: &Client) -> bool {
        self.lanes.iter().any(|lane| lane.has_room(http))
    }

    fn ended(&mut self, lane: usize) {
        self.lanes[lane].under_way -= 1;
    }

    /// Leaves out what has not begun.
    fn clear(&mut self) {
        for lane in &mut self.lanes {
            lane.waiting.clear();
        }
    }
}

impl Lane {
    fn has_room(&self, http: &Client) -> bool {
        let most = self.origin.as_ref().map_or(usize::MAX, |origin| http.most_at_once(origin));
        !self.waiting.is_empty() && self.under_way < most
    }
}
