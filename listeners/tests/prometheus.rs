//! A real Prometheus is told, asks, and is asked what it knows then.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "tests compute with small numbers"
)]

use std::time::{Duration, SystemTime};

use engine::{
    frame::Second,
    listener::FLUSH,
    stats::{Key, Stats},
};
use known::{
    HARD_NAME, TRACE, ago, generator, hearing, listening, merged,
    prometheus::{Prometheus, free, get},
    run, second, sent,
    server::Server,
    tell, traced,
};
use listeners::{Audience, Kind, Listening, Origin};
use serde_json::Value;

mod known;

const NATIVE: &[&str] = &["--enable-feature=native-histograms"];

fn writing(server: &Prometheus, more: &str) -> Listening {
    listening(Kind::Prometheus, &format!("remote_write: {}\n{more}", server.remote_write()))
}

fn seconds(range: std::ops::Range<u32>, users: u32) -> Vec<Second> {
    range.map(|at| second(at, users)).collect()
}

fn after(start: SystemTime, seconds: u64) -> SystemTime {
    start + Duration::from_secs(seconds)
}

#[expect(clippy::float_cmp, reason = "counts are exact")]
#[test]
fn what_generators_write_is_what_they_measured() {
    let Some(server) = Prometheus::start(NATIVE, &[]) else { return };
    let start = ago(90);
    let (first, second) = (seconds(0..60, 7), seconds(0..60, 5));
    for (region, share, load) in [("eu-west-1", 0, &first), ("us-east-1", 1, &second)] {
        let deliveries =
            tell(&writing(&server, ""), hearing(generator(region, share, 0), start), load);
        assert!(sent(&deliveries) > 100);
    }
    let all = merged(&[first, second].concat());
    let end = after(start, 60);
    let whole = all.aggregated();
    assert_eq!(server.number("sum(loadtest_requests_total)", end), whole.requests as f64);
    assert_eq!(server.number("sum(loadtest_failures_total)", end), whole.failures as f64);
    assert_eq!(server.number("sum(loadtest_received_bytes_total)", end), whole.bytes as f64);
    assert_eq!(server.number("sum(loadtest_transactions_total)", end), 240.0);
    assert_eq!(server.number("sum(loadtest_users)", end), 12.0);
    // All that came since the start, as each series begins with a zero.
    let increase = "sum(increase(loadtest_requests_total[60s]))";
    assert!((server.number(increase, end) - whole.requests as f64).abs() < 1e-6);
    let kinds = server.query("sum by (error_type) (loadtest_failures_total)", end);
    assert_eq!(kinds.len(), 2);
    for kind in ["503", "timeout"] {
        let query = format!("sum(loadtest_failures_total{{error_type=\"{kind}\"}})");
        assert_eq!(server.number(&query, end), 120.0);
    }
    quantiles(&server, &all, end);
    labels(&server, end);
    // The series end with the generators.
    assert!(server.query("sum(loadtest_users)", after(end, 1)).is_empty());
    assert!(server.query("loadtest_request_duration_seconds", after(end, 1)).is_empty());
}

/// Count and sum of the native histograms are exact, and quantiles as exact as a bucket is wide.
#[expect(clippy::float_cmp, reason = "counts are exact")]
fn quantiles(server: &Prometheus, all: &Stats, end: SystemTime) {
    let metric = "loadtest_request_duration_seconds";
    for (name, quoted) in [("/a", "\"/a\"".to_owned()), (HARD_NAME, format!("{HARD_NAME:?}"))] {
        let method = if name == "/a" { "GET" } else { "POST" };
        let key = Key { method: method.into(), name: name.into() };
        let latency =
            &all.transactions().into_iter().find(|(found, _)| **found == key).unwrap().1.latency;
        let sum = format!("sum({metric}{{transaction={quoted}}})");
        assert_eq!(server.number(&format!("histogram_count({sum})"), end), latency.count() as f64);
        let total = server.number(&format!("histogram_sum({sum})"), end);
        assert!((total - latency.sum().as_secs_f64()).abs() < 1e-6);
        for percentile in [1.0, 50.0, 90.0, 95.0, 99.0, 99.9] {
            let query = format!("histogram_quantile({}, {sum})", percentile / 100.0);
            let found = server.number(&query, end);
            let exact = latency.percentile(percentile).unwrap().as_secs_f64();
            assert_eq!(bucket(found), bucket(exact), "p{percentile}: {found}, exactly {exact}");
        }
    }
}

