//! OpenTelemetry's protocol: metrics over HTTP.

mod courier;
mod points;
mod wire;

use engine::document::{Node, Rejection, Setting};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use self::{courier::Exporter, points::Exporting};
use crate::{Origin, Secret, post::Post, section::Section, trust::Trust, words::Hearer};

pub(crate) const NAME: &str = "Otlp";

/// How to reach it.
#[derive(Clone, Deserialize, Serialize)]
pub struct Settings {
    endpoint: String,
    headers: Vec<(String, Secret)>,
    temporality: Temporality,
    trust: Trust,
}

/// What a point of a sum or a histogram tells.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Temporality {
    /// All since the generator began. What is lost on the way is made up for by what follows, and
    /// Prometheus knows nothing else.
    #[default]
    Cumulative,
    /// What came since the last point.
    Delta,
}

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let is_there = section.requires_address("endpoint");
        let endpoint = section.bare_address("endpoint").filter(|_| is_there);
        let headers = section.secrets("headers");
        for (name, secret) in &headers {
            if HeaderName::try_from(name).is_err() {
                section.reject("headers", "found a name that is no header's");
            }
            if matches!(secret, Secret::Plain(text) if HeaderValue::try_from(text).is_err()) {
                section.reject("headers", "found a value that cannot be put into a header");
            }
        }
        let temporality = section.optional("temporality").unwrap_or_default();
        let trust = section.section("tls").map(Trust::read).unwrap_or_default();
        section.finish();
        Some(Self { endpoint: endpoint?.into(), headers, temporality, trust })
    }

    pub(crate) fn secrets(&mut self) -> Vec<&mut Secret> {
        self.headers.iter_mut().map(|(_, secret)| secret).collect()
    }

    pub(crate) fn hearer(&self, origin: &Origin) -> Hearer {
        let words = Box::new(Exporting::of(origin, self.temporality));
        Hearer::reached(NAME, words, self.courier())
    }

    fn courier(&self) -> Result<Exporter, String> {
        let post = Post::new(self.trust.settings()?).map_err(|error| error.to_string())?;
        Exporter::to(post, &self.endpoint, &self.headers)
    }
}

impl Setting for Temporality {
    const EXPECTED: &'static str = "cumulative or delta";

    fn read(node: &Node) -> Result<Self, Rejection> {
        match node.text() {
            Some("cumulative") => Ok(Self::Cumulative),
            Some("delta") => Ok(Self::Delta),
            _ => Err(Rejection::Unexpected),
        }
    }
}
