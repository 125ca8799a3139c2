//! Runs are judged by what was measured of their generators.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::time::Duration;

use controller::{
    coverage::Coverage,
    run_folder::{End, Ending},
    totals::Totals,
    verdict::{Status, Verdict},
};
use engine::{
    frame::{Body, Final, Frame, Second},
    stats::{Digest, Stats},
};

use self::support::sample_run::{
    absorbed, completed, folder, frames, open_frames, open_plan, plan,
};

fn judge(frames: &[Frame]) -> Verdict {
    judge_ended(frames, Some(&completed()))
}

fn judge_ended(frames: &[Frame], end: Option<&End>) -> Verdict {
    let (plan, totals) = (plan(), absorbed(frames));
    Verdict::judge(&plan, &totals, &Coverage::new(&plan, &totals), end)
}

fn coverage(frames: &[Frame]) -> Coverage {
    Coverage::new(&plan(), &absorbed(frames))
}

/// The frames, their seconds changed.
fn with(change: impl Fn(&mut Second)) -> Vec<Frame> {
    let mut frames = frames();
    for frame in &mut frames {
        if let Body::Second(second) = &mut frame.body {
            change(second);
        }
    }
    frames
}

fn finals(frames: &mut [Frame]) -> impl Iterator<Item = &mut Final> {
    frames.iter_mut().filter_map(|frame| match &mut frame.body {
        Body::Final(last) => Some(last),
        Body::Second(_) => None,
    })
}

#[test]
fn a_sound_run_is_valid_and_says_why() {
    let verdict = judge(&frames());
    assert_eq!(verdict.status, Status::Valid);
    assert!(verdict.reasons[0].starts_with("the generators kept up: their busiest thread used"));
}

#[test]
fn a_busy_core_is_saturated() {
    let busy = |seconds: u32| {
        judge(&with(|second| {
            if second.second < seconds {
                second.health.thread_cpu_us = vec![10, 905_000];
            }
        }))
    };
    let (once, twice) = (busy(1), busy(2));
    assert_eq!((once.status, twice.status), (Status::Doubtful, Status::Invalid));
    assert!(twice.reasons[0].contains("2 of 4 generators had a thread at 90 % of a core"));
    assert!(once.reasons[0].ends_with("did in 1 of 3"), "{once:?}");
    assert!(twice.reasons[0].ends_with("did in 2 of 3"), "{twice:?}");
}

#[test]
fn late_starts_are_told() {
    let delayed =
        |millis| judge(&with(|second| second.health.delay.record(Duration::from_millis(millis))));
    let (late, later) = (delayed(12), delayed(120));
    assert_eq!((late.status, later.status), (Status::Doubtful, Status::Invalid));
    assert!(late.reasons[0].contains("scheduling delay was over 10 ms"), "{late:?}");
    assert!(late.reasons[0].contains("it was 12 ms"), "{late:?}");
}

#[test]
fn what_was_not_measured_is_not_believed() {
    let blind = judge(&with(|second| second.health.over_us = 0));
    assert_eq!(blind.status, Status::Doubtful);
    assert!(blind.reasons[0].starts_with("unknown: 4 of 4 generators"), "{blind:?}");
}

#[test]
fn missing_parts_are_told() {
    let mut frames = frames();
    frames.pop();
    frames.remove(2);
    let verdict = judge(&frames);
    assert_eq!(verdict.status, Status::Doubtful);
    assert_eq!(
        verdict.reasons,
        [
            "incomplete: 1 of 4 generators did not report their end",
            "incomplete: 1 reports of 1 of 4 generators are missing",
        ]
    );
}

/// The second generator of the second interval is lost after two seconds, and replaced for the
/// third.
fn replaced() -> Vec<Frame> {
    let mut frames = frames();
    for frame in &mut frames {
        if (frame.job.interval, frame.job.share) == (1, 1) && frame.sequence >= 2 {
            frame.job.attempt = 1;
            frame.sequence -= 2;
            if let Body::Final(last) = &mut frame.body {
                last.ending.load.as_mut().unwrap().from = Duration::from_secs(5);
            }
        }
    }
    let sent = frames.iter().filter(|frame| frame.job.attempt == 1);
    let mut digest = Digest::default();
    for frame in sent {
        if let Body::Second(second) = &frame.body {
            digest += second.stats.digest();
        }
    }
    finals(&mut frames).last().unwrap().digest = digest;
    frames
}

#[test]
fn a_generator_that_was_replaced_is_not_missing_and_counts_once() {
    let (frames, before) = (replaced(), absorbed(&frames()));
    let totals = absorbed(&frames);
    let users = |totals: &Totals| totals.seconds().map(|s| s.users).collect::<Vec<_>>();
    assert_eq!(users(&totals), users(&before));
    assert_eq!(totals.requests(), before.requests());
    let verdict = judge(&frames);
    assert!(!verdict.reasons.iter().any(|reason| reason.contains("did not")), "{verdict:?}");
    assert!(!verdict.reasons.iter().any(|reason| reason.contains("inconsistent")), "{verdict:?}");
}