/// The bucket of a time, seconds, of schema 4: the finest of which 160 have room for the tests' times.
fn bucket(time: f64) -> i32 {
    (time.log2() * 16.0 - 1e-6).ceil() as i32
}

fn labels(server: &Prometheus, end: SystemTime) {
    let query = "loadtest_users{region=\"us-east-1\"}";
    let expected = serde_json::json!({
        "__name__": "loadtest_users", "job": "loadtest", "instance": "run-1/0/us-east-1/1",
        "test": "shop", "env": "staging", "region": "us-east-1", "generator": "1",
    });
    assert_eq!(server.query(query, end)[0].0, expected);
    let info = server.query("target_info{generator=\"1\"}", end).remove(0).0;
    assert_eq!(info["loadtest_run"], "run-1");
    assert_eq!(info["loadtest_api_cart_version"], "1.4.2");
    assert_eq!(info["loadtest_api_price_list_version"], "unknown");
    let hard = server.query("loadtest_requests_total{method=\"POST\"}", end);
    assert!(hard.iter().all(|(labels, _)| labels["transaction"] == HARD_NAME));
}

#[test]
fn users_do_not_dip_or_double_where_generators_hand_over() {
    let Some(server) = Prometheus::start(NATIVE, &[]) else { return };
    let start = ago(60);
    let listening = writing(&server, "");
    // Where reports end, and where they do not; with last requests before and after the next report.
    for (share, cut, end) in [(0, 20, 22), (1, 22, 24), (2, 22, 28)] {
        let mut first = hearing(generator("eu-west-1", share, 0), start);
        first.hands_over = true;
        let load = [seconds(0..cut, 7), seconds(cut..end, 0)].concat();
        sent(&tell(&listening, first, &load));
        let next = hearing(generator("eu-west-1", share, 1), start);
        sent(&tell(&listening, next, &seconds(cut..40, 7)));
        let query = format!("sum(loadtest_users{{generator=\"{share}\"}})");
        let users = server.each_second(&query, after(start, 5), after(start, 50));
        assert_eq!(users, [7.0; 36], "{cut} {end}");
    }
    // Counted on, though the counter is another generator's.
    let requests = "sum(increase(loadtest_requests_total{generator=\"0\"}[40s]))";
    let found = server.number(requests, after(start, 40));
    assert!((found / 2_520.0 - 1.0).abs() < 0.1, "{found}");
}

#[expect(clippy::float_cmp, reason = "counts are exact")]
#[test]
fn a_server_without_native_histograms_takes_classic_ones() {
    let Some(server) = Prometheus::start(&[], &[]) else { return };
    let (start, load) = (ago(60), seconds(0..20, 3));
    let refused = tell(&writing(&server, ""), hearing(generator("eu-west-1", 0, 0), start), &load);
    let trouble = refused[0].trouble.clone().unwrap();
    assert_eq!(refused[0].sent, 0);
    assert!(trouble.contains("native histograms are disabled"), "{trouble}");
    assert!(trouble.contains("native_histograms: false"), "{trouble}");

    let listening = writing(&server, "native_histograms: false");
    sent(&tell(&listening, hearing(generator("eu-west-1", 1, 0), start), &load));
    let end = after(start, 20);
    let metric = "loadtest_request_duration_seconds";
    assert_eq!(server.number(&format!("sum({metric}_count)"), end), 1_200.0);
    let query = format!("sum({metric}_bucket{{le=\"+Inf\"}})");
    assert_eq!(server.number(&query, end), 1_200.0);
    let whole = merged(&load).aggregated();
    let sum = server.number(&format!("sum({metric}_sum)"), end);
    assert!((sum - whole.latency.sum().as_secs_f64()).abs() < 1e-6);
    let query = format!("histogram_quantile(0.5, sum by (le) ({metric}_bucket))");
    let (found, exact) = (server.number(&query, end), whole.latency.percentile(50.0).unwrap());
    assert!((0.5..2.0).contains(&(found / exact.as_secs_f64())), "{found}, exactly {exact:?}");
}

