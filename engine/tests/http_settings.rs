//! What the `http` section of a scenario changes, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::rc::Rc;

use engine::{
    debug::walk,
    environment::Environment,
    files::Files,
    http::Part,
    scenario::{Scenario, Task, TaskSet, UserClass},
    user::User,
    yaml,
};
use support::{
    Blind, once, once_with, reasons,
    web::{Answer, Asked, Web},
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

/// The body of a request that uploads a form, with BOUNDARY for its boundary.
fn form(asked: &Asked) -> String {
    let content_type = asked.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() > 32);
    asked.body.replace(boundary, "BOUNDARY")
}

const FORM: &str = "--BOUNDARY\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n7 of Anna & Co\r\n\
    --BOUNDARY\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"a.png\"\r\n\
    Content-Type: application/octet-stream\r\n\r\nPIXELS\r\n\
    --BOUNDARY\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"7.png\"\r\n\
    Content-Type: image/png\r\n\r\nPIXELS\r\n--BOUNDARY--\r\n";

#[test]
fn a_form_is_uploaded_with_its_files() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  U:
    tasks:
      upload:
        - post:
            path: /upload
            multipart:
              title: ${env.shop.id} of ${env.shop.name}
              pictures:
                - file: images/a.png
                - {file: images/a.png, filename: '${env.shop.id}.png', content_type: image/png}
";
    let files = Files::default().with("images/a.png", *b"PIXELS");
    for _ in 0..2 {
        let stats = once_with(&web.url(), scenario, &files);
        assert_eq!(reasons(&stats), [""; 0]);
    }
    let asked = web.asked();
    assert_eq!(form(&asked[0]), FORM);
    assert_eq!(asked[0].body, asked[1].body, "the boundary is the same in each run");
}

#[test]
fn a_form_is_uploaded_from_rust() {
    let web = Web::start(|_| Answer::status(200));
    let upload = async |user: &mut User| {
        let picture = || Part::file("pictures", "a.png", &b"PIXELS"[..]);
        let named = Part::file("pictures", "7.png", &b"PIXELS"[..]).content_type("image/png");
        let form = [Part::text("title", "7 of Anna & Co"), picture(), named];
        user.post("/upload").multipart(form).send().await.map(drop)
    };
    let tasks = TaskSet::sequence([Task::new("upload", upload)]);
    let scenario = Scenario::new([UserClass::new("U", tasks)]);
    let environment = Environment { host: Some(web.url()), ..Environment::default() };
    let stats = walk(&scenario, environment, Rc::new(Blind)).unwrap();
    assert_eq!((reasons(&stats), stats.exceptions().len()), (vec![], 0));
    assert_eq!(form(&web.asked()[0]), FORM);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let told = |text: &str| {
        let host = Some("http://127.0.0.1".into());
        let environment = Environment { host, ..Environment::default() };
        let problems = yaml::read("s.yml", text, &environment, &Files::default()).err().unwrap();
        problems.iter().map(|problem| format!("{problem}\n")).collect::<String>()
    };
    for (http, problem) in [
        (
            "version: 3",
            "http.version: found the number 3, expected one of 1.1, 2, 2_prior_knowledge",
        ),
        ("keep_alive: no", "expected one of true, false, within_iteration"),
        ("resolve: 127.0.0.1", "expected hosts and their addresses, such as {shop.example.org:"),
        ("resolve: {a: b}", "http.resolve.a: `b` is not an address, such as 127.0.0.1"),
        ("resolve: {'a b': ::1}", "`a b` is not a host, such as shop.example.org"),
    ] {
        let told = told(&format!("http: {{{http}}}\nusers: {{U: {{tasks: {{t: [get: /]}}}}}}"));
        assert!(told.starts_with("s.yml:1:") && told.contains(problem), "{http}: {told}");
    }
    for (body, problem) in [
        ("multipart: x", "expected parts by name, such as {title: A text, picture: {file: a.png}}"),
        (
            "multipart: {a: {file: none.png}}",
            "post.multipart.a.file: `none.png`: it did not travel",
        ),
        (
            "multipart: {a: {filename: x}}",
            "expected a `file`, which may have a `filename`, or a `text`",
        ),
        ("multipart: {a: [{fiel: x}]}", "multipart.a[0].fiel: unknown key; did you mean `file`?"),
        ("multipart: {a: b}, text: x", "expected one of `json`, `form`, `text` or `multipart`"),
    ] {
        let told = told(&format!("users: {{U: {{tasks: {{t: [post: {{path: /, {body}}}]}}}}}}"));
        assert!(told.starts_with("s.yml:1:") && told.contains(problem), "{body}: {told}");
    }
}
