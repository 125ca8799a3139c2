//! Those who look cost a run nothing.

use std::{
    io::Read,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use controller::{
    reporter::{Moment, Reporter},
    totals::Totals,
    ui::Watcher,
};
use engine::run::Signal;
use serde_json::json;

use crate::{
    client::is,
    served::Served,
    support::sample_run::{TEST, absorbed, frames, plan},
};

/// Far more than what the system takes for someone who does not read.
const HUGE: usize = 16 << 20;

fn tick(watcher: &mut Watcher, elapsed: Duration, totals: &Totals) {
    let plan = plan();
    watcher.tick(&Moment {
        plan: &plan,
        load: &plan.load,
        changes: &[],
        elapsed,
        totals,
        cost: None,
        signal: Signal::Run,
    });
}

/// Has a run go on for a while; returns how long its longest tick took.
fn go_on(watcher: &mut Watcher, totals: &Totals, ticks: u32) -> Duration {
    let step = Duration::from_millis(50);
    let took = (0..ticks).map(|number| {
        thread::sleep(step);
        let begun = Instant::now();
        tick(watcher, step * number, totals);
        begun.elapsed()
    });
    took.max().unwrap()
}

#[test]
fn who_never_reads_holds_up_nobody() {
    let root = tempfile::tempdir().unwrap();
    let served = Served::new();
    assert_eq!(served.client.post("/api/run", &json!({"test": TEST})).status, 202);
    served.session.tell(&"x".repeat(HUGE));
    let mut stuck: Vec<TcpStream> = (0..8).map(|_| served.client.asks_for_events()).collect();
    assert!(stuck.iter_mut().all(is_taken));
    let (_folder, mut watcher, _controls) = served.begin(root.path());
    let totals = absorbed(&frames());
    let reading = thread::spawn({
        let client = served.client;
        move || client.events().take(3).map(|view| view["totals"]["requests"].as_u64()).max()
    });
    let longest = go_on(&mut watcher, &totals, 70);
    assert!(longest < Duration::from_millis(200), "{longest:?}");
    assert_eq!(reading.join().unwrap(), Some(Some(totals.requests())));
    drop(stuck);
}

#[test]
fn sixty_four_may_look_and_cost_no_tick() {
    let root = tempfile::tempdir().unwrap();
    let served = Served::new();
    let (_folder, mut watcher, _controls) = served.begin(root.path());
    let totals = absorbed(&frames());
    let mut viewers: Vec<_> = (0..64).map(|_| served.client.events()).collect();
    assert_eq!(served.client.get("/api/events").status, 503);
    let longest = go_on(&mut watcher, &totals, 50);
    assert!(longest < Duration::from_millis(200), "{longest:?}");
    for viewer in &mut viewers {
        let newest = viewer.find(|view| view["totals"]["requests"] != 0).unwrap();
        assert_eq!(newest["totals"]["requests"], totals.requests());
    }
    viewers.pop();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_taken(&mut served.client.asks_for_events()) {
        tick(&mut watcher, Duration::ZERO, &totals);
        assert!(Instant::now() < deadline, "no seat became free");
    }
}

/// Whether an answer begins as one does that goes on.
fn is_taken(answer: &mut TcpStream) -> bool {
    let mut begin = [0; 12];
    answer.read_exact(&mut begin).unwrap();
    begin.ends_with(b"200")
}

#[test]
fn a_view_comes_at_once_and_then_one_a_second() {
    let served = Served::new();
    let mut events = served.client.events();
    assert!(is(&events.next().unwrap(), "idle"));
    let answer = served.client.post("/api/run", &json!({"test": TEST}));
    assert_eq!(answer.status, 202);
    let begun = Instant::now();
    for number in 0..30 {
        served.session.tell(&format!("{number}"));
        thread::sleep(Duration::from_millis(10));
    }
    let mut messages = events.map(|view| view["message"].as_str().unwrap().to_owned());
    messages.find(|message| message == "29").unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4));
}

#[test]
fn views_are_not_made_for_nobody() {
    let root = tempfile::tempdir().unwrap();
    let served = Served::new();
    let (_folder, mut watcher, _controls) = served.begin(root.path());
    let totals = absorbed(&frames());
    tick(&mut watcher, Duration::from_secs(5), &totals);
    // It is what was shown at the begin, and young enough.
    assert_eq!(served.client.view()["totals"]["requests"], 0);
    thread::sleep(Duration::from_millis(1_300));
    let asked = thread::spawn({
        let client = served.client;
        move || client.view()
    });
    while !asked.is_finished() {
        tick(&mut watcher, Duration::from_secs(5), &totals);
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(asked.join().unwrap()["totals"]["requests"], totals.requests());
    let chart = served.client.get("/api/chart?from=1&to=4&points=100").json();
    assert_eq!(chart["seconds"], json!([1, 2, 3]));
}