#[expect(clippy::float_cmp, reason = "counts are exact")]
#[test]
fn prometheus_asks_for_the_totals_of_a_run() {
    for (flags, is_native) in [(NATIVE, true), (&[][..], false)] {
        let settings = listening(Kind::Prometheus, &format!("listen: {}", free()));
        let endpoint = settings.endpoint().unwrap().unwrap();
        let address = endpoint.address();
        let taken = settings.endpoint().err().unwrap().to_string();
        let expected = format!("cannot listen on {address} (`prometheus.listen`): ");
        assert!(taken.starts_with(&expected), "{taken}");
        let Some(server) = Prometheus::start(flags, &[address]) else { return };

        let load = seconds(0..20, 3);
        let mut hearing = hearing(run(), ago(20));
        hearing.endpoint = Some(endpoint);
        let mut audience = Audience::start(&settings, hearing, None).unwrap().unwrap();
        for second in &load {
            audience.hear(second);
        }
        let now = SystemTime::now;
        let count = "sum(loadtest_requests_total)";
        Prometheus::until("asked", || {
            server.query(count, now()).first().is_some_and(|one| one.1 == 1_200.0)
        });
        let found = server.query("loadtest_users", now()).remove(0);
        let expected = serde_json::json!({
            "__name__": "loadtest_users", "job": "loadtest", "instance": address.to_string(),
            "test": "shop", "env": "staging",
        });
        assert_eq!(found, (expected, 3.0));
        let exact = merged(&load).aggregated().latency;
        let metric = "loadtest_request_duration_seconds";
        let (count, quantile) = if is_native {
            (
                format!("histogram_count(sum({metric}))"),
                format!("histogram_quantile(0.95, sum({metric}))"),
            )
        } else {
            let buckets = format!("sum by (le) ({metric}_bucket)");
            (format!("sum({metric}_count)"), format!("histogram_quantile(0.95, {buckets})"))
        };
        assert_eq!(server.number(&count, now()), 1_200.0);
        let (found, exact) = (server.number(&quantile, now()), exact.percentile(95.0).unwrap());
        let exact = exact.as_secs_f64();
        if is_native {
            assert_eq!(bucket(found), bucket(exact), "{found}, exactly {exact}");
        } else {
            assert!((0.5..2.0).contains(&(found / exact)), "{found}, exactly {exact}");
        }
        pages(address);
        assert_eq!(known::block_on(audience.end(false, FLUSH)).len(), 1);
    }
}

