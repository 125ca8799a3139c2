//! A proxy between the users and the hosts.

mod tunnel;

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

use super::{Origin, Target};

pub(super) use self::tunnel::tunnel;

/// A proxy, and for whom it is. It never shows its password.
#[derive(Clone, Eq, PartialEq)]
pub struct Proxy {
    origin: Origin,
    authorization: Option<HeaderValue>,
    except: Vec<String>,
}

/// Why a text is no proxy. The text is not in it, as it may hold a password.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ProxyError {
    /// It is no URL of a proxy.
    #[error("expected a proxy's URL, such as http://user:password@proxy.example.org:3128")]
    Url,
    /// It is to be spoken to in another way.
    #[error("a proxy of the kind `{0}` is not known, expected one that begins with http://")]
    Scheme(String),
}

impl Proxy {
    /// A proxy that requests go through: `http://proxy:3128`, or with a user and password
    /// before the host.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn try_new(url: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(url).map_err(|_| ProxyError::Url)?;
        if url.scheme() != "http" {
            return Err(ProxyError::Scheme(url.scheme().into()));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyError::Url);
        }
        let authorization = authorization(&url);
        let target = Target::parse(url.as_str()).map_err(|_| ProxyError::Url)?;
        Ok(Self { origin: target.origin, authorization, except: Vec::new() })
    }

    /// The same, but not for a host and those below it: `example.org` is also for
    /// `www.example.org`.
    #[must_use]
    pub fn except(mut self, host: &str) -> Self {
        self.except.push(host.trim_start_matches('.').to_ascii_lowercase());
        self
    }

    /// Whether requests to an origin go through it.
    pub(super) fn serves(&self, origin: &Origin) -> bool {
        !self.except.iter().any(|host| {
            let rest = origin.host.strip_suffix(host.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// Where it is.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What it is told of who asks.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

fn authorization(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    // Base64 is always a header's value.
    let mut value = HeaderValue::try_from(basic).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.origin.to_string();
        f.debug_struct("Proxy").field("origin", &origin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_decoded_and_never_shown() {
        let proxy = Proxy::try_new("http://me:p%40ss@proxy.example:3128").unwrap();
        assert_eq!(proxy.origin().to_string(), "http://proxy.example:3128");
        // echo -n me:p@ss | base64
        assert_eq!(proxy.authorization().unwrap(), "Basic bWU6cEBzcw==");
        let shown = format!("{proxy:?}");
        assert!(!shown.contains("p@ss") && !shown.contains("bWU"), "{shown}");
        assert_eq!(Proxy::try_new("http://proxy:1").unwrap().authorization(), None);
        for url in ["", "proxy:3128", "http://me:p@ss@proxy:1/path", "https://me:p@ss@proxy"] {
            let error = Proxy::try_new(url).unwrap_err().to_string();
            assert!(!error.contains("p@ss"), "{error}");
        }
    }

    #[test]
    fn some_hosts_need_no_proxy() {
        let proxy = Proxy::try_new("http://proxy:3128").unwrap();
        let proxy = proxy.except("Example.org").except(".local").except("::1");
        let serves = |url| proxy.serves(&Target::parse(url).unwrap().origin);
        assert!(serves("http://myexample.org") && serves("http://example.com"));
        assert!(!serves("http://example.org") && !serves("https://www.example.org:8443"));
        assert!(!serves("http://a.local") && !serves("http://[::1]:8080"));
    }
}
