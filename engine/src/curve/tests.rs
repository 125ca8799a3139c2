//! What curves come to.

use proptest::prelude::*;

use super::*;
use crate::{hatch_rate::HatchRate, share::Share, window::Window};

pub(super) fn clients(number: u32) -> Clients {
    Clients::try_new(number).unwrap()
}

pub(super) fn rate(per_second: f64) -> HatchRate {
    HatchRate::try_new(per_second).unwrap()
}

pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn start_of(curve: &LoadCurve, user: u32) -> Option<Duration> {
    curve.lives_of(user).first().map(|life| life.from)
}

fn stage(seconds: f64, clients: u32) -> Stage {
    Stage { duration: self::seconds(seconds), clients }
}

fn staged(stages: &[Stage]) -> LoadCurve {
    LoadCurve::staged(&Stages::try_new(stages.to_vec()).unwrap())
}

/// The times of a user's lives, in seconds.
fn lives(curve: &LoadCurve, user: u32) -> Vec<(f64, f64)> {
    let lives = curve.lives_of(user);
    assert!(lives.iter().zip(0..).all(|(life, number)| (life.user, life.number) == (user, number)));
    lives.iter().map(|life| (life.from.as_secs_f64(), life.to.as_secs_f64())).collect()
}

#[test]
fn a_plain_curve_rises_and_stays() {
    let curve = LoadCurve::plain(clients(50), rate(5.0), seconds(180.0));
    let points: Vec<_> = curve.points().iter().map(|p| (p.at.as_secs(), p.level)).collect();
    assert_eq!(points, [(0, 0.0), (10, 50.0), (180, 50.0)]);
    assert_eq!(start_of(&curve, 0), Some(Duration::ZERO));
    assert_eq!(start_of(&curve, 49), Some(seconds(9.8)));
    assert_eq!(start_of(&curve, 50), None);
    assert_eq!(curve.users(seconds(1.0)), 6);
    assert_eq!(curve.users(seconds(180.0)), 0);
}

#[test]
fn a_short_duration_ends_the_ramp() {
    let curve = LoadCurve::plain(clients(1200), rate(5.0), seconds(120.0));
    assert_eq!(curve.peak(), 600);
}

#[test]
fn the_last_step_takes_the_remainder() {
    let steps = Steps { duration: seconds(60.0), clients: clients(40) };
    let curve = LoadCurve::stepped(clients(100), rate(4.0), seconds(300.0), steps);
    let points: Vec<_> = curve.points().iter().map(|p| (p.at.as_secs(), p.level)).collect();
    let expected =
        [(0, 0.0), (10, 40.0), (60, 40.0), (70, 80.0), (120, 80.0), (125, 100.0), (300, 100.0)];
    assert_eq!(points, expected);
}

#[test]
fn a_slow_rate_lags_behind_the_steps() {
    let steps = Steps { duration: seconds(10.0), clients: clients(100) };
    let curve = LoadCurve::stepped(clients(300), rate(1.0), seconds(1000.0), steps);
    assert!((curve.level(seconds(150.0)) - 150.0).abs() < 1e-9);
    assert_eq!(curve.peak(), 300);
}

#[test]
fn a_user_has_a_life_each_time_the_level_rises_above_it() {
    let curve = staged(&[stage(10.0, 100), stage(5.0, 50), stage(5.0, 100), stage(10.0, 0)]);
    assert_eq!(lives(&curve, 0), [(0.0, 30.0)]);
    assert_eq!(lives(&curve, 20), [(2.0, 28.0)]);
    // The level only touches it.
    assert_eq!(lives(&curve, 50), [(5.0, 25.0)]);
    assert_eq!(lives(&curve, 60), [(6.0, 14.0), (16.0, 24.0)]);
    assert_eq!(lives(&curve, 99), [(9.9, 10.1), (19.9, 20.1)]);
    assert!(lives(&curve, 100).is_empty());
    let users =
        [0.0, 5.0, 10.0, 12.0, 15.0, 25.0, 29.0, 29.95, 30.0].map(|at| curve.users(seconds(at)));
    assert_eq!(users, [1, 51, 100, 80, 51, 50, 10, 1, 0]);
    assert_eq!(curve.peak(), 100);
    let most = |from, to| curve.most_users(Window::try_new(seconds(from), seconds(to)).unwrap());
    assert_eq!([most(5.0, 15.0), most(14.0, 16.0), most(26.0, 30.0)], [100, 60, 40]);
    assert!((curve.steepest_rise().unwrap() - 10.0).abs() < 1e-9);
}

