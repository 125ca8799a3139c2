//! Durations as a person writes them: `20`, `20s`, `3m`, `2h`, `1h20m`, `3h30m10s`.

use std::time::Duration;

use thiserror::Error;

/// What a duration looks like, for messages.
pub const EXPECTED: &str = "a duration, such as 20 (seconds), 500ms, 3m, 2h or 1h20m";

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a duration")]
pub struct ParseDurationError;

/// Reads a duration: whole seconds, or hours, minutes, seconds and milliseconds in that order.
///
/// # Errors
///
/// Anything else, an empty text, or a number too large for the unit.
pub fn parse(text: &str) -> Result<Duration, ParseDurationError> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map(Duration::from_secs).map_err(|_| ParseDurationError);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    let mut last = None;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| ParseDurationError)?;
        rest = &rest[digits..];
        let unit = Unit::ALL.into_iter().find(|unit| rest.starts_with(unit.text()));
        let unit = unit.filter(|unit| last.is_none_or(|last| *unit > last));
        let unit = unit.ok_or(ParseDurationError)?;
        let part = number.checked_mul(unit.millis()).ok_or(ParseDurationError)?;
        total = total.checked_add(Duration::from_millis(part)).ok_or(ParseDurationError)?;
        rest = &rest[unit.text().len()..];
        last = Some(unit);
    }
    if last.is_some() { Ok(total) } else { Err(ParseDurationError) }
}

/// The units in the order in which they may follow each other.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Unit {
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

impl Unit {
    /// `ms` before `m`, as one is the start of the other.
    const ALL: [Self; 4] = [Self::Milliseconds, Self::Hours, Self::Minutes, Self::Seconds];

    fn text(self) -> &'static str {
        match self {
            Self::Hours => "h",
            Self::Minutes => "m",
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
        }
    }

    fn millis(self) -> u64 {
        match self {
            Self::Hours => 3_600_000,
            Self::Minutes => 60_000,
            Self::Seconds => 1_000,
            Self::Milliseconds => 1,
        }
    }
}

/// Writes a duration the way it is read: `1h20m`, `3m`, `0s`, `1s500ms`.
pub fn format(duration: Duration) -> String {
    let millis = duration.as_millis();
    let parts = [
        (millis / 3_600_000, "h"),
        (millis / 60_000 % 60, "m"),
        (millis / 1_000 % 60, "s"),
        (millis % 1_000, "ms"),
    ];
    let text: String =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0s".into() } else { text }
}

/// Durations in JSON: seconds as a number, exact to the nanosecond up to a month.
pub mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes seconds.
    ///
    /// # Errors
    ///
    /// The serializer's own.
    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        duration.as_secs_f64().serialize(serializer)
    }

    /// Reads seconds.
    ///
    /// # Errors
    ///
    /// Negative, infinite or too large numbers, and the deserializer's own.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("20", 20),
            ("20s", 20),
            ("3m", 180),
            ("2h", 7200),
            ("1h20m", 4800),
            ("3h30m10s", 12_610),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("1s500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("1m30s"), Ok(Duration::from_secs(90)));
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            " ",
            "m",
            "3x",
            "-3",
            "1.5s",
            "3m2h",
            "3m3m",
            "3 m",
            "10ms5s",
            "99999999999999999999",
        ] {
            assert_eq!(parse(text), Err(ParseDurationError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(millis in 0_u64..1_000_000_000) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&format(duration)), Ok(duration));
        }
    }
}
