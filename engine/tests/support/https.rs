//! A server by hyper: HTTP/1.1 and HTTP/2, with and without TLS. It notes what it was asked, and
//! how.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version};
use http_body_util::{BodyExt, Collected, Full};
use hyper::{body::Incoming, rt::Executor, server::conn, service::service_fn};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    runtime,
};
use tokio_rustls::TlsAcceptor;

/// What the server makes of TLS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handshake {
    /// The host that the client named.
    pub(crate) host: Option<String>,
    /// The protocol that was agreed on.
    pub(crate) protocol: Option<String>,
    /// The client's certificate.
    pub(crate) client: Option<CertificateDer<'static>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    /// The number of its connection, from 0.
    pub(crate) connection: usize,
    pub(crate) version: Version,
    pub(crate) line: String,
    /// The host that it names.
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) tls: Handshake,
}

type Answer = Response<Full<Bytes>>;

static AUTHORITIES: AtomicUsize = AtomicUsize::new(0);

/// An authority, in whose name certificates are made.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        let name = format!("authority {}", AUTHORITIES.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn issue(&self, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
        }
    }
}

/// How the server speaks.
#[derive(Default)]
pub(crate) struct Speaks {
    tls: Option<ServerConfig>,
    /// HTTP/2 without having been asked for it.
    http2: bool,
    /// The most streams of an HTTP/2 connection.
    most_streams: Option<u32>,
}

impl Speaks {
    /// HTTP/2 without TLS.
    pub(crate) fn http2() -> Self {
        Self { http2: true, ..Self::default() }
    }

    /// TLS for `shop.example`; the client chooses of these protocols. With an authority, only
    /// clients with one of its certificates are welcome.
    pub(crate) fn tls(by: &Authority, protocols: &[&str], clients: Option<&Authority>) -> Self {
        let Issued { der, key, .. } = by.issue("shop.example");
        let key =
            PrivateKeyDer::try_from(KeyPair::from_pem(&key).unwrap().serialize_der()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let mut config = config.with_single_cert(vec![der], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Self { tls: Some(config), ..Self::default() }
    }

    pub(crate) fn most_streams(self, most: u32) -> Self {
        Self { most_streams: Some(most), ..self }
    }
}

/// The server, until the test ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Server {
    pub(crate) fn start<F>(
        speaks: Speaks,
        respond: impl Fn(Came) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let came = Arc::default();
        let seen = Arc::clone(&came);
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                accept(listener, speaks, Arc::new(respond), seen).await;
            });
        });
        Self { address, came }
    }

    /// Says which of its requests it answers, and of what kind.
    pub(crate) fn plain(speaks: Speaks) -> Self {
        Self::start(speaks, async |came| {
            Response::new(format!("{:?} {}", came.version, came.line).into())
        })
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// The `http` settings by which `shop.example` is this server.
    pub(crate) fn resolve(&self) -> String {
        format!("resolve: {{shop.example: '{}'}}", self.address)
    }
}

async fn accept<F>(
    listener: TcpListener,
    speaks: Speaks,
    respond: Arc<impl Fn(Came) -> F + Send + Sync + 'static>,
    seen: Arc<Mutex<Vec<Came>>>,
) where
    F: Future<Output = Answer> + Send + 'static,
{
    let tls = speaks.tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    for number in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (tls, respond, seen) = (tls.clone(), Arc::clone(&respond), Arc::clone(&seen));
        tokio::spawn(async move {
            // A client that does not trust it hangs up, which is the client's business.
            let Some((stream, handshake)) = shake_hands(stream, tls).await else { return };
            let http2 = speaks.http2 || handshake.protocol.as_deref() == Some("h2");
            let service = service_fn(move |request| {
                let (handshake, respond, seen) = (handshake.clone(), respond.clone(), seen.clone());
                async move {
                    let came = note(number, request, handshake).await;
                    seen.lock().unwrap().push(came.clone());
                    Ok::<_, Infallible>(respond(came).await)
                }
            });
            let io = TokioIo::new(stream);
            if http2 {
                let mut builder = conn::http2::Builder::new(Spawn);
                builder.max_concurrent_streams(speaks.most_streams.or(Some(200)));
                builder.serve_connection(io, service).await.ok();
            } else {
                conn::http1::Builder::new().serve_connection(io, service).await.ok();
            }
        });
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

async fn shake_hands(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
) -> Option<(Box<dyn Io>, Handshake)> {
    let Some(tls) = tls else { return Some((Box::new(stream), Handshake::default())) };
    let stream = tls.accept(stream).await.ok()?;
    let connection = stream.get_ref().1;
    let handshake = Handshake {
        host: connection.server_name().map(str::to_owned),
        protocol: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into()),
        client: connection.peer_certificates().map(|chain| chain[0].clone().into_owned()),
    };
    Some((Box::new(stream), handshake))
}

async fn note(connection: usize, request: Request<Incoming>, tls: Handshake) -> Came {
    let (parts, body) = request.into_parts();
    let named = parts.headers.get("host").map(|host| host.to_str().unwrap().to_owned());
    let authority = parts.uri.authority().map(ToString::to_string);
    let path = parts.uri.path_and_query().unwrap();
    Came {
        connection,
        version: parts.version,
        line: format!("{} {path}", parts.method),
        host: authority.or(named).unwrap(),
        headers: parts.headers,
        body: body.collect().await.map(Collected::to_bytes).unwrap_or_default(),
        tls,
    }
}

#[derive(Clone)]
struct Spawn;

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Spawn {
    fn execute(&self, future: F) {
        tokio::spawn(future);
    }
}
