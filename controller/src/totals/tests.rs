//! Neither order nor duplicates change totals.

use std::time::Duration;

use engine::{
    clients::Clients,
    frame::{Continuing, Ending, Final, Health},
    hatch_rate::HatchRate,
    stats::{MOST_DISTINCT, Outcome, Phases, Sample},
};
use proptest::prelude::*;

use super::*;
use crate::{
    coverage::Coverage,
    plan::{Header, Plan, Ramp, Runner, Shape},
    verdict::{Status, Verdict},
};

/// (second, users, samples of (name, microseconds, failed)).
type Given = (u32, u32, Vec<(u8, u64, bool)>);

fn stats(samples: &[(u8, u64, bool)]) -> Stats {
    let mut stats = Stats::default();
    for (name, micros, failed) in samples {
        stats.record(&Sample {
            method: "GET",
            name: &format!("/{name}"),
            status: Some(200),
            elapsed: Duration::from_micros(*micros),
            from_intended: None,
            phases: Phases::default(),
            bytes: 7,
            outcome: if *failed { Outcome::Failed("wrong body") } else { Outcome::Passed },
            met: Some(!failed),
        });
    }
    stats
}

/// How many arrivals were dropped follows from the users, so that it is the same again.
fn dropping(mut stats: Stats, users: u32) -> Stats {
    (0..users % 4).for_each(|_| stats.record_dropped());
    stats
}

fn job(share: u32) -> JobId {
    JobId { run: "run".into(), interval: 0, region: "local".into(), share, attempt: 0 }
}

fn second(given: &Given) -> Second {
    let mut delay = Latency::default();
    delay.record(Duration::from_micros(given.0.into()));
    let health =
        Health { thread_cpu_us: vec![u64::from(given.1) * 1000], over_us: 1_000_000, delay };
    Second {
        second: given.0,
        seconds: 1,
        users: given.1,
        stats: dropping(stats(&given.2), given.1),
        health,
    }
}

fn last(totals: &Stats) -> Final {
    let ending = Ending {
        load: None,
        users: 1,
        continuing: Continuing::default(),
        cut_off: 0,
        resent: 0,
        stopped_early: false,
    };
    Final { digest: totals.digest(), ending, deliveries: Vec::new() }
}

/// The frames of one generator, the final one included.
fn frames(share: u32, seconds: &[Given]) -> Vec<Frame> {
    let seconds: Vec<_> = seconds.iter().map(second).collect();
    let mut totals = Stats::default();
    for second in &seconds {
        totals.merge(&second.stats);
    }
    let bodies = seconds.into_iter().map(Body::Second).chain([Body::Final(last(&totals))]);
    bodies.zip(0..).map(|(body, sequence)| Frame { job: job(share), sequence, body }).collect()
}

fn absorbed(frames: &[Frame]) -> Totals {
    let mut totals = Totals::default();
    frames.iter().cloned().for_each(|frame| totals.absorb(frame));
    totals
}

fn assert_same(a: &Totals, b: &Totals) {
    assert_eq!(a.stats, b.stats);
    assert_eq!((a.requests, a.failures), (b.requests, b.failures));
    assert_eq!(a.dropped(), a.seconds().map(|second| second.dropped).sum::<u64>());
    assert_eq!(a.seconds().collect::<Vec<_>>(), b.seconds().collect::<Vec<_>>());
    assert_eq!(a.delay(), b.delay());
    assert_eq!(a.recent(5), b.recent(5));
    assert!(a.generators.keys().eq(b.generators.keys()));
    for (a, b) in a.generators.values().zip(b.generators.values()) {
        assert_eq!((a.ending(), a.is_complete()), (b.ending(), b.is_complete()));
        assert_eq!(a.totals_equal(), b.totals_equal());
        assert_eq!((a.frames(), a.missing(), a.newest()), (b.frames(), b.missing(), b.newest()));
        assert_eq!((a.cpu(), a.delay()), (b.cpu(), b.delay()));
    }
}

fn given_second() -> impl Strategy<Value = Given> {
    let samples = prop::collection::vec((0_u8..3, 1_u64..5_000_000, any::<bool>()), 0..5);
    (0_u32..40, 0_u32..1000, samples)
}

fn given() -> impl Strategy<Value = Vec<Vec<Given>>> {
    prop::collection::vec(prop::collection::vec(given_second(), 0..20), 1..4)
}

/// All frames of all generators, and the same in another order with some twice.
fn shuffled() -> impl Strategy<Value = (Vec<Frame>, Vec<Frame>)> {
    given().prop_flat_map(|given| {
        let frames: Vec<_> = (0..).zip(&given).flat_map(|(n, given)| frames(n, given)).collect();
        let doubled: Vec<_> = frames.iter().chain(frames.iter().step_by(2)).cloned().collect();
        (Just(frames), Just(doubled).prop_shuffle())
    })
}

