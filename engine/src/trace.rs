//! Traces: which of the target's own records a request leads to. As in W3C's Trace Context.

use std::{cell::RefCell, fmt, str::FromStr, time::Duration};

use http::HeaderName;
use rand::{Rng as _, RngExt as _, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The header that names a request's trace.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Names a trace. As text it is 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceId(u128);

/// A text that names no trace.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("no trace: expected 32 hexadecimal digits, not all of them 0")]
pub struct NoTraceId;

impl TraceId {
    /// Its bytes, as they travel.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for TraceId {
    type Err = NoTraceId;

    fn from_str(text: &str) -> Result<Self, NoTraceId> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = u128::from_str_radix(text, 16).ok().filter(|id| is_hex && *id != 0);
        id.map(Self).ok_or(NoTraceId)
    }
}

impl TryFrom<String> for TraceId {
    type Error = NoTraceId;

    fn try_from(text: String) -> Result<Self, NoTraceId> {
        text.parse()
    }
}

impl From<TraceId> for String {
    fn from(id: TraceId) -> Self {
        id.to_string()
    }
}

/// The part of the requests whose traces the target is asked to keep, above 0 and at most 1. All
/// others tell it not to, so that a load test does not fill its store of traces.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Sampled(f64);

/// A part that is none.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("expected a part of the requests above 0 and up to 1")]
pub struct NoPart;

impl Sampled {
    /// A part of the requests.
    ///
    /// # Errors
    ///
    /// None of them, or more than all.
    pub fn try_new(part: f64) -> Result<Self, NoPart> {
        (part > 0.0 && part <= 1.0).then_some(Self(part)).ok_or(NoPart)
    }

    /// The part, above 0 and at most 1.
    pub fn part(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Sampled {
    type Error = NoPart;

    fn try_from(part: f64) -> Result<Self, NoPart> {
        Self::try_new(part)
    }
}

impl From<Sampled> for f64 {
    fn from(sampled: Sampled) -> Self {
        sampled.0
    }
}

/// What a request tells of its trace.
#[derive(Clone, Copy, Debug)]
pub struct TraceParent {
    trace: TraceId,
    span: u64,
    is_sampled: bool,
}

impl TraceParent {
    /// The trace, if the target is asked to keep it.
    pub fn sampled(self) -> Option<TraceId> {
        self.is_sampled.then_some(self.trace)
    }
}

/// The header's value.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, span, is_sampled } = self;
        write!(f, "00-{trace}-{span:016x}-{:02x}", u8::from(*is_sampled))
    }
}

/// Names the traces of a thread's requests: no two anywhere have the same.
#[derive(Debug)]
pub struct Tracer {
    sampled: Sampled,
    random: RefCell<Pcg64Mcg>,
}

impl Tracer {
    /// Asks for that part of the traces to be kept.
    pub fn new(sampled: Sampled) -> Self {
        let mut seed = [0; 16];
        // Without the system's randomness they would not be unique, but no less useful here.
        if getrandom::fill(&mut seed).is_err() {
            seed = std::process::id().to_be_bytes().repeat(4).try_into().unwrap_or_default();
        }
        Self { sampled, random: RefCell::new(Pcg64Mcg::from_seed(seed)) }
    }

    /// The next request's.
    pub fn next(&self) -> TraceParent {
        let mut random = self.random.borrow_mut();
        let trace = u128::from(random.next_u64()) << 64 | u128::from(random.next_u64());
        TraceParent {
            trace: TraceId(trace.max(1)),
            span: random.next_u64().max(1),
            is_sampled: random.random_bool(self.sampled.0),
        }
    }
}

/// A request whose trace is kept, and how long it took.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Traced {
    /// From its start to its end.
    #[serde(with = "crate::duration::seconds")]
    pub elapsed: Duration,
    /// The trace.
    pub trace: TraceId,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn traces_are_distinct_and_the_part_of_them_is_sampled_that_is_asked_for() {
        let tracer = Tracer::new(Sampled::try_new(0.25).unwrap());
        let told: Vec<_> = (0..10_000).map(|_| tracer.next()).collect();
        let traces: HashSet<_> = told.iter().map(|parent| parent.trace).collect();
        assert_eq!(traces.len(), told.len());
        let sampled = told.iter().filter(|parent| parent.sampled().is_some()).count();
        assert!((2_200..2_800).contains(&sampled), "{sampled}");
        let text = told[0].to_string();
        let parts: Vec<_> = text.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [2, 32, 16, 2]);
        assert_eq!(parts[1].parse(), Ok(told[0].trace));
    }

    #[test]
    fn what_names_no_trace_is_refused() {
        for text in ["", "0", &"0".repeat(32), &"g".repeat(32), &"1".repeat(33), "+1", "-1"] {
            assert_eq!(text.parse::<TraceId>(), Err(NoTraceId), "{text}");
        }
        assert_eq!(format!("+{}", "1".repeat(31)).parse::<TraceId>(), Err(NoTraceId));
        for part in [0.0, -0.1, 1.1, f64::NAN] {
            assert_eq!(Sampled::try_new(part), Err(NoPart), "{part}");
        }
    }
}
