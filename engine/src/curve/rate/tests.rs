//! What rates come to.

use proptest::prelude::*;

use super::*;
use crate::share::Share;

fn rate(per_second: f64) -> ArrivalRate {
    ArrivalRate::try_new(per_second).unwrap()
}

fn stage(seconds: f64, per_second: f64) -> RateStage {
    RateStage { duration: Duration::from_secs_f64(seconds), rate: rate(per_second) }
}

fn close(found: Option<Duration>, seconds: f64) {
    let found = found.unwrap().as_secs_f64();
    assert!((found - seconds).abs() < 1e-6, "{found} instead of {seconds}");
}

#[test]
fn a_constant_rate_is_evenly_spaced() {
    let curve = RateCurve::constant(rate(50.0), Duration::from_mins(5)).unwrap();
    assert_eq!(curve.total(), 15_000);
    assert_eq!(curve.instant(0), Some(Duration::ZERO));
    assert_eq!(curve.instant(50), Some(Duration::from_secs(1)));
    assert_eq!(curve.instant(15_000), None);
    let window = Window::try_new(Duration::from_secs(1), Duration::from_secs(2)).unwrap();
    assert_eq!(curve.arrivals(window), 50..100);
}

#[test]
fn a_rate_rises_stays_jumps_and_falls() {
    let stages = [stage(10.0, 20.0), stage(5.0, 20.0), stage(0.0, 40.0), stage(10.0, 0.0)];
    let curve = RateCurve::staged(rate(0.0), &stages).unwrap();
    // 100, 100 and 200.
    assert_eq!(curve.total(), 400);
    assert!((curve.fastest() - 40.0).abs() < 1e-9);
    // The integral of 2t is t squared.
    close(curve.instant(49), 7.0);
    close(curve.instant(120), 11.0);
    close(curve.instant(200), 15.0);
    // 40x - 2x squared.
    close(curve.instant(272), 15.0 + 2.0);
    close(curve.instant(398), 15.0 + 9.0);
}

#[test]
fn a_pause_has_no_arrivals() {
    let stages =
        [stage(1.0, 5.0), stage(0.0, 0.0), stage(3.0, 0.0), stage(0.0, 5.0), stage(1.0, 5.0)];
    let curve = RateCurve::staged(rate(5.0), &stages).unwrap();
    assert_eq!(curve.total(), 10);
    close(curve.instant(4), 0.8);
    close(curve.instant(5), 4.0);
}

#[test]
fn what_is_no_rate_is_refused() {
    let day = Duration::from_hours(24);
    let error = RateCurve::constant(rate(1e5), day).unwrap_err();
    assert_eq!(error.to_string(), "8640000000 arrivals are too many");
    assert_eq!(RateCurve::constant(rate(0.0), day), Err(RateCurveError::Nothing));
    let error = RateCurve::constant(rate(1.0), Duration::ZERO).unwrap_err();
    assert!(matches!(error, RateCurveError::Points(_)));
    for number in [-1.0, f64::NAN, f64::INFINITY, 1e6 + 1.0] {
        assert!(ArrivalRate::try_new(number).is_err());
    }
}

/// Stages, some of which take no time, and some of which have no arrivals.
fn curves() -> impl Strategy<Value = (f64, Vec<RateStage>)> {
    let duration = prop_oneof![1 => Just(0.0), 5 => 0.1_f64..20.0];
    let level = || prop_oneof![1 => Just(0.0), 5 => 0.01_f64..80.0];
    let stage = (duration, level()).prop_map(|(duration, level)| stage(duration, level));
    (level(), prop::collection::vec(stage, 1..8))
        .prop_filter("a load", |(from, stages)| RateCurve::staged(rate(*from), stages).is_ok())
}

/// The integral of the rate up to an instant, by small steps of time within stages.
fn integral_by_definition(from: f64, stages: &[RateStage], at: Duration) -> f64 {
    let (mut sum, mut level, mut begun) = (0.0, from, 0.0);
    for stage in stages {
        let length = stage.duration.as_secs_f64();
        let spent = (at.as_secs_f64() - begun).clamp(0.0, length);
        let next = stage.rate.per_second();
        if length > 0.0 {
            let steps = 2000;
            let step = spent / f64::from(steps);
            for i in 0..steps {
                let middle = (f64::from(i) + 0.5) * step;
                sum += step * (level + (next - level) * middle / length);
            }
        }
        (level, begun) = (next, begun + length);
    }
    sum
}

proptest! {
    #[test]
    fn an_arrival_is_when_the_integral_exceeds_its_number((from, stages) in curves(), place in 0.0_f64..1.0) {
        let curve = RateCurve::staged(rate(from), &stages).unwrap();
        let total = curve.total();
        let whole = integral_by_definition(from, &stages, curve.duration());
        prop_assert!((f64::from(total) - whole.ceil()).abs() < 0.5 || (whole - whole.round()).abs() < 1e-3);
        let arrival = ((f64::from(total) * place) as u32).min(total.saturating_sub(1));
        let at = curve.instant(arrival).unwrap();
        let integral = integral_by_definition(from, &stages, at);
        prop_assert!((integral - f64::from(arrival)).abs() < 1e-3, "{integral} at {arrival}");
        // Soon after it, it does.
        let after = integral_by_definition(from, &stages, at + Duration::from_millis(200));
        prop_assert!(after > f64::from(arrival) - 1e-6, "{after} at {arrival}");
        prop_assert_eq!(curve.instant(total), None);
    }

    #[test]
    fn shares_and_windows_have_each_arrival_once(
        (from, stages) in curves(), parts in 0.02_f64..1.2, of in 1_u32..6, threads in 1_u32..4,
    ) {
        let curve = RateCurve::staged(rate(from), &stages).unwrap();
        let mut all = Vec::new();
        for window in Window::cut(curve.duration(), curve.duration().mul_f64(parts)) {
            for (index, part) in (0..of).flat_map(|i| (0..threads).map(move |part| (i, part))) {
                let share = Share::try_new(index, of).unwrap().part(part, threads).unwrap();
                for arrival in share.users(curve.arrivals(window)) {
                    let at = curve.instant(arrival).unwrap();
                    prop_assert!(window.from() <= at && at < window.to());
                    all.push(arrival);
                }
            }
        }
        all.sort_unstable();
        prop_assert_eq!(all, (0..curve.total()).collect::<Vec<_>>());
        let instants: Vec<_> = (0..curve.total()).map(|arrival| curve.instant(arrival)).collect();
        prop_assert!(instants.is_sorted());
    }

    #[test]
    fn a_rate_travels_unchanged((from, stages) in curves()) {
        let curve = RateCurve::staged(rate(from), &stages).unwrap();
        let text = serde_json::to_string(&curve).unwrap();
        prop_assert_eq!(serde_json::from_str::<RateCurve>(&text).unwrap(), curve);
    }
}
