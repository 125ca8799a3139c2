//! What changes make of curves.

use proptest::prelude::*;

use super::{
    super::tests::{clients, curves, rate, seconds},
    *,
};

fn change(at: f64, to: u32, per_second: f64) -> Change {
    Change { at: seconds(at), clients: clients(to), hatch_rate: rate(per_second) }
}

fn plain(users: u32, per_second: f64, duration: f64) -> LoadCurve {
    LoadCurve::plain(clients(users), rate(per_second), seconds(duration))
}

fn points(curve: &LoadCurve) -> Vec<(f64, f64)> {
    curve.points().iter().map(|point| (point.at.as_secs_f64(), point.level)).collect()
}

#[test]
fn users_rise_and_fall_as_they_are_told() {
    let curve = plain(50, 5.0, 180.0).changed(&change(60.0, 100, 10.0)).unwrap();
    assert_eq!(
        points(&curve),
        [(0.0, 0.0), (10.0, 50.0), (60.0, 50.0), (65.0, 100.0), (180.0, 100.0)]
    );
    let curve = curve.changed(&change(64.0, 10, 20.0)).unwrap();
    assert_eq!(
        points(&curve),
        [(0.0, 0.0), (10.0, 50.0), (60.0, 50.0), (64.0, 90.0), (68.0, 10.0), (180.0, 10.0)]
    );
    // User 20 has gone on through all of it, and user 95 never came.
    let life = curve.lives_of(20)[0];
    assert_eq!((life.from, life.to), (seconds(4.0), seconds(67.5)));
    assert_eq!(curve.lives_of(95), []);
}

#[test]
fn a_change_on_the_way_up_turns_at_once() {
    let curve = plain(100, 10.0, 60.0).changed(&change(5.0, 20, 10.0)).unwrap();
    assert_eq!(points(&curve), [(0.0, 0.0), (5.0, 50.0), (8.0, 20.0), (60.0, 20.0)]);
    let slower = plain(100, 10.0, 60.0).changed(&change(5.0, 100, 2.0)).unwrap();
    assert_eq!(points(&slower), [(0.0, 0.0), (5.0, 50.0), (30.0, 100.0), (60.0, 100.0)]);
}

#[test]
fn the_end_of_the_test_ends_the_way() {
    let curve = plain(10, 10.0, 60.0).changed(&change(50.0, 1000, 1.0)).unwrap();
    assert_eq!(points(&curve).last(), Some(&(60.0, 20.0)));
    let late = plain(10, 10.0, 60.0).changed(&change(60.0, 20, 1.0));
    assert_eq!(late, Err(ChangeError::TooLate));
}

#[test]
fn a_change_before_the_start_replaces_the_load() {
    let curve = plain(10, 1.0, 60.0).changed(&change(0.0, 30, 3.0)).unwrap();
    assert_eq!(curve, plain(30, 3.0, 60.0));
}

#[test]
fn a_user_whose_life_would_have_ended_just_then_goes_on() {
    let down = plain(4, 4.0, 20.0).changed(&change(5.0, 2, 1.0)).unwrap();
    assert_eq!(down.lives_of(3)[0].to, seconds(6.0));
    let up = down.changed(&change(6.0, 9, 1.0)).unwrap();
    let life = up.lives_of(3);
    assert_eq!(life.len(), 1, "{life:?}");
    assert_eq!(life[0].to, seconds(20.0));
}

/// A number of users and a rate, and when, as a part of the test's time.
fn steps() -> impl Strategy<Value = Vec<(f64, u32, f64)>> {
    let one = (0.0_f64..0.999, 1_u32..200, 0.05_f64..500.0);
    prop::collection::vec(one, 1..6).prop_map(|mut steps| {
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        steps
    })
}

fn made(curve: &LoadCurve, (part, to, per_second): (f64, u32, f64)) -> Change {
    let at = curve.duration().mul_f64(part);
    Change { at, clients: clients(to), hatch_rate: rate(per_second) }
}

/// Instants are whole nanoseconds.
fn same(a: Duration, b: Duration) -> bool {
    a.abs_diff(b) < Duration::from_nanos(10)
}

proptest! {
    #[test]
    fn what_was_before_stays_and_what_comes_is_what_was_asked_for(
        curve in curves(),
        steps in steps(),
        look in 0.0_f64..1.0,
    ) {
        let mut curve = curve;
        for step in steps {
            let change = made(&curve, step);
            let next = curve.changed(&change).unwrap();
            let (at, end) = (change.at, curve.duration());
            prop_assert_eq!(next.duration(), end);
            prop_assert!(next.continuing(at) >= curve.continuing(at));
            let before = at.mul_f64(look);
            prop_assert!((next.level(before) - curve.level(before)).abs() < 1e-3);

            let target = f64::from(change.clients.get());
            let after = at + (end - at).mul_f64(look);
            let (from, rate) = (curve.level(at), change.hatch_rate.per_second());
            let way = (after - at).as_secs_f64() * rate;
            let expected =
                if from < target { (from + way).min(target) } else { (from - way).max(target) };
            let level = next.level(after);
            prop_assert!((level - expected).abs() < 1e-3, "{} instead of {}", level, expected);
            curve = next;
        }
        let text = serde_json::to_string(&curve).unwrap();
        prop_assert_eq!(serde_json::from_str::<LoadCurve>(&text).unwrap(), curve);
    }

    /// Who is active goes on in the same life: nobody restarts, and nobody is there twice.
    #[test]
    fn lives_that_have_begun_go_on(curve in curves(), steps in steps()) {
        let mut curve = curve;
        for step in steps {
            let change = made(&curve, step);
            let next = curve.changed(&change).unwrap();
            for user in 0..curve.peak().max(next.peak()) {
                let (old, new) = (curve.lives_of(user), next.lives_of(user));
                prop_assert!(new.windows(2).all(|pair| pair[0].to < pair[1].from));
                for life in old.iter().filter(|life| life.from < change.at) {
                    let Some(now) = new.get(life.number as usize) else {
                        // It began in the last moment before, and would have ended with that.
                        prop_assert!(same(life.from, change.at), "{:?} of {:?}", life, new);
                        continue;
                    };
                    prop_assert!(same(now.from, life.from), "{:?} is not {:?}", now, life);
                    let ended = life.to < change.at && !same(life.to, change.at);
                    if ended {
                        prop_assert!(same(now.to, life.to), "{:?} is not {:?}", now, life);
                    } else {
                        prop_assert!(now.to >= change.at || same(now.to, change.at));
                    }
                }
                // Who was not active begins no earlier than at the change.
                for life in new.iter().skip(old.iter().filter(|l| l.from < change.at).count()) {
                    prop_assert!(life.from >= change.at || same(life.from, change.at));
                }
            }
            curve = next;
        }
    }
}
