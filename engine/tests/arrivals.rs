//! The open model, against real servers.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::time::{Duration, Instant, SystemTime};

use engine::{
    arrival_rate::ArrivalRate,
    clients::Clients,
    curve::{RateCurve, RateStage},
    job::Job,
    load::{Arrivals, Load},
    run::Orders,
    share::Share,
    stats::{Stats, Transaction},
    window::Window,
};
use support::{
    Server,
    jobs::{Ran, job, run, scenario},
    web::{Answer, Web},
};
use tokio::{sync::watch, time};

/// The wait is not used.
const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {constant: 1h}
    on_start: [get: '/start/${user.id}']
    tasks: {do: [get: '/do']}
    on_stop: [get: '/stop/${user.id}']
";

const SECOND: Duration = Duration::from_secs(1);

/// How long the pool gets to be ready.
const WARM_UP: Duration = Duration::from_millis(500);

/// Between the test's reading of the clock and the job's own: the job's start is by the wall clock.
const CLOCK_READ: Duration = Duration::from_millis(5);

/// From 20 a second up to 180, and down to 0: 100 in the first second and 90 in the next.
fn rate() -> RateCurve {
    let rate = |per_second| ArrivalRate::try_new(per_second).unwrap();
    let stages = [180.0, 0.0].map(|to| RateStage { duration: SECOND, rate: rate(to) });
    RateCurve::staged(rate(20.0), &stages).unwrap()
}

/// All of it, a warm-up from now.
fn whole(host: String, pool: u32) -> Job {
    Job {
        scenario: scenario(SCENARIO),
        load: Load::Arrivals(Arrivals { rate: rate(), pool: Clients::try_new(pool).unwrap() }),
        window: Window::try_new(Duration::ZERO, 2 * SECOND).unwrap(),
        start: SystemTime::now() + WARM_UP,
        warm_up: WARM_UP,
        ..job(host, 0)
    }
}

fn transaction(stats: &Stats, name: &str) -> Transaction {
    let found = stats.transactions().into_iter().find(|(key, _)| key.name == name);
    found.map(|(_, transaction)| transaction.clone()).unwrap_or_default()
}

#[tokio::test]
async fn tasks_are_begun_at_their_instants() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let start = Instant::now() + WARM_UP;
    let Ran { merged, users, last, .. } = run(whole(server.host(), 40), orders).await;

    assert_eq!((rate().total(), merged.dropped()), (190, 0));
    assert_eq!(merged.digest(), last.digest);
    let done = transaction(&merged, "/do");
    assert_eq!((done.requests, done.failures), (190, 0));
    // Latency from the intended start is that from the actual one, and what went before.
    assert_eq!(done.from_intended.count(), 190);
    assert!(done.from_intended.sum() >= done.latency.sum());
    assert!(done.from_intended.min() >= done.latency.min());
    let seen = server.requests();
    let arrived: Vec<_> = seen.iter().filter(|(path, _)| path == "/do").collect();
    // None is begun before its instant, and most soon after it, on however busy a machine.
    let due = (0..).map(|n| rate().instant(n).unwrap());
    let mut late: Vec<_> = arrived
        .iter()
        .zip(due)
        .map(|((_, at), due)| (at.duration_since(start) + CLOCK_READ).checked_sub(due))
        .collect();
    late.sort_unstable();
    assert!(late[0].is_some(), "{late:?}");
    assert!(late[95] < Some(SECOND / 4), "{late:?}");
    // The whole pool was ready before the first arrival, and stayed until after the last one.
    assert_eq!(users[..2], [(0, 40), (1, 40)]);
    assert_eq!((last.ending.users, last.ending.continuing.users), (40, 40));
    assert_eq!(last.ending.continuing.late, 0, "{:?}", last.ending.continuing);
    let count = |what| seen.iter().filter(|(path, _)| path.starts_with(what)).count();
    assert_eq!((count("/start"), count("/stop")), (40, 40));
    let ready = seen.iter().take_while(|(path, _)| path.starts_with("/start")).count();
    assert_eq!(ready, 40);
}

