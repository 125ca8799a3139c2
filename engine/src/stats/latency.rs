//! Response times, kept as a histogram.

use std::{borrow::Cow, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use hdrhistogram::{
    Histogram,
    serialization::{Serializer, V2DeflateSerializer, V2Serializer},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    buckets::{self, Bucket, floor},
    inflate::inflate,
};

/// A distribution of times: microseconds, 3 significant digits, up to [`Latency::MAX`].
///
/// Count, sum, least and greatest are exact; everything between is within 0.1 %.
#[derive(Clone, Debug, Default)]
pub struct Latency {
    counts: Counts,
    sum_us: u64,
    min_us: u64,
    max_us: u64,
}

/// How often each value was counted.
#[derive(Clone, Debug, Default)]
enum Counts {
    /// Nothing was, as most transactions lack most distributions.
    #[default]
    None,
    /// As they came from elsewhere: not empty, ascending, ready to be added to others.
    Sparse(Vec<Bucket>),
    /// Ready to be added to. It may be empty.
    Dense(Box<Histogram<u64>>),
}

/// A [`Latency`] that takes little room.
#[derive(Clone, Debug)]
pub struct PackedLatency {
    /// `HdrHistogram`'s V2 encoding; no bytes for none.
    bytes: Box<[u8]>,
    sum_us: u64,
    min_us: u64,
    max_us: u64,
}

/// Why bytes are no histogram.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum DecodeLatencyError {
    /// Not base64.
    #[error("a histogram is not base64")]
    Base64,
    /// Not zlib, or larger than any histogram can be.
    #[error("a histogram is not a deflated HdrHistogram of bounded size")]
    Deflate,
    /// Not an `HdrHistogram` V2 with 3 significant digits within the bounds.
    #[error("a histogram is not an HdrHistogram V2 of 3 digits up to an hour")]
    Histogram,
    /// Its count, least, greatest and sum contradict each other.
    #[error("a histogram contradicts its own count, sum, least or greatest value")]
    Contradiction,
}

impl Latency {
    /// Longer times are recorded as this.
    pub const MAX: Duration = Duration::from_hours(24);

    const DIGITS: u8 = 3;
    /// The length of the header before the counts.
    const HEADER: usize = 40;

    /// Header, and at most 9 bytes for each of the counters up to [`Self::MAX`].
    const MAX_ENCODED: usize = Self::HEADER + 9 * 64 * 1024;

    fn max_us() -> u64 {
        u64::try_from(Self::MAX.as_micros()).unwrap_or(u64::MAX)
    }

