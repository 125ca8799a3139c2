//! What is expected of responses, as they come from a server.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    debug::walk,
    environment::Environment,
    files::Files,
    observer::{Observer, Seen},
    yaml,
};
use serde_json::{Value, json};
use support::web::{Answer, Web};

const BODY: &str = r#"{"total": 3, "zero": 0, "no": false, "none": null, "token": "tok-1234",
"items": [{"id": 1, "name": "red lamp"}, {"id": 2, "name": "blue lamp"}]}"#;

/// Why requests failed, as reports and as debug mode tell it.
#[derive(Default)]
struct Told {
    reasons: RefCell<Vec<String>>,
    checks: RefCell<Vec<String>>,
}

impl Observer for Told {
    fn began(&self, _: &str) {}

    fn requested(&self, seen: &Seen<'_>) {
        self.reasons.borrow_mut().push(seen.failure.unwrap_or_default().to_owned());
        self.checks.borrow_mut().extend(seen.checks.iter().map(ToString::to_string));
    }

    fn captured(&self, _: &str, _: &Value) {}

    fn failed(&self, name: &str, message: &str) {
        self.reasons.borrow_mut().push(format!("{name}: {message}"));
    }
}

/// What is told of requests of which this is expected.
fn told(web: &Web, expectations: &[&str]) -> Told {
    let steps: Vec<_> = expectations
        .iter()
        .map(|expected| format!("      - get: {{path: /x, expect: {{{expected}}}}}\n"))
        .collect();
    let text = format!(
        "http: {{body_limit: 1 KiB}}\nusers:\n  U:\n    tasks:\n     t:\n      \
         - set: {{least: 2, secret: tok-1234}}\n{}",
        steps.concat()
    );
    let data = json!({"most": 5, "word": "lamp"});
    let environment = Environment { name: "test".into(), host: Some(web.url()), data };
    let scenario = yaml::read("s.yml", &text, &environment, &Files::default())
        .unwrap_or_else(|problems| panic!("{}", problems[0]));
    let told = Rc::new(Told::default());
    walk(&scenario, environment, Rc::clone(&told) as Rc<dyn Observer>).unwrap();
    Rc::into_inner(told).unwrap()
}

fn reasons(web: &Web, expectations: &[&str]) -> Vec<String> {
    told(web, expectations).reasons.into_inner()
}

/// Each expectation, and the reason of failure: empty where it passes.
#[track_caller]
fn all(web: &Web, expected: &[(&str, &str)]) {
    let (expectations, wanted): (Vec<_>, Vec<_>) = expected.iter().copied().unzip();
    assert_eq!(reasons(web, &expectations), wanted);
}

fn shop() -> Web {
    Web::start(|_| {
        let answer = Answer::body(BODY).header("X-Left", "7").header("Set-Cookie", "a=1");
        answer.header("Set-Cookie", "b=2; Path=/").header("Content-Type", "application/json")
    })
}

#[test]
fn statuses_are_codes_and_classes() {
    let missing = Web::start(|_| Answer::status(404));
    all(
        &missing,
        &[
            ("status: 404", ""),
            ("status: 4xx", ""),
            ("status: [200, 4xx]", ""),
            ("status: [200, 3xx]", "expected status 200 or 3xx, got 404"),
            ("", "expected status below 400, got 404"),
        ],
    );
}

#[test]
fn texts_and_expressions_are_looked_for_in_the_body() {
    all(
        &shop(),
        &[
            ("text: [red, blue], not_text: green, regex: ['\"id\": \\d', lamp$|lamp\"]", ""),
            ("not_text: '${env.word}'", "expected no text `lamp`, but it is in the body"),
            (
                "regex: ['re+d', '\\d{4,5}x']",
                r"expected a match of `\d{4,5}x`, which is not in the body",
            ),
            ("text: green", "expected text `green`, which is not in the body"),
        ],
    );
}

