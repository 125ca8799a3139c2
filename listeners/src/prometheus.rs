//! Prometheus: remote write from generators, and an endpoint to scrape on the laptop.

mod courier;
mod endpoint;
mod exposition;
mod native;
mod remote;
mod series;
mod wire;

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use engine::document::{Node, Rejection, Setting};
use serde::{Deserialize, Serialize};

pub use self::endpoint::Endpoint;
use self::{courier::RemoteWrite, remote::Writing};
use crate::{Origin, Secret, post::Post, section::Section, trust::Trust, words::Hearer};

pub(crate) const NAME: &str = "Prometheus";

const NEITHER: &str =
    "missing, as is `listen`: expected the address to write to, one to listen on, or both";

/// How to reach it, and where it reaches us.
#[derive(Clone, Deserialize, Serialize)]
pub struct Settings {
    remote_write: Option<String>,
    sign_in: Option<SignIn>,
    native_histograms: bool,
    listen: Option<SocketAddr>,
    trust: Trust,
}

/// How to prove who writes.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignIn {
    Password { username: String, password: Secret },
    Token(Secret),
}

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let remote_write = section.bare_address("remote_write");
        let listen = section.optional::<Listen>("listen").map(|listen| listen.0);
        let native_histograms = section.optional("native_histograms").unwrap_or(true);
        let has_remote_write = section.node("remote_write").is_some();
        let sign_in = SignIn::read(&mut section, has_remote_write);
        if !has_remote_write && section.node("listen").is_none() {
            section.reject("remote_write", NEITHER);
        }
        let trust = section.section("tls").map(Trust::read).unwrap_or_default();
        section.finish();
        let remote_write = remote_write.map(String::from);
        Some(Self { remote_write, sign_in: sign_in?, native_histograms, listen, trust })
    }

    pub(crate) fn secrets(&mut self) -> Vec<&mut Secret> {
        match &mut self.sign_in {
            Some(SignIn::Password { password, .. }) => vec![password],
            Some(SignIn::Token(token)) => vec![token],
            None => Vec::new(),
        }
    }

    /// Whether it is written to.
    pub fn is_pushed(&self) -> bool {
        self.remote_write.is_some()
    }

    /// Whether it may ask for metrics, at an address of the controller.
    pub fn is_scraped(&self) -> bool {
        self.listen.is_some()
    }

    /// Takes hold of the address at which it asks; none if it is not to.
    ///
    /// # Errors
    ///
    /// Somebody else listens there, or the address is not this machine's.
    pub fn bind(&self) -> io::Result<Option<Endpoint>> {
        let Some(address) = self.listen else { return Ok(None) };
        let listener = TcpListener::bind(address).map_err(|error| {
            let text = format!("cannot listen on {address} (`prometheus.listen`): {error}");
            io::Error::new(error.kind(), text)
        })?;
        listener.set_nonblocking(true)?;
        Ok(Some(Endpoint::new(listener)?))
    }

    pub(crate) fn hearer(&self, origin: &Origin) -> Hearer {
        let words = Box::new(Writing::of(origin, self.native_histograms));
        Hearer::reached(NAME, words, self.courier())
    }

    fn courier(&self) -> Result<RemoteWrite, String> {
        let post = Post::new(self.trust.settings()?).map_err(|error| error.to_string())?;
        RemoteWrite::to(post, self.remote_write.as_deref(), self.sign_in.as_ref())
    }
}

impl SignIn {
    /// None within if nothing is asked for, and none at all if that makes no sense.
    #[expect(clippy::option_option, reason = "what is wrong is noted where it is found")]
    fn read(section: &mut Section<'_>, is_pushed: bool) -> Option<Option<Self>> {
        let username = section.optional_text("username");
        let password = section.optional_secret("password");
        let token = section.optional_secret("token");
        let reject = |key, message: &str| {
            section.reject(key, message);
            None
        };
        match (username, password, token) {
            (None, None, None) => Some(None),
            (Some(_), _, _) if !is_pushed => reject("username", WITHOUT),
            (_, Some(_), _) if !is_pushed => reject("password", WITHOUT),
            (_, _, Some(_)) if !is_pushed => reject("token", WITHOUT),
            (Some(username), Some(password), None) => {
                Some(Some(Self::Password { username, password }))
            }
            (None, None, Some(token)) => Some(Some(Self::Token(token))),
            (Some(_), None, None) => reject("username", "found no `password` with it"),
            (None, Some(_), None) => reject("password", "found no `username` with it"),
            (_, _, Some(_)) => {
                reject("token", "found a `username` or `password` too, expected either")
            }
        }
    }
}

const WITHOUT: &str = "of no use without `remote_write`: who scrapes is not asked who it is";

/// A socket address.
struct Listen(SocketAddr);

impl Setting for Listen {
    const EXPECTED: &'static str = "an address and a port such as 127.0.0.1:9464";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let address = node.text().and_then(|text| text.parse().ok());
        address.map(Self).ok_or(Rejection::Unexpected)
    }
}
