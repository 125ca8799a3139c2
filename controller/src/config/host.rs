//! The address of a system under test.

use engine::document::{Node, Rejection, Setting};
use url::Url;

/// An `http` or `https` URL, as it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Host(String);

impl Host {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Host {
    const EXPECTED: &'static str = "an http or https address, such as https://shop.example.org";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let url = Url::parse(text).map_err(|_| Rejection::Unexpected)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Rejection::Unexpected);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Rejection::Because("a host has no query and no fragment".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // Hosts are shown in plans and reports, and are no place for a password.
            return Err(Rejection::Because("a host has no user name and no password".into()));
        }
        Ok(Self(text.to_owned()))
    }
}
