//! Whom TLS trusts, and as whom users sign in.

use std::sync::Arc;

use crate::{
    document::{Fields, Node},
    http::TlsSettings,
    yaml::Reading,
};

/// How PEM begins that stands where a file's name could.
const BEGIN: &str = "-----BEGIN";

/// Reads `tls`.
pub(super) fn read(mut fields: Fields<'_>, reading: &Reading<'_>) -> TlsSettings {
    let mut tls = TlsSettings::default();
    if let Some(ca) = Pem::read(&mut fields, "ca", reading) {
        tls = tls.clone().authority(&ca.content).unwrap_or_else(|error| {
            fields.reject("ca", ca.told(&error));
            tls
        });
    }
    let certificate = Pem::read(&mut fields, "certificate", reading);
    let key = Pem::read(&mut fields, "key", reading);
    if let (Some(certificate), Some(key)) = (&certificate, &key) {
        tls = identity(tls, certificate, key, &fields, reading);
    }
    for (there, other) in [("certificate", "key"), ("key", "certificate")] {
        if fields.node(there).is_some() && fields.node(other).is_none() {
            let message = format!("missing, expected the `{other}` that belongs to the `{there}`");
            fields.reject(other, message);
        }
    }
    if fields.get("verify") == Some(false) {
        tls = tls.trust_anyone();
    }
    fields.finish();
    tls
}

fn identity(
    tls: TlsSettings,
    certificate: &Pem<'_>,
    key: &Pem<'_>,
    fields: &Fields<'_>,
    reading: &Reading<'_>,
) -> TlsSettings {
    let made = tls.clone().identity(&certificate.content, &key.content);
    made.unwrap_or_else(|error| {
        if error.is_of_key() {
            reading.reject_secret(key.node, &fields.key("key"), key.told(&error));
        } else {
            fields.reject("certificate", certificate.told(&error));
        }
        tls
    })
}

/// What a PEM file holds, or a text that is one.
struct Pem<'a> {
    node: &'a Node,
    content: Arc<[u8]>,
    /// The file's name; none if there is no file.
    file: Option<String>,
}

impl<'a> Pem<'a> {
    fn read(fields: &mut Fields<'a>, key: &'static str, reading: &Reading<'_>) -> Option<Self> {
        let node = fields.node(key)?;
        let text = reading.constant(node, &fields.key(key))?;
        if text.trim_start().starts_with(BEGIN) {
            return Some(Self { node, content: text.as_bytes().into(), file: None });
        }
        match reading.load(&text) {
            Ok(content) => Some(Self { node, content, file: Some(text) }),
            Err(why) => {
                reading.reject_secret(node, &fields.key(key), Self::missing(node, why));
                None
            }
        }
    }

    /// What comes from the environment may be a secret that was put in wrongly.
    fn missing(node: &Node, why: String) -> String {
        match node.text() {
            Some(text) if text.contains("${") => {
                format!("the environment holds neither PEM ({BEGIN} ..) nor the name of a file")
            }
            _ => why,
        }
    }

    fn told(&self, error: &impl ToString) -> String {
        let name = self.file.as_deref().map_or("the text".into(), |file| format!("`{file}`"));
        format!("{name}: {}", error.to_string())
    }
}
