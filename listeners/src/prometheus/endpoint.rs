//! Where Prometheus asks for a run's metrics.

use std::{
    cell::RefCell, convert::Infallible, future, io, net::SocketAddr, rc::Rc, sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{ACCEPT, ALLOW, CONTENT_TYPE},
};
use http_body_util::Full;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore, task::spawn_local, time::sleep};

use super::{
    NAME,
    exposition::{self, PROTOBUF, TEXT},
    series::{self, Label},
};
use crate::{
    Origin, Report,
    message::Message,
    totals::Totals,
    words::{Courier, Hearer, Said, Words},
};

/// How many may be connected at a time; others wait.
const CONNECTED: usize = 32;

/// How long one may take to ask.
const ASKING: Duration = Duration::from_secs(10);

/// An address at which a run can be asked for its metrics. It is taken hold of before the run, and
/// answers while there is an audience.
pub struct Endpoint {
    address: SocketAddr,
    /// Behind a pointer, so that a function, which makes none, has no server in it.
    open: Box<dyn FnOnce(&Origin) -> Hearer + Send>,
}

impl Endpoint {
    pub(super) fn new(listener: std::net::TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { address, open: Box::new(|origin| open(listener, origin)) })
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What answers there, of what an origin measures. Its thread must have a runtime.
    pub(crate) fn hearer(self, origin: &Origin) -> Hearer {
        (self.open)(origin)
    }
}

fn open(listener: std::net::TcpListener, origin: &Origin) -> Hearer {
    let shown = Rc::new(Shown { labels: common(origin), totals: RefCell::default() });
    let courier = TcpListener::from_std(listener).map(|listener| {
        spawn_local(serve(listener, Rc::clone(&shown)));
        Nobody
    });
    Hearer::reached(NAME, Box::new(Showing(shown)), courier.map_err(|error| error.to_string()))
}

/// Who asks gives `job` and `instance` itself.
fn common(origin: &Origin) -> Vec<Label> {
    let own = |(name, _): &Label| !matches!(&**name, "job" | "instance");
    series::identity(origin).into_iter().filter(own).collect()
}

/// What is shown to those who ask.
struct Shown {
    labels: Vec<Label>,
    totals: RefCell<Totals>,
}

/// Keeps what is shown up to date.
struct Showing(Rc<Shown>);

impl Words for Showing {
    fn report(&mut self, report: &Report) -> Vec<Message> {
        self.0.totals.borrow_mut().add(report);
        Vec::new()
    }
}

/// Nothing is said: who wants to know asks.
struct Nobody;

impl Courier for Nobody {
    fn say<'a>(&'a self, _message: &'a Message) -> Said<'a> {
        Box::pin(future::ready(Ok(())))
    }
}

async fn serve(listener: TcpListener, shown: Rc<Shown>) {
    let seats = Arc::new(Semaphore::new(CONNECTED));
    while let Ok(seat) = Arc::clone(&seats).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let shown = Rc::clone(&shown);
        spawn_local(async move {
            let answer =
                service_fn(|request| future::ready(Ok::<_, Infallible>(shown.answer(&request))));
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(ASKING);
            // Who breaks off has not asked.
            let _ = server.serve_connection(TokioIo::new(stream), answer).await;
            drop(seat);
        });
    }
}

impl Shown {
    fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        if request.uri().path() != "/metrics" {
            return plain(StatusCode::NOT_FOUND, "The metrics are at /metrics.\n");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "");
            response
                .headers_mut()
                .insert(ALLOW, const { http::HeaderValue::from_static("GET, HEAD") });
            return response;
        }
        let totals = self.totals.borrow();
        let metrics = totals.metrics();
        let (kind, body) = if wants_protobuf(request.headers()) {
            (PROTOBUF, exposition::protobuf(&metrics, &self.labels))
        } else {
            (TEXT, exposition::text(&metrics, &self.labels).into_bytes())
        };
        response(StatusCode::OK, kind, body.into())
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    response(status, "text/plain; charset=utf-8", Bytes::from_static(text.as_bytes()))
}

fn response(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}

/// Whether who asks would rather have protobuf, which Prometheus does if it takes native
/// histograms.
fn wants_protobuf(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(','));
    kinds.any(|kind| {
        let kind = kind.replace(' ', "").to_ascii_lowercase();
        kind.starts_with("application/vnd.google.protobuf")
            && kind.contains(";proto=io.prometheus.client.metricfamily")
            && kind.contains(";encoding=delimited")
            && !kind.ends_with(";q=0")
    })
}
