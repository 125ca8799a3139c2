//! What the tests of all systems need.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod fake;
pub(crate) mod logged;

use std::{
    mem,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use engine::{
    api::ApiVersion,
    document::{Problems, Source, parse},
    frame::{Health, Second},
    listener::{Delivery, FailedRequest, Listener, Unmet},
    stats::{Outcome, Phases, Sample, Stats},
};
use listeners::{Audience, FLUSH, Header, Hearing, Kind, Listening, Origin, System};

/// Stands in no log, no delivery, and nothing that is shown.
pub(crate) const TOKEN: &str = "hidden-token-0123456789";

/// Names that no format must stumble over.
pub(crate) const HOSTILE: [&str; 8] = [
    r#"say "hi" \ now"#,
    "two\nlines\r\n\t\u{0}",
    "🦀 über ☃",
    "\u{202e}backwards\u{2028}",
    "}{\"event\":\"forged\"}",
    "</script><b>",
    "/a?b=c&d={e}",
    "${jndi:ldap://x}",
];

/// A system with settings as in `config/systems_credentials.yml`, or what is wrong with them.
pub(crate) fn system(kind: Kind, settings: &str) -> Result<System, Vec<String>> {
    let problems = Problems::default();
    let node = parse(&Source::option("credentials.yml"), settings).unwrap();
    let read = kind.read(&node, &problems);
    problems.finish(read).map_err(|all| all.iter().map(ToString::to_string).collect())
}

/// Somebody who hears of a test each second.
pub(crate) fn listening(system: System) -> Listening {
    let api = |name: &str, version: Option<&str>| ApiVersion {
        name: name.into(),
        version: version.map(str::to_owned),
    };
    let header = Header {
        test: "shop".into(),
        description: "before the \"sale\"".into(),
        env: "staging".into(),
        apis: vec![api("cart api", Some("1.4.2")), api("payment", None)],
    };
    let every = Duration::from_secs(1);
    Listening { header, systems: vec![system], every, ..Listening::default() }
}

/// The second of a test's generators in a region.
pub(crate) fn hearing(listening: &Listening) -> Hearing {
    let origin = Origin {
        header: listening.header.clone(),
        run: "run-1".into(),
        region: Some("eu-west-1".into()),
        generator: Some(1),
        interval: Some(0),
        instance: "run-1/0/eu-west-1/1".into(),
    };
    Hearing { origin, start: start(), opens: true, speaks: true, hands_over: false, endpoint: None }
}

/// When the tests' tests begin.
pub(crate) fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_790_000_000)
}

/// Starts to hear.
pub(crate) fn audience(listening: &Listening) -> Box<dyn Listener> {
    Audience::start(listening, hearing(listening), None).unwrap().unwrap()
}

/// Ends, in time.
pub(crate) async fn end(audience: Box<dyn Listener>) -> Delivery {
    let begun = Instant::now();
    let mut deliveries = audience.end(false).await;
    let took = begun.elapsed();
    assert!(took < FLUSH + Duration::from_secs(1), "{took:?}");
    assert_eq!(deliveries.len(), 1);
    let delivery = deliveries.remove(0);
    assert!(!format!("{delivery:?}").contains(TOKEN), "{delivery:?}");
    delivery
}

/// Tells of a second, which must not take any time.
pub(crate) fn hear(audience: &mut Box<dyn Listener>, second: &Second) {
    let begun = Instant::now();
    audience.hear(second);
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(100), "{took:?}");
}

/// A second of a test.
pub(crate) fn second(second: u32, users: u32, stats: &mut Stats) -> Second {
    Second { second, seconds: 1, users, stats: mem::take(stats), health: Health::default() }
}

/// Counts a GET that took so long; why it failed, if it did.
pub(crate) fn count(stats: &mut Stats, name: &str, ms: u64, failed: Option<&str>) {
    stats.record(&Sample {
        method: "GET",
        name,
        status: Some(if failed.is_some() { 500 } else { 200 }),
        elapsed: Duration::from_millis(ms),
        from_intended: None,
        phases: Phases::default(),
        bytes: 1,
        outcome: failed.map_or(Outcome::Passed, Outcome::Failed),
        met: None,
    });
}

/// A GET that failed.
pub(crate) fn failed(name: &str, reason: &str) -> FailedRequest {
    FailedRequest {
        at: start() + Duration::from_millis(1234),
        user: 17,
        class: "Buyer".into(),
        method: "GET".into(),
        name: name.into(),
        url: Some("https://shop.example.org/look?token=***".into()),
        status: Some(503),
        reason: reason.into(),
        unmet: vec![Unmet { expected: "status 200".into(), found: "503".into() }],
        body: Some("{\"error\":\"no\"..".into()),
        elapsed: Duration::from_micros(12_345),
        phases: {
            let mut phases = Phases::default();
            phases.add(engine::stats::Phase::Waiting, Duration::from_millis(12));
            phases
        },
        trace: "0af7651916cd43dd8448eb211c80319c".parse().ok(),
    }
}
