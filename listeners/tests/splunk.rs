//! `Splunk` against a collector that takes what Splunk documents, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use engine::{listener::FailedRequest, stats::Stats};
use futures_util::future::join_all;
use listeners::{Audience, Hearing, Kind, Listening};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use serde_json::{Deserializer, Value, json};
use support::{
    HOSTILE, TOKEN, audience, count, end, failed,
    fake::{Answer, Asked, Fake},
    hear, hearing, listening, logged, second, system,
};

fn told(fake: &Fake, more: &str) -> Listening {
    logged::keep();
    let settings = format!("host: {}\ntoken: {TOKEN}\n{more}", fake.url());
    listening(system(Kind::Splunk, &settings).unwrap())
}

fn ok() -> Answer {
    Answer::new(200, r#"{"text":"Success","code":0}"#)
}

fn refusal(status: u16, code: u32) -> Answer {
    Answer::new(status, &json!({"text": "no", "code": code}).to_string())
}

/// The events of a request, as strictly as the documentation says.
fn events(asked: &Asked) -> Vec<Value> {
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/services/collector/event"));
    assert_eq!(asked.header("authorization"), Some(format!("Splunk {TOKEN}").as_str()));
    // The oldest collectors take no more.
    assert!(asked.bytes.len() < 1_000_000);
    let text = asked.text();
    let events: Vec<Value> =
        Deserializer::from_str(&text).into_iter().collect::<Result<_, _>>().unwrap();
    assert!((1..=100).contains(&events.len()), "{}", events.len());
    for event in &events {
        let allowed = ["event", "fields", "host", "index", "source", "sourcetype", "time"];
        let object = event.as_object().unwrap();
        assert!(object.keys().all(|key| allowed.contains(&key.as_str())), "{object:?}");
        let time = event["time"].as_f64().unwrap();
        assert!((1_600_000_000.0..4_000_000_000.0).contains(&time), "{time}");
        for key in ["host", "source", "sourcetype"] {
            assert!(!event[key].as_str().unwrap().is_empty());
        }
        assert!(!event["event"].as_object().unwrap().is_empty());
        // Flat, and texts.
        assert!(event["fields"].as_object().unwrap().values().all(Value::is_string));
        assert!(event["event"].to_string().len() < 10_000, "Splunk would cut it");
    }
    events
}

fn all(fake: &Fake) -> Vec<Value> {
    fake.asked().iter().flat_map(events).collect()
}

/// What the events of a kind say.
fn of_kind(events: &[Value], kind: &str) -> Vec<Value> {
    let of_kind = events.iter().filter(|event| event["event"]["kind"] == kind);
    of_kind.map(|event| event["event"].clone()).collect()
}

#[tokio::test]
async fn failed_requests_are_told_in_full_and_counted_in_truth() {
    let fake = Fake::start(|_, _| ok());
    let listening = told(&fake, "index: loadtest\nsource: mine\n");
    let mut listener = audience(&listening);
    let failures = listener.failures().unwrap();
    assert_eq!((failures.wanted.per_second, failures.wanted.body), (10, 1024));
    failures.to.try_send(failed("look", "got 503")).unwrap();
    failures.to.try_send(failed("look", "got 503")).unwrap();
    drop(failures);
    let mut stats = Stats::default();
    (0..7).for_each(|_| count(&mut stats, "look", 1, Some("got 503")));
    count(&mut stats, "buy", 1, Some("got 500"));
    count(&mut stats, "buy", 1, None);
    stats.record_exception("Buyer.pay", "no row");
    hear(&mut listener, &second(0, 12, &mut stats));
    let delivery = end(listener).await;

    let all = all(&fake);
    let origin = json!({
        "run": "run-1", "test": "shop", "env": "staging", "region": "eu-west-1", "generator": 1,
        "interval": 0, "apis": {"cart api": "1.4.2", "payment": null},
    });
    let with_origin = |mut said: Value| {
        said.as_object_mut().unwrap().extend(origin.as_object().unwrap().clone());
        said
    };
    let requests = of_kind(&all, "failed_request");
    assert_eq!(requests.len(), 2);
    let expected = json!({
        "kind": "failed_request", "method": "GET", "transaction": "look", "reason": "got 503",
        "url": "https://shop.example.org/look?token=***", "status": 503,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "unmet": [{"expected": "status 200", "found": "503"}], "body": "{\"error\":\"no\"..",
        "user": 17, "class": "Buyer", "elapsed_ms": 12.345, "phases_ms": {"waiting": 12.0},
    });
    assert_eq!(requests[0], with_origin(expected));
    let envelope = all.iter().find(|event| event["event"]["kind"] == "failed_request").unwrap();
    assert_eq!(envelope["time"], 1_790_000_001.234);
    assert_eq!(envelope["host"], "load-test-eu-west-1-1");
    let settings = [&envelope["index"], &envelope["source"], &envelope["sourcetype"]];
    assert_eq!(settings, ["loadtest", "mine", "_json"]);
    let fields = json!({"load_test": "shop", "load_test_kind": "failed_request"});
    assert_eq!(envelope["fields"], fields);

    let summaries = of_kind(&all, "failures");
    let summary = |name: &str, reason: &str, count: u64, in_detail: u64| {
        with_origin(json!({
            "kind": "failures", "method": "GET", "transaction": name, "reason": reason,
            "count": count, "in_detail": in_detail, "seconds": 1,
        }))
    };
    let expected = [summary("buy", "got 500", 1, 0), summary("look", "got 503", 7, 2)];
    assert_eq!(summaries, expected);
    let exceptions = of_kind(&all, "exceptions");
    assert_eq!(exceptions[0]["task"], "Buyer.pay");
    assert_eq!((of_kind(&all, "test_start").len(), of_kind(&all, "test_stop").len()), (1, 1));
    assert_eq!((delivery.sent, delivery.lost, delivery.trouble), (7, 0, None));
}

#[tokio::test]
async fn what_is_told_before_it_is_counted_is_in_the_next_summary() {
    let fake = Fake::start(|_, _| ok());
    let mut listener = audience(&told(&fake, ""));
    let failures = listener.failures().unwrap();
    for _ in 0..5 {
        failures.to.try_send(failed("look", "no")).unwrap();
    }
    drop(failures);
    let mut stats = Stats::default();
    for at in 0..3 {
        (0..3).for_each(|_| count(&mut stats, "look", 1, Some("no")));
        hear(&mut listener, &second(at, 1, &mut stats));
    }
    end(listener).await;
    let summaries = of_kind(&all(&fake), "failures");
    let in_detail: Vec<_> = summaries.iter().map(|said| said["in_detail"].clone()).collect();
    assert_eq!(in_detail, [3, 2, 0]);
}

#[tokio::test]
async fn many_and_hostile_events_go_in_pieces_that_are_taken() {
    let fake = Fake::start(|_, _| ok());
    let listening = told(&fake, "body_bytes: 4096\n");
    let hearing = Hearing { opens: false, speaks: false, ..hearing(&listening) };
    let listener = Audience::start(&listening, hearing, None).unwrap().unwrap();
    let failures = listener.failures().unwrap();
    let long = "🦀".repeat(5000);
    let names: Vec<_> = HOSTILE.iter().copied().chain([long.as_str()]).cycle().take(700).collect();
    for name in &names {
        let body = Some(name.chars().take(1000).collect());
        let one = FailedRequest { body, url: None, ..failed(name, name) };
        failures.to.try_send(one).unwrap();
    }
    drop(failures);
    let delivery = end(listener).await;
    let all = all(&fake);
    let told: BTreeSet<_> =
        all.iter().map(|said| said["event"]["transaction"].as_str().unwrap()).collect();
    assert!(HOSTILE.iter().all(|name| told.contains(name)), "{told:?}");
    assert!(told.iter().all(|name| name.len() <= 802));
    assert!(all.iter().all(|said| said["event"].get("url").is_none()));
    assert_eq!((all.len(), delivery.sent, delivery.lost), (700, 700, 0));
}

#[tokio::test]
async fn what_each_reply_means_is_done() {
    let busy = Answer::new(503, "<html>").header("Retry-After", "1");
    let cases = [
        (refusal(503, 9), 2, false),
        (refusal(500, 8), 2, false),
        (refusal(503, 19), 2, false),
        (busy, 2, false),
        (Answer::new(429, ""), 2, false),
        (refusal(400, 5), 1, true),
        (refusal(400, 6), 1, true),
        (refusal(400, 7), 1, true),
        (refusal(400, 10), 1, true),
        (refusal(400, 12), 1, true),
        (Answer::new(413, ""), 1, true),
        (Answer::new(404, ""), 1, true),
        // That it says 200 and a code that is none of success.
        (refusal(200, 6), 1, true),
    ];
    join_all(cases.map(async |(answer, sent, is_lost)| {
        let what = format!("{answer:?}");
        let fake = Fake::start(move |_, n| if n == 0 { answer.clone() } else { ok() });
        let mut listener = audience(&told(&fake, ""));
        fake.has(sent).await;
        let mut stats = Stats::default();
        count(&mut stats, "look", 1, Some("no"));
        hear(&mut listener, &second(0, 1, &mut stats));
        let delivery = end(listener).await;
        assert_eq!(fake.asked().len(), sent + 2, "{what}");
        assert_eq!(delivery.lost, u64::from(is_lost), "{what}");
        assert_eq!(delivery.sent, 3 - delivery.lost, "{what}");
        assert!(delivery.trouble.is_some(), "{what}");
    }))
    .await;
}

#[tokio::test]
async fn who_may_not_tell_is_silent_at_once() {
    for (status, code) in [(403, 1), (401, 2), (401, 3), (403, 4)] {
        let said = json!({"text": format!("Invalid token {TOKEN}"), "code": code}).to_string();
        let fake = Fake::start(move |_, _| Answer::new(status, &said));
        let mut listener = audience(&told(&fake, ""));
        fake.has(1).await;
        let mut stats = Stats::default();
        count(&mut stats, "look", 1, Some("no"));
        hear(&mut listener, &second(0, 1, &mut stats));
        let delivery = end(listener).await;
        assert_eq!(fake.asked().len(), 1);
        assert_eq!((delivery.sent, delivery.lost), (0, 3));
        assert!(delivery.trouble.unwrap().contains("Invalid token ***"));
    }
    assert!(!logged::lines().iter().any(|line| line.contains(TOKEN)));
}

/// A collector that indexes each message only after it was asked so often.
struct Indexing {
    /// By the number to ask for it: how often to be asked.
    waiting: BTreeMap<u64, usize>,
    channels: BTreeSet<String>,
}

fn indexing(after: usize) -> (Fake, Arc<Mutex<Indexing>>) {
    let state =
        Arc::new(Mutex::new(Indexing { waiting: BTreeMap::new(), channels: BTreeSet::new() }));
    let seen = Arc::clone(&state);
    let fake = Fake::start(move |asked, _| {
        let mut state = seen.lock().unwrap();
        let Some(channel) = asked.header("x-splunk-request-channel") else {
            return refusal(400, 10);
        };
        if !is_guid(channel) {
            return refusal(400, 11);
        }
        state.channels.insert(channel.to_owned());
        if asked.path == "/services/collector/event" {
            let ack = state.waiting.len() as u64;
            state.waiting.insert(ack, after);
            return Answer::new(
                200,
                &json!({"text": "Success", "code": 0, "ackId": ack}).to_string(),
            );
        }
        assert_eq!(asked.path, format!("/services/collector/ack?channel={channel}"));
        let body: Value = serde_json::from_str(&asked.text()).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1);
        let acks = body["acks"].as_array().unwrap().iter().map(|ack| {
            let ack = ack.as_u64().unwrap();
            let left = state.waiting.get_mut(&ack).unwrap();
            *left = left.saturating_sub(1);
            (ack.to_string(), json!(*left == 0))
        });
        let acks: serde_json::Map<_, _> = acks.collect();
        Answer::new(200, &json!({"acks": acks}).to_string())
    });
    (fake, state)
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[tokio::test]
async fn what_is_acknowledged_is_only_done_once_it_is_indexed() {
    let (fake, indexed) = indexing(2);
    let mut listener = audience(&told(&fake, "acknowledge: true\n"));
    let mut stats = Stats::default();
    count(&mut stats, "look", 1, Some("no"));
    hear(&mut listener, &second(0, 1, &mut stats));
    let delivery = end(listener).await;
    assert_eq!((delivery.sent, delivery.lost, delivery.trouble), (3, 0, None));
    let indexed = indexed.lock().unwrap();
    assert_eq!(indexed.channels.len(), 1, "one generator, one channel");
    assert!(indexed.waiting.values().all(|left| *left == 0));
    assert_eq!(fake.asked().len(), 3 + 3 * 2);
}

#[tokio::test]
async fn what_is_never_indexed_counts_as_lost_and_holds_up_nobody() {
    let (fake, _) = indexing(usize::MAX);
    let mut listener = audience(&told(&fake, "acknowledge: true\n"));
    let mut stats = Stats::default();
    count(&mut stats, "look", 1, Some("no"));
    hear(&mut listener, &second(0, 1, &mut stats));
    let delivery = end(listener).await;
    assert_eq!((delivery.sent, delivery.lost), (0, 3));
    let posts = fake.asked().iter().filter(|asked| asked.path.ends_with("/event")).count();
    assert_eq!(posts, 1, "there is no hurry to send it again");
}

#[tokio::test]
async fn settings_that_do_not_fit_the_token_are_told() {
    // The token wants acknowledgement, and the settings do not know of it.
    let (fake, _) = indexing(0);
    let delivery = end(audience(&told(&fake, ""))).await;
    assert_eq!((delivery.sent, delivery.lost), (0, 2));
    assert!(delivery.trouble.unwrap().contains("`acknowledge: true`"));
    // The other way round, nothing can be asked: what is taken counts.
    let fake = Fake::start(|_, _| ok());
    let delivery = end(audience(&told(&fake, "acknowledge: true\n"))).await;
    assert_eq!((delivery.sent, delivery.lost), (2, 0));
    assert!(logged::lines().iter().any(|line| line.contains("does not know of acknowledgement")));
}

#[tokio::test]
async fn who_does_not_answer_holds_up_nobody() {
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", hanging.local_addr().unwrap());
    let settings = format!("host: {address}\ntoken: {TOKEN}\n");
    let mut listener = audience(&listening(system(Kind::Splunk, &settings).unwrap()));
    let failures = listener.failures().unwrap();
    let begun = Instant::now();
    for _ in 0..5000 {
        let _ = failures.to.try_send(failed("look", "no"));
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    drop(failures);
    let mut stats = Stats::default();
    count(&mut stats, "look", 1, Some("no"));
    hear(&mut listener, &second(0, 1, &mut stats));
    let delivery = end(listener).await;
    assert_eq!(delivery.sent, 0);
    assert!(delivery.lost > 500, "{delivery:?}");
}

/// A collector with a certificate of its own, and the authority's.
fn over_tls() -> (Fake, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (Fake::start_tls(config, |_, _| ok()), authority.pem())
}

#[tokio::test]
async fn only_who_is_trusted_is_told() {
    let (fake, authority) = over_tls();
    let pem: String = authority.lines().map(|line| format!("    {line}\n")).collect();
    for trusting in ["tls: {verify: false}\n".to_owned(), format!("tls:\n  ca: |\n{pem}")] {
        let delivery = end(audience(&told(&fake, &trusting))).await;
        assert_eq!((delivery.sent, delivery.lost, delivery.trouble), (2, 0, None));
    }
    assert_eq!(all(&fake).len(), 4);
    let delivery = end(audience(&told(&fake, ""))).await;
    assert_eq!((delivery.sent, delivery.lost), (0, 2));
    assert!(delivery.trouble.unwrap().contains("UnknownIssuer"));
    assert_eq!(all(&fake).len(), 4);
}

#[test]
fn settings_are_read_and_what_is_wrong_is_told_without_them() {
    let valid = "host: https://splunk.example.org:8088\ntoken: hidden\n";
    let wrong = |more: &str| system(Kind::Splunk, &format!("{valid}{more}")).err().unwrap();
    for (more, expected) in [
        ("failures_per_second: 2000", "splunk.failures_per_second: expected at most 1000"),
        ("body_bytes: 1MB", "splunk.body_bytes: expected"),
        ("acknowledge: perhaps", "splunk.acknowledge: expected true or false"),
        ("tls: hidden", "splunk.tls: found a value, expected a mapping of keys"),
        ("tls: {ca: hidden}", "splunk.tls.ca: expected a certificate as PEM"),
        ("tls: {verifi: false}", "splunk.tls.verifi"),
        ("idex: a", "splunk.idex"),
    ] {
        let problems = wrong(more);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(expected), "{problems:?}");
        assert!(!problems[0].contains("hidden"), "{problems:?}");
    }
    let silent =
        listening(system(Kind::Splunk, &format!("{valid}failures_per_second: 0")).unwrap());
    assert!(audience(&silent).failures().is_none());
}
