//! A load that rises and falls, against a real server.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use engine::{
    curve::{LoadCurve, Stage, Stages},
    job::Job,
    load::Load,
    run::Orders,
    window::Window,
};
use support::{
    Server,
    jobs::{Ran, job, run, scenario},
};
use tokio::{sync::watch, time};

const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {constant_pacing: 100ms}
    on_start: [get: '/start/${user.id}/${random.int(1, 1000000000)}']
    tasks: {look: [get: '/look/${user.id}']}
    on_stop: [get: '/stop/${user.id}']
";

const SECOND: Duration = Duration::from_secs(1);

/// Up to 8 users, down to 2, up to 6, down to none.
fn curve() -> LoadCurve {
    let stages = [(800, 8), (700, 2), (500, 6), (0, 5), (1000, 0)];
    let stages = stages.map(|(ms, clients)| Stage { duration: Duration::from_millis(ms), clients });
    LoadCurve::staged(&Stages::try_new(stages.to_vec()).unwrap())
}

fn stretch(server: &Server, from: Duration, to: Duration) -> Job {
    Job {
        scenario: scenario(SCENARIO),
        load: Load::Users(curve()),
        window: Window::try_new(from, to).unwrap(),
        ..job(server.host(), u32::from(from > Duration::ZERO))
    }
}

/// How often each user did what begins with this, in order of the users.
fn by_user(server: &Server, what: &str) -> Vec<usize> {
    let mut counts = BTreeMap::<u32, usize>::new();
    for (path, _) in server.requests() {
        let mut parts = path.split('/').skip(1);
        if parts.next() == Some(what) {
            *counts.entry(parts.next().unwrap().parse().unwrap()).or_default() += 1;
        }
    }
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
    counts.into_values().collect()
}

#[tokio::test]
async fn each_life_starts_and_stops_once() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let Ran { merged, users, last, .. } =
        run(stretch(&server, Duration::ZERO, 3 * SECOND), orders).await;

    assert_eq!(merged.digest(), last.digest);
    let lives = [1, 1, 1, 2, 2, 2, 1, 1];
    assert_eq!(by_user(&server, "start"), lives);
    assert_eq!(by_user(&server, "stop"), lives);
    // A life begins otherwise than the one before.
    let mut starts: Vec<_> = server.requests().into_iter().map(|(path, _)| path).collect();
    starts.retain(|path| path.starts_with("/start"));
    let distinct: std::collections::BTreeSet<_> = starts.iter().collect();
    assert_eq!(distinct.len(), starts.len());
    // In the last instant of each second the level is 6.3, nearly 6 and nearly 0.
    assert_eq!(users[..3], [(0, 7), (1, 6), (2, 1)]);
    assert_eq!((last.ending.users, last.ending.cut_off), (8, 0));
    assert!(!last.ending.stopped_early);
    // Nobody begins anything after the end of its life.
    let looks = by_user(&server, "look").iter().sum::<usize>() as u128;
    let lives = (0..8).flat_map(|user| curve().lives_of(user));
    let expected: u128 = lives.map(|l| (l.to - l.from).as_millis().div_ceil(100)).sum();
    assert!(looks <= expected + 5, "{looks} tasks instead of {expected}");
    // On a busy machine they begin fewer.
    assert!(looks > expected / 2, "{looks} tasks instead of {expected}");
}

#[tokio::test]
async fn a_cut_changes_nothing_in_total() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let cut = Duration::from_millis(1200);
    let first = stretch(&server, Duration::ZERO, cut);
    let second = Job { start: first.start, ..stretch(&server, cut, 3 * SECOND) };
    let (one, two) = tokio::join!(run(first, orders.clone()), async {
        time::sleep(Duration::from_millis(600)).await;
        run(second, orders.clone()).await
    });

    // At the cut the level is 4.6, and those who go on do so elsewhere.
    let lives = [2, 2, 2, 3, 3, 2, 1, 1];
    assert_eq!(by_user(&server, "start"), lives);
    assert_eq!(by_user(&server, "stop"), lives);
    assert_eq!(two.last.ending.continuing.users, 5);
    assert_eq!((one.last.ending.users, two.last.ending.users), (8, 6));
    let users = |second: u32| {
        let of = |ran: &Ran| ran.users.iter().find(|user| user.0 == second).map_or(0, |u| u.1);
        of(&one) + of(&two)
    };
    assert_eq!([0, 1, 2].map(users), [7, 6, 1]);
}
