//! A user's HTTP client.

use std::{net::SocketAddr, rc::Rc, sync::Arc, time::Instant};

use http::{Method, StatusCode};
use rustls::ClientConfig;
use tokio::net::TcpStream;

use super::{
    Addresses, Body, Headers, HttpSettings, Origin, Redirects, Request, RequestError, Response,
    Scratch, Target, TargetError,
    body::BodyReader,
    connection::{Connection, Outgoing, Times},
    cookies::Cookies,
    stream::Stream,
    timer::Timer,
    tls,
    wire::{Head, RequestHead, ResponseReader},
};
use crate::stats::{Phase, Phases};

/// One user's connections, cookies and timer. A connection per origin is kept alive.
pub struct Client {
    shared: Rc<Shared>,
    base: Option<Target>,
    connections: Vec<(Origin, Connection)>,
    cookies: Cookies,
    timer: Timer,
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
    /// A client that puts `base` before paths.
    pub fn new(shared: Rc<Shared>, base: Option<Target>) -> Self {
        Self {
            shared,
            base,
            connections: Vec::new(),
            cookies: Cookies::default(),
            timer: Timer::default(),
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
    pub async fn connect(&mut self) {
        let Some(origin) = self.base.as_ref().map(|base| base.origin.clone()) else { return };
        if self.connections.iter().any(|(known, _)| *known == origin) {
            return;
        }
        let timeout = self.shared.settings.connect_timeout;
        let mut phases = Phases::default();
        let open = open(&self.shared, &origin, &mut phases);
        if let Ok(Ok(connection)) = tokio::time::timeout(timeout, open).await {
            self.connections.push((origin, connection));
        }
    }

    /// Closes all connections and forgets all cookies.
    pub fn reset(&mut self) {
        self.connections.clear();
        self.cookies.clear();
    }

    /// Makes a request, with its redirects, within its timeout.
    pub async fn execute(&mut self, request: &Request) -> Exchange {
        let begun = Instant::now();
        let timeout = request.timeout.unwrap_or(self.shared.settings.timeout);
        let mut progress = Progress::default();
        let mut timer = std::mem::take(&mut self.timer);
        let work = self.follow(request, &mut progress);
        let result = timer.until((begun + timeout).into(), work).await;
        self.timer = timer;
        if !matches!(result, Ok(Ok(_)))
            && let Some(origin) = progress.origin.take()
        {
            // Nothing that is half read may be used again.
            self.connections.retain(|(known, _)| *known != origin);
        }
        let Progress { phases, received, status, resent, .. } = progress;
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
        &mut self,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<(Head, Body), RequestError> {
        let mut hop = Hop {
            method: request.method.clone(),
            target: self.target(&request.url)?,
            with_body: request.has_body(),
            with_credentials: true,
        };
        for _ in 0..=HttpSettings::MOST_REDIRECTS {
            let (head, body) = self.exchange(&hop, request, progress).await?;
            match self.redirect(&hop, &head) {
                Some(next) => hop = next?,
                None => return Ok((head, body)),
            }
        }
        Err(RequestError::TooManyRedirects(HttpSettings::MOST_REDIRECTS))
    }

    /// One request and its response, without redirects.
    async fn exchange(
        &mut self,
        hop: &Hop,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<(Head, Body), RequestError> {
        progress.origin = Some(hop.target.origin.clone());
        let limit = if request.needs_body() { self.shared.settings.body_limit } else { 0 };
        progress.status = None;
        let (index, begun, outgoing) = self.send(hop, request, progress).await?;
        let connection = &mut self.connections[index].1;
        let body = BodyReader::new(limit);
        let mut reader = ResponseReader::new(hop.method.clone(), request.needs_headers(), body);
        let times = Times { begun, sent: None, first_byte: None };
        let mut receiving = Receiving { progress, reader: &mut reader, times };
        let received = receiving.run(connection, outgoing, &self.shared.scratch).await;
        drop(receiving);
        received?;
        let (head, body) = reader.into_parts().ok_or(RequestError::NoResponse("closed"))?;
        let headers = Headers::of_head(head.lines.clone());
        self.cookies.take(&hop.target, &headers);
        let body = body.finish();
        let body = match headers.get("content-encoding").filter(|_| limit > 0) {
            Some(encoding) => body.decoded(encoding, limit).map_err(RequestError::Invalid)?,
            None => body,
        };
        Ok((head, body))
    }

    /// Begins to send on the connection that is kept alive, or on a new one; returns its index,
    /// and when. What could not be sent at all, because the server had closed the connection, is
    /// sent once more.
    async fn send<'a>(
        &mut self,
        hop: &Hop,
        request: &'a Request,
        progress: &mut Progress,
    ) -> Result<(usize, Instant, Outgoing<'a>), RequestError> {
        let cookie = self.cookies.header(&hop.target);
        let body: &'a [u8] = if hop.with_body { &request.body } else { &[] };
        let head = RequestHead {
            method: &hop.method,
            target: &hop.target,
            headers: &request.headers,
            cookie: cookie.as_ref(),
            length: hop.with_body.then_some(body.len()),
            with_credentials: hop.with_credentials,
        };
        let index = self.connection(&hop.target.origin, progress).await?;
        let shared = Rc::clone(&self.shared);
        let begun = Instant::now();
        if let Ok(sent) = self.connections[index].1.send(&head, body, &shared.scratch).await {
            return Ok((index, begun, sent));
        }
        progress.resent += 1;
        self.connections.swap_remove(index);
        let index = self.connection(&hop.target.origin, progress).await?;
        let begun = Instant::now();
        let sent = self.connections[index].1.send(&head, body, &shared.scratch).await?;
        Ok((index, begun, sent))
    }

    /// The index of a connection that is ready; opens one if there is none.
    async fn connection(
        &mut self,
        origin: &Origin,
        progress: &mut Progress,
    ) -> Result<usize, RequestError> {
        if let Some(index) = self.connections.iter().position(|(known, _)| known == origin) {
            if self.connections[index].1.is_ready(&self.shared.scratch).await {
                return Ok(index);
            }
            self.connections.swap_remove(index);
        }
        let timeout = self.shared.settings.connect_timeout;
        let opened = open(&self.shared, origin, &mut progress.phases);
        let connection = tokio::time::timeout(timeout, opened)
            .await
            .map_err(|_| RequestError::ConnectTimeout(timeout))??;
        self.connections.push((origin.clone(), connection));
        Ok(self.connections.len() - 1)
    }

    /// Where a response redirects to, if it does and the scenario lets it.
    fn redirect(&self, hop: &Hop, head: &Head) -> Option<Result<Hop, TargetError>> {
        let redirects = self.shared.settings.redirects;
        let status = head.status.as_u16();
        if redirects == Redirects::None || !matches!(status, 301..=303 | 307 | 308) {
            return None;
        }
        let headers = Headers::of_head(head.lines.clone());
        match hop.target.redirect(headers.get("location")?) {
            Ok(to) if redirects == Redirects::SameHost && to.origin != hop.target.origin => None,
            Ok(to) => Some(Ok(hop.redirected(to, status))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// A request as it goes to one of the places it is redirected to.
struct Hop {
    method: Method,
    target: Target,
    with_body: bool,
    with_credentials: bool,
}

impl Hop {
    /// The request that follows a redirect, as browsers make it: 303, and 301 or 302 to a POST,
    /// become a GET without a body; credentials stay with the host they were meant for.
    fn redirected(&self, target: Target, status: u16) -> Self {
        let becomes_get = match status {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        Self {
            method: if becomes_get { Method::GET } else { self.method.clone() },
            with_body: self.with_body && !becomes_get,
            with_credentials: self.with_credentials && target.origin == self.target.origin,
            target,
        }
    }
}

/// What is known of a request before it is complete, so that a timeout loses none of it.
#[derive(Default)]
struct Progress {
    phases: Phases,
    received: u64,
    status: Option<StatusCode>,
    resent: u32,
    origin: Option<Origin>,
}

/// A response on its way. However that ends, a timeout included, it is noted how far it came.
struct Receiving<'a> {
    progress: &'a mut Progress,
    reader: &'a mut ResponseReader,
    times: Times,
}

impl Receiving<'_> {
    async fn run(
        &mut self,
        connection: &mut Connection,
        outgoing: Outgoing<'_>,
        scratch: &Scratch,
    ) -> Result<(), RequestError> {
        connection.receive(outgoing, self.reader, &mut self.times, scratch).await
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        let end = Instant::now();
        let first = self.times.first_byte.unwrap_or(end);
        // The response may begin before all of the request is sent.
        let sent = self.times.sent.unwrap_or(end).min(first);
        let phases = &mut self.progress.phases;
        phases.add(Phase::Sending, sent.saturating_duration_since(self.times.begun));
        phases.add(Phase::Waiting, first.saturating_duration_since(sent));
        phases.add(Phase::Receiving, end.saturating_duration_since(first));
        self.progress.received += self.reader.received();
        self.progress.status = self.reader.head().map(|head| head.status);
    }
}

async fn open(
    shared: &Shared,
    origin: &Origin,
    phases: &mut Phases,
) -> Result<Connection, RequestError> {
    let begun = Instant::now();
    let (addresses, asked) = shared.addresses.of(origin).await.map_err(RequestError::Resolve)?;
    if asked {
        phases.add(Phase::Dns, begun.elapsed());
    }
    let begun = Instant::now();
    let stream = connect(&addresses).await;
    phases.add(Phase::Connect, begun.elapsed());
    let stream = stream.map_err(|error| RequestError::Connect(RequestError::io_cause(&error)))?;
    let stream = if origin.tls {
        let begun = Instant::now();
        let stream = tls::handshake(Arc::clone(&shared.tls), &origin.host, stream).await;
        phases.add(Phase::Tls, begun.elapsed());
        let failed = |error| RequestError::Tls(RequestError::io_cause(&error));
        Stream::Tls(Box::new(stream.map_err(failed)?))
    } else {
        Stream::Plain(stream)
    };
    log::debug!(target: "hyperclient", "{origin}: connected");
    Ok(Connection::new(stream))
}

/// Connects to the first address that accepts.
async fn connect(addresses: &[SocketAddr]) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::other("the name has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
