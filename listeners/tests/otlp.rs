//! Metrics over OpenTelemetry's protocol, read with its official definitions.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "tests compute with small numbers"
)]

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use engine::{
    frame::Second,
    listener::FLUSH,
    stats::{Key, Latency, Stats},
};
use known::{
    HARD_NAME, ago,
    collector::{Collector, attribute, metrics, number},
    generator, hearing, listening, merged, python, second, sent,
    server::Server,
    tell, traced,
};
use listeners::{Audience, Kind, Listening};
use serde_json::{Value, json};

mod known;

fn load() -> Vec<Second> {
    (0..12).map(|at| second(at, 7)).collect()
}

/// The points of a metric, with what it says of itself.
fn points<'a>(told: &'a Value, name: &str, data: &str) -> (&'a Value, Vec<&'a Value>) {
    let metric = metrics(told).iter().find(|metric| metric["name"] == name).unwrap();
    (metric, metric[data]["data_points"].as_array().unwrap().iter().collect())
}

fn text(value: &str) -> Value {
    json!({ "string_value": value })
}

fn sum(points: &[&Value]) -> u64 {
    points.iter().map(|point| number(&point["as_int"])).sum()
}

#[test]
fn a_collector_is_told_all_since_the_start() {
    let collector = Collector::start(&python());
    let settings = format!(
        "endpoint: {}/\nheaders:\n  X-Scope: team a\n  Authorization: Bearer s3cr3t",
        collector.endpoint
    );
    let listening = listening(Kind::Otlp, &settings);
    let (start, load) = (ago(30), load());
    let items = sent(&tell(&listening, hearing(generator("eu-west-1", 2, 0), start), &load));
    let told = collector.told();
    // At 5, 10 and 12 seconds, and that the users are gone.
    assert_eq!(told.len(), 4);
    for request in &told {
        assert_eq!((&request["path"], &request["unknown"]), (&json!("/v1/metrics"), &json!(0)));
        assert_eq!(request["headers"]["content-type"], "application/x-protobuf");
        assert_eq!(request["headers"]["content-encoding"], "gzip");
        assert_eq!(request["headers"]["x-scope"], "team a");
        assert_eq!(request["headers"]["authorization"], "Bearer s3cr3t");
        resource(&request["request"]["resource_metrics"][0]["resource"]);
    }
    let counted = told.iter().flat_map(metrics).flat_map(|metric| {
        ["gauge", "sum", "exponential_histogram"]
            .map(|data| metric[data]["data_points"].as_array().map_or(0, Vec::len) as u64)
    });
    assert_eq!(counted.sum::<u64>(), items);
    let nanos = |seconds: u64| {
        let at = start + Duration::from_secs(seconds);
        at.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string()
    };
    for (request, seconds) in told.iter().zip([5, 10, 12]) {
        let all = merged(&load[..usize::try_from(seconds).unwrap()]);
        totals(request, &all, "AGGREGATION_TEMPORALITY_CUMULATIVE");
        let (_, points) = points(request, "loadtest.requests", "sum");
        assert!(points.iter().all(|point| point["start_time_unix_nano"] == nanos(0)));
        assert!(points.iter().all(|point| point["time_unix_nano"] == nanos(seconds)));
    }
    for request in &told[..2] {
        assert_eq!(sum(&points(request, "loadtest.users", "gauge").1), 7);
    }
    let (_, gone) = points(&told[3], "loadtest.users", "gauge");
    assert_eq!((gone[0]["flags"].as_u64(), &gone[0]["as_int"]), (Some(1), &Value::Null));
}

