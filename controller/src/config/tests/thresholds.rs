//! `profile.thresholds`.

use super::*;
use crate::threshold::{DEFAULT_GRACE, Grace, Metric, Pattern, Quantity, Threshold, Unit};

const GATED: &str = "test_header: {name: shop}
profile:
  runner: {arrival_rate: 10, clients: 2, duration: 1m}
  thresholds:
    overall:
      p95: 300ms
      failure_ratio: 1%
      requests_per_s: 100
      coverage: 99.9%
      dropped: 0
    \"GET /products*\":
      p99.9: {limit: 800ms, abort: true}
      mean: 100ms
      median: 0.05
      max: {limit: 1m}
      failure_ratio: {limit: 0.05, abort: true, grace: 5s}
      check_ratio: 1
  test: {scenario: shop}
";

fn threshold(
    pattern: Option<&str>,
    metric: &str,
    value: f64,
    unit: Unit,
    grace: Option<Duration>,
) -> Threshold {
    let (pattern, metric) = (pattern.map(Pattern::new), Metric::named(metric).unwrap());
    Threshold { pattern, metric, limit: Quantity::new(value, unit), abort: grace.map(Grace) }
}

#[test]
fn thresholds_are_read_in_their_order() {
    let configuration = Given::profile(GATED).loaded();
    let products = Some("GET /products*");
    let seconds = Duration::from_secs;
    let expected = [
        threshold(None, "p95", 300.0, Unit::Ms, None),
        threshold(None, "failure_ratio", 0.01, Unit::Ratio, None),
        threshold(None, "requests_per_s", 100.0, Unit::PerS, None),
        threshold(None, "coverage", 0.999, Unit::Ratio, None),
        threshold(None, "dropped", 0.0, Unit::Count, None),
        threshold(products, "p99.9", 800.0, Unit::Ms, Some(DEFAULT_GRACE)),
        threshold(products, "mean", 100.0, Unit::Ms, None),
        threshold(products, "p50", 50.0, Unit::Ms, None),
        threshold(products, "max", 60_000.0, Unit::Ms, None),
        threshold(products, "failure_ratio", 0.05, Unit::Ratio, Some(seconds(5))),
        threshold(products, "check_ratio", 1.0, Unit::Ratio, None),
    ];
    assert_eq!(configuration.profile.thresholds, expected);
    let plan = configuration.plan();
    assert_eq!(plan.thresholds, expected);
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap().thresholds, expected);
}

#[test]
fn thresholds_are_changed_on_the_command_line() {
    let given = Given::profile(GATED)
        .with("set", "profile.thresholds.overall=")
        .with("set", "profile.thresholds.GET /products*.mean=1s")
        .with("set", "profile.thresholds.GET /products*.p99.9=900ms")
        .with("set", "profile.thresholds.GET /products*.failure_ratio.limit=2%")
        .with("set", "profile.thresholds.GET /products*.max=")
        .with("set", "profile.thresholds.GET /products*.median=")
        .with("set", "profile.thresholds.GET /products*.check_ratio=")
        .with("set", "profile.thresholds.\"POST /a.b?c=d\".dropped=")
        .with("set", "profile.thresholds.\"POST /a.b?c=d\".p99.99={limit: 1s, abort: true}");
    let products = Some("GET /products*");
    let grace = Some(Duration::from_secs(5));
    let expected = [
        threshold(products, "p99.9", 900.0, Unit::Ms, None),
        threshold(products, "mean", 1000.0, Unit::Ms, None),
        threshold(products, "failure_ratio", 0.02, Unit::Ratio, grace),
        threshold(Some("POST /a.b?c=d"), "p99.99", 1000.0, Unit::Ms, Some(DEFAULT_GRACE)),
    ];
    let profile = given.loaded().profile;
    assert_eq!(profile.thresholds, expected);
    // What is kept in the run's folder reads as the same.
    let kept = Given::profile(&profile.to_yaml()).loaded().profile;
    assert_eq!(kept.thresholds, expected);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let written = GATED
        .replace("p95: 300ms", "p95: fast")
        .replace("mean: 100ms", "maen: 100ms")
        .replace("check_ratio: 1\n", "coverage: 99%\n      p50: 1s\n")
        .replace("grace: 5s", "gracee: 5s");
    let expected = [
        "p.yml:6:12: profile.thresholds.overall.p95: found the text `fast`, expected a duration \
         above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
        "p.yml:13:7: profile.thresholds.GET /products*.maen: unknown key; did you mean `mean`?",
        "p.yml:16:49: profile.thresholds.GET /products*.failure_ratio.gracee: unknown key; did you \
         mean `grace`?",
        "p.yml:17:7: profile.thresholds.GET /products*.coverage: a figure of the whole run, and of \
         no transaction: move it to `overall`",
        "p.yml:18:7: profile.thresholds.GET /products*.p50: the same as `median`, which is there \
         already",
    ];
    assert_eq!(Given::profile(&written).problems(), expected);
}

