//! Functions in expressions, besides those that Jinja has: `sha256(body)`, or `body | sha256`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use md5::Md5;
use minijinja::{
    Environment, Error, ErrorKind,
    value::{Kwargs, Value, ValueKind},
};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use time::{
    Duration, OffsetDateTime, UtcOffset,
    format_description::{self, well_known::Rfc3339},
};

pub(super) fn add(jinja: &mut Environment<'_>) {
    add_both(jinja, "base64", |text: String| BASE64_STANDARD.encode(text));
    add_both(jinja, "base64_decode", base64_decode);
    add_both(jinja, "md5", |text: String| hex(&Md5::digest(text)));
    add_both(jinja, "sha1", |text: String| hex(&Sha1::digest(text)));
    add_both(jinja, "sha256", |text: String| hex(&Sha256::digest(text)));
    add_both(jinja, "sha512", |text: String| hex(&Sha512::digest(text)));
    jinja.add_function("hmac_sha256", |key: String, text: String| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
        let mut mac = mac.map_err(|_| invalid("hmac_sha256: not a key"))?;
        mac.update(text.as_bytes());
        Ok::<_, Error>(hex(&mac.finalize().into_bytes()))
    });
    jinja.add_function("timestamp", || OffsetDateTime::now_utc().unix_timestamp());
    jinja.add_function("timestamp_ms", || {
        let ms = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
        i64::try_from(ms).unwrap_or(i64::MAX)
    });
    jinja.add_function("date", date);
}

/// A function of one text is a filter as well.
fn add_both<R: minijinja::value::FunctionResult + 'static>(
    jinja: &mut Environment<'_>,
    name: &'static str,
    function: impl Fn(String) -> R + Copy + Send + Sync + 'static,
) {
    let of_value = move |value: Value| function(text(&value));
    jinja.add_function(name, of_value);
    jinja.add_filter(name, of_value);
}

/// A text as it is, anything else as it is written.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64_decode(text: String) -> Result<String, Error> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| invalid("base64_decode: not base64"))?;
    String::from_utf8(bytes).map_err(|_| invalid("base64_decode: not a text"))
}

/// `date('%Y-%m-%d', at=order.created, days=-1, hours=2)`: a time in UTC, now if `at` does not say
/// which, in RFC 3339 if no format is given.
#[expect(clippy::needless_pass_by_value, reason = "the signature of a function in expressions")]
fn date(format: Option<String>, options: Kwargs) -> Result<String, Error> {
    let at: Option<Value> = options.get("at")?;
    let mut time = at.map_or_else(|| Ok(OffsetDateTime::now_utc()), |at| moment(&at))?;
    for (unit, length) in [
        ("weeks", Duration::WEEK),
        ("days", Duration::DAY),
        ("hours", Duration::HOUR),
        ("minutes", Duration::MINUTE),
        ("seconds", Duration::SECOND),
    ] {
        let count: Option<f64> = options.get(unit)?;
        let shift = count.map(|count| count * length.as_seconds_f64());
        let shift = shift.map_or(Some(Duration::ZERO), Duration::checked_seconds_f64);
        let shifted = shift.and_then(|shift| time.checked_add(shift));
        time = shifted.ok_or_else(|| invalid("date: out of the calendar's range"))?;
    }
    options.assert_all_used()?;
    match format {
        None => time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339),
        Some(format) => {
            let format = format_description::parse_strftime_owned(&format);
            time.format(&format.map_err(|error| invalid(&format!("date: {error}")))?)
        }
    }
    .map_err(|error| invalid(&format!("date: {error}")))
}

