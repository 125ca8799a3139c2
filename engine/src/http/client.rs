//! A user's HTTP client.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Instant,
};

use http::StatusCode;
use rustls::ClientConfig;

use super::{
    Addresses, Body, Headers, HttpSettings, KeepAlive, Origin, Proxy, Request, RequestError,
    Response, Scratch, Target, TargetError,
    body::BodyReader,
    connection::{Connection, Outgoing, Times},
    cookies::Cookies,
    dial::open,
    hop::Hop,
    pool::Pool,
    progress::{Progress, Receiving},
    timer::Timer,
    wire::{Head, RequestHead, ResponseReader},
};
use crate::stats::Phases;

/// One user's connections, cookies and timer. A connection per origin is kept alive, and more of
/// them where requests are made side by side.
pub struct Client {
    shared: Rc<Shared>,
    base: Option<Target>,
    pool: Pool,
    cookies: RefCell<Cookies>,
    timer: Cell<Timer>,
}

/// What all clients of a thread share.
pub struct Shared {
    /// The scenario's settings.
    pub settings: HttpSettings,
    /// Addresses of the hosts.
    pub addresses: Addresses,
    /// Whom TLS trusts.
    pub tls: Arc<ClientConfig>,
    /// Buffers for all connections.
    pub scratch: Scratch,
}

/// What became of a request.
pub struct Exchange {
    /// The response, or why there is none.
    pub result: Result<Response, RequestError>,
    /// When the request began.
    pub begun: Instant,
    /// Where the time went, also of a request without a response.
    pub phases: Phases,
    /// Bytes of the body that came over the wire, also of a response that broke off.
    pub received: u64,
    /// The status, also of a response that broke off.
    pub status: Option<StatusCode>,
    /// How often it was sent again, as the server had closed the connection before.
    pub resent: u32,
}

impl Client {
    /// The most connections to one origin, for requests that are made side by side: as many as
    /// browsers open.
    pub const MOST_CONNECTIONS: usize = 6;

    /// A client that puts `base` before paths.
    pub fn new(shared: Rc<Shared>, base: Option<Target>) -> Self {
        Self {
            shared,
            base,
            pool: Pool::default(),
            cookies: RefCell::default(),
            timer: Cell::default(),
        }
    }

    /// The target of a path or URL.
    ///
    /// # Errors
    ///
    /// A URL that is none, or a path where there is no host.
    pub fn target(&self, url: &str) -> Result<Target, TargetError> {
        match &self.base {
            Some(base) => base.request(url),
            None if url.contains("://") => Target::parse(url),
            None => Err(TargetError::NoHost),
        }
    }

    /// Whether a target is of the user's own host.
    pub(crate) fn is_own(&self, target: &Target) -> bool {
        self.base.as_ref().is_some_and(|base| base.origin == target.origin)
    }

    /// Opens the connection to the host ahead of the first request. That it fails is not told
    /// here: the request will.
    pub async fn connect(&self) {
        let Some(origin) = self.base.as_ref().map(|base| &base.origin) else { return };
        if self.pool.has(origin) || self.keep_alive() == KeepAlive::Never {
            return;
        }
        let timeout = self.shared.settings.connect_timeout;
        let mut phases = Phases::default();
        let open = open(&self.shared, origin, &mut phases);
        if let Ok(Ok(connection)) = tokio::time::timeout(timeout, open).await {
            self.pool.put(connection);
        }
    }

    /// Closes all connections and forgets all cookies.
    pub fn reset(&self) {
        self.pool.clear();
        self.cookies.borrow_mut().clear();
    }

    /// Closes the connections that do not outlast an iteration.
    pub(crate) fn end_iteration(&self) {
        if self.keep_alive() == KeepAlive::WithinIteration {
            self.pool.clear();
        }
    }

    /// The proxy that is asked for an origin's contents; within a tunnel there is none.
    fn proxy(&self, origin: &Origin) -> Option<&Proxy> {
        if origin.tls { None } else { self.shared.settings.proxy_for(origin) }
    }

    fn keep_alive(&self) -> KeepAlive {
        self.shared.settings.keep_alive
    }

    /// How many requests to an origin may be under way at once.
    pub(crate) fn most_at_once(&self, _origin: &Origin) -> usize {
        Self::MOST_CONNECTIONS
    }