fn resource(resource: &Value) {
    for (key, value) in [
        ("service.name", text("loadtest")),
        ("service.instance.id", text("run-1/0/eu-west-1/2")),
        ("deployment.environment.name", text("staging")),
        ("loadtest.test", text("shop")),
        ("loadtest.description", text("before Christmas")),
        ("loadtest.run", text("run-1")),
        ("loadtest.region", text("eu-west-1")),
        ("loadtest.generator", json!({ "int_value": "2" })),
        ("loadtest.api.cart.version", text("1.4.2")),
        ("loadtest.api.price list.version", text("unknown")),
    ] {
        assert_eq!(attribute(resource, key), value, "{key}");
    }
}

/// A request says exactly what was measured.
fn totals(told: &Value, all: &Stats, temporality: &str) {
    let whole = all.aggregated();
    for (name, unit, value) in [
        ("loadtest.requests", "{request}", whole.requests),
        ("loadtest.failures", "{request}", whole.failures),
        ("loadtest.received", "By", whole.bytes),
        ("loadtest.transactions", "{transaction}", whole.requests / 30),
    ] {
        let (metric, points) = points(told, name, "sum");
        assert_eq!((&metric["unit"], sum(&points)), (&json!(unit), value), "{name}");
        assert_eq!(metric["sum"]["aggregation_temporality"], temporality);
        assert_eq!(metric["sum"]["is_monotonic"], true);
    }
    let (_, failures) = points(told, "loadtest.failures", "sum");
    let mut kinds: Vec<_> = failures.iter().map(|point| attribute(point, "error.type")).collect();
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, [text("503"), text("timeout")]);
    let (metric, histograms) = points(told, "loadtest.request.duration", "exponential_histogram");
    assert_eq!(metric["unit"], "s");
    assert_eq!(metric["exponential_histogram"]["aggregation_temporality"], temporality);
    assert_eq!(histograms.len(), 2);
    for (method, name) in [("GET", "/a"), ("POST", HARD_NAME)] {
        let is = |point: &&&Value| attribute(point, "transaction") == text(name);
        let point = histograms.iter().find(is).unwrap();
        assert_eq!(attribute(point, "http.request.method"), text(method));
        assert_eq!(attribute(point, "test"), text("shop"));
        let key = Key { method: method.into(), name: name.into() };
        let transactions = all.transactions();
        let (_, exact) = transactions.iter().find(|(found, _)| **found == key).unwrap();
        histogram(point, &exact.latency);
    }
}

/// Read as OpenTelemetry's data model says.
#[expect(clippy::float_cmp, reason = "sums and bounds are exact")]
fn histogram(point: &Value, exact: &Latency) {
    assert_eq!(number(&point["count"]), exact.count());
    assert_eq!(point["sum"].as_f64().unwrap(), exact.sum().as_secs_f64());
    assert_eq!(point["min"].as_f64().unwrap(), exact.min().unwrap().as_secs_f64());
    assert_eq!(point["max"].as_f64().unwrap(), exact.max().unwrap().as_secs_f64());
    let scale = i32::try_from(point["scale"].as_i64().unwrap()).unwrap();
    let offset = i32::try_from(point["positive"]["offset"].as_i64().unwrap_or(0)).unwrap();
    let counts: Vec<_> =
        point["positive"]["bucket_counts"].as_array().unwrap().iter().map(number).collect();
    assert!(counts.len() <= 160);
    assert_eq!(counts.iter().sum::<u64>() + number(&point["zero_count"]), exact.count());
    let base = 2_f64.powf(2_f64.powi(-scale));
    for percentile in [1.0_f64, 50.0, 95.0, 99.0, 100.0] {
        let rank = (percentile / 100.0 * exact.count() as f64).ceil() as u64;
        let mut sum = 0;
        let is_there = |times: &u64| {
            sum += times;
            sum >= rank
        };
        let at = offset + i32::try_from(counts.iter().position(is_there).unwrap()).unwrap();
        let (above, to) = (base.powi(at), base.powi(at + 1));
        let time = exact.percentile(percentile).unwrap().as_secs_f64();
        assert!(above * 0.999 < time && time <= to * 1.001, "{time} in ({above}, {to}]");
    }
}

