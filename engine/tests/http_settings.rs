//! What the `http` section of a scenario changes, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use support::{
    once, reasons,
    web::{Answer, Web},
};

/// A user with two tasks of two requests.
const TWICE: &str =
    "users: {U: {on_start: [get: /s], sequence: {a: [get: /1, get: /2], b: [get: /3, get: /4]}}}";

/// The connection that each request came over, with these settings.
fn connections(http: &str) -> Vec<usize> {
    let web = Web::start(|_| Answer::status(200));
    let stats = once(&web.url(), &format!("http: {{{http}}}\n{TWICE}"));
    assert_eq!(reasons(&stats), [""; 0]);
    let asked = web.asked();
    let closes = asked.iter().filter(|asked| asked.header("connection") == Some("close")).count();
    assert_eq!(closes, if http == "keep_alive: false" { 5 } else { 0 });
    asked.iter().map(|asked| asked.connection).collect()
}

#[test]
fn connections_are_used_as_long_as_the_scenario_says() {
    assert_eq!(connections("keep_alive: true"), [0, 0, 0, 0, 0]);
    assert_eq!(connections("keep_alive: within_iteration"), [0, 0, 0, 1, 1]);
    assert_eq!(connections("keep_alive: false"), [0, 1, 2, 3, 4]);
}

#[test]
fn a_host_is_where_the_scenario_says_and_keeps_its_name() {
    let web = Web::start(|_| Answer::status(200));
    let other = Web::start(|_| Answer::status(200));
    let address = |web: &Web| web.url().replace("http://", "");
    let scenario = format!(
        "http: {{resolve: {{shop.example: '{}', 'shop.example:8080': '{}'}}}}\n\
         users: {{U: {{tasks: {{t: [get: 'http://shop.example/a', get: 'http://shop.example:8080/b']}}}}}}",
        address(&web),
        address(&other),
    );
    let stats = once("http://unused.example", &scenario);
    assert_eq!(reasons(&stats), [""; 0]);
    let hosts = |web: &Web| {
        web.asked().iter().map(|asked| asked.header("host").unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((hosts(&web), web.lines()), (vec!["shop.example".into()], vec!["GET /a".into()]));
    assert_eq!(
        (hosts(&other), other.lines()),
        (vec!["shop.example:8080".into()], vec!["GET /b".into()])
    );
}