#[test]
fn a_stage_without_a_duration_is_a_jump() {
    let curve = staged(&[
        stage(0.0, 30),
        stage(10.0, 30),
        stage(0.0, 7),
        stage(0.0, 80),
        stage(10.0, 80),
        stage(0.0, 20),
        stage(5.0, 20),
        stage(0.0, 0),
    ]);
    let points: Vec<_> = curve.points().iter().map(|p| (p.at.as_secs(), p.level)).collect();
    let expected =
        [(0, 30.0), (10, 30.0), (10, 80.0), (20, 80.0), (20, 20.0), (25, 20.0), (25, 0.0)];
    assert_eq!(points, expected);
    assert_eq!(lives(&curve, 3), [(0.0, 25.0)]);
    assert_eq!(lives(&curve, 25), [(0.0, 20.0)]);
    assert_eq!(lives(&curve, 79), [(10.0, 20.0)]);
    assert_eq!([10.0, 20.0].map(|at| curve.users_before(seconds(at))), [30, 80]);
    assert_eq!([10.0, 20.0].map(|at| curve.users(seconds(at))), [80, 20]);
    assert_eq!([10.0, 20.0].map(|at| curve.continuing(seconds(at))), [30, 20]);
    assert_eq!(curve.steepest_rise(), None);
}

#[test]
fn a_level_that_pauses_or_stays_at_a_number_is_not_above_it() {
    let curve =
        staged(&[stage(2.0, 4), stage(2.0, 2), stage(3.0, 2), stage(1.0, 0), stage(1.0, 0)]);
    assert_eq!(lives(&curve, 2), [(1.0, 4.0)]);
    assert_eq!(lives(&curve, 1), [(0.5, 7.5)]);
    assert_eq!(curve.users(seconds(8.5)), 0);
}

#[test]
fn what_is_no_curve_is_refused() {
    let read = |points: &[(u64, f64)]| {
        let points = points
            .iter()
            .map(|(at, level)| LoadPoint { at: Duration::from_secs(*at), level: *level });
        LoadCurve::try_from(points.collect::<Vec<_>>()).map(|_| ())
    };
    assert_eq!(read(&[(0, 1.0), (3, 1.0), (3, 0.0)]), Ok(()));
    assert_eq!(read(&[(0, 1.0)]), Err(LoadCurveError::TooFewPoints));
    assert_eq!(read(&[(1, 1.0), (2, 1.0)]), Err(LoadCurveError::LateStart));
    assert_eq!(read(&[(0, 1.0), (3, 1.0), (2, 1.0)]), Err(LoadCurveError::Disorder));
    assert_eq!(read(&[(0, 1.0), (0, 1.0)]), Err(LoadCurveError::Disorder));
    for level in [-1.0, f64::NAN, f64::INFINITY, 1e8] {
        assert_eq!(read(&[(0, 1.0), (2, level)]), Err(LoadCurveError::Level));
    }
}

#[derive(Clone, Copy, Debug)]
struct Given {
    clients: u32,
    rate: f64,
    duration: f64,
    steps: Option<(f64, u32)>,
}

