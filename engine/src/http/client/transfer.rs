//! Sending a request, and taking in its response.

use std::time::Instant;

use bytes::Bytes;

use super::Client;
use crate::http::{
    KeepAlive, Origin, Proxy, Request, RequestError,
    asked::{Asked, Failed},
    body::{BodyReader, Keep},
    connection::{Connection, Times},
    hop::Hop,
    pool::Line,
    progress::{Progress, Receiving},
    wire::{Head, RequestHead, ResponseReader},
};

type Received = (Head, BodyReader);

impl Client {
    /// Sends a request and takes in the response. What the server surely has not looked at is
    /// sent once more: what could not be sent at all, as it had closed the connection, and what it
    /// refused as it goes away.
    pub(super) async fn transfer(
        &self,
        hop: &Hop,
        request: &Request,
        keep: Keep,
        progress: &mut Progress,
    ) -> Result<Received, RequestError> {
        let origin = &hop.target.origin;
        let cookie = self.cookies.borrow().header(&hop.target);
        let body = if hop.with_body { &request.body } else { &NO_BODY };
        let head = RequestHead {
            method: &hop.method,
            target: &hop.target,
            headers: &request.headers,
            cookie: cookie.as_ref(),
            length: hop.with_body.then_some(body.len()),
            with_credentials: hop.with_credentials,
            keep_alive: self.keep_alive() != KeepAlive::Never,
            proxy: self.proxy(origin),
            trace: progress.trace,
        };
        let asked = Asked { head, body, keeps_headers: request.needs_headers(), keep };
        let mut is_last = false;
        loop {
            let received = match self.line(origin, progress).await? {
                Line::Http1(connection) => self.over_http1(connection, &asked, progress).await,
                // What few need is kept where it is needed.
                Line::Http2(connection) => Box::pin(connection.exchange(&asked, progress)).await,
            };
            match received {
                Ok(received) => return Ok(received),
                Err(Failed::Unprocessed(_)) if !is_last => {
                    is_last = true;
                    progress.resent += 1;
                }
                Err(failed) => return Err(failed.into_error()),
            }
        }
    }

    async fn over_http1(
        &self,
        mut connection: Connection,
        asked: &Asked<'_>,
        progress: &mut Progress,
    ) -> Result<Received, Failed> {
        let scratch = &self.shared.scratch;
        let begun = Instant::now();
        let sent = connection.send(&asked.head, asked.body, scratch).await;
        let outgoing = sent.map_err(Failed::Unprocessed)?;
        let body = BodyReader::new(asked.keep.clone());
        let method = asked.head.method.clone();
        let mut reader = ResponseReader::new(method, asked.keeps_headers, body);
        let times = Times { begun, sent: None, first_byte: None };
        let receiving = Receiving { progress, reader: &mut reader, times };
        receiving.run(&mut connection, outgoing, scratch).await.map_err(Failed::For)?;
        if asked.head.keep_alive {
            self.pool.put(connection);
        }
        reader.into_parts().ok_or(Failed::For(RequestError::NoResponse("closed")))
    }

    /// The proxy that is asked for an origin's contents; within a tunnel there is none.
    fn proxy(&self, origin: &Origin) -> Option<&Proxy> {
        let settings = &self.shared.settings;
        settings.proxy_for(origin).filter(|_| !settings.needs_tunnel(origin))
    }
}

static NO_BODY: Bytes = Bytes::new();
