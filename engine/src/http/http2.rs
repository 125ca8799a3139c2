//! One HTTP/2 connection, shared by the requests of a user.

mod errors;
mod message;

use std::{
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Instant,
};

use bytes::Bytes;
use h2::{
    RecvStream, SendStream,
    client::{Builder, ResponseFuture, SendRequest},
};
use tokio::task::AbortHandle;

use self::errors::{failed, told};
use super::{
    Origin, RequestError,
    asked::{Asked, Failed},
    body::BodyReader,
    connection::Times,
    progress::Progress,
    stream::Stream,
    wire::Head,
};

/// The longest head of a response.
const HEAD_LIMIT: u32 = 256 * 1024;

/// How much of one response may be on its way before any of it is taken in.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;

/// How much of all responses of a connection may.
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// A connection whose requests and responses go side by side.
#[derive(Clone)]
pub(super) struct Http2 {
    origin: Origin,
    requests: SendRequest<Bytes>,
    driver: Rc<Driver>,
}

/// The task that reads and writes for all requests; it ends with the last of them.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Http2 {
    /// Begins to speak HTTP/2.
    pub(super) async fn open(origin: Origin, stream: Stream) -> Result<Self, RequestError> {
        let mut builder = Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEAD_LIMIT);
        let opened = builder.handshake(stream).await;
        let (requests, connection) = opened.map_err(|error| told(&error, false))?;
        let driver = tokio::spawn(async move {
            // Why it ends is told to each of its requests.
            let _ = connection.await;
        });
        Ok(Self { origin, requests, driver: Rc::new(Driver(driver.abort_handle())) })
    }

    /// Where it leads.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether both are the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.driver, &other.driver)
    }

    /// How many requests the server allows at once.
    pub(super) fn most_streams(&self) -> usize {
        self.requests.current_max_send_streams()
    }

    /// Whether a request may be sent: not once the connection is lost, or the server said that
    /// it goes away.
    pub(super) async fn is_ready(&mut self) -> bool {
        poll_fn(|cx| self.requests.poll_ready(cx)).await.is_ok()
    }

    /// Sends a request and takes in its response; what is dropped before its end is told to the
    /// server.
    pub(super) async fn exchange(
        mut self,
        asked: &Asked<'_>,
        progress: &mut Progress,
    ) -> Result<(Head, BodyReader), Failed> {
        let request = message::request(&asked.head).map_err(Failed::For)?;
        let ends = asked.body.is_empty();
        let mut exchange = Exchange {
            times: Times { begun: Instant::now(), sent: None, first_byte: None },
            progress,
        };
        let sent = self.requests.send_request(request, ends);
        let (response, stream) = sent.map_err(|error| failed(&error, false))?;
        if ends {
            exchange.times.sent = Some(Instant::now());
        }
        exchange.run(asked, response, stream).await
    }
}

/// A request and its response on their way. However that ends, a timeout included, it is noted
/// how far they came.
struct Exchange<'a> {
    progress: &'a mut Progress,
    times: Times,
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.times.note(&mut self.progress.phases);
    }
}

impl Exchange<'_> {
    /// Takes in the response while the request's body is sent: a server may answer before it has
    /// all of it.
    async fn run(
        &mut self,
        asked: &Asked<'_>,
        response: ResponseFuture,
        stream: SendStream<Bytes>,
    ) -> Result<(Head, BodyReader), Failed> {
        if self.times.sent.is_some() {
            return self.receive(asked, response).await;
        }
        let mut sending = pin!(send(stream, asked.body.clone()));
        let mut sent = None;
        let received = {
            let mut receiving = pin!(self.receive(asked, response));
            poll_fn(|cx| {
                if sent.is_none() && sending.as_mut().poll(cx).is_ready() {
                    sent = Some(Instant::now());
                }
                receiving.as_mut().poll(cx)
            })
            .await
        };
        self.times.sent = sent;
        received
    }

    async fn receive(
        &mut self,
        asked: &Asked<'_>,
        response: ResponseFuture,
    ) -> Result<(Head, BodyReader), Failed> {
        let response = response.await.map_err(|error| failed(&error, false))?;
        self.times.first_byte = Some(Instant::now());
        let (parts, stream) = response.into_parts();
        self.progress.status = Some(parts.status);
        let head = message::head(&parts, asked.keeps_headers);
        let mut body = BodyReader::new(asked.keep.clone());
        body.begin(parts.status);
        self.take_in(stream, &mut body).await.map_err(|error| failed(&error, true))?;
        Ok((head, body))
    }

    async fn take_in(
        &mut self,
        mut stream: RecvStream,
        body: &mut BodyReader,
    ) -> Result<(), h2::Error> {
        while let Some(data) = stream.data().await {
            let data = data?;
            self.progress.received += data.len() as u64;
            body.push(&data);
            stream.flow_control().release_capacity(data.len())?;
        }
        Ok(())
    }
}

/// Sends a body as fast as the server takes it. What cannot be sent matters only if there is no
/// response, which then tells why.
async fn send(mut stream: SendStream<Bytes>, mut body: Bytes) -> Result<(), h2::Error> {
    while !body.is_empty() {
        stream.reserve_capacity(body.len());
        let capacity = poll_fn(|cx| match stream.poll_capacity(cx) {
            Poll::Ready(Some(Ok(0))) => Poll::Pending,
            polled => polled,
        });
        let Some(capacity) = capacity.await else { return Ok(()) };
        let chunk = body.split_to(capacity?.min(body.len()));
        stream.send_data(chunk, body.is_empty())?;
    }
    Ok(())
}
