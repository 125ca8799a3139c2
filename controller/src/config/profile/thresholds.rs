//! `profile.thresholds`: which figures of a run let a release out.

use engine::document::{Entry, Fields, Node, Problem, Rejection, Setting, Value, nearest};

use crate::{
    config::limits::{Bounded, Positive, part},
    millis::millis,
    threshold::{DEFAULT_GRACE, Grace, Metric, MetricError, Pattern, Quantity, Threshold, Unit},
};

/// What stands for all transactions as one.
const OVERALL: &str = "overall";

/// Names of other tools, and what they are here.
const HABITS: [(&[&str], &str); 8] = [
    (&["med", "avg_med"], "`median`"),
    (&["avg", "average"], "`mean`"),
    (&["rate", "rps", "http_reqs", "throughput"], "`requests_per_s`"),
    (&["http_req_failed", "fail_ratio", "error_ratio", "error_rate", "errors"], "`failure_ratio`"),
    (&["checks", "checks_ratio"], "`check_ratio`"),
    (&["dropped_iterations"], "`dropped`"),
    (&["http_req_duration", "latency", "response_time"], "a percentile such as `p95`"),
    (&["abortOnFail", "abort_on_fail", "delayAbortEval"], "`p95: {limit: 300ms, abort: true}`"),
];

/// Reads all of them, in the order in which they are written.
pub(super) fn read(fields: &Fields<'_>) -> Vec<Threshold> {
    let mut thresholds = Vec::new();
    for entry in written(fields) {
        let path = fields.key(&entry.key);
        if entry.key.trim().is_empty() {
            let message = "an empty name, expected `overall`, or a glob such as `GET /products*`";
            fields.problems().add(Problem::new(&entry.place, &path, message));
        } else if let Some(subject) = Fields::of(&entry.node, &path, fields.problems()) {
            let pattern = (entry.key != OVERALL).then(|| Pattern::new(&*entry.key));
            read_subject(pattern.as_ref(), &subject, &mut thresholds);
        }
    }
    thresholds
}

/// A key without a value counts as not there.
fn written<'a>(fields: &Fields<'a>) -> impl Iterator<Item = &'a Entry> {
    fields.entries().iter().filter(|entry| entry.node.value != Value::Null)
}

fn read_subject(pattern: Option<&Pattern>, fields: &Fields<'_>, thresholds: &mut Vec<Threshold>) {
    let mut known: Vec<(Metric, &str)> = Vec::new();
    for entry in written(fields) {
        let told = match metric(&entry.key, pattern.is_none()) {
            Ok(metric) => match known.iter().find(|(other, _)| *other == metric) {
                Some((_, key)) => Err(format!("the same as `{key}`, which is there already")),
                None => Ok(metric),
            },
            Err(message) => Err(message),
        };
        match told {
            Ok(metric) => {
                known.push((metric, &entry.key));
                thresholds.extend(threshold(pattern, metric, entry, fields));
            }
            Err(message) => {
                let path = fields.key(&entry.key);
                fields.problems().add(Problem::new(&entry.place, &path, message));
            }
        }
    }
}

/// The figure of this name, or what to say of it.
fn metric(name: &str, is_of_the_whole: bool) -> Result<Metric, String> {
    match Metric::named(name) {
        Ok(metric) if metric.is_of_the_whole() && !is_of_the_whole => {
            Err("a figure of the whole run, and of no transaction: move it to `overall`".into())
        }
        Ok(metric) => Ok(metric),
        Err(error @ MetricError::Percentile) => Err(error.to_string()),
        Err(MetricError::Unknown) => Err(unknown(name, is_of_the_whole)),
    }
}

fn unknown(name: &str, is_of_the_whole: bool) -> String {
    // k6 writes `p(95)`.
    let percentile = name.strip_prefix("p(").and_then(|rest| rest.strip_suffix(')'));
    if let Some(Ok(metric)) = percentile.map(|number| Metric::named(&format!("p{number}"))) {
        return format!("unknown key; here it is `{metric}`");
    }
    if let Some((_, here)) = HABITS.iter().find(|(names, _)| names.contains(&name)) {
        return format!("unknown key; here it is {here}");
    }
    let named = Metric::NAMED.iter();
    let named = named.filter(|(_, metric)| is_of_the_whole || !metric.is_of_the_whole());
    let named: Vec<_> = named.map(|(name, _)| *name).collect();
    match nearest(name, named.iter().copied()) {
        Some(near) => format!("unknown key; did you mean `{near}`?"),
        None => {
            format!(
                "unknown key, expected a percentile such as p95, or one of {}",
                named.join(", ")
            )
        }
    }
}

fn threshold(
    pattern: Option<&Pattern>,
    metric: Metric,
    entry: &Entry,
    fields: &Fields<'_>,
) -> Option<Threshold> {
    let path = fields.key(&entry.key);
    let (limit, abort) = if let Value::Map(_) = entry.node.value {
        let mut fields = Fields::of(&entry.node, &path, fields.problems())?;
        let limit = fields.require_node("limit", expected(metric));
        let limit = limit.and_then(|node| limit_of(metric, node, &fields.key("limit"), &fields));
        let abort = abort(metric, &mut fields);
        fields.finish();
        (limit, abort)
    } else {
        (limit_of(metric, &entry.node, &path, fields), None)
    };
    Some(Threshold { pattern: pattern.cloned(), metric, limit: limit?, abort })
}