    /// Counts a time.
    pub fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).min(Self::max_us());
        self.count_in(micros, 1);
        fill(self.dense_mut(), &[(micros, 1)]);
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        self.min_us = if self.is_empty() { other.min_us } else { self.min_us.min(other.min_us) };
        self.max_us = self.max_us.max(other.max_us);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        let own = self.dense_mut();
        match &other.counts {
            Counts::None => {}
            Counts::Sparse(buckets) => fill(own, buckets),
            Counts::Dense(histogram) => {
                let added = own.add(&**histogram);
                debug_assert!(added.is_ok(), "a histogram that resizes takes any other");
            }
        }
    }

    /// Deals its times out, as evenly as cards: of the sorted times, each part takes every n-th.
    /// Merged again, the parts are equal to it.
    pub fn deal(&self, parts: usize) -> Vec<Self> {
        let mut dealt = vec![Self::default(); parts];
        let mut next = 0;
        for (value, times) in self.buckets() {
            let micros = floor(value).max(self.min_us);
            let round = times.min(parts as u64);
            for offset in 0..round {
                let times = (times - offset).div_ceil(parts as u64);
                dealt[next].push((value, times), micros);
                next = (next + 1) % parts;
            }
            let rest = usize::try_from((times - round) % parts as u64).unwrap_or(0);
            next = (next + rest) % parts;
        }
        self.settle(&mut dealt, next);
        dealt
    }

    /// Makes up for the buckets, which tell times less precisely than least, greatest and sum are
    /// known. The last time was dealt to the part before `next`.
    fn settle(&self, dealt: &mut [Self], next: usize) {
        let filled = self.count().min(dealt.len() as u64);
        let Some(last) = dealt.get_mut((next + dealt.len() - 1) % dealt.len().max(1)) else {
            return;
        };
        if filled == 0 {
            return;
        }
        last.sum_us = last.sum_us.saturating_add(self.max_us.saturating_sub(last.max_us));
        last.max_us = self.max_us;
        let sum = dealt.iter().fold(0, |sum: u64, part| sum.saturating_add(part.sum_us));
        let lacking = self.sum_us.saturating_sub(sum);
        let filled_parts = dealt.iter_mut().filter(|part| !part.is_empty());
        for (part, at) in filled_parts.zip(0..) {
            let more = lacking / filled + u64::from(at < lacking % filled);
            part.sum_us = part.sum_us.saturating_add(more);
        }
    }

    /// Adds a bucket beyond all that it has, none of them dense: each of its times took so many
    /// microseconds.
    fn push(&mut self, bucket: Bucket, micros: u64) {
        let (_, times) = bucket;
        self.count_in(micros, times);
        match &mut self.counts {
            Counts::Sparse(buckets) => buckets.push(bucket),
            counts => *counts = Counts::Sparse(vec![bucket]),
        }
    }

    /// Takes so many times of so many microseconds into its figures, before they are counted.
    fn count_in(&mut self, micros: u64, times: u64) {
        self.min_us = if self.is_empty() { micros } else { self.min_us.min(micros) };
        self.max_us = self.max_us.max(micros);
        self.sum_us = self.sum_us.saturating_add(micros.saturating_mul(times));
    }

    /// Forgets all times, but keeps the memory.
    pub fn clear(&mut self) {
        match &mut self.counts {
            Counts::Dense(histogram) => histogram.reset(),
            counts => *counts = Counts::None,
        }
        (self.sum_us, self.min_us, self.max_us) = (0, 0, 0);
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        match &self.counts {
            Counts::None => true,
            Counts::Sparse(_) => false,
            Counts::Dense(histogram) => histogram.is_empty(),
        }
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        match &self.counts {
            Counts::Dense(histogram) => histogram.len(),
            counts => counts.sparse().iter().fold(0, |sum, (_, times)| sum.saturating_add(*times)),
        }
    }

    /// The time that `percentile` (0 to 100) of all times do not exceed; none if empty.
    pub fn percentile(&self, percentile: f64) -> Option<Duration> {
        let count = self.count();
        let micros = match &self.counts {
            _ if count == 0 => None,
            Counts::Dense(histogram) => {
                Some(histogram.value_at_quantile(quantile(percentile, count)))
            }
            counts => counts.at_rank(rank(percentile, count)),
        };
        micros.map(|micros| Duration::from_micros(micros.clamp(self.min_us, self.max_us)))
    }

    /// The shortest time.
    pub fn min(&self) -> Option<Duration> {
        (!self.is_empty()).then(|| Duration::from_micros(self.min_us))
    }

    /// The longest time.
    pub fn max(&self) -> Option<Duration> {
        (!self.is_empty()).then(|| Duration::from_micros(self.max_us))
    }

    /// The sum of all times.
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.sum_us)
    }

    /// The mean of all times.
    pub fn mean(&self) -> Option<Duration> {
        self.sum_us.checked_div(self.count()).map(Duration::from_micros)
    }

    /// The highest value of each bucket that counted something, microseconds, and how often it did.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> {
        let dense = match &self.counts {
            Counts::Dense(histogram) => Some(histogram.iter_recorded()),
            _ => None,
        };
        let dense = dense.into_iter().flatten();
        let dense = dense.map(|at| (at.value_iterated_to(), at.count_at_value()));
        self.counts.sparse().iter().copied().chain(dense)
    }

    /// The middle of each bucket that counted something, microseconds, and how often it did: within
    /// 0.05 % of the times that were counted.
    pub fn middles(&self) -> impl Iterator<Item = (u64, u64)> {
        self.buckets().map(|(highest, times)| (floor(highest).midpoint(highest), times))
    }

    /// The sum of all times, microseconds.
    pub(super) fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// All of it in little room.
    pub fn pack(&self) -> PackedLatency {
        let Self { sum_us, min_us, max_us, .. } = *self;
        let mut bytes = Vec::new();
        if let Some(histogram) = self.dense() {
            let written = V2Serializer::new().serialize(&histogram, &mut bytes);
            debug_assert!(written.is_ok(), "a vector takes any bytes");
        }
        PackedLatency { bytes: bytes.into(), sum_us, min_us, max_us }
    }

    /// Its histogram; none if it is empty.
    fn dense(&self) -> Option<Cow<'_, Histogram<u64>>> {
        match &self.counts {
            Counts::Dense(histogram) => {
                (!histogram.is_empty()).then_some(Cow::Borrowed(&**histogram))
            }
            Counts::Sparse(buckets) => {
                let mut histogram = empty();
                fill(&mut histogram, buckets);
                Some(Cow::Owned(histogram))
            }
            Counts::None => None,
        }
    }

    fn dense_mut(&mut self) -> &mut Histogram<u64> {
        if !matches!(self.counts, Counts::Dense(_)) {
            let histogram = self.dense().map_or_else(empty, Cow::into_owned);
            self.counts = Counts::Dense(Box::new(histogram));
        }
        match &mut self.counts {
            Counts::Dense(histogram) => histogram,
            _ => unreachable!("it was just made dense"),
        }
    }

    /// The histogram as base64 of `HdrHistogram`'s V2 deflate encoding; empty text for none.
    fn encode(&self) -> String {
        let Some(histogram) = self.dense() else { return String::new() };
        let mut bytes = Vec::new();
        let written = V2DeflateSerializer::new().serialize(&histogram, &mut bytes);
        debug_assert!(written.is_ok(), "a vector takes any bytes");
        BASE64_STANDARD.encode(bytes)
    }

    /// Reads what [`Self::encode`] wrote. The text is not trusted: it is inflated to a bounded
    /// size, and what it counts is bounded too.
    fn decode(text: &str) -> Result<Counts, DecodeLatencyError> {
        if text.is_empty() {
            return Ok(Counts::None);
        }
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| DecodeLatencyError::Base64)?;
        let deflated = bytes.get(8..).ok_or(DecodeLatencyError::Deflate)?;
        let counts = inflate(deflated, Self::MAX_ENCODED, Counts::read);
        counts.ok_or(DecodeLatencyError::Deflate)?.ok_or(DecodeLatencyError::Histogram)
    }
}

