//! Where the page is.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
};

use super::{UiError, token::Token};

/// The port, unless another is given.
const PORT: u16 = 8089;

/// How many ports from there on are tried.
const PORTS: u16 = 20;

/// Where a person wants the page to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Where {
    /// The address of this machine; loopback if none is given.
    pub ip: Option<IpAddr>,
    /// The port, 0 for any; 8089 or one of the next if none is given.
    pub port: Option<u16>,
}

/// A page that has its address, but does not answer yet.
#[derive(Debug)]
pub struct Listening {
    pub(super) listener: TcpListener,
    pub(super) token: Option<Token>,
    addr: SocketAddr,
}

impl Listening {
    /// Listens. Where others can reach it, there is a token that all who ask must know.
    ///
    /// # Errors
    ///
    /// The port is taken, or all that were tried are; the address is not one of this machine's.
    pub fn begin(place: Where) -> Result<Self, UiError> {
        let ip = place.ip.unwrap_or(Ipv4Addr::LOCALHOST.into());
        let listener = match place.port {
            Some(port) => bind((ip, port).into())?,
            None => first_free(ip)?,
        };
        listener.set_nonblocking(true)?;
        let token = if ip.is_loopback() { None } else { Some(Token::random()?) };
        Ok(Self { addr: listener.local_addr()?, listener, token })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What to enter in a browser on this machine. It holds the token, if there is one.
    pub fn url(&self) -> String {
        let ip = match self.addr.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let addr = SocketAddr::from((ip, self.addr.port()));
        let token = self.token.as_ref().map(|token| format!("?token={}", token.reveal()));
        format!("http://{addr}/{}", token.unwrap_or_default())
    }
}

fn first_free(ip: IpAddr) -> Result<TcpListener, UiError> {
    let ports = PORT..PORT + PORTS;
    for port in ports {
        match bind((ip, port).into()) {
            Err(UiError::Taken { .. }) => {}
            other => return other,
        }
    }
    Err(UiError::AllTaken { first: PORT, last: PORT + PORTS - 1 })
}

fn bind(addr: SocketAddr) -> Result<TcpListener, UiError> {
    TcpListener::bind(addr).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => UiError::Taken { addr },
        _ => UiError::Bind { addr, source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_free_port_is_taken() {
        let first = Listening::begin(Where::default()).unwrap();
        let second = Listening::begin(Where::default()).unwrap();
        assert!(first.addr().ip().is_loopback());
        assert!(second.addr().port() > first.addr().port());
        assert!((PORT..PORT + PORTS).contains(&second.addr().port()));
        assert_eq!(first.url(), format!("http://{}/", first.addr()));
    }

    #[test]
    fn a_port_that_was_asked_for_is_had_or_none() {
        let any = Listening::begin(Where { port: Some(0), ip: None }).unwrap();
        let same = Listening::begin(Where { port: Some(any.addr().port()), ip: None });
        let error = same.unwrap_err().to_string();
        assert!(error.contains(&format!("{} is taken", any.addr())), "{error}");
    }

    #[test]
    fn beyond_this_machine_there_is_a_token() {
        let everywhere = Where { ip: Some(Ipv4Addr::UNSPECIFIED.into()), port: Some(0) };
        let page = Listening::begin(everywhere).unwrap();
        let token = page.token.as_ref().unwrap().reveal();
        let port = page.addr().port();
        assert_eq!(page.url(), format!("http://127.0.0.1:{port}/?token={token}"));
    }
}
