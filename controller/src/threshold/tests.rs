//! What becomes of thresholds.

use std::time::Duration;

use engine::{
    arrival_rate::ArrivalRate,
    clients::Clients,
    curve::RateCurve,
    frame::{Body, Frame, Health, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    load::{Arrivals, Load},
    stats::{Key, Outcome, Phases, SEVERAL, Sample, Stats},
};
use proptest::prelude::*;

use super::*;
use crate::{
    plan::{Header, Plan, Ramp, Runner, Shape},
    totals::Totals,
};

/// (method, name, microseconds, failed, met).
type Given = (&'static str, &'static str, u64, bool, Option<bool>);

fn plan() -> Plan {
    let runner = Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(10).unwrap(),
            hatch_rate: HatchRate::try_new(10.0).unwrap(),
            duration: Duration::from_mins(1),
            steps: None,
        }),
        interval: None,
        stop_timeout: Duration::from_secs(10),
        seed: 0,
    };
    Plan::new(Header::default(), &runner)
}

/// Totals of one generator with ten seconds, in the first of which all of this happened.
fn totals(given: &[Given]) -> Totals {
    let mut stats = Stats::default();
    for (method, name, micros, failed, met) in given.iter().copied() {
        stats.record(&Sample {
            method,
            name,
            status: Some(200),
            elapsed: Duration::from_micros(micros),
            from_intended: None,
            phases: Phases::default(),
            bytes: 0,
            outcome: if failed { Outcome::Failed("wrong") } else { Outcome::Passed },
            met,
        });
    }
    let mut totals = Totals::default();
    let job = JobId { run: "r".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 };
    for second in 0..10_u32 {
        let stats = std::mem::take(&mut stats);
        let body = Second { second, seconds: 1, users: 1, stats, health: Health::default() };
        let (job, sequence) = (job.clone(), u64::from(second));
        totals.absorb(Frame { job, sequence, body: Body::Second(body) });
    }
    totals
}

fn threshold(pattern: Option<&str>, metric: &str, value: f64, unit: Unit) -> Threshold {
    let (pattern, metric) = (pattern.map(Pattern::new), Metric::named(metric).unwrap());
    Threshold { pattern, metric, limit: Quantity::new(value, unit), abort: None }
}

fn judged(given: &[Given], threshold: &Threshold) -> Vec<Judged> {
    let (plan, totals) = (plan(), totals(given));
    Figures::of(&plan, &totals).judge(3, threshold)
}

