//! Charts are the totals, in fewer points.

#![allow(clippy::float_cmp, reason = "the same figures from the same counts")]
#![allow(clippy::cast_precision_loss, reason = "small counts")]

use std::time::Duration;

use engine::{
    clients::Clients,
    frame::{Body, Frame, Health, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    stats::{Latency, Outcome, Phases, Sample, Stats},
};
use proptest::prelude::*;

use super::*;
use crate::{
    millis::millis,
    plan::{Header, Ramp, Runner, Shape},
};

/// Each second's response times, in milliseconds.
pub(in crate::view) type Seconds = Vec<Vec<u16>>;

fn plan(regions: &[&str]) -> Plan {
    let shape = Shape::Ramp(Ramp {
        clients: Clients::try_new(10).unwrap(),
        hatch_rate: HatchRate::try_new(0.5).unwrap(),
        duration: Duration::from_secs(4000),
        steps: None,
    });
    let runner = Runner { shape, interval: None, stop_timeout: Duration::ZERO, seed: 0 };
    let mut plan = Plan::new(Header::default(), &runner);
    for interval in &mut plan.intervals {
        let first = interval.shares[0].clone();
        let of = |region: &&str| crate::plan::PlannedShare {
            region: (*region).to_owned(),
            ..first.clone()
        };
        interval.shares = regions.iter().map(of).collect();
    }
    plan
}

fn measured(times: &[u16]) -> Stats {
    let mut stats = Stats::default();
    for time in times {
        stats.record(&Sample {
            method: "GET",
            name: "/",
            status: Some(200),
            elapsed: Duration::from_millis((*time).into()),
            from_intended: None,
            phases: Phases::default(),
            bytes: 0,
            outcome: if time % 3 == 0 { Outcome::Failed("no") } else { Outcome::Passed },
            met: None,
        });
    }
    stats
}

pub(in crate::view) fn frame(region: &str, second: u32, times: &[u16]) -> Frame {
    let (run, region) = ("r".into(), region.into());
    let job = JobId { run, interval: 0, region, share: 0, attempt: 0 };
    let health = Health { thread_cpu_us: vec![1], over_us: 2, delay: Latency::default() };
    let body = Second { second, seconds: 1, users: second + 1, stats: measured(times), health };
    Frame { job, sequence: second.into(), body: Body::Second(body) }
}

fn frames(seconds: &Seconds) -> impl Iterator<Item = Frame> {
    (0..).zip(seconds).map(|(second, times)| frame("local", second, times))
}

pub(in crate::view) fn seconds() -> impl Strategy<Value = Seconds> {
    prop::collection::vec(prop::collection::vec(1_u16..2000, 0..4), 1..200)
}

fn percentile(times: &[u16], percentile: f64) -> Option<f64> {
    let mut latency = Latency::default();
    for time in times {
        latency.record(Duration::from_millis((*time).into()));
    }
    latency.percentile(percentile).map(millis)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn each_point_is_what_was_measured_in_its_bucket(seconds in seconds(), most in 3_usize..250) {
        let plan = plan(&["local"]);
        let mut totals = Totals::default();
        frames(&seconds).for_each(|frame| totals.absorb(frame));
        let chart = Charts::whole(&plan, &plan.load, &totals, most);
        prop_assert!(chart.seconds.len() <= most);
        let width = chart.width_s as usize;
        for (at, bucket) in seconds.chunks(width).enumerate() {
            let times: Vec<u16> = bucket.iter().flatten().copied().collect();
            let rate = |count: usize| count as f64 / bucket.len() as f64;
            prop_assert_eq!(chart.seconds[at] as usize, at * width);
            prop_assert_eq!(chart.users[at], (at * width + bucket.len()) as u64);
            prop_assert_eq!(chart.requests_per_s[at], rate(times.len()));
            let failed = times.iter().filter(|time| *time % 3 == 0).count();
            prop_assert_eq!(chart.failures_per_s[at], rate(failed));
            prop_assert_eq!(chart.p50_ms[at], percentile(&times, 50.0));
            prop_assert_eq!(chart.p99_ms[at], percentile(&times, 99.0));
        }
        prop_assert_eq!(chart.seconds.len(), seconds.len().div_ceil(width));
    }

    #[test]
    fn looking_now_and_then_shows_the_same(
        seconds in seconds(),
        looks in prop::collection::vec(prop::bool::weighted(0.05), 200),
        most in 3_usize..250,
    ) {
        let plan = plan(&["local"]);
        let (mut totals, mut charts) = (Totals::default(), Charts::new(&plan));
        for (frame, look) in frames(&seconds).zip(looks) {
            totals.absorb(frame);
            if look {
                charts.look(&plan.load, &totals);
            }
        }
        charts.look(&plan.load, &totals);
        let whole = Charts::whole(&plan, &plan.load, &totals, most);
        prop_assert_eq!(charts.chart(0..u32::MAX, most), whole);
    }

    #[test]
    fn a_stretch_is_the_buckets_that_reach_into_it(
        seconds in seconds(),
        from in 0_u32..220,
        length in 0_u32..220,
    ) {
        let plan = plan(&["local"]);
        let (mut totals, mut charts) = (Totals::default(), Charts::new(&plan));
        frames(&seconds).for_each(|frame| totals.absorb(frame));
        charts.look(&plan.load, &totals);
        let chart = charts.chart(from..from + length, 20);
        prop_assert!(chart.seconds.len() <= 21);
        prop_assert!(chart.to_s <= charts.to());
        let reach_in = |at: &u32| at + chart.width_s > chart.from_s && *at < chart.to_s;
        prop_assert!(chart.seconds.iter().all(reach_in));
    }
}

#[test]
fn what_comes_late_still_shows_for_a_while() {
    let plan = plan(&["a", "b"]);
    let (mut totals, mut charts) = (Totals::default(), Charts::new(&plan));
    for second in 0..20 {
        totals.absorb(frame("a", second, &[1]));
        charts.look(&plan.load, &totals);
    }
    totals.absorb(frame("b", 10, &[1, 1]));
    // Too late: it is in the totals, and in charts that are made anew.
    totals.absorb(frame("b", 1, &[1, 1]));
    charts.look(&plan.load, &totals);
    let chart = charts.chart(0..u32::MAX, 100);
    assert_eq!((chart.requests_per_s[10], chart.requests_per_s[1]), (3.0, 1.0));
    let whole = Charts::whole(&plan, &plan.load, &totals, 100);
    assert_eq!((whole.requests_per_s[10], whole.requests_per_s[1]), (3.0, 3.0));
    let region = |chart: &Chart, at: usize| {
        let of = |part: &RegionChart| (part.region.clone(), part.requests_per_s[at]);
        chart.regions.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(region(&whole, 10), [("a".to_owned(), 1.0), ("b".to_owned(), 2.0)]);
}

#[test]
fn the_planned_users_are_those_at_a_buckets_end() {
    let plan = plan(&["local"]);
    let mut totals = Totals::default();
    for second in 0..30 {
        totals.absorb(frame("local", second, &[]));
    }
    let chart = Charts::whole(&plan, &plan.load, &totals, 10);
    // Half a user per second: the first one hatches at once.
    assert_eq!((chart.width_s, chart.planned), (5, vec![3, 6, 8, 10, 10, 10]));
    assert_eq!(chart.regions, []);
}

#[test]
fn a_day_is_no_heavier_than_a_minute() {
    assert_eq!(width(60, 300), 1);
    assert_eq!(width(86_400, 300), 300);
    assert_eq!(width(86_400, 10), 3600 * 3);
    assert_eq!(width(0, 0), 1);
}