impl Given {
    fn curve(self) -> LoadCurve {
        let (clients, rate, duration) =
            (clients(self.clients), rate(self.rate), seconds(self.duration));
        match self.steps {
            None => LoadCurve::plain(clients, rate, duration),
            Some((length, step)) => {
                let step = Clients::try_new(step).unwrap();
                let steps = Steps { duration: seconds(length), clients: step };
                LoadCurve::stepped(clients, rate, duration, steps)
            }
        }
    }

    /// The definition, in small steps of time: the level follows its target at the rate.
    fn level_by_definition(self, at: f64) -> f64 {
        let all = f64::from(self.clients);
        let Some((length, step)) = self.steps else {
            return (at * self.rate).min(all);
        };
        let mut level: f64 = 0.0;
        let mut time = 0.0;
        let mut target: f64 = 0.0;
        while time < at {
            target = (target + f64::from(step)).min(all);
            let stretch = length.min(at - time);
            level = (level + stretch * self.rate).min(target);
            time += length;
        }
        level
    }
}

fn given() -> impl Strategy<Value = Given> {
    let steps = prop::option::of((0.5_f64..100.0, 1_u32..400));
    (1_u32..400, 0.01_f64..500.0, 1.0_f64..2000.0, steps)
        .prop_map(|(clients, rate, duration, steps)| Given { clients, rate, duration, steps })
}

/// Stages, some of which take no time.
fn stages() -> impl Strategy<Value = Vec<Stage>> {
    let duration =
        prop_oneof![1 => Just(0.0), 4 => 0.5_f64..50.0, 4 => (1_u32..9).prop_map(f64::from)];
    let stage = (duration, 0_u32..120).prop_map(|(duration, clients)| stage(duration, clients));
    prop::collection::vec(stage, 1..8)
        .prop_filter("a load", |stages| Stages::try_new(stages.clone()).is_ok())
}

/// The definition: within each stage, evenly from where it was to its clients.
fn staged_level_by_definition(stages: &[Stage], at: Duration) -> f64 {
    let (mut level, mut begun) = (0.0, Duration::ZERO);
    for stage in stages {
        let (clients, end) = (f64::from(stage.clients), begun + stage.duration);
        if at < end {
            let part = (at - begun).as_secs_f64() / stage.duration.as_secs_f64();
            return level + (clients - level) * part;
        }
        (level, begun) = (clients, end);
    }
    0.0
}

pub(super) fn curves() -> impl Strategy<Value = LoadCurve> {
    prop_oneof![given().prop_map(Given::curve), stages().prop_map(|stages| staged(&stages)),]
}