    /// Makes a request, with its redirects, within its timeout.
    pub async fn execute(&self, request: &Request) -> Exchange {
        let begun = Instant::now();
        let timeout = request.timeout.unwrap_or(self.shared.settings.timeout);
        let mut progress = Progress::default();
        // Of requests side by side, all but one find none here, and make their own.
        let mut timer = self.timer.take();
        let work = self.follow(request, &mut progress);
        let result = timer.until((begun + timeout).into(), work).await;
        self.timer.set(timer);
        let Progress { phases, received, status, resent } = progress;
        let result = match result {
            Ok(Ok((head, body))) => Ok(Response {
                status: head.status,
                headers: Headers::of_head(head.lines),
                body,
                received,
                elapsed: begun.elapsed(),
                phases,
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(RequestError::Timeout(timeout)),
        };
        Exchange { result, begun, phases, received, status, resent }
    }

    async fn follow(
        &self,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<(Head, Body), RequestError> {
        let redirects = self.shared.settings.redirects;
        let mut hop = Hop::first(request, self.target(&request.url)?);
        for _ in 0..=HttpSettings::MOST_REDIRECTS {
            let (head, body) = self.exchange(&hop, request, progress).await?;
            match hop.next(&head, redirects) {
                Some(next) => hop = next?,
                None => return Ok((head, body)),
            }
        }
        Err(RequestError::TooManyRedirects(HttpSettings::MOST_REDIRECTS))
    }

    /// One request and its response, without redirects.
    async fn exchange(
        &self,
        hop: &Hop,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<(Head, Body), RequestError> {
        let limit = if request.needs_body() { self.shared.settings.body_limit } else { 0 };
        progress.status = None;
        let (mut connection, begun, outgoing) = self.send(hop, request, progress).await?;
        let body = BodyReader::new(limit);
        let mut reader = ResponseReader::new(hop.method.clone(), request.needs_headers(), body);
        let times = Times { begun, sent: None, first_byte: None };
        let receiving = Receiving { progress, reader: &mut reader, times };
        receiving.run(&mut connection, outgoing, &self.shared.scratch).await?;
        if self.keep_alive() != KeepAlive::Never {
            self.pool.put(connection);
        }
        let (head, body) = reader.into_parts().ok_or(RequestError::NoResponse("closed"))?;
        let headers = Headers::of_head(head.lines.clone());
        self.cookies.borrow_mut().take(&hop.target, &headers);
        let body = body.finish();
        let body = match headers.get("content-encoding").filter(|_| limit > 0) {
            Some(encoding) => body.decoded(encoding, limit).map_err(RequestError::Invalid)?,
            None => body,
        };
        Ok((head, body))
    }

    /// Begins to send on a connection that was kept alive, or on a new one; tells when. What
    /// could not be sent at all, because the server had closed the connection, is sent once more.
    async fn send<'a>(
        &self,
        hop: &Hop,
        request: &'a Request,
        progress: &mut Progress,
    ) -> Result<(Connection, Instant, Outgoing<'a>), RequestError> {
        let cookie = self.cookies.borrow().header(&hop.target);
        let body: &'a [u8] = if hop.with_body { &request.body } else { &[] };
        let head = RequestHead {
            method: &hop.method,
            target: &hop.target,
            headers: &request.headers,
            cookie: cookie.as_ref(),
            length: hop.with_body.then_some(body.len()),
            with_credentials: hop.with_credentials,
            keep_alive: self.keep_alive() != KeepAlive::Never,
            proxy: self.proxy(&hop.target.origin),
        };
        let mut connection = self.connection(&hop.target.origin, progress).await?;
        let begun = Instant::now();
        if let Ok(sent) = connection.send(&head, body, &self.shared.scratch).await {
            return Ok((connection, begun, sent));
        }
        progress.resent += 1;
        let mut connection = self.connection(&hop.target.origin, progress).await?;
        let begun = Instant::now();
        let sent = connection.send(&head, body, &self.shared.scratch).await?;
        Ok((connection, begun, sent))
    }

    /// A connection that is ready; opens one if there is none.
    async fn connection(
        &self,
        origin: &Origin,
        progress: &mut Progress,
    ) -> Result<Connection, RequestError> {
        while let Some(mut connection) = self.pool.take(origin) {
            if connection.is_ready(&self.shared.scratch).await {
                return Ok(connection);
            }
        }
        let timeout = self.shared.settings.connect_timeout;
        let opened = open(&self.shared, origin, &mut progress.phases);
        tokio::time::timeout(timeout, opened)
            .await
            .map_err(|_| RequestError::ConnectTimeout(timeout))?
    }
}