fn one(given: &[Given], pattern: Option<&str>, metric: &str, value: f64, unit: Unit) -> Judged {
    let mut all = judged(given, &threshold(pattern, metric, value, unit));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

const SOME: [Given; 5] = [
    ("GET", "/products", 100_000, false, Some(true)),
    ("GET", "/products", 200_000, true, Some(false)),
    ("GET", "/products/1", 300_000, false, None),
    ("POST", "/cart", 400_000, false, Some(true)),
    (SEVERAL, "buy", 900_000, true, None),
];

#[test]
fn each_figure_is_measured() {
    for (pattern, metric, unit, measured) in [
        (None, "max", Unit::Ms, 400.0),
        (None, "mean", Unit::Ms, 250.0),
        (None, "p100", Unit::Ms, 400.0),
        (None, "failure_ratio", Unit::Ratio, 0.25),
        (None, "requests_per_s", Unit::PerS, 0.4),
        (None, "check_ratio", Unit::Ratio, 2.0 / 3.0),
        (None, "coverage", Unit::Ratio, 10.0 / 60.0),
        (Some("GET /products"), "mean", Unit::Ms, 150.0),
        (Some("/products"), "failure_ratio", Unit::Ratio, 0.5),
        (Some("*products"), "check_ratio", Unit::Ratio, 0.5),
        (Some("*products"), "requests_per_s", Unit::PerS, 0.2),
        (Some("TRANSACTION*"), "max", Unit::Ms, 900.0),
        (Some("buy"), "failure_ratio", Unit::Ratio, 1.0),
    ] {
        let judged = one(&SOME, pattern, metric, measured, unit);
        let value = judged.measured.unwrap().value;
        assert!((value - measured).abs() < 1e-12, "{pattern:?} {metric}: {value}");
        assert!(judged.is_passed() || (value - measured).abs() > 0.0, "{judged:?}");
    }
}

#[test]
fn each_transaction_is_judged_by_itself() {
    let all = judged(&SOME, &threshold(Some("GET /products*"), "p99", 250.0, Unit::Ms));
    let told: Vec<_> = all.iter().map(|judged| (judged.subject(), judged.status)).collect();
    let expected = [
        ("GET /products".to_owned(), Status::Passed),
        ("GET /products/1".to_owned(), Status::Crossed),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_measured_nothing_does_not_pass() {
    for (given, pattern, metric, unit, hint) in [
        (
            &SOME[..],
            Some("GET /product"),
            "p95",
            Unit::Ms,
            "no transaction matches; did you mean `GET /products` or `GET /products/1`?",
        ),
        (
            &SOME,
            Some("DELETE /cart"),
            "p95",
            Unit::Ms,
            "no transaction matches; did you mean `POST /cart`?",
        ),
        (
            &SOME,
            Some("nothing like it"),
            "p95",
            Unit::Ms,
            "no transaction matches; there are `POST /cart`, `GET /products`, `GET /products/1` \
             and 1 more",
        ),
        (
            &SOME[..1],
            Some("nothing like it"),
            "p95",
            Unit::Ms,
            "no transaction matches; there are `GET /products`",
        ),
        (&[], Some("*"), "max", Unit::Ms, "no transaction was measured"),
        (&[], None, "p95", Unit::Ms, "no request was measured"),
        (&[], None, "failure_ratio", Unit::Ratio, "no request was measured"),
        (&SOME[4..], None, "mean", Unit::Ms, "no request was measured"),
        (
            &SOME,
            Some("/products/1"),
            "check_ratio",
            Unit::Ratio,
            "no request said what it expects, with `expect`",
        ),
    ] {
        let judged = one(given, pattern, metric, 0.5, unit);
        assert_eq!((judged.status, judged.measured), (Status::Unmeasured, None), "{judged:?}");
        assert_eq!(judged.hint.as_deref(), Some(hint));
        assert!(!judged.is_passed());
    }
}

#[test]
fn nothing_at_all_was_measured() {
    let (plan, totals) = (plan(), Totals::default());
    let figures = Figures::of(&plan, &totals);
    let status = |metric, unit| {
        let all = figures.judge_all(&[threshold(None, metric, 0.0, unit)], None);
        all[0].status
    };
    assert_eq!(status("requests_per_s", Unit::PerS), Status::Unmeasured);
    assert_eq!(status("dropped", Unit::Count), Status::Unmeasured);
}

#[test]
fn a_part_of_a_run_has_its_own_time_and_arrivals() {
    let rate = ArrivalRate::try_new(2.0).unwrap();
    let rate = RateCurve::constant(rate, Duration::from_mins(1)).unwrap();
    let load = Load::Arrivals(Arrivals { rate, pool: Clients::try_new(10).unwrap() });
    let mut stats = Stats::default();
    stats.record_dropped();
    let body = Second { second: 50, seconds: 1, users: 1, stats, health: Health::default() };
    let job = JobId { run: "r".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 };
    let mut totals = Totals::default();
    totals.absorb(Frame { job, sequence: 0, body: Body::Second(body) });
    let plan = Plan { load, ..plan() };
    let part = Duration::from_secs(50)..Duration::from_secs(55);
    let figures = Figures::within(&plan, &totals, &part);
    let value = |metric, unit| figures.judge(0, &threshold(None, metric, 1.0, unit))[0].measured;
    let expected = |value, unit| Some(Quantity::new(value, unit));
    assert_eq!(value("dropped", Unit::Ratio), expected(0.1, Unit::Ratio));
    assert_eq!(value("requests_per_s", Unit::PerS), expected(0.0, Unit::PerS));
}

#[test]
fn the_first_that_is_crossed_after_its_grace_ends_the_run() {
    let grace = |seconds| Some(Grace(Duration::from_secs(seconds)));
    let slow = threshold(Some("*"), "max", 350.0, Unit::Ms);
    let missing = threshold(Some("missing"), "max", 350.0, Unit::Ms);
    let thresholds = [
        slow.clone(),
        Threshold { abort: grace(0), ..missing },
        Threshold { abort: grace(20), ..slow.clone() },
        Threshold { abort: grace(10), ..threshold(None, "p1", 1.0, Unit::Ms) },
    ];
    let (plan, totals) = (Plan { thresholds: thresholds.to_vec(), ..plan() }, totals(&SOME));
    let look = |seconds| {
        let at = Duration::from_secs(seconds);
        Aborted::look(&plan, &totals, at)
    };
    assert_eq!(look(9), None);
    assert_eq!(look(10).map(|aborted| aborted.threshold), Some(3));
    let aborted = look(20).unwrap();
    let key = Key { method: "POST".into(), name: "/cart".into() };
    assert_eq!((aborted.threshold, aborted.transaction.clone()), (2, Some(key.clone())));

    let message = "a threshold ended the run after 20s: max of POST /cart was 400 ms, expected at \
                   most 350 ms";
    assert_eq!(aborted.message(&thresholds), message);

    // Requests in flight may make a value look better: it has ended the run nevertheless.
    let better = Judged {
        status: Status::Passed,
        ..Figures::so_far(&plan, &totals, aborted.crossing.at).judge(2, &thresholds[2]).remove(0)
    };
    let own = Judged { transaction: Some(key), ..better.clone() }.with_abort(Some(&aborted));
    assert_eq!(own.status, Status::Crossed);
    assert_eq!(own.hint.as_deref(), Some("ended the run after 20s, at 400 ms"));
    assert_eq!(better.clone().with_abort(None), better);
    let other = Judged { transaction: None, ..better };
    assert_eq!(other.clone().with_abort(Some(&aborted)), other);
}

#[test]
fn percentiles_are_told_from_everything_else() {
    for (name, number) in [("p50", 50.0), ("p99.99", 99.99), ("p100", 100.0), ("p0.1", 0.1)] {
        assert_eq!(Metric::named(name), Percentile::try_new(number).map(Metric::Percentile));
        assert_eq!(Metric::named(name).unwrap().to_string(), name);
    }
    assert_eq!(Metric::named("median"), Metric::named("p50"));
    assert_eq!(Metric::named("p95.0"), Metric::named("p95"));
    for name in ["p0", "p0.0", "p100.1", "p1e1", "p9.", "p9.9.9", "p9x", "p99999999"] {
        assert_eq!(Metric::named(name), Err(MetricError::Percentile), "{name}");
    }
    for name in ["p", "p.5", "p-1", "pinf", "pNaN", "P95", "", "avg", "95"] {
        assert_eq!(Metric::named(name), Err(MetricError::Unknown), "{name}");
    }
}

#[test]
fn what_crossed_a_limit_does_not_read_like_it() {
    for (value, limit, unit, beside, shown) in [
        (299.5, 300.0, Unit::Ms, "299.5 ms", "300 ms"),
        (300.000_4, 300.0, Unit::Ms, "300.0004 ms", "300 ms"),
        (0.989_999, 0.99, Unit::Ratio, "98.9999 %", "99 %"),
        (0.99, 0.99, Unit::Ratio, "99 %", "99 %"),
        (0.333_333_333, 0.999, Unit::Ratio, "33.33 %", "99.9 %"),
        (99.999, 100.0, Unit::PerS, "99.999/s", "100/s"),
        (120.0, 100.0, Unit::Count, "120", "100"),
        (0.0, 0.5, Unit::PerS, "0/s", "0.5/s"),
    ] {
        let limit = Quantity::new(limit, unit);
        assert_eq!(Quantity::new(value, unit).beside(limit), beside);
        assert_eq!(limit.to_string(), shown);
    }
}

/// The plain definition of a glob.
fn by_definition(glob: &[char], text: &[char]) -> bool {
    match (glob.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some(('*', more)), None) => by_definition(more, &[]),
        (Some(('*', more)), Some((_, rest))) => {
            by_definition(more, text) || by_definition(glob, rest)
        }
        (Some((c, more)), Some((d, rest))) => c == d && by_definition(more, rest),
        (Some(_), None) => false,
    }
}

#[test]
fn a_pattern_is_for_names_and_names_with_methods() {
    let key = Key { method: "GET".into(), name: "/a?b=[*]".into() };
    for (pattern, matches) in [
        ("GET /a?b=[*]", true),
        ("/a?b=[*]", true),
        ("/a?b=*", true),
        ("* /a*", true),
        ("GET *", true),
        ("*", true),
        ("/a.b=[*]", false),
        ("POST *", false),
        ("get *", false),
        ("/a", false),
    ] {
        assert_eq!(Pattern::new(pattern).matches(&key), matches, "{pattern}");
    }
}

proptest! {
    #[test]
    fn globs_match_as_defined(glob in "[ab*ü]{0,8}", text in "[abü]{0,10}") {
        let key = Key { method: "M".into(), name: text.clone() };
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let whole = chars(&format!("M {text}"));
        let expected = by_definition(&chars(&glob), &chars(&text))
            || by_definition(&chars(&glob), &whole);
        prop_assert_eq!(Pattern::new(glob).matches(&key), expected);
    }

    #[test]
    fn a_value_passes_on_one_side_of_its_limit_only(
        micros in prop::collection::vec(1_u64..100_000, 1..50),
        failed in 0_usize..50,
        limit in 0.001_f64..100.0,
    ) {
        let given: Vec<Given> = (0..).zip(&micros)
            .map(|(at, micros)| ("GET", "/", *micros, at < failed, Some(at >= failed)))
            .collect();
        for (metric, unit, limit) in [
            ("p95", Unit::Ms, limit), ("mean", Unit::Ms, limit), ("max", Unit::Ms, limit),
            ("failure_ratio", Unit::Ratio, limit / 100.0),
            ("check_ratio", Unit::Ratio, limit / 100.0),
            ("requests_per_s", Unit::PerS, limit / 20.0),
        ] {
            let judged = one(&given, Some("GET /"), metric, limit, unit);
            let value = judged.measured.unwrap().value;
            let keeps = match judged.bound {
                Bound::AtMost => value <= limit,
                Bound::AtLeast => value >= limit,
            };
            prop_assert_eq!(judged.is_passed(), keeps);
            // All of one transaction is the whole.
            let whole = one(&given, None, metric, limit, unit);
            prop_assert_eq!((whole.measured, whole.status), (judged.measured, judged.status));
            // What reads like its limit is equal to it.
            if judged.value() == judged.threshold.limit.to_string() {
                prop_assert!((value - limit).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn shares_of_checks_and_failures_are_exact(passed in 0_u32..500, failed in 1_u32..500) {
        let each = |failed: bool| ("GET", "/", 5, failed, Some(!failed));
        let given: Vec<Given> = (0..passed).map(|_| each(false))
            .chain((0..failed).map(|_| each(true)))
            .collect();
        let value = |metric| one(&given, None, metric, 0.5, Unit::Ratio).measured.unwrap().value;
        let is_part = |value: f64, part: u32| {
            (value * f64::from(passed + failed) - f64::from(part)).abs() < 1e-9
        };
        prop_assert!(is_part(value("failure_ratio"), failed));
        prop_assert!(is_part(value("check_ratio"), passed));
    }

    #[test]
    fn thresholds_travel_unchanged(
        pattern in prop::option::of(".*"),
        percentile in 0.001_f64..=100.0,
        limit in any::<u32>(),
        grace in prop::option::of(0_u64..1_000_000),
    ) {
        let threshold = Threshold {
            pattern: pattern.map(Pattern::new),
            metric: Metric::Percentile(Percentile::try_new(percentile).unwrap()),
            limit: Quantity::new(f64::from(limit) / 1000.0, Unit::Ms),
            abort: grace.map(|ms| Grace(Duration::from_millis(ms))),
        };
        let text = serde_json::to_string(&threshold).unwrap();
        prop_assert_eq!(serde_json::from_str::<Threshold>(&text).unwrap(), threshold);
    }
}