#[test]
fn deltas_add_up_to_the_whole() {
    let collector = Collector::start(&python());
    let settings = format!("endpoint: {}\ntemporality: delta", collector.endpoint);
    let load = load();
    let hearing = hearing(generator("eu-west-1", 2, 0), ago(30));
    sent(&tell(&listening(Kind::Otlp, &settings), hearing, &load));
    let told = collector.told();
    for (request, part) in told.iter().zip([&load[..5], &load[5..10], &load[10..]]) {
        totals(request, &merged(part), "AGGREGATION_TEMPORALITY_DELTA");
    }
    let starts: Vec<_> = told[..3]
        .iter()
        .map(|request| {
            let (_, points) = points(request, "loadtest.requests", "sum");
            number(&points[0]["start_time_unix_nano"]) / 1_000_000_000
        })
        .collect();
    assert_eq!([starts[1] - starts[0], starts[2] - starts[1]], [5, 5]);
}

/// The answers, how often it is told, what is lost of two points, and the trouble.
type Case<'a> = (&'a [(&'a str, &'a [u8])], usize, u64, Option<&'a str>);

#[test]
fn answers_are_heeded() {
    // `partial_success { rejected_data_points: 1, error_message: "no s3cr3t-t0ken" }`
    let partly = b"\x0a\x13\x08\x01\x12\x0fno s3cr3t-t0ken";
    let warning = b"\x0a\x05\x12\x03old";
    // `google.rpc.Status { code: 3, message: "bad data" }`
    let status = b"\x08\x03\x12\x08bad data";
    let again = |status: &str| format!("{status}\r\nRetry-After: 0");
    let (a, b, c) = (again("429 Too Many"), again("502 Bad Gateway"), again("504 Timeout"));
    let protobuf = "400 Bad Request\r\nContent-Type: application/x-protobuf";
    let cases: [Case<'_>; 11] = [
        (&[("200 OK", b"")], 2, 0, None),
        (
            &[("200 OK", partly), ("200 OK", b"")],
            2,
            1,
            Some("the collector rejected 1 data points: no ***"),
        ),
        (&[("200 OK", warning), ("200 OK", b"")], 2, 0, Some("the collector warns: old")),
        (&[(&a, b""), ("200 OK", b"")], 3, 0, Some("429 Too Many Requests")),
        (&[(&b, b""), ("200 OK", b"")], 3, 0, Some("502 Bad Gateway")),
        (
            &[("503 Unavailable\r\nRetry-After: 1", b"busy"), ("200 OK", b"")],
            3,
            0,
            Some("503 Service Unavailable: busy"),
        ),
        (&[(&c, b""), ("200 OK", b"")], 3, 0, Some("504 Gateway Timeout")),
        (&[("500 Oops", b""), ("200 OK", b"")], 2, 1, Some("500 Internal Server Error")),
        (&[(protobuf, status), ("200 OK", b"")], 2, 1, Some("400 Bad Request: bad data")),
        (&[("404 Not Found", b"")], 2, 2, Some("404 Not Found")),
        (&[("403 Forbidden", b"not s3cr3t-t0ken")], 1, 2, Some("403 Forbidden: not ***")),
    ];
    for (answers, times, lost, trouble) in cases {
        let server = Server::start(answers);
        let settings = format!(
            "endpoint: http://{}/in\nheaders: {{Authorization: Bearer s3cr3t-t0ken}}",
            server.address
        );
        let load = [Second { stats: Stats::default(), ..second(4, 3) }];
        let hearing = hearing(generator("eu-west-1", 0, 0), ago(30));
        let found = tell(&listening(Kind::Otlp, &settings), hearing, &load);
        let told = server.told();
        assert_eq!(
            (told.len(), found[0].lost, found[0].sent),
            (times, lost, 2 - lost),
            "{answers:?}"
        );
        assert_eq!(found[0].trouble.as_deref(), trouble);
        assert!(told[0].head.starts_with("post /in/v1/metrics http/1.1"), "{}", told[0].head);
        if answers[0].0.contains("Retry-After: 1") {
            assert!(told[1].at - told[0].at >= Duration::from_secs(1));
        }
    }
}

