//! `Sfx` against a server that takes what `SignalFx` documents, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    future,
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use engine::stats::Stats;
use futures_util::future::join_all;
use listeners::{Audience, Hearing, Kind, Listening, Opened, Reference, Vault};
use serde_json::{Map, Value, json};
use support::{
    HOSTILE, TOKEN, audience, count, end,
    fake::{Answer, Asked, Fake},
    hear, hearing, listening, logged, second, system,
};

fn settings(address: &str) -> String {
    format!("ingest: {address}\ntoken: {TOKEN}\n")
}

fn told(fake: &Fake) -> Listening {
    logged::keep();
    listening(system(Kind::Sfx, &settings(&fake.url())).unwrap())
}

fn ok() -> Answer {
    Answer::new(200, "\"OK\"")
}

/// A datapoint that was taken.
#[derive(Clone, Debug)]
struct Point {
    metric: String,
    value: f64,
    timestamp: u64,
    dimensions: BTreeMap<String, String>,
}

impl Point {
    fn of(&self, name: &str) -> bool {
        self.dimensions["request_name"] == name
    }
}

/// Takes a request's datapoints as strictly as the documentation says.
fn points(asked: &Asked) -> Vec<Point> {
    let body: Map<String, Value> = serde_json::from_str(&asked.text()).unwrap();
    let kinds: Vec<_> = body.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["gauge"]);
    let points: Vec<_> = body["gauge"].as_array().unwrap().iter().map(point).collect();
    assert!((1..=300).contains(&points.len()), "{}", points.len());
    points
}

fn point(point: &Value) -> Point {
    let keys: BTreeSet<_> = point.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["dimensions", "metric", "timestamp", "value"]));
    let metric = point["metric"].as_str().unwrap().to_owned();
    assert!((1..=256).contains(&metric.chars().count()));
    Point {
        metric,
        value: point["value"].as_f64().unwrap(),
        timestamp: point["timestamp"].as_u64().unwrap(),
        dimensions: dimensions(&point["dimensions"]),
    }
}

fn dimensions(of: &Value) -> BTreeMap<String, String> {
    let dimensions: BTreeMap<_, _> = of
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    assert!(dimensions.len() <= 36);
    for (name, value) in &dimensions {
        assert!((1..=128).contains(&name.len()), "{name}");
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)), "{name}");
        assert!(!["sf_", "aws_", "gcp_", "azure_"].iter().any(|p| name.starts_with(p)), "{name}");
        assert!((1..=256).contains(&value.chars().count()), "{value}");
    }
    dimensions
}

/// Everything that came, as it must be; a series' timestamps rise.
fn taken(fake: &Fake) -> (Vec<Point>, Vec<Value>) {
    let (mut all, mut events) = (Vec::new(), Vec::new());
    for asked in fake.asked() {
        assert_eq!(asked.method, "POST");
        assert_eq!(asked.header("x-sf-token"), Some(TOKEN));
        assert_eq!(asked.header("content-type"), Some("application/json"));
        assert_eq!(asked.header("content-encoding"), Some("gzip"));
        match asked.path.as_str() {
            "/v2/datapoint" => all.extend(points(&asked)),
            "/v2/event" => {
                let list: Vec<Value> = serde_json::from_str(&asked.text()).unwrap();
                events.extend(list);
            }
            other => panic!("{other}"),
        }
    }
    let mut newest = BTreeMap::new();
    for point in &all {
        let series = (point.metric.clone(), point.dimensions.clone());
        let before = newest.insert(series, point.timestamp);
        assert!(before.is_none_or(|before| before < point.timestamp), "{point:?}");
    }
    (all, events)
}

/// What was told of a transaction at an instant, by metric.
fn values(points: &[Point], name: &str, seconds: u64) -> BTreeMap<String, f64> {
    let at = (1_790_000_000 + seconds) * 1000;
    let told = points.iter().filter(|point| point.of(name) && point.timestamp == at);
    told.map(|point| (point.metric.clone(), point.value)).collect()
}

