//! A user's HTTP client.

mod lines;
mod transfer;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Instant,
};

use http::StatusCode;
use rustls::ClientConfig;

use super::{
    Addresses, Body, Headers, HttpSettings, KeepAlive, Origin, Request, RequestError, Response,
    Scratch, Target, TargetError,
    body::Keep,
    cookies::Cookies,
    hop::Hop,
    pool::{Line, Pool},
    progress::Progress,
    timer::Timer,
    wire::Head,
};
use crate::{
    stats::Phases,
    trace::{TRACEPARENT, TraceId, TraceParent, Tracer},
};

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
    /// Of a body that comes with a status that is not expected, so many bytes are kept, needed or
    /// not: somebody is told of requests that fail.
    pub unexpected_body: usize,
    /// What names the traces of requests, if they tell the target of traces.
    pub tracer: Option<Tracer>,
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
    /// Its trace, if the target was asked to keep it.
    pub trace: Option<TraceId>,
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
        if let Ok(line) = self.line(origin, &mut Progress::default()).await
            && let Line::Http1(connection) = line
        {
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

    fn keep_alive(&self) -> KeepAlive {
        self.shared.settings.keep_alive
    }

    /// How many requests to an origin may be under way at once: before it is known whether a
    /// server speaks HTTP/2, as many as without. A server that allows none is asked nevertheless:
    /// it may come to allow some, or the request times out.
    pub(crate) fn most_at_once(&self, origin: &Origin) -> usize {
        let shared = self.pool.shared(origin);
        shared.map_or(Self::MOST_CONNECTIONS, |connection| connection.most_streams().max(1))
    }

    /// Makes a request, with its redirects, within its timeout.
    pub async fn execute(&self, request: &Request) -> Exchange {
        let begun = Instant::now();
        let timeout = request.timeout.unwrap_or(self.shared.settings.timeout);
        let trace = self.trace(request);
        let mut progress = Progress { trace, ..Progress::default() };
        // Of requests side by side, all but one find none here, and make their own.
        let mut timer = self.timer.take();
        let work = self.follow(request, &mut progress);
        let result = timer.until((begun + timeout).into(), work).await;
        self.timer.set(timer);
        let Progress { phases, received, status, resent, .. } = progress;
        let trace = trace.and_then(TraceParent::sampled);
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
        Exchange { result, begun, phases, received, status, resent, trace }
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
        let keep = self.keep(request);
        progress.status = None;
        let (head, body) = self.transfer(hop, request, keep.clone(), progress).await?;
        let headers = Headers::of_head(head.lines.clone());
        self.cookies.borrow_mut().take(&hop.target, &headers);
        let body = body.finish();
        let limit = keep.of(head.status);
        let body = match headers.get("content-encoding").filter(|_| limit > 0) {
            Some(encoding) if keep.limit > 0 => {
                body.decoded(encoding, limit).map_err(RequestError::Invalid)?
            }
            // What nobody needs changes nothing of what becomes of the request.
            Some(encoding) => body.clone().decoded(encoding, limit).unwrap_or(body),
            None => body,
        };
        Ok((head, body))
    }

    /// The trace that a request is given, unless it has one of its own.
    fn trace(&self, request: &Request) -> Option<TraceParent> {
        let tracer = self.shared.tracer.as_ref()?;
        (!request.headers.contains_key(TRACEPARENT)).then(|| tracer.next())
    }

    /// How much is kept of the body of a request's response.
    fn keep(&self, request: &Request) -> Keep {
        let Shared { settings, unexpected_body, .. } = &*self.shared;
        let unexpected = *unexpected_body > 0;
        Keep {
            limit: if request.needs_body() { settings.body_limit } else { 0 },
            unexpected: unexpected.then(|| (Arc::clone(&request.expected), *unexpected_body)),
        }
    }
}
