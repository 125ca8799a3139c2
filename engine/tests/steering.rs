//! A load that is changed while it runs, as a real server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use engine::{
    clients::Clients,
    curve::{Change, LoadCurve},
    hatch_rate::HatchRate,
    job::Job,
    load::Load,
    run::{Orders, Signal},
    window::Window,
};
use support::{
    Server,
    jobs::{Ran, job, run, scenario},
};
use tokio::{sync::watch, time};

/// What a user does, it says with its number and something that differs from life to life.
const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {constant_pacing: 50ms}
    on_start:
      - set: {life: '${random.int(1, 1000000000)}'}
      - get: '/start/${user.id}/${life}'
    tasks: {look: [get: '/look/${user.id}/${life}']}
    on_stop: [get: '/stop/${user.id}/${life}']
";

const PACE: Duration = Duration::from_millis(50);

/// How late a request may be seen on a busy machine, and how early by its other clock.
const NOISE: Duration = Duration::from_millis(400);
const EARLY: Duration = Duration::from_millis(5);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn change(at: u64, clients: u32, hatch_rate: f64) -> Change {
    Change {
        at: ms(at),
        clients: Clients::try_new(clients).unwrap(),
        hatch_rate: HatchRate::try_new(hatch_rate).unwrap(),
    }
}

/// Users who hatch within 100 ms.
fn planned(users: u32, duration: u64) -> LoadCurve {
    let rate = HatchRate::try_new(f64::from(users) * 10.0).unwrap();
    LoadCurve::plain(Clients::try_new(users).unwrap(), rate, ms(duration))
}

fn changed(curve: &LoadCurve, changes: &[Change]) -> LoadCurve {
    changes.iter().fold(curve.clone(), |curve, change| curve.changed(change).unwrap())
}

fn stretch(server: &Server, curve: &LoadCurve, from: u64, to: u64) -> Job {
    Job {
        scenario: scenario(SCENARIO),
        load: Load::Users(curve.clone()),
        window: Window::try_new(ms(from), ms(to)).unwrap(),
        ..job(server.host(), u32::from(from > 0))
    }
}

/// Tells of the changes, one after the other, so long before each.
async fn tell(orders: &watch::Sender<Orders>, changes: &[Change], before: u64) {
    let begun = time::Instant::now();
    for change in changes {
        time::sleep_until(begun + change.at.saturating_sub(ms(before))).await;
        orders.send_modify(|orders| orders.changes.push(*change));
    }
}

/// What a user did in one of its lives, and when, since the test's start.
#[derive(Debug, Default)]
struct Lived {
    starts: Vec<Duration>,
    looks: Vec<Duration>,
    stops: Vec<Duration>,
}

/// The lives of each user, in their order.
fn seen(server: &Server, begun: Instant) -> BTreeMap<u32, Vec<Lived>> {
    let mut users = BTreeMap::<u32, Vec<(String, Lived)>>::new();
    for (path, at) in server.requests() {
        let parts: Vec<_> = path.split('/').skip(1).collect();
        let [what, user, life] = parts[..] else { panic!("{path}") };
        let own = users.entry(user.parse().unwrap()).or_default();
        let place = own.iter().position(|own| own.0 == life).unwrap_or_else(|| {
            own.push((life.into(), Lived::default()));
            own.len() - 1
        });
        let lived = &mut own[place].1;
        let times = match what {
            "start" => &mut lived.starts,
            "look" => &mut lived.looks,
            _ => &mut lived.stops,
        };
        times.push(at - begun);
    }
    let lives = |own: Vec<(String, Lived)>| own.into_iter().map(|(_, lived)| lived).collect();
    users.into_iter().map(|(user, own)| (user, lives(own))).collect()
}

/// A user was there once from one instant to another, and did not pause in between.
#[track_caller]
fn is_life(lived: &Lived, from: Duration, to: Duration) {
    let Lived { starts, looks, stops } = lived;
    let ([start], [stop]) = (&starts[..], &stops[..]) else { panic!("{lived:?}") };
    let about = |at: Duration, planned: Duration| {
        assert!((planned..planned + NOISE).contains(&at), "{at:?}, not {planned:?}: {lived:?}");
    };
    about(*start + EARLY, from);
    about(*stop + EARLY, to);
    assert!(looks.iter().all(|at| *at <= to + NOISE), "{lived:?}");
    for pair in [start].into_iter().chain(looks).chain([stop]).collect::<Vec<_>>().windows(2) {
        assert!(*pair[1] - *pair[0] < 2 * PACE + NOISE, "{lived:?}");
    }
}