#[tokio::test]
async fn each_transaction_is_told_in_the_old_names_and_more() {
    let fake = Fake::start(|_, _| ok());
    let mut listener = audience(&told(&fake));
    let mut stats = Stats::default();
    (1..=100).for_each(|ms| count(&mut stats, "look", ms, (ms > 90).then_some("no")));
    count(&mut stats, "buy", 7, None);
    hear(&mut listener, &second(0, 12, &mut stats));
    count(&mut stats, "look", 5, None);
    hear(&mut listener, &second(1, 13, &mut stats));
    let delivery = end(listener).await;

    let (points, events) = taken(&fake);
    let near = |values: &BTreeMap<String, f64>, metric: &str, expected: f64| {
        let value = values[metric];
        assert!((value - expected).abs() <= expected * 0.001, "{metric}: {value}");
    };
    let look = values(&points, "look", 1);
    for (metric, expected) in [
        ("locust.rps", 100.0),
        ("locust.fail_per_sec", 10.0),
        ("locust.clients", 12.0),
        ("locust.total", 100.0),
        ("locust.failed", 10.0),
        ("locust.avg_response_time", 50.5),
        ("locust.p50_response_time", 50.0),
        ("locust.p95_response_time", 95.0),
        ("locust.p99_response_time", 99.0),
    ] {
        near(&look, metric, expected);
    }
    assert_eq!(look.len(), 9);
    let look = values(&points, "look", 2);
    assert_eq!(
        (look["locust.rps"], look["locust.total"], look["locust.failed"]),
        (1.0, 101.0, 10.0)
    );
    // Nothing was bought in the next second: that is 0, and no response time.
    let buy = values(&points, "buy", 2);
    let expected = [
        ("locust.clients", 13.0),
        ("locust.fail_per_sec", 0.0),
        ("locust.failed", 0.0),
        ("locust.rps", 0.0),
        ("locust.total", 1.0),
    ];
    assert_eq!(buy, expected.map(|(metric, value)| (metric.to_owned(), value)).into());
    let dimensions = json!({
        "test": "shop", "env": "staging", "api_cart_api": "1.4.2", "region": "eu-west-1",
        "generator": "1", "turn": "a", "request_name": "buy", "method": "GET",
    });
    assert_eq!(json!(points.iter().find(|point| point.of("buy")).unwrap().dimensions), dimensions);

    let kinds: Vec<_> = events.iter().map(|event| event["eventType"].clone()).collect();
    assert_eq!(kinds, ["locust test start", "locust test stop"]);
    for event in &events {
        assert_eq!(event["category"], "USER_DEFINED");
        let of = super_dimensions(event);
        assert_eq!(of, ["api_cart_api", "env", "test"]);
        let apis = "cart api 1.4.2, payment";
        let properties =
            json!({"run": "run-1", "description": "before the \"sale\"", "apis": apis});
        assert_eq!(event["properties"], properties);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let at = u128::from(event["timestamp"].as_u64().unwrap());
        assert!(at <= now && now - at < 60_000, "{at} {now}");
    }
    assert_eq!((delivery.lost, delivery.trouble), (0, None));
    assert_eq!(delivery.sent, (points.len() + events.len()) as u64);
}

#[tokio::test]
async fn one_generator_tells_when_the_test_begins_and_ends_also_if_it_is_stopped() {
    for (speaks, opens, hands_over, stopped, expected) in [
        (true, true, false, false, &["start", "stop"][..]),
        (true, true, true, false, &["start"]),
        (true, false, true, true, &["stop"]),
        (true, false, false, false, &["stop"]),
        (false, true, false, false, &[]),
        (false, true, true, true, &[]),
    ] {
        let fake = Fake::start(|_, _| ok());
        let listening = told(&fake);
        let hearing = Hearing { opens, speaks, hands_over, ..hearing(&listening) };
        let listener = Audience::start(&listening, hearing, None).unwrap().unwrap();
        listener.end(stopped).await;
        let (_, events) = taken(&fake);
        let kinds: Vec<_> = events.iter().map(|event| event["eventType"].clone()).collect();
        let expected: Vec<_> = expected.iter().map(|what| format!("locust test {what}")).collect();
        assert_eq!(kinds, expected, "{speaks} {opens} {hands_over} {stopped}");
    }
}

/// Never opens.
struct Stuck;

impl Vault for Stuck {
    fn open<'a>(&'a self, _reference: &'a Reference) -> Opened<'a> {
        Box::pin(future::pending())
    }
}

#[tokio::test]
async fn who_waits_for_a_secret_at_the_end_holds_up_nobody_and_it_is_told() {
    let listening = listening(system(Kind::Sfx, "realm: us1\ntoken: {secret: a}").unwrap());
    let hearing = hearing(&listening);
    let mut listener =
        Audience::start(&listening, hearing, Some(Arc::new(Stuck))).unwrap().unwrap();
    let mut stats = Stats::default();
    count(&mut stats, "look", 1, None);
    hear(&mut listener, &second(0, 1, &mut stats));
    let delivery = end(listener).await;
    assert_eq!((&*delivery.listener, delivery.sent), ("Sfx", 0));
    assert!(delivery.trouble.unwrap().contains("not known"));
}

fn super_dimensions(event: &Value) -> Vec<String> {
    dimensions(&event["dimensions"]).into_keys().collect()
}