/// What a person sees there.
fn pages(address: std::net::SocketAddr) {
    let (head, text) = get(address, "/metrics", "").unwrap();
    assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    for line in [
        "# HELP loadtest_users Virtual users that run.",
        "# TYPE loadtest_users gauge",
        "loadtest_users{test=\"shop\",env=\"staging\"} 3",
        "# TYPE loadtest_request_duration_seconds histogram",
        "loadtest_requests_total{test=\"shop\",env=\"staging\",method=\"POST\",transaction=\"/b \\\"ü\\\\\\n\"} 400",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    let accept = "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain\r\n";
    let (head, _) = get(address, "/metrics", accept).unwrap();
    assert!(head.contains("application/vnd.google.protobuf"), "{head}");
    assert!(get(address, "/", "").unwrap().0.contains("404 Not Found"));
}

#[test]
fn every_query_of_the_dashboard_finds_something() {
    let Some(server) = Prometheus::start(NATIVE, &[]) else { return };
    let start = ago(90);
    let origin: Origin = generator("eu-west-1", 0, 0);
    sent(&tell(&writing(&server, ""), hearing(origin, start), &seconds(0..60, 7)));
    let text = std::fs::read_to_string(known::beside("../dashboards/grafana.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let queries: Vec<_> = strings(&dashboard, "expr");
    assert!(queries.len() >= 9, "{queries:?}");
    for query in queries {
        let filled = query
            .replace("$test", "shop")
            .replace("$env", "staging|other")
            .replace("$region", ".*")
            .replace("$__rate_interval", "20s")
            .replace("$__range", "60s");
        assert!(!filled.contains('$'), "{filled}");
        let found = server.query(&filled, after(start, 60));
        assert!(!found.is_empty(), "nothing for {filled}");
        assert!(found.iter().all(|(_, value)| value.is_finite()), "{filled}: {found:?}");
    }
}

/// All texts under a key, however deep.
fn strings(value: &Value, key: &str) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name == key => vec![text.clone()],
                value => strings(value, key),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(|value| strings(value, key)).collect(),
        _ => Vec::new(),
    }
}

/// The answers, how often it is written, what is lost of four samples, and the trouble.
type Case<'a> = (&'a [(&'a str, &'a [u8])], usize, u64, Option<&'a str>);

#[test]
fn answers_are_heeded() {
    let secret = "s3cr3t-t0ken";
    let cases: [Case<'_>; 6] = [
        (&[("204 No Content", b"")], 2, 0, None),
        (
            &[("503 Service Unavailable\r\nRetry-After: 0", b"restarting"), ("200 OK", b"")],
            3,
            0,
            Some("503 Service Unavailable: restarting"),
        ),
        (
            &[("429 Too Many Requests\r\nRetry-After: 1", b""), ("200 OK", b"")],
            3,
            0,
            Some("429 Too Many Requests"),
        ),
        (
            &[("400 Bad Request", b"out of order"), ("200 OK", b"")],
            2,
            2,
            Some("400 Bad Request: out of order"),
        ),
        (
            &[("401 Unauthorized", b"who is Bearer s3cr3t-t0ken?")],
            1,
            4,
            Some("401 Unauthorized: who is Bearer ***?"),
        ),
        (
            &[("307 Temporary Redirect\r\nLocation: /other", b"")],
            2,
            4,
            Some("307 Temporary Redirect"),
        ),
    ];
    for (answers, times, lost, trouble) in cases {
        let server = Server::start(answers);
        let settings = format!("remote_write: http://{}/w\ntoken: {secret}", server.address);
        let listening = listening(Kind::Prometheus, &settings);
        let load = [Second { stats: Stats::default(), ..second(4, 3) }];
        let found = tell(&listening, hearing(generator("eu-west-1", 0, 0), ago(30)), &load);
        let told = server.told();
        // Users and what the run is: a report, and its end.
        assert_eq!(
            (told.len(), found[0].lost, found[0].sent),
            (times, lost, 4 - lost),
            "{answers:?}"
        );
        assert_eq!(found[0].trouble.as_deref(), trouble);
        for header in [
            "post /w http/1.1",
            "content-type: application/x-protobuf",
            "content-encoding: snappy",
            "x-prometheus-remote-write-version: 0.1.0",
            "user-agent: load-test/",
            "authorization: bearer s3cr3t-t0ken",
        ] {
            assert!(told[0].head.contains(header), "{header} is not in {}", told[0].head);
        }
        if answers[0].0.contains("Retry-After: 1") {
            assert!(told[1].at - told[0].at >= Duration::from_secs(1));
        }
    }
}

#[test]
fn what_makes_no_sense_is_told_without_what_may_be_secret() {
    for (settings, expected) in [
        (
            "{}",
            "prometheus.remote_write: missing, as is `listen`: expected the address to write to, one to listen on, or both",
        ),
        ("remote_write: s3cr3t", "prometheus.remote_write: expected an address such as"),
        (
            "remote_write: http://me:s3cr3t@host/w",
            "prometheus.remote_write: found a user name or a password in the address, expected them beside it",
        ),
        (
            "listen: s3cr3t",
            "prometheus.listen: expected an address and a port such as 127.0.0.1:9464",
        ),
        (
            "{remote_write: http://host, username: me}",
            "prometheus.username: found no `password` with it",
        ),
        (
            "{remote_write: http://host, password: s3cr3t}",
            "prometheus.password: found no `username` with it",
        ),
        (
            "{remote_write: http://host, token: s3cr3t, username: me, password: s3cr3t}",
            "prometheus.token: found a `username` or `password` too, expected either",
        ),
        (
            "{listen: '127.0.0.1:9464', token: s3cr3t}",
            "prometheus.token: of no use without `remote_write`",
        ),
        (
            "{remote_write: http://host, natve_histograms: false}",
            "did you mean `native_histograms`?",
        ),
    ] {
        let found = known::problems(Kind::Prometheus, settings);
        assert_eq!(found.len(), 1, "{settings}: {found:?}");
        assert!(found[0].contains(expected), "{settings}: {}", found[0]);
        assert!(!found[0].split(" | ").next().unwrap().contains("s3cr3t"), "{}", found[0]);
    }
}

#[test]
fn a_slow_request_leads_to_its_trace() {
    let features = ["--enable-feature=native-histograms,exemplar-storage"];
    let Some(server) = Prometheus::start(&features, &[]) else { return };
    let start = ago(20);
    // This version forgets what comes with the first sample of a native histogram.
    let mut load = seconds(0..10, 7);
    load.push(traced(second(10, 7)));
    for (share, more) in [(0, ""), (1, "native_histograms: false")] {
        sent(&tell(&writing(&server, more), hearing(generator("eu", share, 0), start), &load));
    }
    for name in ["loadtest_request_duration_seconds", "loadtest_request_duration_seconds_bucket"] {
        let found = server.traces(name, start, after(start, 60));
        assert_eq!(found, [(Value::from(TRACE), 0.25)], "{name}");
    }
}