/// The same frames, of another run, which started so many seconds later.
fn later(frames: &[Frame], seconds: u32) -> Vec<Frame> {
    let moved = frames.iter().cloned().map(|mut frame| {
        frame.job.run = "other".into();
        if let Body::Second(second) = &mut frame.body {
            second.second += seconds;
        }
        frame
    });
    moved.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn joining_runs_is_absorbing_all_of_them(
        (one, _) in shuffled(), (other, _) in shuffled(), seconds in 0_u32..60,
    ) {
        let mut joined = absorbed(&one);
        joined.join(absorbed(&later(&other, 0)), seconds);
        let all = absorbed(&[one, later(&other, seconds)].concat());
        prop_assert_eq!(&joined.stats, &all.stats);
        prop_assert_eq!((joined.requests, joined.failures), (all.requests, all.failures));
        prop_assert_eq!(joined.seconds().collect::<Vec<_>>(), all.seconds().collect::<Vec<_>>());
        prop_assert!(joined.regions().eq(all.regions()));
        prop_assert!(joined.generators.keys().eq(all.generators.keys()));
        prop_assert!(joined.is_consistent());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn neither_order_nor_duplicates_change_totals((frames, shuffled) in shuffled()) {
        let (in_order, in_disorder) = (absorbed(&frames), absorbed(&shuffled));
        prop_assert!(in_order.is_consistent() && in_disorder.is_consistent());
        assert_same(&in_order, &in_disorder);
        for generator in in_order.generators.values() {
            prop_assert!(generator.is_complete());
            prop_assert_eq!(generator.totals_equal(), Some(true));
        }
        let doubled: u64 = in_disorder.generators.values().map(Generator::duplicates).sum();
        prop_assert_eq!(doubled, frames.len().div_ceil(2) as u64);
    }

    #[test]
    fn seconds_add_up_to_the_whole((frames, _) in shuffled()) {
        let totals = absorbed(&frames);
        let all = totals.stats().aggregated();
        let mut latency = Latency::default();
        totals.seconds().for_each(|second| latency.merge(&second.latency));
        prop_assert_eq!(latency, all.latency);
        prop_assert_eq!(totals.seconds().map(|second| second.requests).sum::<u64>(), all.requests);
        prop_assert_eq!(totals.seconds().map(|second| second.bytes).sum::<u64>(), all.bytes);
        prop_assert_eq!((totals.requests(), totals.failures()), (all.requests, all.failures));
    }
}

/// The frames of a generator that joins `joined` seconds at a time.
fn coarse(frames: &[Frame], joined: usize) -> Vec<Frame> {
    let mut coarse: Vec<Frame> = Vec::new();
    for frame in frames {
        match (&frame.body, coarse.last_mut().map(|last| &mut last.body)) {
            (Body::Second(next), Some(Body::Second(last))) if last.span().len() < joined => {
                last.join(next);
            }
            _ => coarse.push(Frame { sequence: coarse.len() as u64, ..frame.clone() }),
        }
    }
    coarse
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn joined_seconds_are_the_same_totals(
        seconds in prop::collection::vec(given_second(), 1..30),
        joined in 2_usize..12,
    ) {
        let seconds: Vec<Given> =
            (3..).zip(seconds).map(|(second, (_, users, samples))| (second, users, samples)).collect();
        let fine = frames(0, &seconds);
        let coarse = coarse(&fine, joined);
        prop_assert_eq!(coarse.len(), seconds.len().div_ceil(joined) + 1);
        let (fine, coarse) = (absorbed(&fine), absorbed(&coarse));
        prop_assert_eq!(&fine.stats, &coarse.stats);
        prop_assert!(coarse.is_consistent());
        prop_assert_eq!(coarse.generators[&job(0)].totals_equal(), Some(true));
        prop_assert_eq!(fine.delay(), coarse.delay());
        let sums = |totals: &Totals| {
            let mut sum = SecondTotals::default();
            for second in totals.seconds() {
                sum.requests += second.requests;
                sum.failures += second.failures;
                sum.bytes += second.bytes;
                sum.latency.merge(&second.latency);
                sum.delay.merge(&second.delay);
            }
            sum
        };
        prop_assert_eq!(sums(&fine), sums(&coarse));
        let known = |totals: &Totals| totals.seconds().map(|s| s.second).collect::<Vec<_>>();
        prop_assert_eq!(known(&fine), known(&coarse));
        for (second, fine) in coarse.seconds().zip(fine.seconds()).collect::<Vec<_>>() {
            prop_assert!(second.failures <= second.requests);
            prop_assert_eq!(second.requests, second.latency.count());
            let ends = (second.second as usize - 2).is_multiple_of(joined);
            prop_assert!(!ends || second.users == fine.users);
        }
    }
}

#[test]
fn joining_that_folds_names_is_no_difference() {
    let reasons = |from: usize| {
        let mut stats = Stats::default();
        for reason in from..from + MOST_DISTINCT {
            stats.record_exception("task", &reason.to_string());
        }
        stats
    };
    let mut fine = frames(0, &[(0, 1, vec![]), (1, 1, vec![])]);
    let mut digest = Digest::default();
    for (frame, from) in fine.iter_mut().zip([0, MOST_DISTINCT]) {
        let Body::Second(second) = &mut frame.body else { unreachable!() };
        second.stats = reasons(from);
        digest += second.stats.digest();
    }
    let Body::Final(last) = &mut fine[2].body else { unreachable!() };
    last.digest = digest;
    let totals = absorbed(&coarse(&fine, 2));
    assert_eq!(totals.generators[&job(0)].totals_equal(), Some(true));
    assert!(totals.is_consistent());
    let totals = absorbed(&fine);
    assert_eq!(totals.generators[&job(0)].totals_equal(), Some(true));
    assert!(totals.is_consistent() && totals.stats.is_folded());
}

#[test]
fn an_absurd_span_does_no_harm() {
    let mut frames = frames(0, &[(5, 1, vec![(0, 10, false)])]);
    let Body::Second(second) = &mut frames[0].body else { unreachable!() };
    second.seconds = u32::MAX;
    let totals = absorbed(&frames);
    assert_eq!(totals.seconds().count(), Second::LONGEST as usize);
    assert_eq!(totals.seconds().map(|second| second.requests).sum::<u64>(), 1);
}

#[test]
fn a_lost_frame_shows() {
    let seconds = [(0, 1, vec![(0, 10, false)]), (1, 1, vec![(0, 20, false)])];
    let mut frames = frames(0, &seconds);
    frames.remove(1);
    let totals = absorbed(&frames);
    let generator = &totals.generators[&job(0)];
    assert_eq!((generator.missing(), generator.is_complete()), (1, false));
    assert_eq!(generator.totals_equal(), Some(false));
}

#[test]
fn totals_that_differ_show() {
    let mut frames = frames(0, &[(0, 1, vec![(0, 10, false)])]);
    frames[1].body = Body::Final(last(&stats(&[(0, 11, false)])));
    let generator = &absorbed(&frames).generators[&job(0)];
    assert!(generator.is_complete());
    assert_eq!(generator.totals_equal(), Some(false));
}

#[test]
fn a_merge_that_differs_shows() {
    let mut totals = absorbed(&frames(0, &[(0, 1, vec![(0, 10, false)])]));
    assert!(totals.is_consistent());
    totals.stats.record_exception("task", "that no generator sent");
    assert!(!totals.is_consistent());
    let runner = Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(1).unwrap(),
            hatch_rate: HatchRate::try_new(1.0).unwrap(),
            duration: Duration::from_secs(1),
            steps: None,
        }),
        interval: None,
        stop_timeout: Duration::ZERO,
        seed: 0,
    };
    let plan = Plan::new(Header::default(), &runner);
    let verdict = Verdict::judge(&plan, &totals, &Coverage::default(), None);
    assert_eq!(verdict.status, Status::Invalid);
    assert!(verdict.reasons[0].starts_with("inconsistent: the totals of the run differ"));
}