#[tokio::test]
async fn many_transactions_go_in_batches_and_hostile_names_stay_what_they_are() {
    let fake = Fake::start(|_, _| ok());
    let mut listener = audience(&told(&fake));
    let mut stats = Stats::default();
    let long = "🦀".repeat(300);
    let mut names: BTreeSet<String> = (0..150).map(|number| format!("/{number}")).collect();
    names.extend(HOSTILE.map(str::to_owned));
    names.extend([format!("{long}1"), format!("{long}2")]);
    for name in &names {
        count(&mut stats, name, 1, Some("no"));
    }
    hear(&mut listener, &second(0, 1, &mut stats));
    let delivery = end(listener).await;

    let (points, _) = taken(&fake);
    assert_eq!(points.len(), names.len() * 9);
    let told: BTreeSet<_> =
        points.iter().map(|point| point.dimensions["request_name"].clone()).collect();
    assert_eq!(told.len(), names.len(), "long names that differ stay two");
    assert!(HOSTILE.iter().all(|name| told.contains(*name)), "{told:?}");
    assert_eq!((delivery.sent, delivery.lost), (points.len() as u64 + 2, 0));
}

#[tokio::test]
async fn what_each_reply_means_is_done() {
    let again = Answer::new(503, "busy");
    let slow_down = Answer::new(429, "slow down").header("Retry-After", "1");
    // What is answered to the first datapoints, how often, how often they are sent then, how many
    // items get lost, and what is said of it.
    let cases = [
        (again, 2, 3, 0, Some("503 Service Unavailable: busy")),
        (slow_down, 1, 2, 0, Some("429 Too Many Requests: slow down")),
        (Answer::new(500, ""), 1, 2, 0, Some("500 Internal Server Error")),
        (Answer::new(400, "bad dimension"), 1, 1, 9, Some("400 Bad Request: bad dimension")),
        (Answer::new(413, ""), 1, 1, 9, Some("413 Payload Too Large")),
        (Answer::new(202, ""), 1, 1, 0, None),
    ];
    for (answer, times, sent, lost, trouble) in cases {
        let (what, delay) = (format!("{answer:?}"), trouble.is_some_and(|t| t.starts_with("429")));
        // The first request tells that the test begins.
        let replied = answer.clone();
        let fake =
            Fake::start(move |_, n| if (1..=times).contains(&n) { replied.clone() } else { ok() });
        let mut listener = audience(&told(&fake));
        let mut stats = Stats::default();
        count(&mut stats, "look", 1, None);
        hear(&mut listener, &second(0, 1, &mut stats));
        fake.has(1 + sent).await;
        count(&mut stats, "look", 1, None);
        hear(&mut listener, &second(1, 1, &mut stats));
        let delivery = end(listener).await;

        let asked = fake.asked();
        assert_eq!(asked.len(), 1 + sent + 2, "{what}");
        let bodies: BTreeSet<_> = asked[1..=sent].iter().map(Asked::text).collect();
        assert_eq!(bodies.len(), 1, "the same is sent again: {what}");
        assert_eq!((delivery.lost, delivery.sent), (lost, 2 + 18 - lost), "{what}");
        assert_eq!(delivery.trouble.as_deref(), trouble, "{what}");
        let pause = asked[2].at - asked[1].at;
        assert!(!delay || pause >= Duration::from_secs(1), "{pause:?}");
    }
}

#[tokio::test]
async fn who_may_not_tell_is_silent_at_once() {
    for status in [401, 403] {
        let fake = Fake::start(move |_, _| Answer::new(status, &format!("bad {TOKEN}")));
        let mut listener = audience(&told(&fake));
        fake.has(1).await;
        let mut stats = Stats::default();
        for at in 0..5 {
            count(&mut stats, "look", 1, None);
            hear(&mut listener, &second(at, 1, &mut stats));
        }
        let begun = Instant::now();
        let delivery = end(listener).await;
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(fake.asked().len(), 1, "nothing more is said");
        assert_eq!((delivery.sent, delivery.lost), (0, 2 + 5 * 9));
        let trouble = delivery.trouble.unwrap();
        assert!(
            trouble.starts_with(&status.to_string()) && trouble.contains("bad ***"),
            "{trouble}"
        );
    }
    let lines = logged::lines();
    assert!(lines.iter().any(|line| line.contains("Sfx: 401")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains(TOKEN)), "{lines:?}");
}