/// A figure of the whole, its value, and what is said of it.
const REJECTED: [(&str, &str, &str); 29] = [
    ("p0", "1s", "p0: no percentile, expected one from above p0 to p100, such as p95 or p99.9"),
    ("p101", "1s", "p101: no percentile, expected one from above p0 to p100, such as p95 or p99.9"),
    (
        "\"p9x.\"",
        "1s",
        "p9x.: no percentile, expected one from above p0 to p100, such as p95 or p99.9",
    ),
    ("p(95)", "1s", "p(95): unknown key; here it is `p95`"),
    ("avg", "1s", "avg: unknown key; here it is `mean`"),
    ("http_req_failed", "1%", "http_req_failed: unknown key; here it is `failure_ratio`"),
    ("rps", "5", "rps: unknown key; here it is `requests_per_s`"),
    ("failure_rate", "1%", "failure_rate: unknown key; did you mean `failure_ratio`?"),
    (
        "colour",
        "1",
        "colour: unknown key, expected a percentile such as p95, or one of median, mean, max, failure_ratio, requests_per_s, check_ratio, dropped, coverage",
    ),
    (
        "p95",
        "0",
        "p95: found the number 0, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "p95",
        "-1",
        "p95: found the number -1, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "p95",
        "[1s]",
        "p95: found a list, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "p95",
        "'<300ms'",
        "p95: found the text `<300ms`: the direction is the figure's own, expected the limit alone, such as 300ms or 1%",
    ),
    ("max", "721h", "max: found the text `721h`: longer than 720h, the longest there may be"),
    (
        "failure_ratio",
        "1",
        "failure_ratio: found the number 1, expected a part from 0 to below 1, such as 1% or 0.01",
    ),
    (
        "failure_ratio",
        "100%",
        "failure_ratio: found the text `100%`, expected a part from 0 to below 1, such as 1% or 0.01",
    ),
    (
        "failure_ratio",
        "-1%",
        "failure_ratio: found the text `-1%`, expected a part from 0 to below 1, such as 1% or 0.01",
    ),
    (
        "failure_ratio",
        "nan%",
        "failure_ratio: found the text `nan%`, expected a part from 0 to below 1, such as 1% or 0.01",
    ),
    (
        "check_ratio",
        "99",
        "check_ratio: found the number 99, expected a part from above 0 to 1, such as 99% or 0.99",
    ),
    (
        "coverage",
        "0",
        "coverage: found the number 0, expected a part from above 0 to 1, such as 99% or 0.99",
    ),
    (
        "requests_per_s",
        "0",
        "requests_per_s: found the number 0, expected requests per second, a number above 0, such as 100 or 0.5",
    ),
    (
        "requests_per_s",
        "100/s",
        "requests_per_s: found the text `100/s`, expected requests per second, a number above 0, such as 100 or 0.5",
    ),
    (
        "dropped",
        "0.5",
        "dropped: found the number 0.5, expected a whole number of arrivals such as 0, or their part with %, such as 1%",
    ),
    (
        "p95",
        "{abort: true}",
        "p95.limit: missing, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "p95",
        "{limit: 1s, abort: maybe}",
        "p95.abort: found the text `maybe`, expected true or false",
    ),
    ("p95", "{limit: 1s, grace: 5s}", "p95.grace: only together with `abort: true`"),
    (
        "p95",
        "{limit: 1s, abort: true, grace: soon}",
        "p95.grace: found the text `soon`, expected a duration, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "requests_per_s",
        "{limit: 5, abort: true}",
        "requests_per_s.abort: a rate is low while users start, and says something when the run has ended: only then it is looked at, so remove `abort`",
    ),
    (
        "coverage",
        "{limit: 95%, abort: true}",
        "coverage.abort: remove it: `profile.lambda.min_coverage` ends a run that loses its load",
    ),
];

#[test]
fn every_value_that_cannot_be_is_told() {
    for (key, value, said) in REJECTED {
        let given = Given::profile(GATED).with("set", "profile.thresholds.overall=");
        let set = format!("profile.thresholds.overall={{{key}: {value}}}");
        let expected = format!("--set: profile.thresholds.overall.{said}");
        assert_eq!(given.with("set", &set).problems(), [expected], "{key}: {value}");
    }
}

#[test]
fn what_is_no_gate_at_all_is_told() {
    for (set, said) in [
        (
            "profile.thresholds=300ms",
            "profile.thresholds: found the text `300ms`, expected a mapping of keys",
        ),
        (
            "profile.thresholds.overall=[p95]",
            "profile.thresholds.overall: found a list, expected a mapping of keys",
        ),
        (
            "profile.thresholds={'': {p95: 1s}}",
            "profile.thresholds.: an empty name, expected `overall`, or a glob such as `GET /products*`",
        ),
        (
            "profile.runner={clients: 2, hatch_rate: 1, duration: 1m, arrival_rate: }",
            "profile.thresholds.overall.dropped: nothing is dropped without an arrival_rate: remove it, or give the runner one",
        ),
    ] {
        let problems = Given::profile(GATED).with("set", set).problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].ends_with(said), "{problems:?}");
    }
}

#[test]
fn a_grace_that_is_never_over_is_warned_of() {
    let warned = |duration: &str| {
        let plan = Given::profile(GATED).with("duration", duration).loaded().plan();
        plan.warnings.into_iter().filter(|warning| warning.contains("grace")).collect::<Vec<_>>()
    };
    assert_eq!(warned("31s"), [""; 0]);
    let expected = "the threshold GET /products*: p99.9 at most 800 ms never ends the run, which is \
                    over within the grace of 30s";
    assert_eq!(warned("30s"), [expected]);
    assert_eq!(warned("5s").len(), 2);
}
