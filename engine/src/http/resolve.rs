//! Addresses that a scenario gives, instead of those that the resolver knows.

use std::net::{IpAddr, SocketAddr};

use thiserror::Error;

use super::Origin;

/// Which hosts are elsewhere than the resolver says. Requests still name the host: in their
/// `Host` header, and to TLS.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Resolve(Vec<Entry>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    host: String,
    /// The only port that is meant, or all.
    port: Option<u16>,
    address: IpAddr,
    /// The port to connect to instead.
    to_port: Option<u16>,
}

/// Why an entry is none.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ResolveError {
    /// What is to be resolved is no name.
    #[error("`{0}` is not a host, such as shop.example.org or shop.example.org:8443")]
    Host(String),
    /// What it is to be resolved to is no address.
    #[error("`{0}` is not an address, such as 127.0.0.1, 127.0.0.1:8443 or ::1")]
    Address(String),
}

impl Resolve {
    /// The same, and `host` (or `host:port`, for that port only) is at `address` (or
    /// `address:port`).
    ///
    /// # Errors
    ///
    /// Texts that are no host and no address.
    pub fn with(mut self, host: &str, address: &str) -> Result<Self, ResolveError> {
        let not_a_host = || ResolveError::Host(host.into());
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| not_a_host())?)),
            None => (host, None),
        };
        let Ok(url::Host::Domain(name)) = url::Host::parse(name) else {
            return Err(not_a_host());
        };
        let (address, to_port) = match (address.parse(), address.parse::<SocketAddr>()) {
            (Ok(address), _) => (address, None),
            (_, Ok(address)) => (address.ip(), Some(address.port())),
            _ => return Err(ResolveError::Address(address.into())),
        };
        self.0.push(Entry { host: name, port, address, to_port });
        Ok(self)
    }

    /// Where an origin is, if that is given; an entry for its port is the better one.
    pub(super) fn of(&self, origin: &Origin) -> Option<SocketAddr> {
        let named = |entry: &&Entry| entry.host == *origin.host;
        let with_port = |port| self.0.iter().filter(named).find(move |entry| entry.port == port);
        let entry = with_port(Some(origin.port)).or_else(|| with_port(None))?;
        Some(SocketAddr::new(entry.address, entry.to_port.unwrap_or(origin.port)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Target;

    #[test]
    fn the_entry_for_the_port_is_the_better_one() {
        let resolve = Resolve::default()
            .with("Shop.example", "10.0.0.1")
            .and_then(|resolve| resolve.with("shop.example:8443", "10.0.0.2:443"))
            .and_then(|resolve| resolve.with("six.example", "::1"))
            .unwrap();
        let at = |url| resolve.of(&Target::parse(url).unwrap().origin).map(|at| at.to_string());
        assert_eq!(at("http://shop.example").as_deref(), Some("10.0.0.1:80"));
        assert_eq!(at("https://SHOP.example:8443").as_deref(), Some("10.0.0.2:443"));
        assert_eq!(at("https://six.example").as_deref(), Some("[::1]:443"));
        assert_eq!(at("https://example"), None);
    }

    #[test]
    fn what_is_no_host_or_no_address_is_refused() {
        for (host, address) in [("", "::1"), ("a b", "::1"), ("a:b", "::1"), ("127.0.0.1", "::1")] {
            assert_eq!(
                Resolve::default().with(host, address),
                Err(ResolveError::Host(host.into()))
            );
        }
        for address in ["", "localhost", "1.2.3", "1.2.3.4:x"] {
            let error = ResolveError::Address(address.into());
            assert_eq!(Resolve::default().with("a", address), Err(error));
        }
    }
}
