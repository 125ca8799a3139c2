//! How requests are made.

mod tls;

use super::{Reading, data::one_of, positive};
use crate::{
    document::{Fields, Node, Rejection, Setting, Value},
    http::{HttpSettings, KeepAlive, Proxy, Redirects, Resolve, Version},
};

/// Reads `http`.
pub(super) fn read(mut fields: Fields<'_>, reading: &Reading<'_>) -> HttpSettings {
    let default = HttpSettings::default();
    let settings = HttpSettings {
        connect_timeout: positive(&mut fields, "connect_timeout")
            .unwrap_or(default.connect_timeout),
        timeout: positive(&mut fields, "timeout").unwrap_or(default.timeout),
        redirects: fields.get("redirects").unwrap_or(default.redirects),
        body_limit: fields.get("body_limit").map_or(default.body_limit, |Bytes(limit)| limit),
        version: fields.get("version").unwrap_or(default.version),
        keep_alive: fields.get("keep_alive").unwrap_or(default.keep_alive),
        resolve: resolve(&mut fields, reading),
        proxy: proxy(&mut fields, reading),
        tls: fields.fields("tls").map(|fields| tls::read(fields, reading)).unwrap_or_default(),
    };
    fields.finish();
    settings
}

fn resolve(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Resolve {
    let Some(node) = fields.node("resolve") else { return Resolve::default() };
    let Value::Map(entries) = &node.value else {
        let found = node.describe();
        fields.reject(
            "resolve",
            format!("found {found}, expected hosts and their addresses, such as {{shop.example.org: 127.0.0.1}}"),
        );
        return Resolve::default();
    };
    let path = fields.key("resolve");
    entries.iter().fold(Resolve::default(), |resolve, entry| {
        let path = format!("{path}.{}", entry.key);
        let Some(address) = reading.constant(&entry.node, &path) else { return resolve };
        resolve.clone().with(&entry.key, &address).unwrap_or_else(|error| {
            reading.reject(&entry.node.place, &path, error.to_string());
            resolve
        })
    })
}

fn proxy(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Proxy> {
    let except: Vec<String> = fields.get("no_proxy").unwrap_or_default();
    let Some(node) = fields.node("proxy") else {
        if !except.is_empty() {
            fields.reject("no_proxy", "expected a `proxy` that these hosts are an exception to");
        }
        return None;
    };
    let path = fields.key("proxy");
    let url = reading.constant(node, &path)?;
    match Proxy::try_new(&url) {
        Ok(proxy) => Some(except.iter().fold(proxy, |proxy, host| proxy.except(host))),
        Err(error) => {
            reading.reject_secret(node, &path, error.to_string());
            None
        }
    }
}

impl Setting for Version {
    const EXPECTED: &'static str = "one of 1.1, 2, 2_prior_knowledge";

    fn read(node: &Node) -> Result<Self, Rejection> {
        match String::read(node)?.as_str() {
            "1.1" => Ok(Self::Http1),
            "2" => Ok(Self::Http2),
            "2_prior_knowledge" => Ok(Self::Http2PriorKnowledge),
            _ => Err(Rejection::Unexpected),
        }
    }
}

impl Setting for KeepAlive {
    const EXPECTED: &'static str = "one of true, false, within_iteration";

    fn read(node: &Node) -> Result<Self, Rejection> {
        match &node.value {
            Value::Bool(true) => Ok(Self::Always),
            Value::Bool(false) => Ok(Self::Never),
            _ if node.text() == Some("within_iteration") => Ok(Self::WithinIteration),
            _ => Err(Rejection::Unexpected),
        }
    }
}

impl Setting for Redirects {
    const EXPECTED: &'static str = "one of none, same_host, any";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let kinds = [("none", Self::None), ("same_host", Self::SameHost), ("any", Self::Any)];
        one_of(node, &kinds)
    }
}

/// A number of bytes: `4096`, `64 KiB`, `4 MiB`.
pub(super) struct Bytes(pub(super) usize);

impl Setting for Bytes {
    const EXPECTED: &'static str = "a size up to 1 GiB, such as 4096, 64 KiB or 4 MiB";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = String::read(node)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = text[..digits].parse().map_err(|_| Rejection::Unexpected)?;
        let unit = match text[digits..].trim() {
            "" | "B" => 1,
            "KiB" => 1024,
            "MiB" => 1024 * 1024,
            _ => return Err(Rejection::Unexpected),
        };
        let bytes = number.checked_mul(unit).filter(|bytes| *bytes <= 1024 * 1024 * 1024);
        bytes.map(Self).ok_or(Rejection::Unexpected)
    }
}
