//! Splunk's HTTP event collector: each request that failed, and how many did.

mod collector;
mod event;
mod events;
mod reply;

use engine::listener::Wanted;
use serde::{Deserialize, Serialize};
use url::Url;

use self::{collector::Collector, event::Envelope, events::Events};
use crate::{Origin, Secret, post::Post, section::Section, trust::Trust, words::Hearer};

pub(crate) const NAME: &str = "Splunk";

/// How to reach it, and what it is told.
#[derive(Clone, Deserialize, Serialize)]
pub struct Settings {
    /// What stands before its paths.
    host: String,
    token: Secret,
    index: Option<String>,
    source: String,
    sourcetype: String,
    /// Whether each message is only done with once it is indexed.
    acknowledge: bool,
    failures_per_second: u32,
    body_bytes: u32,
    trust: Trust,
}

/// What an event comes from, and what its text is, unless the settings say so.
const SOURCE: &str = "load-test";
const SOURCETYPE: &str = "_json";

/// Of how many failed requests all is told in a second, and how much of their bodies.
const FAILURES: u32 = 10;
const BODY: u32 = 1024;

/// The most of both: Splunk cuts events of more than 10,000 bytes unless it is told otherwise.
const MOST_FAILURES: u32 = 1000;
const LONGEST_BODY: u32 = 4096;

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let is_there = section.requires_address("host");
        let host = section.bare_address("host").filter(|_| is_there);
        let token = section.secret("token");
        let index = section.optional_text("index");
        let source = section.optional_text("source").unwrap_or_else(|| SOURCE.into());
        let sourcetype = section.optional_text("sourcetype").unwrap_or_else(|| SOURCETYPE.into());
        let acknowledge = section.optional("acknowledge").unwrap_or(false);
        let failures_per_second =
            at_most(&mut section, "failures_per_second", MOST_FAILURES).unwrap_or(FAILURES);
        let body_bytes = at_most(&mut section, "body_bytes", LONGEST_BODY).unwrap_or(BODY);
        let trust = section.section("tls").map(Trust::read).unwrap_or_default();
        section.finish();
        Some(Self {
            host: base(&host?),
            token: token?,
            index,
            source,
            sourcetype,
            acknowledge,
            failures_per_second,
            body_bytes,
            trust,
        })
    }

    pub(crate) fn secrets(&mut self) -> Vec<&mut Secret> {
        vec![&mut self.token]
    }

    pub(crate) fn wanted(&self) -> Option<Wanted> {
        let body = usize::try_from(self.body_bytes).unwrap_or(usize::MAX);
        let per_second = self.failures_per_second;
        (per_second > 0).then_some(Wanted { per_second, body })
    }

    pub(crate) fn hearer(&self, origin: &Origin) -> Hearer {
        let Self { index, source, sourcetype, .. } = self.clone();
        let words = Box::new(Events::of(origin, Envelope { index, source, sourcetype }));
        Hearer::reached(NAME, words, self.collector())
    }

    fn collector(&self) -> Result<Collector, String> {
        let post = Post::new(self.trust.settings()?).map_err(|error| error.to_string())?;
        Collector::new(post, self.host.clone(), self.token.expose(), self.acknowledge)
    }
}

/// An address before its paths, also if it was given with one of them.
fn base(address: &Url) -> String {
    let mut base = address.clone();
    base.set_query(None);
    base.set_fragment(None);
    let base = base.as_str().trim_end_matches('/');
    let base = base.strip_suffix("/event").unwrap_or(base);
    base.strip_suffix("/services/collector").unwrap_or(base).to_owned()
}

fn at_most(section: &mut Section<'_>, key: &'static str, most: u32) -> Option<u32> {
    let number = section.optional::<u32>(key)?;
    if number > most {
        section.reject(key, format!("expected at most {most}"));
        return None;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_its_path() {
        for (given, expected) in [
            ("https://splunk.example:8088", "https://splunk.example:8088"),
            ("https://splunk.example:8088/services/collector", "https://splunk.example:8088"),
            ("https://splunk.example/services/collector/event", "https://splunk.example"),
            ("https://example.org/hec/?x=1", "https://example.org/hec"),
        ] {
            assert_eq!(base(&Url::parse(given).unwrap()), expected, "{given}");
        }
    }
}
