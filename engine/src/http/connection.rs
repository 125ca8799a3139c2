//! One HTTP/1.1 connection, driven by the task that uses it.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    body::{Body as _, Incoming},
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;

use super::{
    RequestError,
    body::BodyReader,
    io::{Io, Moved},
};

type Driver = http1::Connection<TokioIo<Io>, Full<Bytes>>;

/// A kept-alive connection.
///
/// hyper wants its connection to be polled beside its requests, usually in a task of its own. Here
/// the user's task polls both in turn, so that a response wakes one task and not two.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// None once the connection has ended.
    driver: Option<Pin<Box<Driver>>>,
    moved: Rc<Moved>,
}

/// Why an exchange failed; the request comes back if none of it was sent.
pub(super) struct SendError {
    pub(super) error: RequestError,
    pub(super) unsent: Option<http::Request<Full<Bytes>>>,
}

impl Connection {
    /// Begins to speak HTTP on a connection.
    pub(super) async fn start(io: Io) -> Result<Self, RequestError> {
        let moved = io.moved();
        let started = http1::Builder::new()
            .max_buf_size(512 * 1024)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| RequestError::from_hyper(&error, false))?;
        let (sender, driver) = started;
        Ok(Self { sender, driver: Some(Box::pin(driver)), moved })
    }

    /// When bytes moved in the current exchange.
    pub(super) fn moved(&self) -> &Moved {
        &self.moved
    }

    /// Waits until a request may be sent; false if the connection has ended, as when the server
    /// closed it meanwhile.
    pub(super) async fn is_ready(&mut self) -> bool {
        poll_fn(|cx| {
            drive(&mut self.driver, cx);
            if self.driver.is_none() {
                return Poll::Ready(false);
            }
            self.sender.poll_ready(cx).map(|ready| ready.is_ok())
        })
        .await
    }

    /// Sends a request and waits for the response's head.
    pub(super) async fn send(
        &mut self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<http::Response<Incoming>, SendError> {
        self.moved.reset();
        let mut answer = pin!(self.sender.try_send_request(request));
        let answered = poll_fn(|cx| {
            drive(&mut self.driver, cx);
            // Only the driver brings the answer, and it was just polled with the real waker.
            answer.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        });
        answered.await.map_err(|mut error| SendError {
            unsent: error.take_message(),
            error: RequestError::from_hyper(error.error(), false),
        })
    }

    /// Reads a response's body to its end.
    pub(super) async fn receive(
        &mut self,
        mut body: Incoming,
        reader: &mut BodyReader,
    ) -> Result<(), RequestError> {
        let mut driven = false;
        poll_fn(|cx| {
            loop {
                // As above: new frames come from the driver alone.
                let mut unwoken = Context::from_waker(Waker::noop());
                match Pin::new(&mut body).poll_frame(&mut unwoken) {
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Ready(Some(Ok(frame))) => {
                        if let Ok(data) = frame.into_data() {
                            reader.push(data);
                        }
                        driven = false;
                    }
                    Poll::Ready(Some(Err(error))) => {
                        return Poll::Ready(Err(RequestError::from_hyper(&error, true)));
                    }
                    Poll::Pending if self.driver.is_none() => {
                        return Poll::Ready(Err(RequestError::Truncated("closed")));
                    }
                    Poll::Pending if driven => {
                        driven = false;
                        return Poll::Pending;
                    }
                    Poll::Pending => {
                        drive(&mut self.driver, cx);
                        driven = true;
                    }
                }
            }
        })
        .await
    }
}

/// Lets the connection read and write; one that ends is dropped.
fn drive(driver: &mut Option<Pin<Box<Driver>>>, cx: &mut Context<'_>) {
    let ended = driver.as_mut().is_some_and(|driver| driver.as_mut().poll(cx).is_ready());
    if ended {
        *driver = None;
    }
}
