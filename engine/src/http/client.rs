//! A user's HTTP client.

use std::{net::SocketAddr, rc::Rc, sync::Arc, time::Instant};

use http::{
    HeaderValue, Method, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
        COOKIE, HOST, LOCATION, USER_AGENT,
    },
};
use http_body_util::Full;
use rustls::ClientConfig;
use tokio::net::TcpStream;

use super::{
    Addresses, Body, HttpSettings, Origin, Redirects, Request, RequestError, Response, Target,
    TargetError,
    body::BodyReader,
    connection::{Connection, SendError},
    cookies::Cookies,
    io::Io,
    timer::Timer,
    tls,
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
                headers: head.headers,
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
    ) -> Result<(http::response::Parts, Body), RequestError> {
        let mut target = self.target(&request.url)?;
        let mut outgoing = self.outgoing(request, &target);
        for _ in 0..=HttpSettings::MOST_REDIRECTS {
            let (method, headers) = (outgoing.method().clone(), outgoing.headers().clone());
            let (head, body) = self.hop(&target, outgoing, request, progress).await?;
            let Some(next) = self.redirect(&target, &head) else { return Ok((head, body)) };
            let next = next?;
            outgoing = redirected(request, method, headers, head.status, &target, &next);
            target = next;
            self.address(&mut outgoing, &target);
        }
        Err(RequestError::TooManyRedirects(HttpSettings::MOST_REDIRECTS))
    }

    /// One request and its response, without redirects.
    async fn hop(
        &mut self,
        target: &Target,
        outgoing: http::Request<Full<bytes::Bytes>>,
        request: &Request,
        progress: &mut Progress,
    ) -> Result<(http::response::Parts, Body), RequestError> {
        progress.origin = Some(target.origin.clone());
        let limit = if request.needs_body() { self.shared.settings.body_limit } else { 0 };
        let (connection, response, sent) = self.send(target, outgoing, progress).await?;
        let (head, incoming) = response.into_parts();
        progress.status = Some(head.status);
        let mut reader = BodyReader::new(limit);
        let result = connection.receive(incoming, &mut reader).await;
        progress.receive(connection, sent, reader.received());
        result?;
        self.cookies.take(target, &head.headers);
        let encoding = head.headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let body = reader.finish();
        let body = match encoding {
            Some(encoding) if limit > 0 => {
                body.decoded(encoding, limit).map_err(RequestError::Invalid)?
            }
            _ => body,
        };
        Ok((head, body))
    }

    /// Sends on the connection that is kept alive, or on a new one. What could not be sent at all
    /// because the server had closed the connection is sent once more on a new one.
    async fn send(
        &mut self,
        target: &Target,
        outgoing: http::Request<Full<bytes::Bytes>>,
        progress: &mut Progress,
    ) -> Result<(&mut Connection, http::Response<hyper::body::Incoming>, Instant), RequestError>
    {
        let index = self.connection(&target.origin, progress).await?;
        let begun = Instant::now();
        let outgoing = match self.connections[index].1.send(outgoing).await {
            Ok(response) => return Ok((&mut self.connections[index].1, response, begun)),
            Err(SendError { unsent: Some(outgoing), .. }) => outgoing,
            Err(SendError { error, .. }) => return Err(error),
        };
        progress.resent += 1;
        self.connections.swap_remove(index);
        let index = self.connection(&target.origin, progress).await?;
        let begun = Instant::now();
        let connection = &mut self.connections[index].1;
        let response = connection.send(outgoing).await.map_err(|failed| failed.error)?;
        Ok((connection, response, begun))
    }

    /// The index of a connection that is ready; opens one if there is none.
    async fn connection(
        &mut self,
        origin: &Origin,
        progress: &mut Progress,
    ) -> Result<usize, RequestError> {
        if let Some(index) = self.connections.iter().position(|(known, _)| known == origin) {
            if self.connections[index].1.is_ready().await {
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

    fn outgoing(&self, request: &Request, target: &Target) -> http::Request<Full<bytes::Bytes>> {
        let mut outgoing = http::Request::new(Full::new(request.body.clone()));
        *outgoing.method_mut() = request.method.clone();
        *outgoing.headers_mut() = request.headers.clone();
        let headers = outgoing.headers_mut();
        headers.entry(USER_AGENT).or_insert(const { HeaderValue::from_static(AGENT) });
        headers.entry(ACCEPT).or_insert(const { HeaderValue::from_static("*/*") });
        headers
            .entry(ACCEPT_ENCODING)
            .or_insert(const { HeaderValue::from_static("gzip, deflate, br") });
        self.address(&mut outgoing, target);
        outgoing
    }

    /// Puts in what depends on where the request goes.
    fn address<B>(&self, outgoing: &mut http::Request<B>, target: &Target) {
        *outgoing.uri_mut() = target.path.clone().into();
        let headers = outgoing.headers_mut();
        headers.insert(HOST, target.authority.clone());
        if let Some(cookie) = self.cookies.header(target) {
            headers.insert(COOKIE, cookie);
        }
    }

    /// Where a response redirects to, if it does and the scenario lets it.
    fn redirect(
        &self,
        from: &Target,
        head: &http::response::Parts,
    ) -> Option<Result<Target, TargetError>> {
        let redirects = self.shared.settings.redirects;
        if redirects == Redirects::None || !matches!(head.status.as_u16(), 301..=303 | 307 | 308) {
            return None;
        }
        let location = head.headers.get(LOCATION)?.to_str().ok()?;
        match from.redirect(location) {
            Ok(to) if redirects == Redirects::SameHost && to.origin != from.origin => None,
            result => Some(result),
        }
    }
}

const AGENT: &str = concat!("load-test/", env!("CARGO_PKG_VERSION"));

/// What is known of a request before it is complete, so that a timeout loses none of it.
#[derive(Default)]
struct Progress {
    phases: Phases,
    received: u64,
    status: Option<StatusCode>,
    resent: u32,
    origin: Option<Origin>,
}

impl Progress {
    /// Notes where the time between sending and the response's end went.
    fn receive(&mut self, connection: &Connection, begun: Instant, received: u64) {
        let end = Instant::now();
        let moved = connection.moved();
        let sent = moved.last_sent().unwrap_or(begun);
        // A server may answer before it has read everything.
        let first = moved.first_received().unwrap_or(end);
        self.phases.add(Phase::Sending, sent.min(first).saturating_duration_since(begun));
        self.phases.add(Phase::Waiting, first.saturating_duration_since(sent));
        self.phases.add(Phase::Receiving, end.saturating_duration_since(first));
        self.received += received;
    }
}

/// The request that follows a redirect, as browsers make it: 303, and 301 or 302 to a POST, become
/// a GET without a body; credentials stay with the host they were meant for.
fn redirected(
    request: &Request,
    method: Method,
    mut headers: http::HeaderMap,
    status: StatusCode,
    from: &Target,
    to: &Target,
) -> http::Request<Full<bytes::Bytes>> {
    let becomes_get = match status.as_u16() {
        303 => method != Method::HEAD,
        301 | 302 => method == Method::POST,
        _ => false,
    };
    let body = if becomes_get || method == Method::GET {
        bytes::Bytes::new()
    } else {
        request.body.clone()
    };
    if becomes_get {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_LENGTH);
    }
    headers.remove(COOKIE);
    if from.origin != to.origin {
        headers.remove(AUTHORIZATION);
    }
    let mut outgoing = http::Request::new(Full::new(body));
    *outgoing.method_mut() = if becomes_get { Method::GET } else { method };
    *outgoing.headers_mut() = headers;
    outgoing
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
    let io = if origin.tls {
        let begun = Instant::now();
        let stream = tls::handshake(Arc::clone(&shared.tls), &origin.host, stream).await;
        phases.add(Phase::Tls, begun.elapsed());
        Io::tls(stream.map_err(|error| RequestError::Tls(RequestError::io_cause(&error)))?)
    } else {
        Io::plain(stream)
    };
    log::debug!(target: "hyperclient", "{origin}: connected");
    Connection::start(io).await
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