/// Seconds since the Unix epoch, or RFC 3339.
fn moment(at: &Value) -> Result<OffsetDateTime, Error> {
    let none = || invalid(&format!("date: `{at}` is neither seconds since 1970 nor RFC 3339"));
    let found = match at.kind() {
        ValueKind::Number => {
            let seconds = f64::try_from(at.clone())?;
            let since = Duration::checked_seconds_f64(seconds).ok_or_else(none)?;
            OffsetDateTime::UNIX_EPOCH.checked_add(since)
        }
        _ => at.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok()),
    };
    found.map(|time| time.to_offset(UtcOffset::UTC)).ok_or_else(none)
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        environment::Environment, expression::Expression, random::Random, template::Scope,
        variables::Variables,
    };

    fn evaluate(text: &str) -> Result<Value, String> {
        let mut variables = Variables::default();
        variables.set("order", json!({"created": "2026-02-27T23:30:00+01:00", "n": 3}));
        variables.set("items", json!(["a", "b"]));
        for (name, value) in [("date", json!("today")), ("timestamp", json!("now"))] {
            variables.set(name, value);
        }
        variables.set("loop", json!(1));
        let data = json!({"key": "k"});
        let environment = Environment { data, ..Environment::default() };
        let mut scope = Scope {
            variables: &variables,
            environment: &environment,
            random: &mut Random::of_user(1, 7, 0),
            user: 7,
            class: "Visitor",
            iteration: 3,
        };
        let expression = Expression::parse(text)?;
        expression.evaluate(&mut scope).map_err(|error| error.to_string())
    }

    #[test]
    fn values_keep_their_types() {
        for (text, value) in [
            ("order.n + 1", json!(4)),
            ("order.n / 2", json!(1.5)),
            ("order", json!({"created": "2026-02-27T23:30:00+01:00", "n": 3})),
            ("items | length > 1 and 'b' in items", json!(true)),
            ("items[1] ~ user.id ~ user.class", json!("b7Visitor")),
            ("'odd' if iteration is odd else 'even'", json!("odd")),
            ("none", Value::Null),
            ("date ~ '!' ~ loop", json!("today!1")),
            ("date('%Y', at=0) ~ timestamp", json!("1970now")),
            ("missing is defined", json!(false)),
        ] {
            assert_eq!(evaluate(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_grows_without_bounds_has_no_value() {
        for text in [
            "'a' * 20000000",
            "'a' * 1000000000",
            "[0] * 1000000000",
            "[[0] * 10000] * 10000",
            "{'a': 'a' * 9000000, 'b': 'b' * 9000000}",
            "range(1000000000)",
        ] {
            let why = evaluate(text).unwrap_err();
            assert!(why.contains("too large") || why.contains("too many"), "{text}: {why}");
        }
        assert_eq!(evaluate("([0] * 100000) | length"), Ok(json!(100_000)));
        assert_eq!(evaluate("[0] * 3"), Ok(json!([0, 0, 0])));
    }

    /// Against what `hashlib`, `hmac` and `base64` say.
    #[test]
    fn hashes_are_those_of_others() {
        for (text, value) in [
            ("base64('load-test')", "bG9hZC10ZXN0"),
            ("'bG9hZC10ZXN0' | base64_decode", "load-test"),
            ("md5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
            ("'abc' | sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "hmac_sha256('key', 'The quick brown fox jumps over the lazy dog')",
                "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
            ),
        ] {
            assert_eq!(evaluate(text), Ok(json!(value)), "{text}");
        }
    }

    #[test]
    fn dates_are_calculated() {
        for (text, value) in [
            ("date(at=0)", "1970-01-01T00:00:00Z"),
            ("date('%Y-%m-%d', at=order.created, days=1)", "2026-02-28"),
            ("date('%d.%m.%Y %H:%M', at=order.created, hours=2)", "28.02.2026 00:30"),
            ("date(at=1772231400.9, weeks=-1, seconds=-0.5)", "2026-02-20T22:30:00Z"),
        ] {
            assert_eq!(evaluate(text), Ok(json!(value)), "{text}");
        }
        assert!(evaluate("timestamp()").unwrap().as_i64() > Some(1_700_000_000));
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        for (text, message) in [
            ("order.none.x", "`${order.none.x}`: something in it has no value"),
            ("order.none", "`${order.none}` has no value"),
            ("date(at='soon')", "neither seconds since 1970 nor RFC 3339"),
            ("date(day=1)", "day"),
            ("date('%Y', days=1e300)", "out of the calendar's range"),
            ("random.int(2, 1)", "2 is above 1"),
            ("random.integer(1, 2)", "random has no `integer`; it has int(1, 10)"),
            ("random.choice([])", "random.choice of nothing"),
            ("1 +", "unexpected"),
            ("items | uper", "uper"),
        ] {
            let found = evaluate(text).unwrap_err();
            assert!(found.contains(message), "{text}: {found}");
        }
    }

    #[test]
    fn chance_is_the_users() {
        let text = "[random.int(1, 1000), random.string(5), random.choice(items), random.uuid()]";
        assert_eq!(evaluate(text), evaluate(text));
        let all = evaluate(text).unwrap();
        assert_eq!(all[1].as_str().unwrap().len(), 5);
        assert_ne!(evaluate("[random.int(1, 1000), random.int(1, 1000)]").unwrap()[0], all[1]);
        let float = evaluate("random.float()").unwrap().as_f64().unwrap();
        assert!((0.0..1.0).contains(&float));
    }
}
