//! Where a request goes.

use std::{fmt, sync::Arc};

use http::{HeaderValue, uri::PathAndQuery};
use thiserror::Error;
use url::Url;

/// Scheme, host and port: what a connection belongs to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Origin {
    /// Whether it speaks TLS.
    pub tls: bool,
    /// The host's name or address, without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
}

/// An origin, and a path there.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where to connect.
    pub origin: Origin,
    /// What stands in the `Host` header.
    pub authority: HeaderValue,
    /// What stands in the request line.
    pub path: PathAndQuery,
}

/// Why a text is no target.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TargetError {
    /// It is no URL.
    #[error("`{0}` is not a URL")]
    NotAUrl(String),
    /// It is a URL of another kind.
    #[error("`{0}` is not an http or https URL")]
    NotHttp(String),
    /// It is a path, and there is no host to put before it.
    #[error("no host: give `host` in the environment, in the scenario, or with --host")]
    NoHost,
}

impl Target {
    /// Reads an absolute `http` or `https` URL.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let url = Url::parse(text).map_err(|_| TargetError::NotAUrl(text.into()))?;
        Self::from_url(&url).ok_or_else(|| TargetError::NotHttp(text.into()))
    }

    /// Resolves a path, or a whole URL, as a request names it. A path is appended to this
    /// target's own, so that a host may be given as `https://example.org/api`.
    ///
    /// # Errors
    ///
    /// A whole URL that is none.
    pub fn request(&self, text: &str) -> Result<Self, TargetError> {
        if text.contains("://") {
            return Self::parse(text);
        }
        let base = self.path.path().trim_end_matches('/');
        let path = if base.is_empty() && text.starts_with('/') {
            PathAndQuery::try_from(text).ok()
        } else {
            let slash = if text.starts_with(['/', '?']) { "" } else { "/" };
            PathAndQuery::try_from(format!("{base}{slash}{text}")).ok()
        };
        match path {
            Some(path) if !text.contains('#') => Ok(Self { path, ..self.clone() }),
            _ => self.encoded(base, text),
        }
    }

    /// The slow way, for paths with characters that must be percent-encoded.
    fn encoded(&self, base: &str, text: &str) -> Result<Self, TargetError> {
        let slash = if text.starts_with('/') { "" } else { "/" };
        Self::parse(&format!("{}{base}{slash}{text}", self.origin))
    }

    /// Resolves a redirect's `Location`.
    ///
    /// # Errors
    ///
    /// A location that is no URL, or of another scheme.
    pub fn redirect(&self, location: &str) -> Result<Self, TargetError> {
        let not_a_url = || TargetError::NotAUrl(location.into());
        let base = Url::parse(&self.to_string()).map_err(|_| not_a_url())?;
        let url = base.join(location).map_err(|_| not_a_url())?;
        Self::from_url(&url).ok_or_else(|| TargetError::NotHttp(location.into()))
    }

    /// The target as a URL for what needs one, such as cookies.
    ///
    /// # Errors
    ///
    /// None in practice: a target is a URL taken apart.
    pub fn url(&self) -> Result<Url, TargetError> {
        let text = self.to_string();
        Url::parse(&text).map_err(|_| TargetError::NotAUrl(text))
    }

    fn from_url(url: &Url) -> Option<Self> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = url.host_str()?;
        let port = url.port_or_known_default()?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Some(Self {
            origin: Origin { tls, host: host.trim_matches(['[', ']']).into(), port },
            authority: HeaderValue::try_from(authority).ok()?,
            path: PathAndQuery::try_from(path).ok()?,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// As a URL, without a port that goes without saying.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.origin.tls { "https" } else { "http" };
        let authority = self.authority.to_str().unwrap_or_default();
        write!(f, "{scheme}://{authority}{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, path: &str) -> String {
        Target::parse(host).unwrap().request(path).unwrap().to_string()
    }

    #[test]
    fn paths_are_appended_to_the_host() {
        assert_eq!(request("http://a.example", "/x?y=1"), "http://a.example/x?y=1");
        assert_eq!(request("http://a.example:8080/api/", "/x"), "http://a.example:8080/api/x");
        assert_eq!(request("https://a.example/api", "x"), "https://a.example/api/x");
        assert_eq!(request("http://[::1]:80", "?q"), "http://[::1]/?q");
        assert_eq!(request("http://a.example", "https://b.example/z"), "https://b.example/z");
    }

    #[test]
    fn what_must_be_encoded_is() {
        assert_eq!(request("http://a.example", "/ä b#c"), "http://a.example/%C3%A4%20b");
    }

    #[test]
    fn redirects_are_relative_to_the_request() {
        let from = Target::parse("http://a.example/x/y").unwrap();
        assert_eq!(from.redirect("z").unwrap().to_string(), "http://a.example/x/z");
        assert_eq!(from.redirect("//b.example").unwrap().to_string(), "http://b.example/");
        assert!(from.redirect("ftp://b.example").is_err());
    }

    #[test]
    fn what_is_no_host_is_refused() {
        assert_eq!(
            Target::parse("a.example").err(),
            Some(TargetError::NotAUrl("a.example".into()))
        );
        let ftp = "ftp://a.example";
        assert_eq!(Target::parse(ftp).err(), Some(TargetError::NotHttp(ftp.into())));
    }
}
