//! An event, as Splunk's HTTP event collector takes it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::{
    api::ApiVersion,
    listener::FailedRequest,
    stats::{Phase, Phases},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Origin;

/// The longest names, reasons and addresses, bytes as JSON. All bounds together keep an event
/// below the 10,000 bytes at which Splunk cuts it.
const LONGEST: usize = 800;

/// The longest body.
const LONGEST_BODY: usize = 4000;

/// The most unmet expectations that are told of a request, and the longest of their texts.
const MOST_UNMET: usize = 4;
const LONGEST_UNMET: usize = 200;

/// The most APIs, and the longest of their names and versions, and of the test's name.
const MOST_APIS: usize = 8;
const LONGEST_NAME: usize = 64;

/// What the settings say of all events.
pub(super) struct Envelope {
    pub(super) index: Option<String>,
    pub(super) source: String,
    pub(super) sourcetype: String,
}

/// An event, ready to be sent.
#[derive(Serialize)]
pub(super) struct Wrapped<'a> {
    /// Seconds since 1970, with three decimals.
    pub(super) time: f64,
    pub(super) host: &'a str,
    pub(super) source: &'a str,
    pub(super) sourcetype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<&'a str>,
    pub(super) event: Map<String, Value>,
    /// What is indexed beside the event: few values, that searches can count without reading it.
    pub(super) fields: Value,
}

/// What an event tells of: the first of its keys.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A request that failed, in detail.
    FailedRequest,
    /// How many requests failed for one reason.
    Failures,
    /// How often tasks failed for one reason.
    Exceptions,
    /// The test begins.
    TestStart,
    /// The test is over.
    TestStop,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FailedRequest => "failed_request",
            Self::Failures => "failures",
            Self::Exceptions => "exceptions",
            Self::TestStart => "test_start",
            Self::TestStop => "test_stop",
        }
    }
}

/// What all events say of the test and of who tells of it.
pub(super) fn of_origin(origin: &Origin) -> Map<String, Value> {
    let header = &origin.header;
    let name = |text: &str| shortened(text, LONGEST_NAME);
    let version = |api: &ApiVersion| (name(&api.name), json!(api.version.as_deref().map(name)));
    let mut said = Map::new();
    said.insert("run".into(), json!(origin.run));
    said.insert("test".into(), json!(name(&header.test)));
    said.insert("env".into(), json!(name(&header.env)));
    if let Some(region) = &origin.region {
        said.insert("region".into(), json!(region));
    }
    if let Some(generator) = origin.generator {
        said.insert("generator".into(), json!(generator));
    }
    if let Some(interval) = origin.interval {
        said.insert("interval".into(), json!(interval));
    }
    if !header.apis.is_empty() {
        let apis: Map<_, _> = header.apis.iter().take(MOST_APIS).map(version).collect();
        said.insert("apis".into(), Value::Object(apis));
    }
    said
}

/// All that is known of a request that failed.
pub(super) fn of_request(request: &FailedRequest) -> Value {
    let unmet: Vec<_> = request
        .unmet
        .iter()
        .take(MOST_UNMET)
        .map(|unmet| {
            json!({
                "expected": shortened(&unmet.expected, LONGEST_UNMET),
                "found": shortened(&unmet.found, LONGEST_UNMET),
            })
        })
        .collect();
    json!({
        "method": request.method,
        "transaction": shortened(&request.name, LONGEST),
        "reason": shortened(&request.reason, LONGEST),
        "url": request.url.as_deref().map(|url| shortened(url, LONGEST)),
        "status": request.status,
        "unmet": unmet,
        "body": request.body.as_deref().map(|body| shortened(body, LONGEST_BODY)),
        "user": request.user,
        "class": request.class,
        "elapsed_ms": ms(request.elapsed),
        "phases_ms": of_phases(&request.phases),
        "trace_id": request.trace,
    })
}

/// The phases that happened, milliseconds.
fn of_phases(phases: &Phases) -> Value {
    let happened = Phase::ALL.into_iter().filter(|phase| !phases.get(*phase).is_zero());
    happened.map(|phase| (phase.name().to_owned(), json!(ms(phases.get(phase))))).collect()
}

/// Milliseconds, to the microsecond.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// Seconds since 1970, to the millisecond.
pub(super) fn epoch(at: SystemTime) -> f64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs_f64() * 1e3).round() / 1e3
}

/// A text of which only the beginning is told if it is long: more than `most` bytes as JSON.
fn shortened(text: &str, most: usize) -> String {
    let mut length = 0;
    let end = text.char_indices().find(|(_, c)| {
        length += match c {
            '"' | '\\' => 2,
            c if c.is_control() => 6,
            c => c.len_utf8(),
        };
        length > most
    });
    end.map_or_else(|| text.to_owned(), |(end, _)| format!("{}..", &text[..end]))
}

/// The same, as long as any text may be.
pub(super) fn told(text: &str) -> String {
    shortened(text, LONGEST)
}
