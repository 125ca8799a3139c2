//! Loops, conditions and choices, as a server sees them.

use std::collections::BTreeSet;

use super::{Answer, Web, load};

/// What one user asks for in a task with these steps, which it does once.
async fn once(answer: &'static str, steps: &str) -> (Vec<String>, Vec<String>) {
    let web = Web::start(move |_| Answer::body(answer));
    let steps: String = steps.trim().lines().map(|line| format!("        {line}\n")).collect();
    let scenario = format!(
        "users:\n  User:\n    sequence:\n      all:\n{steps}      done: [stop_user: true]\n"
    );
    let stats = load(&web, &scenario).await;
    let exceptions = stats.exceptions().iter().map(|(seen, _)| seen.message.clone()).collect();
    (web.lines(), exceptions)
}

const NO_EXCEPTIONS: [&str; 0] = [];

#[tokio::test]
async fn a_repeat_is_done_so_often() {
    let (lines, exceptions) = once(
        "",
        "
- set: {n: 2}
- repeat: {times: 3, do: [{get: /a}, {repeat: {times: \"${n}\", do: [get: /b]}}]}
",
    )
    .await;
    let turn = ["GET /a", "GET /b", "GET /b"];
    assert_eq!(lines, [turn, turn, turn].concat());
    assert_eq!(exceptions, NO_EXCEPTIONS);
}

#[tokio::test]
async fn a_while_goes_on_until_its_condition_fails() {
    let (lines, exceptions) = once(
        r#"{"next": 2}"#,
        "
- set: {page: 0}
- while:
    when: page < 3
    do:
      - get: /pages/${page}
      - set: {page: '${page + 1}'}
",
    )
    .await;
    assert_eq!(lines, ["GET /pages/0", "GET /pages/1", "GET /pages/2"]);
    assert_eq!(exceptions, NO_EXCEPTIONS);
}

#[tokio::test]
async fn an_if_takes_one_way() {
    let (lines, _) = once(
        r#"{"stock": 0, "tags": ["new"]}"#,
        "
- get: {path: /product, capture: {stock: {json: $.stock}, tags: {json: $.tags}}}
- if: {when: stock > 0, then: [get: /buy], else: [get: /wait-list]}
- if: {when: \"${'new' in tags}\", then: [get: /new]}
- if: {when: tags is defined and not stock, then: [{if: {when: true, then: [get: /inner]}}]}
",
    )
    .await;
    assert_eq!(lines, ["GET /product", "GET /wait-list", "GET /new", "GET /inner"]);
}

#[tokio::test]
async fn a_for_each_takes_every_item() {
    let (lines, exceptions) = once(
        r#"[{"id": 7}, {"id": 9}]"#,
        "
- get: {path: /list, capture: {all: {json: $}}}
- for_each: {in: all, as: one, do: [get: \"/items/${one.id}\"]}
- for_each: {in: range(2), as: n, do: [get: \"/n/${n}\"]}
- for_each: {in: all | length, as: n, do: [get: /never]}
",
    )
    .await;
    assert_eq!(lines, ["GET /list", "GET /items/7", "GET /items/9", "GET /n/0", "GET /n/1"]);
    assert_eq!(exceptions, ["for_each: `all | length` is no list"]);
}

#[tokio::test]
async fn a_switch_takes_its_branches_by_weight() {
    let (lines, _) = once(
        "",
        "
- repeat:
    times: 400
    do:
      - switch:
          - {weight: 3, do: [get: /often]}
          - do: [get: /seldom]
          - {weight: 0, do: [get: /never]}
",
    )
    .await;
    let seldom = lines.iter().filter(|line| *line == "GET /seldom").count();
    assert_eq!(lines.len(), 400);
    // Five standard deviations around a quarter.
    assert!((57..=143).contains(&seldom), "{seldom} of 400");
    let kinds: BTreeSet<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(kinds, BTreeSet::from(["GET /often", "GET /seldom"]));
}

#[tokio::test]
async fn requests_of_a_page_go_side_by_side() {
    let web = Web::start(|asked| {
        let slow = if asked.path == "/page" { 0 } else { 200 };
        Answer::body(r#"{"id": 7}"#).after(std::time::Duration::from_millis(slow))
    });
    let scenario = "
users:
  User:
    sequence:
      page:
        - get: {path: /page, capture: {id: {json: $.id}}}
        - parallel:
            - get: /a/${id}
            - get: {path: /b, capture: {b: {json: $.id}}}
            - post: {path: /c, json: {}}
        - get: /then/${b}
      done: [stop_user: true]
";
    load(&web, scenario).await;
    let asked = web.asked();
    let connections: BTreeSet<_> = asked[1..4].iter().map(|asked| asked.connection).collect();
    assert_eq!((asked.len(), connections.len()), (5, 3));
    assert_eq!(asked[4].path, "/then/7");
}

/// A loop without an end, in which nothing takes time: the load ends nevertheless.
#[tokio::test]
async fn a_loop_ends_with_the_load() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    on_stop: [get: /bye]
    tasks:
      spin: [while: {when: true, do: [set: {n: 1}]}]
";
    load(&web, scenario).await;
    assert_eq!(web.lines(), ["GET /bye"]);
}

#[tokio::test]
async fn a_user_that_stops_is_gone_after_on_stop() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    on_stop: [get: /bye]
    sequence:
      once: [get: /once]
      nested: {sequence: {leave: [stop_user: true]}, on_stop: [get: /left]}
";
    let stats = load(&web, scenario).await;
    assert_eq!(web.lines(), ["GET /once", "GET /left", "GET /bye"]);
    assert_eq!(stats.aggregated().requests, 3);
}