/// Each life is there once, from its start to its stop, and as long as the curve says.
#[track_caller]
fn is_the_curve(server: &Server, begun: Instant, curve: &LoadCurve) {
    let seen = seen(server, begun);
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), (0..curve.peak()).collect::<Vec<_>>());
    for (user, lives) in seen {
        let planned = curve.lives_of(user);
        assert_eq!(lives.len(), planned.len(), "user {user}: {lives:?}");
        for (lived, life) in lives.iter().zip(planned) {
            is_life(lived, life.from, life.to);
        }
    }
}

#[tokio::test]
async fn users_come_and_go_as_they_are_told() {
    let server = Server::start();
    let (told, orders) = watch::channel(Orders::default());
    let changes = [change(1050, 8, 20.0), change(1800, 2, 20.0), change(2600, 6, 20.0)];
    let curve = planned(4, 3500);
    let begun = Instant::now();
    let (ran, ()) =
        tokio::join!(run(stretch(&server, &curve, 0, 3500), orders), tell(&told, &changes, 200));

    let curve = changed(&curve, &changes);
    is_the_curve(&server, begun, &curve);
    let Ran { merged, users, last, .. } = ran;
    assert_eq!(merged.digest(), last.digest);
    assert_eq!((users[0].1, users[1].1, users[2].1), (4, 5, 6), "{users:?}");
    assert_eq!((last.ending.users, last.ending.cut_off), (8, 0));
    assert!(!last.ending.stopped_early);
    // User 0 has gone on through all of it.
    assert_eq!(curve.lives_of(0).len(), 1);
    assert_eq!([2, 5].map(|user| curve.lives_of(user).len()), [2, 2]);
}

/// Who is on the way down already turns, and who has not begun never does.
#[tokio::test]
async fn a_change_within_a_ramp_turns_it() {
    let server = Server::start();
    let (told, orders) = watch::channel(Orders::default());
    let rate = HatchRate::try_new(5.0).unwrap();
    let curve = LoadCurve::plain(Clients::try_new(10).unwrap(), rate, ms(2500));
    let changes = [change(700, 1, 5.0), change(1150, 4, 10.0)];
    let begun = Instant::now();
    let (ran, ()) =
        tokio::join!(run(stretch(&server, &curve, 0, 2500), orders), tell(&told, &changes, 150));
    is_the_curve(&server, begun, &changed(&curve, &changes));
    assert_eq!(ran.last.ending.cut_off, 0);
}

/// The generator before the cut, and the one after it, which is getting ready: both go by the same
/// curve.
#[tokio::test]
async fn a_change_near_a_cut_reaches_both_sides() {
    for at in [1050, 1300] {
        let server = Server::start();
        let (told, orders) = watch::channel(Orders::default());
        let curve = planned(4, 2400);
        let changes = [change(at, 9, 20.0), change(at + 700, 3, 20.0)];
        let first = stretch(&server, &curve, 0, 1200);
        let begun = Instant::now();
        let second = Job { start: first.start, ..stretch(&server, &curve, 1200, 2400) };
        let (one, two, ()) = tokio::join!(
            run(first, orders.clone()),
            async {
                time::sleep(ms(600)).await;
                run(second, orders.clone()).await
            },
            tell(&told, &changes, 250)
        );
        let curve = changed(&curve, &changes);
        let continuing = curve.continuing(ms(1200));
        assert_eq!(two.last.ending.continuing.users, continuing, "at {at}");
        assert_eq!(two.last.ending.users, 9, "at {at}");
        let requests = server.requests();
        let of = |what: &str| requests.iter().filter(|(path, _)| path.starts_with(what)).count();
        let lives: usize = (0..9).map(|user| curve.lives_of(user).len()).sum();
        assert_eq!((of("/start"), of("/stop")), (lives + continuing as usize, of("/start")));
        // Nobody pauses, and nobody is there twice, at the cut or at the changes.
        for (user, lives) in seen(&server, begun) {
            let looks = lives.iter().flat_map(|lived| &lived.looks).copied();
            let mut looks: Vec<_> = looks.collect();
            looks.sort_unstable();
            for life in curve.lives_of(user) {
                let own = looks.iter().filter(|at| (life.from..life.to + EARLY).contains(*at));
                let own: Vec<_> = own.collect();
                let gap = own.windows(2).map(|pair| *pair[1] - *pair[0]).max().unwrap();
                assert!(gap < 2 * PACE + NOISE, "user {user} at {at}: {gap:?} in {life:?}");
                let most = (life.to - life.from).as_millis().div_ceil(PACE.as_millis()) + 2;
                assert!(own.len() as u128 <= most, "user {user} at {at}: {} of {most}", own.len());
            }
        }
        assert_eq!((one.last.ending.cut_off, two.last.ending.cut_off), (0, 0));
    }
}