impl Counts {
    /// Reads a V2 encoding.
    fn read(plain: &[u8]) -> Option<Self> {
        check_header(plain)?;
        let buckets = buckets::read(plain.get(Latency::HEADER..)?, Latency::max_us())?;
        Some(if buckets.is_empty() { Self::None } else { Self::Sparse(buckets) })
    }

    /// The value that so many of all, in their order, do not exceed; none if dense.
    #[expect(clippy::cast_precision_loss, reason = "counts of a test are far below 2^52")]
    fn at_rank(&self, rank: f64) -> Option<u64> {
        let mut so_far = 0_u64;
        let reaches = |(_, times): &&Bucket| {
            so_far = so_far.saturating_add(*times);
            so_far as f64 >= rank
        };
        self.sparse().iter().find(reaches).map(|(value, _)| *value)
    }

    fn sparse(&self) -> &[Bucket] {
        if let Self::Sparse(buckets) = self { buckets } else { &[] }
    }
}

impl PackedLatency {
    /// What was packed.
    ///
    /// # Panics
    ///
    /// Never: only [`Latency::pack`] makes one.
    pub fn unpack(&self) -> Latency {
        let Self { ref bytes, sum_us, min_us, max_us } = *self;
        let counts = if bytes.is_empty() {
            Counts::None
        } else {
            Counts::read(bytes).expect("it was packed here")
        };
        Latency { counts, sum_us, min_us, max_us }
    }
}

fn empty() -> Histogram<u64> {
    let mut histogram = Histogram::new(Latency::DIGITS).expect("3 digits are allowed");
    histogram.auto(true);
    histogram
}

fn fill(histogram: &mut Histogram<u64>, buckets: &[Bucket]) {
    for (value, times) in buckets {
        let recorded = histogram.record_n(*value, *times);
        debug_assert!(recorded.is_ok(), "a histogram that resizes takes any time");
    }
}