#[test]
fn frames_after_the_end_make_its_totals_differ() {
    let mut frames = frames(0, &[(0, 1, vec![]), (1, 1, vec![])]);
    frames[0].sequence = 7;
    frames[1].sequence = 0;
    frames[2].sequence = 1;
    for _ in 0..3 {
        frames.rotate_left(1);
        let generator = &absorbed(&frames).generators[&job(0)];
        assert_eq!(generator.totals_equal(), Some(false));
    }
}

#[test]
fn users_are_summed_over_generators() {
    let mut all = frames(0, &[(3, 5, vec![])]);
    all.extend(frames(1, &[(3, 7, vec![])]));
    let users: Vec<_> = absorbed(&all).seconds().map(|second| second.users).collect();
    assert_eq!(users, [12]);
}

#[test]
fn the_live_line_waits_for_all_running_generators_but_not_for_ever() {
    let busy: Vec<_> = (0..10).map(|second| (second, 3, vec![(0, 1000, true)])).collect();
    let slow: Vec<_> = (0..8).map(|second| (second, 4, vec![(0, 3000, false)])).collect();
    let mut all = frames(0, &busy);
    all.pop();
    all.extend(frames(1, &slow).into_iter().take(8));
    let recent = absorbed(&all).recent(5);
    assert_eq!((recent.second, recent.users), (Some(7), 7));
    assert_eq!((recent.requests_per_s, recent.failures_per_s), (2.0, 1.0));
    assert_eq!(recent.median, Some(Duration::from_millis(1)));
    all.truncate(10);
    all.extend(frames(1, &slow).into_iter().take(1));
    assert_eq!(absorbed(&all).recent(5).second, Some(6));
    assert_eq!(Totals::default().recent(5), Recent::default());
}