fn abort(metric: Metric, fields: &mut Fields<'_>) -> Option<Grace> {
    let abort = fields.get("abort").unwrap_or(false);
    let grace = fields.get::<Bounded>("grace").map(|Bounded(grace)| grace);
    if !abort {
        if fields.node("grace").is_some() {
            fields.reject("grace", "only together with `abort: true`");
        }
        return None;
    }
    if let Some(why) = no_abort(metric) {
        fields.reject("abort", why);
    }
    Some(Grace(grace.unwrap_or(DEFAULT_GRACE)))
}

/// Why a figure says nothing of a run that has not ended.
fn no_abort(metric: Metric) -> Option<&'static str> {
    match metric {
        Metric::RequestsPerS => Some(
            "a rate is low while users start, and says something when the run has ended: only \
             then it is looked at, so remove `abort`",
        ),
        Metric::Coverage => {
            Some("remove it: `profile.lambda.min_coverage` ends a run that loses its load")
        }
        _ => None,
    }
}

/// A limit in the unit of its figure.
fn limit_of(metric: Metric, node: &Node, path: &str, fields: &Fields<'_>) -> Option<Quantity> {
    match metric {
        Metric::Percentile(_) | Metric::Mean | Metric::Max => {
            fields.read::<Time>(node, path).map(|Time(limit)| limit)
        }
        Metric::FailureRatio => fields.read::<MostPart>(node, path).map(|MostPart(limit)| limit),
        Metric::CheckRatio | Metric::Coverage => {
            fields.read::<LeastPart>(node, path).map(|LeastPart(limit)| limit)
        }
        Metric::RequestsPerS => fields.read::<Rate>(node, path).map(|Rate(limit)| limit),
        Metric::Dropped => fields.read::<Arrivals>(node, path).map(|Arrivals(limit)| limit),
    }
}

fn expected(metric: Metric) -> &'static str {
    match metric {
        Metric::Percentile(_) | Metric::Mean | Metric::Max => Time::EXPECTED,
        Metric::FailureRatio => MostPart::EXPECTED,
        Metric::CheckRatio | Metric::Coverage => LeastPart::EXPECTED,
        Metric::RequestsPerS => Rate::EXPECTED,
        Metric::Dropped => Arrivals::EXPECTED,
    }
}

/// Says that a limit needs no `<` or `>`, if it has one.
fn no_operator(node: &Node) -> Result<(), Rejection> {
    let has_operator = node.text().is_some_and(|text| text.trim_start().starts_with(['<', '>']));
    let why = "the direction is the figure's own, expected the limit alone, such as 300ms or 1%";
    if has_operator { Err(Rejection::Because(why.into())) } else { Ok(()) }
}

/// At most this time.
struct Time(Quantity);

impl Setting for Time {
    const EXPECTED: &'static str = Positive::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        no_operator(node)?;
        let Positive(time) = Positive::read(node)?;
        Ok(Self(Quantity::new(millis(time), Unit::Ms)))
    }
}

/// At most this part. All of it would be no limit, and 1 is a slip for 1%.
struct MostPart(Quantity);

impl Setting for MostPart {
    const EXPECTED: &'static str = "a part from 0 to below 1, such as 1% or 0.01";

    fn read(node: &Node) -> Result<Self, Rejection> {
        no_operator(node)?;
        let part = part(node)?;
        let valid = (0.0..1.0).contains(&part);
        if valid { Ok(Self(Quantity::new(part, Unit::Ratio))) } else { Err(Rejection::Unexpected) }
    }
}

/// At least this part. Nothing of it would be no limit.
struct LeastPart(Quantity);

impl Setting for LeastPart {
    const EXPECTED: &'static str = "a part from above 0 to 1, such as 99% or 0.99";

    fn read(node: &Node) -> Result<Self, Rejection> {
        no_operator(node)?;
        let part = part(node)?;
        let valid = part > 0.0 && part <= 1.0;
        if valid { Ok(Self(Quantity::new(part, Unit::Ratio))) } else { Err(Rejection::Unexpected) }
    }
}

/// At least this often per second.
struct Rate(Quantity);

impl Setting for Rate {
    const EXPECTED: &'static str = "requests per second, a number above 0, such as 100 or 0.5";

    fn read(node: &Node) -> Result<Self, Rejection> {
        no_operator(node)?;
        let rate = f64::read(node)?;
        let valid = rate.is_finite() && rate > 0.0;
        if valid { Ok(Self(Quantity::new(rate, Unit::PerS))) } else { Err(Rejection::Unexpected) }
    }
}

/// At most so many arrivals, or such a part of them.
struct Arrivals(Quantity);

impl Setting for Arrivals {
    const EXPECTED: &'static str =
        "a whole number of arrivals such as 0, or their part with %, such as 1%";

    fn read(node: &Node) -> Result<Self, Rejection> {
        no_operator(node)?;
        if node.text().is_some() {
            return MostPart::read(node).map(|MostPart(limit)| Self(limit));
        }
        let count = u32::read(node)?;
        Ok(Self(Quantity::new(count.into(), Unit::Count)))
    }
}
