//! `SignalFx`, now Splunk Observability: gauges of each transaction, and events of the test.

mod datapoints;
mod dimensions;
mod ingest;

use engine::http::TlsSettings;
use serde::{Deserialize, Serialize};
use url::Url;

use self::{datapoints::Datapoints, ingest::Ingest};
use crate::{Origin, Secret, post::Post, section::Section, words::Hearer};

pub(crate) const NAME: &str = "Sfx";

/// How to reach it.
#[derive(Clone, Deserialize, Serialize)]
pub struct Settings {
    /// Where it takes datapoints and events, without a slash at its end.
    ingest: String,
    token: Secret,
}

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let realm = section.optional_text("realm");
        let address = section.bare_address("ingest");
        if address.is_none() && section.node("ingest").is_none() && section.node("realm").is_none()
        {
            section
                .reject("realm", "missing, expected a realm such as us1 (or `ingest`, an address)");
        }
        let of_realm = realm.and_then(|realm| {
            let url = of_realm(&realm);
            if url.is_none() {
                section.reject("realm", "expected letters and digits, such as us1");
            }
            url
        });
        let token = section.secret("token");
        section.finish();
        let ingest = address.or(of_realm)?.as_str().trim_end_matches('/').to_owned();
        Some(Self { ingest, token: token? })
    }

    pub(crate) fn secrets(&mut self) -> Vec<&mut Secret> {
        vec![&mut self.token]
    }

    pub(crate) fn hearer(&self, origin: &Origin) -> Hearer {
        let words = Box::new(Datapoints::of(origin));
        let post = Post::new(TlsSettings::default());
        let ingest = post
            .map_err(|error| error.to_string())
            .and_then(|post| Ingest::new(post, self.ingest.clone(), self.token.expose()));
        Hearer::reached(NAME, words, ingest)
    }
}

/// Where a realm takes data. It becomes a part of a host's name, so that nothing else may be in it.
fn of_realm(realm: &str) -> Option<Url> {
    let is_one = !realm.is_empty() && realm.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then(|| Url::parse(&format!("https://ingest.{realm}.signalfx.com")).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_a_label_of_a_host_and_nothing_else() {
        assert_eq!(of_realm("us1").unwrap().as_str(), "https://ingest.us1.signalfx.com/");
        for realm in ["", "us1.evil.example/", "us 1", "us1@x", "ü"] {
            assert_eq!(of_realm(realm), None, "{realm}");
        }
    }
}