proptest! {
    #[test]
    fn nobody_has_more_lives_than_the_most(curve in curves()) {
        let lives = (0..curve.peak()).map(|user| curve.lives_of(user).len() as u32);
        prop_assert_eq!(curve.most_lives(), lives.max().unwrap_or(0));
    }

    #[test]
    fn the_level_is_the_definition(given in given(), part in 0.0_f64..1.0) {
        let at = part * given.duration;
        let level = given.curve().level(seconds(at));
        prop_assert!((level - given.level_by_definition(at)).abs() < 1e-3, "{level}");
    }

    #[test]
    fn the_level_of_stages_is_the_definition(stages in stages(), part in 0.0_f64..1.1) {
        let curve = staged(&stages);
        let length: Duration = stages.iter().map(|stage| stage.duration).sum();
        prop_assert_eq!(curve.duration(), length);
        let at = curve.duration().mul_f64(part);
        let (level, expected) = (curve.level(at), staged_level_by_definition(&stages, at));
        prop_assert!((level - expected).abs() < 1e-3, "{level} instead of {expected}");
        let most = stages.iter().map(|stage| stage.clients).max().unwrap();
        prop_assert!(curve.peak() <= most);
    }

    /// At each instant, those and only those are in a life whose numbers the level exceeds.
    #[test]
    fn users_are_active_while_the_level_exceeds_them(curve in curves(), part in 0.0_f64..1.0) {
        let peak = curve.peak();
        let at = curve.duration().mul_f64(part);
        let (level, users) = (curve.level(at), curve.users(at));
        for user in 0..=peak {
            let lives = curve.lives_of(user);
            prop_assert!(lives.iter().all(|life| life.from < life.to));
            prop_assert!(lives.windows(2).all(|pair| pair[0].to < pair[1].from));
            let is_active = lives.iter().any(|life| life.from <= at && at < life.to);
            prop_assert_eq!(is_active, user < users);
            let by_level = level > f64::from(user);
            // Instants are whole nanoseconds.
            prop_assert!(is_active == by_level || (level - f64::from(user)).abs() < 1e-3);
            for life in &lives {
                let turns = [(life.from, true), (life.to, life.to < curve.duration())];
                for (turn, _) in turns.into_iter().filter(|(_, inside)| *inside) {
                    prop_assert!(curve.users(turn) > user || curve.users_before(turn) > user);
                }
            }
        }
        prop_assert!(curve.lives_of(peak).is_empty());
    }

    /// What the windows and shares say they run is each life once, cut where windows are.
    #[test]
    fn shares_and_windows_are_the_curve(curve in curves(), parts in 0.01_f64..1.2, of in 1_u32..7) {
        let windows = Window::cut(curve.duration(), curve.duration().mul_f64(parts));
        let mut pieces: Vec<(u32, u32, Duration, Duration)> = Vec::new();
        for window in windows {
            let (from, to) = (window.from(), window.to());
            let mut most = 0;
            let mut continuing = 0;
            for index in 0..of {
                let share = Share::try_new(index, of).unwrap();
                let lives: Vec<_> = curve.lives(window, share).collect();
                let split = lives.iter().position(|life| life.from >= from).unwrap_or(lives.len());
                let (before, started) = lives.split_at(split);
                prop_assert!(started.iter().all(|life| life.from >= from));
                prop_assert!(before.is_sorted_by(|a, b| a.user < b.user));
                prop_assert!(started.is_sorted_by(|a, b| a.from <= b.from));
                prop_assert!(lives.iter().all(|life| share.owns(life.user)));
                continuing += before.len();
                most = lives.iter().map(|life| life.user + 1).max().unwrap_or(0).max(most);
                pieces.extend(lives.iter().map(|l| (l.user, l.number, l.from.max(from), l.to.min(to))));
            }
            prop_assert_eq!(continuing, curve.continuing(from) as usize);
            prop_assert_eq!(most, curve.most_users(window), "nobody runs beyond the most");
        }
        pieces.sort_unstable();
        let mut joined: Vec<(u32, u32, Duration, Duration)> = Vec::new();
        for (user, number, from, to) in pieces {
            prop_assert!(from < to);
            match joined.last_mut() {
                Some(last) if (last.0, last.1, last.3) == (user, number, from) => last.3 = to,
                _ => joined.push((user, number, from, to)),
            }
        }
        let lives = (0..curve.peak()).flat_map(|user| curve.lives_of(user));
        let expected: Vec<_> = lives.map(|l| (l.user, l.number, l.from, l.to)).collect();
        prop_assert_eq!(joined, expected);
    }

    #[test]
    fn a_curve_travels_unchanged(curve in curves()) {
        let text = serde_json::to_string(&curve).unwrap();
        prop_assert_eq!(serde_json::from_str::<LoadCurve>(&text).unwrap(), curve);
    }

    #[test]
    fn a_load_that_never_falls_hatches_its_users_in_order(given in given()) {
        let curve = given.curve();
        let mut last = Duration::ZERO;
        for user in 0..curve.peak() {
            let lives = curve.lives_of(user);
            prop_assert_eq!(lives.len(), 1);
            prop_assert!(lives[0].from >= last);
            prop_assert_eq!(lives[0].to, curve.duration());
            prop_assert!((curve.level(lives[0].from) - f64::from(user)).abs() < 1e-3);
            last = lives[0].from;
        }
        prop_assert!(curve.peak() <= given.clients);
    }
}