#[test]
fn values_at_json_paths_are_compared() {
    all(
        &shop(),
        &[
            ("json_path: {$.total: 3, $.zero: 0, $.no: false, $.none: null}", ""),
            (
                "json_path: {$.zero: {exists: true}, $.none: {exists: true}, $.x: {exists: false}}",
                "",
            ),
            ("json_path: {'$.items[*].id': {count: 2, at_least: 1, at_most: 2}}", ""),
            (
                "json_path: {$.items: {length: {more_than: 1}}, '$.items[*].name': {matches: lamp$}}",
                "",
            ),
            ("json_path: {'$.items[?@.id == 2].name': 'blue ${env.word}'}", ""),
            ("json_path: {$.total: {more_than: '${least}', less_than: '${env.most}'}}", ""),
            ("json_path: {$.items: {contains: {id: 2}}, $.total: {is: 3.0, not: 4}}", ""),
            ("json_path: {$.total: 4}", "expected JSON $.total to be 4, got 3"),
            ("json_path: {$.no: true}", "expected JSON $.no to be true, got false"),
            ("json_path: {$.x: 1}", "expected JSON $.x to be 1, got nothing there"),
            (
                "json_path: {'$.items[*].id': {less_than: '${least}'}}",
                "expected JSON $.items[*].id to be less than 2, got 2",
            ),
            (
                "json_path: {$.items: {length: 3}}",
                "expected the length of JSON $.items to be 3, got 2",
            ),
            (
                "json_path: {$.token: {contains: '${secret}x'}}",
                "expected JSON $.token to contain ***, got another value",
            ),
            ("json_path: {$.total: {at_least: '${env.word}'}}", "U.t: expected a number"),
        ],
    );
    all(
        &Web::start(|_| Answer::body("<html>")),
        &[(
            "json_path: {$.x: {exists: false}}",
            "expected JSON $.x not to be there, got the body is not valid JSON",
        )],
    );
}

#[test]
fn headers_are_compared() {
    all(
        &shop(),
        &[
            ("headers: {content-type: json, x-left: {at_least: 5, is: 7}, set-cookie: b=2}", ""),
            ("headers: {x-right: {exists: false}, x-left: {exists: true, matches: '^\\d$'}}", ""),
            ("headers: {set-cookie: {count: 2}}", ""),
            ("headers: {x-left: {at_most: 5}}", "expected header x-left to be at most 5, got 7"),
            (
                "headers: {x-right: a}",
                "expected header x-right to contain \"a\", got nothing there",
            ),
            (
                "headers: {set-cookie: {matches: c=}}",
                "expected header set-cookie to match ***, got another value",
            ),
        ],
    );
}

#[test]
fn sizes_are_of_the_last_response() {
    let web = Web::start(|asked| match &*asked.path {
        "/x" => Answer::body("a body of its own").moved("/y"),
        _ => Answer::body("0123456789"),
    });
    all(
        &web,
        &[
            ("size: 10", ""),
            ("size: {at_least: 10, at_most: 1 KiB}", ""),
            ("size: 9", "expected a body of 9 bytes, got more"),
            ("size: {at_least: 11}", "expected a body of at least 11 bytes, got fewer"),
            ("size: {at_least: 11, at_most: 20}", "expected a body of 11 to 20 bytes, got fewer"),
            ("size: {at_most: 5}", "expected a body of at most 5 bytes, got more"),
        ],
    );
}

#[test]
fn reports_say_too_late_and_debug_mode_how_late() {
    let web = Web::start(|_| Answer::body("late").after(Duration::from_millis(30)));
    let told = told(&web, &["duration: 1ms", "duration: 10s, text: late"]);
    let reasons = told.reasons.into_inner();
    assert_eq!(reasons, ["expected the whole response within 1ms, it took longer", ""]);
    let checks = told.checks.into_inner();
    assert!(checks[1].starts_with("expected the whole response within 1ms, got it after "));
    assert!(checks[1].ends_with(" ms"), "{}", checks[1]);
}

#[test]
fn what_is_not_kept_of_a_body_is_not_vouched_for() {
    let web = Web::start(|_| Answer::body(&format!("{}end", "x".repeat(2000))));
    all(
        &web,
        &[
            ("text: xxx, size: 2003", ""),
            (
                "text: end",
                "expected text `end`, which is not in as much of the body as `body_limit` keeps",
            ),
            (
                "not_text: end",
                "expected no text `end`, but the body is longer than `body_limit` keeps",
            ),
        ],
    );
}