/// A job that is made after a change begins with it, and is not misled by what was said before.
#[tokio::test]
async fn a_job_knows_the_changes_before_it() {
    let server = Server::start();
    let curve = planned(1, 800);
    let changes = vec![change(0, 5, 50.0), change(400, 3, 50.0)];
    let (_told, orders) = watch::channel(Orders { changes: vec![changes[0]], signal: Signal::Run });
    let job = Job { changes: changes.clone(), ..stretch(&server, &curve, 0, 800) };
    let begun = Instant::now();
    run(job, orders).await;
    is_the_curve(&server, begun, &changed(&curve, &changes));
}

/// Who hears late starts late, and nobody is there twice at a time.
#[tokio::test]
async fn who_hears_late_starts_late() {
    let server = Server::start();
    let (told, orders) = watch::channel(Orders::default());
    let curve = planned(4, 2000);
    let begun = Instant::now();
    let late = async {
        time::sleep(ms(900)).await;
        told.send_modify(|orders| orders.changes.push(change(500, 8, 100.0)));
        time::sleep(ms(600)).await;
        told.send_modify(|orders| orders.changes.push(change(1200, 2, 100.0)));
    };
    let (ran, ()) = tokio::join!(run(stretch(&server, &curve, 0, 2000), orders), late);
    let seen = seen(&server, begun);
    assert_eq!(seen.len(), 8);
    for (user, lives) in &seen {
        assert_eq!(lives.len(), 1, "user {user}: {lives:?}");
        let (from, to) = match user {
            0..2 => (ms(0), ms(2000)),
            2..4 => (ms(0), ms(1500)),
            _ => (ms(900), ms(1500)),
        };
        is_life(&lives[0], from, to);
    }
    let delay = ran.seconds.iter().filter_map(|second| second.health.delay.percentile(100.0)).max();
    assert!(delay.unwrap() > ms(300), "{delay:?}");
}

/// Who was let go, and by a change that is heard of late should have stayed, comes back; and who
/// stopped by itself does not.
#[tokio::test]
async fn who_left_too_early_comes_back() {
    let server = Server::start();
    let (told, orders) =
        watch::channel(Orders { changes: vec![change(500, 1, 100.0)], ..Orders::default() });
    let late = async {
        time::sleep(ms(1200)).await;
        told.send_modify(|orders| orders.changes.push(change(400, 4, 100.0)));
    };
    let quits = SCENARIO.replace("on_stop", "fixed_count: 3\n    on_stop")
        + "  Quitter:\n    fixed_count: 1\n    tasks: {quit: [get: '/look/${user.id}/only', stop_user: true]}\n";
    let job = stretch(&server, &planned(4, 2200), 0, 2200);
    let begun = Instant::now();
    let (ran, ()) = tokio::join!(run(Job { scenario: scenario(&quits), ..job }, orders), late);
    let seen = seen(&server, begun);
    let quitter = seen.iter().find(|(_, lives)| lives[0].starts.is_empty()).unwrap();
    assert_eq!((quitter.1.len(), quitter.1[0].looks.len()), (1, 1), "{seen:?}");
    let others: Vec<_> = seen.iter().filter(|(user, _)| *user != quitter.0).collect();
    for (user, lives) in &others {
        // The choices of a life begin anew with it.
        let starts = lives.iter().map(|lived| lived.starts.len()).sum::<usize>();
        assert_eq!(starts, if **user == 0 { 1 } else { 2 }, "user {user}: {lives:?}");
    }
    assert_eq!((others.len(), ran.last.ending.continuing.users), (3, 0));
    let longest =
        ran.seconds.iter().filter_map(|second| second.health.delay.percentile(100.0)).max();
    assert!(longest.unwrap() > ms(700) && longest.unwrap() < ms(1200), "{longest:?}");
}