#[test]
fn who_does_not_answer_holds_nothing_up() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = Server::start(&[]);
    let silent = silent.address;
    thread::scope(|scope| {
        for (kind, key) in [(Kind::Otlp, "endpoint"), (Kind::Prometheus, "remote_write")] {
            for (address, trouble) in [(closed, "cannot connect"), (silent, "not sent in time")] {
                let settings = format!("{key}: http://{address}");
                scope.spawn(move || is_not_held_up(&listening(kind, &settings), trouble));
            }
        }
    });
}

fn is_not_held_up(listening: &Listening, trouble: &str) {
    let hearing = hearing(generator("eu-west-1", 0, 0), ago(30));
    let load = load();
    let mut audience = Audience::start(listening, hearing, None).unwrap().unwrap();
    let began = Instant::now();
    for second in &load {
        audience.hear(second);
    }
    let heard = began.elapsed();
    let found = known::block_on(audience.end(false, FLUSH));
    let ended = began.elapsed();
    assert!(heard < Duration::from_millis(500), "{heard:?}");
    assert!(ended < FLUSH + Duration::from_secs(1), "{ended:?}");
    assert!(found[0].sent == 0 && found[0].lost > 0, "{found:?}");
    let told = found[0].trouble.as_deref().unwrap();
    assert!(told.contains(trouble), "{told}");
}

#[test]
fn what_makes_no_sense_is_told_without_what_may_be_secret() {
    for (settings, expected) in [
        ("{}", "otlp.endpoint: missing, expected an address such as"),
        ("endpoint: s3cr3t", "otlp.endpoint: expected an address such as"),
        (
            "endpoint: https://me:s3cr3t@host",
            "otlp.endpoint: found a user name or a password in the address, expected them beside it",
        ),
        (
            "{endpoint: http://host, headers: {'a b': s3cr3t}}",
            "otlp.headers: found a name that is no header's",
        ),
        (
            "{endpoint: http://host, headers: {a: [s3cr3t]}}",
            "otlp.headers.a: expected a text that is not empty",
        ),
        (
            "{endpoint: http://host, headers: {a: \"s3cr3t\\n\"}}",
            "otlp.headers: found a value that cannot be put into a header",
        ),
        (
            "{endpoint: http://host, temporality: s3cr3t}",
            "otlp.temporality: expected cumulative or delta",
        ),
        ("{endpoint: http://host, header: {}}", "did you mean `headers`?"),
    ] {
        let found = known::problems(Kind::Otlp, settings);
        assert_eq!(found.len(), 1, "{settings}: {found:?}");
        assert!(found[0].contains(expected), "{settings}: {}", found[0]);
    }
}

#[test]
fn a_slow_request_leads_to_its_trace() {
    let collector = Collector::start(&python());
    let listening = listening(Kind::Otlp, &format!("endpoint: {}", collector.endpoint));
    let traced = traced(second(0, 7));
    sent(&tell(&listening, hearing(generator("eu", 0, 0), ago(10)), &[traced, second(1, 7)]));
    let told = collector.told();
    let (_, points) = points(&told[0], "loadtest.request.duration", "exponential_histogram");
    let exemplars: Vec<_> = points.iter().filter_map(|point| point.get("exemplars")).collect();
    assert_eq!(exemplars.len(), 1, "{points:?}");
    let exemplar = &exemplars[0][0];
    assert_eq!(exemplar["as_double"], 0.25);
    // As JSON, bytes are base64.
    assert_eq!(exemplar["trace_id"], "CvdlGRbNQ92ESOshHIAxnA==");
}
