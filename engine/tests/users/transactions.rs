//! Transactions of several requests, as the statistics show them.

use engine::stats::Stats;

use super::{Answer, SECOND, Web, load};

fn shop() -> Web {
    Web::start(|asked| match &*asked.path {
        "/slow" => Answer::body("slow").after(SECOND / 20),
        "/broken" => Answer::status(500),
        _ => Answer::body("fine"),
    })
}

/// One user's steps, once, and how often it began them.
async fn once(steps: &str) -> (Web, Stats) {
    let web = shop();
    let scenario =
        format!("users: {{User: {{sequence: {{all: [{steps}], done: [stop_user: true]}}}}}}");
    let stats = load(&web, &scenario).await;
    (web, stats)
}

fn counts(stats: &Stats, name: &str) -> (u64, u64) {
    let found = stats
        .transactions()
        .into_iter()
        .find(|(key, _)| key.method == "TRANSACTION" && key.name == name);
    found.map_or((0, 0), |(_, seen)| (seen.requests, seen.failures))
}

fn failures(stats: &Stats) -> Vec<String> {
    let of = |method: &str, name: &str, reason: &str| format!("{method} {name}: {reason}");
    let seen = stats.failures();
    seen.iter().map(|(seen, _)| of(&seen.method, &seen.name, &seen.reason)).collect()
}

#[tokio::test]
async fn a_transaction_takes_as_long_as_its_requests_without_waits() {
    let (_, stats) =
        once("transaction: {name: visit, do: [get: /slow, wait: 300ms, get: /slow]}").await;
    assert_eq!(counts(&stats, "visit"), (1, 0));
    assert_eq!(stats.aggregated().requests, 2, "a transaction is no further request");
    let time = |name: &str| {
        let found = stats.transactions().into_iter().find(|(key, _)| key.name == name);
        found.unwrap().1.latency.max().unwrap()
    };
    assert!(time("visit") >= 2 * (SECOND / 20), "{:?}", time("visit"));
    assert!(time("visit") < SECOND / 3, "{:?}", time("visit"));
}

#[tokio::test]
async fn a_transaction_fails_with_the_first_thing_in_it() {
    let (web, stats) = once(
        "transaction: {name: outer, do: [{transaction: {name: inner, do: [get: /broken]}}, \
         {get: {path: /a, expect: {text: none}}}]}",
    )
    .await;
    assert_eq!(web.lines(), ["GET /broken", "GET /a"]);
    assert_eq!((counts(&stats, "inner"), counts(&stats, "outer")), ((1, 1), (1, 1)));
    let why = "GET /broken: expected status below 400, got 500";
    let mut expected = vec![
        format!("TRANSACTION outer: {why}"),
        format!("TRANSACTION inner: {why}"),
        why.to_owned(),
        "GET /a: expected text `none`, which is not in the body".to_owned(),
    ];
    let mut found = failures(&stats);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_is_expected_is_expected_of_each_request_without_its_own() {
    let (_, stats) = once(
        "transaction: {name: t, expect: {status: 500}, do: \
         [{get: /broken}, {get: {path: /a, expect: {text: fine}}}, {get: /b}]}",
    )
    .await;
    assert_eq!(
        failures(&stats),
        [
            "GET /b: expected status 500, got 200",
            "TRANSACTION t: GET /b: expected status 500, got 200"
        ]
    );
}

#[tokio::test]
async fn a_transaction_can_interrupt_the_flow_and_be_left_out() {
    let web = shop();
    let scenario = "
users:
  User:
    wait_time: {constant: 400ms}
    sequence:
      first: [get: /first]
      order:
        - transaction:
            name: order
            interrupt_flow: true
            skip_transaction: true
            do: [get: /broken, get: /never]
      last: [get: /last]
";
    let stats = load(&web, scenario).await;
    let lines = web.lines();
    assert_eq!(lines[..3], ["GET /first", "GET /broken", "GET /first"]);
    assert!(!lines.iter().any(|line| line.ends_with("never") || line.ends_with("last")));
    assert_eq!(counts(&stats, "order"), (0, 0));
}

#[tokio::test]
async fn an_exception_in_a_transaction_interrupts_the_flow_as_a_failure_does() {
    let web = shop();
    let scenario = "
users:
  User:
    wait_time: {constant: 100ms}
    on_start: [set: {word: nothing}]
    sequence:
      first: [get: /first]
      inner:
        sequence:
          order:
            - transaction:
                name: outer
                interrupt_flow: true
                do:
                  - get: /a
                  - transaction: {name: inner, do: [set: {x: '${date(at=word)}'}]}
          never: [get: /never]
";
    let stats = load(&web, scenario).await;
    let lines = web.lines();
    assert_eq!(lines[..4], ["GET /first", "GET /a", "GET /first", "GET /a"]);
    assert!(!lines.iter().any(|line| line.ends_with("never")));
    let asked = lines.iter().filter(|line| line.ends_with("/a")).count() as u64;
    assert_eq!(counts(&stats, "outer"), (asked, asked));
    assert_eq!(stats.exceptions().iter().map(|(_, seen)| seen.count).sum::<u64>(), asked);
}

#[tokio::test]
async fn a_transaction_that_takes_too_long_fails() {
    let (_, stats) = once("transaction: {name: t, within: 20ms, do: [get: /slow]}").await;
    assert_eq!(failures(&stats), ["TRANSACTION t: expected to take at most 20ms, took longer"]);
}

/// What the end of the load interrupts is no transaction; what is cut off in one is a failed one.
#[tokio::test]
async fn the_end_of_the_load_is_no_failure() {
    let web = shop();
    let scenario = "users: {User: {tasks: {t: [transaction: {name: t, do: \
                    [{get: /a}, {wait: 10s}, {get: /b}]}]}}}";
    let stats = load(&web, scenario).await;
    assert_eq!(web.lines(), ["GET /a"]);
    assert_eq!((counts(&stats, "t"), stats.aggregated().requests), ((0, 0), 1));
}
