//! The end of a server.

use std::{
    io::Write,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    client::is,
    served::{ENDLESS, PLANNING, Served},
    support::{raw::connect, sample_run::TEST},
};

#[test]
fn who_looks_gets_the_last_view_and_then_the_end() {
    let served = Served::new();
    let mut events = served.client.events();
    assert!(is(&events.next().unwrap(), "idle"));
    assert_eq!(served.client.post("/api/run", &json!({"test": TEST})).status, 202);
    served.session.tell("the last");
    let ending = thread::spawn(move || drop(served.server));
    let all: Vec<_> = events.collect();
    assert_eq!(all.last().unwrap()["message"], "the last");
    ending.join().unwrap();
}

#[test]
fn who_does_not_read_is_not_waited_for_long() {
    let served = Served::new();
    assert_eq!(served.client.post("/api/run", &json!({"test": TEST})).status, 202);
    served.session.tell(&"x".repeat(16 << 20));
    let stuck = served.client.asks_for_events();
    served.client.view_when(|view| is(view, "preparing"));
    let begun = Instant::now();
    drop(served.server);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(stuck);
}

#[test]
fn what_is_being_planned_is_not_waited_for() {
    let served = Served::new();
    let mut asking = connect(served.client.0);
    let body = json!({"test": ENDLESS}).to_string();
    let (host, length) = (served.client.0, body.len());
    let request = format!(
        "POST /api/plan HTTP/1.1\r\nHost: {host}\r\nX-Load-Test: 1\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    asking.write_all(request.as_bytes()).unwrap();
    while !PLANNING.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    let (ended, end) = std::sync::mpsc::channel();
    thread::spawn(move || {
        drop(served.server);
        ended.send(()).unwrap();
    });
    end.recv_timeout(Duration::from_secs(10)).expect("the server ends");
}