/// The rank of a percentile among `count` values, 1 to `count`.
///
/// `99.9 / 100 * 10_000` is a little over 9,990 in floating point, and would lead to the rank
/// after it.
#[expect(clippy::cast_precision_loss, reason = "counts of a test are far below 2^52")]
fn rank(percentile: f64, count: u64) -> f64 {
    let exact = percentile.clamp(0.0, 100.0) * count as f64 / 100.0;
    (exact * (1.0 - 1e-14)).ceil().max(1.0)
}

/// The quantile that leads to the rank of a percentile: its middle is aimed at.
#[expect(clippy::cast_precision_loss, reason = "counts of a test are far below 2^52")]
fn quantile(percentile: f64, count: u64) -> f64 {
    (rank(percentile, count) - 0.5) / count as f64
}

/// What a V2 encoding begins with.
const V2_COOKIE: u32 = 0x1c84_9313;

/// Checks the V2 header: cookie, payload length, normalizing offset, digits, least and greatest
/// trackable value.
fn check_header(plain: &[u8]) -> Option<()> {
    let u32_at = |at: usize| Some(u32::from_be_bytes(plain.get(at..at + 4)?.try_into().ok()?));
    let u64_at = |at: usize| Some(u64::from_be_bytes(plain.get(at..at + 8)?.try_into().ok()?));
    let payload = usize::try_from(u32_at(4)?).ok()?;
    let sound = u32_at(0)? == V2_COOKIE
        && payload == plain.len().checked_sub(Latency::HEADER)?
        && u32_at(8)? == 0
        && u32_at(12)? == u32::from(Latency::DIGITS)
        && u64_at(16)? == 1
        && u64_at(24)? <= 4 * Latency::max_us();
    sound.then_some(())
}

/// Whether both hold the same values, however much room each has set aside for values to come.
impl PartialEq for Latency {
    fn eq(&self, other: &Self) -> bool {
        let figures = |l: &Self| (l.count(), l.sum_us, l.min_us, l.max_us);
        figures(self) == figures(other) && self.buckets().eq(other.buckets())
    }
}

#[derive(Deserialize, Serialize)]
struct Wire<'a> {
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    hdr: Cow<'a, str>,
    #[serde(default)]
    sum_us: u64,
    #[serde(default)]
    min_us: u64,
    #[serde(default)]
    max_us: u64,
}

