//! Opening a connection.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use tokio::net::TcpStream;

use super::{
    Origin, Proxy, RequestError, Shared, Version, connection::Connection, http2::Http2, pool::Line,
    proxy, stream::Stream, tls,
};
use crate::stats::{Phase, Phases};

/// Opens a connection, and notes where the time went.
pub(super) async fn open(
    shared: &Shared,
    origin: &Origin,
    phases: &mut Phases,
) -> Result<Line, RequestError> {
    let stream = match shared.settings.proxy_for(origin) {
        Some(proxy) => through(shared, proxy, origin, phases).await?,
        None => reach(shared, origin, phases).await?,
    };
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
    let speaks_http2 = match (shared.settings.version, &stream) {
        (Version::Http1, _) | (Version::Http2, Stream::Plain(_)) => false,
        (Version::Http2, Stream::Tls(stream)) => tls::chose_http2(stream),
        (Version::Http2PriorKnowledge, _) => true,
    };
    Ok(if speaks_http2 {
        Line::Http2(Http2::open(origin.clone(), stream).await?)
    } else {
        Line::Http1(Connection::new(origin.clone(), stream))
    })
}

/// Connects to a proxy; through it, where the proxy must not see what is said.
async fn through(
    shared: &Shared,
    proxy: &Proxy,
    origin: &Origin,
    phases: &mut Phases,
) -> Result<TcpStream, RequestError> {
    let reached = reach(shared, proxy.origin(), phases).await;
    let stream = reached.map_err(|error| match error {
        RequestError::Connect(why) | RequestError::Resolve(why) => RequestError::NoProxy(why),
        error => error,
    })?;
    if !origin.tls {
        return Ok(stream);
    }
    let begun = Instant::now();
    let stream = proxy::tunnel(stream, proxy, origin).await;
    phases.add(Phase::Connect, begun.elapsed());
    stream
}

/// Connects to where an origin is.
async fn reach(
    shared: &Shared,
    origin: &Origin,
    phases: &mut Phases,
) -> Result<TcpStream, RequestError> {
    let begun = Instant::now();
    let (addresses, asked) = match shared.settings.resolve.of(origin) {
        Some(address) => (vec![address], false),
        None => shared.addresses.of(origin).await.map_err(RequestError::Resolve)?,
    };
    if asked {
        phases.add(Phase::Dns, begun.elapsed());
    }
    let begun = Instant::now();
    let stream = connect(&addresses).await;
    phases.add(Phase::Connect, begun.elapsed());
    stream.map_err(|error| RequestError::Connect(RequestError::io_cause(&error)))
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