#[tokio::test]
async fn who_does_not_answer_holds_up_nobody() {
    // Accepts connections, as the kernel does, and says nothing.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap();
        gone.local_addr().unwrap()
    };
    let slow = Fake::start(|_, _| ok().after(Duration::from_secs(2)));
    let busy = Fake::start(|_, _| Answer::new(429, "").header("Retry-After", "3600"));
    let addresses = [
        format!("http://{}", hanging.local_addr().unwrap()),
        format!("http://{dead}"),
        slow.url(),
        busy.url(),
    ];
    join_all(addresses.map(async |address| {
        let mut listener = audience(&listening(system(Kind::Sfx, &settings(&address)).unwrap()));
        let mut stats = Stats::default();
        for at in 0..200 {
            count(&mut stats, "look", 1, None);
            hear(&mut listener, &second(at, 1, &mut stats));
        }
        let delivery = end(listener).await;
        // What could not wait in its own thread is counted by reports.
        assert!(delivery.lost > 100, "{address}: {delivery:?}");
        assert!(delivery.trouble.is_some(), "{address}");
    }))
    .await;
}

#[tokio::test]
async fn one_that_is_overloaded_for_a_while_gets_everything() {
    let begun = Instant::now();
    let fake = Fake::start(move |_, _| {
        let is_early = begun.elapsed() < Duration::from_millis(1500);
        if is_early { Answer::new(429, "") } else { ok() }
    });
    let mut listener = audience(&told(&fake));
    let mut stats = Stats::default();
    for at in 0..20 {
        count(&mut stats, "look", 1, None);
        hear(&mut listener, &second(at, 1, &mut stats));
    }
    let delivery = end(listener).await;
    assert_eq!((delivery.sent, delivery.lost), (2 + 20 * 9, 0));
}

#[test]
fn what_is_wrong_with_settings_is_told_without_them() {
    let wrong = |text: &str| system(Kind::Sfx, text).err().unwrap();
    for (text, expected) in [
        ("token: a", "sfx.realm: missing, expected a realm such as us1 (or `ingest`, an address)"),
        ("realm: us1.evil.org/\ntoken: a", "sfx.realm: expected letters and digits, such as us1"),
        ("realm: us1", "sfx.token: missing"),
        ("ingest: nowhere\ntoken: a", "sfx.ingest: expected an address"),
        ("ingest: http://me:evil@a.example\ntoken: a", "sfx.ingest: found a user name"),
        ("realm: us1\ntoken: a\ntokem: secret", "sfx.tokem"),
    ] {
        let problems = wrong(text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(expected), "{problems:?}");
        assert!(!problems[0].contains("evil"), "{problems:?}");
    }
    assert!(system(Kind::Sfx, "realm: us1\ntoken: a").is_ok());
}

/// `dashboards/signalfx.json`: what charts show is what is told, and each has its place.
#[tokio::test]
async fn the_dashboard_shows_what_is_told() {
    let fake = Fake::start(|_, _| ok());
    let mut listener = audience(&told(&fake));
    let mut stats = Stats::default();
    count(&mut stats, "look", 1, Some("no"));
    hear(&mut listener, &second(0, 1, &mut stats));
    end(listener).await;
    let (points, events) = taken(&fake);
    let metrics: BTreeSet<_> = points.iter().map(|point| point.metric.as_str()).collect();
    let dimensions: BTreeSet<_> = points[0].dimensions.keys().map(String::as_str).collect();

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dashboards/signalfx.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut shown, mut by) = (BTreeSet::new(), BTreeSet::new());
    for chart in file["charts"].as_array().unwrap() {
        let program = chart["programText"].as_str().unwrap();
        let quoted = |before| program.split(before).skip(1);
        shown.extend(quoted("data('").filter_map(|rest| rest.split('\'').next()));
        by.extend(quoted("by=[").flat_map(|rest| {
            rest.split(']').next().unwrap().split(", ").map(|name| name.trim_matches('\''))
        }));
        for label in chart["options"]["publishLabelOptions"].as_array().unwrap() {
            let label = label["label"].as_str().unwrap();
            assert!(program.contains(&format!(".publish(label='{label}')")), "{program}");
        }
    }
    assert_eq!(shown, metrics);
    assert!(by.is_subset(&dimensions), "{by:?}");
    let names = |list: &Value, key: &str| -> Vec<String> {
        let names = list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().into());
        names.collect()
    };
    let dashboard = &file["dashboard"];
    assert_eq!(names(&dashboard["charts"], "chartId"), names(&file["charts"], "name"));
    for filter in names(&dashboard["filters"]["variables"], "property") {
        assert!(dimensions.contains(filter.as_str()), "{filter}");
    }
    for (overlay, event) in
        dashboard["selectedEventOverlays"].as_array().unwrap().iter().zip(&events)
    {
        assert_eq!(overlay["eventSignal"]["eventSearchText"], event["eventType"]);
    }
}