impl Serialize for Latency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { sum_us, min_us, max_us, .. } = *self;
        Wire { hdr: self.encode().into(), sum_us, min_us, max_us }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Self::try_from(wire).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Wire<'_>> for Latency {
    type Error = DecodeLatencyError;

    fn try_from(wire: Wire<'_>) -> Result<Self, DecodeLatencyError> {
        let Wire { hdr, sum_us, min_us, max_us } = wire;
        let counts = Self::decode(&hdr)?;
        let buckets = counts.sparse();
        let sound = match buckets.first().zip(buckets.last()) {
            None => hdr.is_empty() && (sum_us, min_us, max_us) == (0, 0, 0),
            Some(((least, _), (greatest, _))) => {
                floor(*least) == floor(min_us)
                    && floor(*greatest) == floor(max_us)
                    && sum_us >= max_us
                    && min_us <= max_us
            }
        };
        let latency = Self { counts, sum_us, min_us, max_us };
        if sound { Ok(latency) } else { Err(DecodeLatencyError::Contradiction) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn latency(micros: &[u64]) -> Latency {
        let mut latency = Latency::default();
        for micros in micros {
            latency.record(Duration::from_micros(*micros));
        }
        latency
    }

    #[test]
    fn a_clear_forgets_everything() {
        let mut latency = latency(&[5, 9_000_000]);
        latency.clear();
        assert_eq!(latency, Latency::default());
        assert_eq!(latency.percentile(50.0), None);
    }

    #[test]
    fn room_for_more_makes_no_difference() {
        let mut roomy = latency(&[60_000_000]);
        roomy.clear();
        roomy.record(Duration::from_micros(5));
        assert_eq!(roomy, latency(&[5]));
        assert_eq!(latency(&[5]), roomy);
    }

    #[test]
    fn a_percentile_that_meets_a_rank_is_that_rank() {
        let latency = latency(&(1..=1000).collect::<Vec<_>>());
        for (percentile, micros) in [(50.0, 500), (66.0, 660), (99.0, 990), (99.9, 999)] {
            assert_eq!(latency.percentile(percentile), Some(Duration::from_micros(micros)));
        }
    }

    #[test]
    fn hostile_texts_are_refused() {
        let huge = {
            let mut histogram = Histogram::<u64>::new_with_bounds(1, u64::MAX / 2, 5).unwrap();
            histogram.record(7).unwrap();
            let mut bytes = Vec::new();
            V2DeflateSerializer::new().serialize(&histogram, &mut bytes).unwrap();
            BASE64_STANDARD.encode(bytes)
        };
        for text in ["!", "AAAA", "AAAAAAAAAAAAAAAAAAAA", &huge] {
            assert!(Latency::decode(text).is_err(), "{text}");
        }
        let lie = r#"{"hdr":"","sum_us":5,"min_us":0,"max_us":0}"#;
        assert!(serde_json::from_str::<Latency>(lie).is_err());
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_the_sorted_times(
            mut micros in prop::collection::vec(0_u64..4_000_000_000, 1..300),
            percentile in 0.0_f64..=100.0,
        ) {
            let latency = latency(&micros);
            micros.sort_unstable();
            let rank = ((percentile / 100.0 * micros.len() as f64).ceil() as usize).max(1);
            let exact = micros[rank - 1] as f64;
            let found = latency.percentile(percentile).unwrap().as_micros() as f64;
            prop_assert!((found - exact).abs() <= exact * 0.001 + 0.5, "{found} instead of {exact}");
            prop_assert!(latency.percentile(percentile) <= latency.max());
        }

        #[test]
        fn percentiles_are_the_same_where_a_latency_came_from_elsewhere(
            micros in prop::collection::vec(0_u64..4_000_000, 0..300),
            percentile in 0.0_f64..=100.0,
        ) {
            let latency = latency(&micros);
            let travelled = latency.pack().unpack();
            for percentile in [percentile, 0.0, 50.0, 99.0, 99.9, 100.0] {
                prop_assert_eq!(travelled.percentile(percentile), latency.percentile(percentile));
            }
        }

        #[test]
        fn least_greatest_and_mean_are_exact(micros in prop::collection::vec(0_u64..4_000_000_000, 1..300)) {
            let latency = latency(&micros);
            let sum: u64 = micros.iter().sum();
            prop_assert_eq!(latency.sum(), Duration::from_micros(sum));
            prop_assert_eq!(latency.min().unwrap().as_micros(), u128::from(*micros.iter().min().unwrap()));
            prop_assert_eq!(latency.max().unwrap().as_micros(), u128::from(*micros.iter().max().unwrap()));
            prop_assert_eq!(latency.count(), micros.len() as u64);
        }

        #[test]
        fn what_is_dealt_out_merges_to_the_same(
            micros in prop::collection::vec(0_u64..4_000_000_000, 0..300),
            few in prop::collection::vec(1_000_u64..1_100, 0..300),
            parts in 1_usize..12,
        ) {
            let latency = latency(&[micros, few].concat());
            let dealt = latency.deal(parts);
            let mut merged = Latency::default();
            for part in &dealt {
                merged.merge(part);
                let text = serde_json::to_string(part).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Latency>(&text).unwrap(), part);
            }
            prop_assert_eq!(&merged, &latency);
            let counts: Vec<_> = dealt.iter().map(Latency::count).collect();
            prop_assert_eq!(counts.len(), parts);
            prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            prop_assert!(counts.is_sorted_by(|a, b| a >= b));
        }

        #[test]
        fn a_latency_travels_unchanged(micros in prop::collection::vec(0_u64..90_000_000_000, 0..300)) {
            let latency = latency(&micros);
            let text = serde_json::to_string(&latency).unwrap();
            prop_assert_eq!(serde_json::from_str::<Latency>(&text).unwrap(), latency);
        }
    }
}