#[tokio::test]
async fn what_finds_all_users_busy_is_dropped_and_counted() {
    let web = Web::start(|asked| {
        let slow = if asked.path == "/do" { 450 } else { 0 };
        Answer::body("{}").after(Duration::from_millis(slow))
    });
    let (_keep, orders) = watch::channel(Orders::default());
    let Ran { merged, last, seconds, .. } = run(whole(web.url(), 10), orders).await;

    let begun = transaction(&merged, "/do").requests;
    assert_eq!(begun, web.lines().iter().filter(|line| *line == "GET /do").count() as u64);
    assert_eq!(begun + merged.dropped(), u64::from(rate().total()));
    // Each of ten users begins one task in 450 ms at most, and does whenever one arrives.
    assert!((30..=50).contains(&begun), "{begun}");
    assert_eq!(merged.digest(), last.digest);
    let dropped: Vec<_> = seconds.iter().map(|second| second.stats.dropped()).collect();
    assert!(dropped[0] > 40 && dropped[1] > 40, "{dropped:?}");
    assert_eq!(last.ending.cut_off, 0);
}

#[tokio::test]
async fn what_was_due_before_a_late_start_is_dropped() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let late = Job { start: SystemTime::now() - SECOND, ..whole(server.host(), 40) };
    let Ran { merged, last, .. } = run(late, orders).await;
    let begun = transaction(&merged, "/do").requests;
    assert_eq!(begun + merged.dropped(), u64::from(rate().total()));
    assert!(merged.dropped() >= 100, "{}", merged.dropped());
    assert!(begun > 0 && last.ending.load.unwrap().from >= SECOND);
}

#[tokio::test]
async fn windows_and_shares_have_each_arrival_once() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let cut = Duration::from_millis(1100);
    let all = whole(server.host(), 31);
    let part = |index: u32, interval: u32| {
        let (from, to) = if interval == 0 { (Duration::ZERO, cut) } else { (cut, 2 * SECOND) };
        let id = engine::job_id::JobId { share: index, interval, ..all.id.clone() };
        let (window, share) =
            (Window::try_new(from, to).unwrap(), Share::try_new(index, 2).unwrap());
        run(Job { id, window, share, ..all.clone() }, orders.clone())
    };
    let later = async {
        time::sleep(SECOND).await;
        tokio::join!(part(0, 1), part(1, 1))
    };
    let (a, b, (c, d)) = tokio::join!(part(0, 0), part(1, 0), later);

    let ran = [a, b, c, d];
    // What a busy machine has no user for is dropped, and counted, where it arrived.
    let arrived = ran
        .each_ref()
        .map(|Ran { merged, .. }| transaction(merged, "/do").requests + merged.dropped());
    assert_eq!(arrived.iter().sum::<u64>(), u64::from(rate().total()));
    let before: u64 = rate().before(cut).into();
    assert_eq!(arrived[0] + arrived[1], before, "the cut is at its instant");
    let is_even = |a: u64, b: u64| a.abs_diff(b) <= 1;
    assert!(is_even(arrived[0], arrived[1]) && is_even(arrived[2], arrived[3]), "{arrived:?}");
    let users: u32 = ran.iter().map(|ran| ran.last.ending.users).sum();
    assert_eq!(users, 2 * 31);
}

#[tokio::test]
async fn an_arrival_is_one_task_or_a_set_until_it_is_interrupted() {
    const ORDER: &str = "
users:
  Visitor:
    sequence:
      first: [get: '/1']
      set:
        wait_time: {constant: 1h}
        sequence:
          in: [get: '/2']
          further: [get: '/3']
          out: [interrupt: true]
      last: [get: '/4']
";
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let rate = RateCurve::constant(ArrivalRate::try_new(4.0).unwrap(), SECOND).unwrap();
    let load = Load::Arrivals(Arrivals { rate, pool: Clients::try_new(1).unwrap() });
    let window = Window::try_new(Duration::ZERO, SECOND).unwrap();
    let job = Job { scenario: scenario(ORDER), load, window, ..whole(server.host(), 1) };
    let Ran { merged, .. } = run(job, orders).await;
    let paths: Vec<_> = server.requests().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/1", "/2", "/3", "/4", "/1"]);
    assert_eq!(merged.dropped(), 0);
}