#[test]
fn both_attempts_are_reported() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &replaced());
    folder.write_end(&completed()).unwrap();
    let report = controller::report::rebuild(folder.path()).unwrap().report;
    let attempts: Vec<_> =
        report.generators.iter().map(|g| (g.interval, g.share, g.attempt, g.complete)).collect();
    let expected =
        [(0, 0, 0, true), (0, 1, 0, true), (1, 0, 0, true), (1, 1, 0, false), (1, 1, 1, true)];
    assert_eq!(attempts, expected);
    // The replacement's late begin is no gap of the cut.
    assert_eq!(report.cuts[0].gap_ms, Some(4.0));
    assert!(report.end.partial);
}

#[test]
fn a_moment_at_the_edges_is_no_shortage() {
    let coverage = coverage(&frames());
    assert!(coverage.is_full());
    assert!(coverage.covered_s < coverage.planned_s);
    assert!((coverage.planned_s - 12.0).abs() < 1e-9);
    assert_eq!(coverage.intervals.len(), 2);
    let interval = &coverage.intervals[1];
    assert_eq!((interval.interval, &*interval.region), (1, "local"));
    assert_eq!((interval.generators, interval.short_generators), (2, 0));
    assert!((interval.covered_s - 5.99175).abs() < 1e-9, "{interval:?}");
}

#[test]
fn both_attempts_cover_their_share_together() {
    let coverage = coverage(&replaced());
    assert!(coverage.is_full(), "{coverage:?}");
    let twice: Vec<_> = replaced().into_iter().chain(frames()).collect();
    assert!(coverage.doubled_s < 0.01, "{coverage:?}");
    let verdict = judge(&twice);
    let twice = self::coverage(&twice);
    assert!(twice.covered_s <= twice.planned_s);
    assert!((twice.doubled_s - 1.0).abs() < 1e-9, "{twice:?}");
    assert_eq!(verdict.status, Status::Invalid);
    assert!(verdict.reasons[0].starts_with("doubled: for "), "{verdict:?}");
}

#[test]
fn what_a_lost_generator_covered_are_its_seconds_with_users() {
    let mut lost = frames();
    lost.retain(|frame| !matches!((&frame.body, frame.job.interval), (Body::Final(_), 1)));
    assert!((coverage(&lost).intervals[1].covered_s - 6.0).abs() < 1e-9);
    for frame in &mut lost {
        if let (Body::Second(second), 1) = (&mut frame.body, frame.job.share) {
            second.users = u32::from(second.second != 3);
        }
    }
    let coverage = coverage(&lost);
    assert!((coverage.intervals[1].covered_s - 5.0).abs() < 1e-9);
    assert_eq!(coverage.intervals[1].short_generators, 1);
}

#[test]
fn less_than_half_of_the_load_is_another_load() {
    let mut few = frames();
    few.retain(|frame| (frame.job.interval, frame.job.share) == (0, 0));
    let verdict = judge(&few);
    assert_eq!(verdict.status, Status::Invalid);
    assert!(
        verdict.reasons[0].starts_with("incomplete: load was made in 25.0 % of the planned"),
        "{verdict:?}"
    );
    for end in [Some(End::new(Ending::Interrupted, Vec::new())), None] {
        let interrupted = judge_ended(&few, end.as_ref());
        assert_eq!(interrupted.status, Status::Doubtful);
    }
}

#[test]
fn totals_that_differ_are_invalid() {
    let mut frames = frames();
    let mut never_sent = Stats::default();
    never_sent.record_exception("task", "message");
    finals(&mut frames).next().unwrap().digest += never_sent.digest();
    let verdict = judge(&frames);
    assert_eq!(verdict.status, Status::Invalid);
    assert!(verdict.reasons[0].starts_with("inconsistent: the totals of 1 of 4"));
}

#[test]
fn requests_that_were_cut_off_are_told() {
    let mut frames = frames();
    finals(&mut frames).for_each(|last| last.ending.cut_off = 2);
    let verdict = judge(&frames);
    assert_eq!(verdict.status, Status::Doubtful);
    assert!(verdict.reasons[0].starts_with("cut off: 8 of 480 requests"), "{verdict:?}");
}

#[test]
fn arrivals_that_were_dropped_are_told() {
    let (plan, totals) = (open_plan(), absorbed(&open_frames()));
    assert!(totals.is_consistent());
    let verdict =
        Verdict::judge(&plan, &totals, &Coverage::new(&plan, &totals), Some(&completed()));
    assert_eq!(verdict.status, Status::Doubtful);
    let expected = "dropped: the arrival rate was not reached. 60 of 600 arrivals found all 30 \
                    clients busy, so raise clients; at 100 per second they keep up while a task \
                    takes no longer than 300ms";
    assert_eq!(verdict.reasons, [expected]);
}

#[test]
fn how_it_ended_counts() {
    for how in [Some(Ending::Interrupted), Some(Ending::Failed), None] {
        let end = how.map(|how| End::new(how, Vec::new()));
        let verdict = judge_ended(&frames(), end.as_ref());
        assert_eq!(verdict.status, Status::Doubtful);
        assert!(verdict.reasons[0].starts_with("incomplete: the run "));
    }
    assert_eq!(judge(&[]).status, Status::Invalid);
}
