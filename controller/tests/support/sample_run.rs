//! A small run that is the same every time.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use controller::{
    plan::{Header, Plan, PlannedShare, Ramp, Runner, Shape},
    run_folder::{End, Ending, RunFolder},
    threshold::{Metric, Pattern, Quantity, Threshold, Unit},
    totals::Totals,
};
use engine::{
    arrival_rate::ArrivalRate,
    clients::Clients,
    curve::RateCurve,
    frame::{Body, Continuing, Ending as GeneratorEnding, Final, Frame, Health, LoadTimes, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    load::{Arrivals, Load},
    share::Share,
    stats::{Latency, Outcome, Phase, Phases, Sample, Stats},
};

pub(crate) const TEST: &str = "shop";
pub(crate) const HOSTILE: &str = "=cmd|' /C calc'!A0,\"quoted\"\r\nline two\u{1b}[31m";

pub(crate) const STARTED_MS: u64 = 1_795_247_580_250;
const NAMES: [(&str, &str); 4] =
    [("GET", "/"), ("GET", "/items/[id]"), ("POST", "/日本語/orders"), ("RPC", HOSTILE)];

/// Numbers that look like chance, but are the same every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Two intervals of three seconds, two generators each.
pub(crate) fn plan() -> Plan {
    let runner = Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(30).unwrap(),
            hatch_rate: HatchRate::try_new(10.0).unwrap(),
            duration: Duration::from_secs(6),
            steps: None,
        }),
        interval: Some(Duration::from_secs(3)),
        stop_timeout: Duration::from_secs(10),
        seed: 7,
    };
    let header = Header {
        test: TEST.into(),
        description: "Buys things".into(),
        environment: "staging".into(),
        host: Some("https://shop.example".into()),
    };
    let mut plan = Plan::new(header, &runner);
    for interval in &mut plan.intervals {
        interval.shares = (0..2).map(planned_share).collect();
    }
    plan
}

fn planned_share(index: u32) -> PlannedShare {
    PlannedShare { region: "local".into(), share: Share::try_new(index, 2).unwrap(), users: 15 }
}

/// The same, with a threshold of each kind: some are crossed, and some measure nothing.
pub(crate) fn gated_plan() -> Plan {
    let ms = |limit| (limit, Unit::Ms);
    let thresholds = [
        (None, "p95", ms(400.0)),
        (None, "failure_ratio", (0.05, Unit::Ratio)),
        (None, "requests_per_s", (75.0, Unit::PerS)),
        (None, "check_ratio", (0.95, Unit::Ratio)),
        (None, "coverage", (0.99, Unit::Ratio)),
        (Some("GET *"), "p99.9", ms(605.0)),
        (Some("/日本語*"), "mean", ms(50.0)),
        (Some("RPC *"), "p50", ms(1.5)),
        (Some("RPC *"), "check_ratio", (0.9, Unit::Ratio)),
        (Some("GET /item/[id]"), "max", ms(100.0)),
        (Some("<script>\u{202e}|@you`\n"), "max", ms(100.0)),
    ];
    let threshold =
        |(pattern, metric, (value, unit)): (Option<&str>, &str, (f64, Unit))| Threshold {
            pattern: pattern.map(Pattern::new),
            metric: Metric::named(metric).unwrap(),
            limit: Quantity::new(value, unit),
            abort: None,
        };
    Plan { thresholds: thresholds.into_iter().map(threshold).collect(), ..plan() }
}

/// The same in the open model: 100 arrivals per second, of which a pool of 30 drops 60.
pub(crate) fn open_plan() -> Plan {
    let rate = ArrivalRate::try_new(100.0).unwrap();
    let rate = RateCurve::constant(rate, Duration::from_secs(6)).unwrap();
    let pool = Clients::try_new(30).unwrap();
    Plan { load: Load::Arrivals(Arrivals { rate, pool }), ..plan() }
}

/// The frames of such a run.
pub(crate) fn open_frames() -> Vec<Frame> {
    let mut dropped = Stats::default();
    (0..5).for_each(|_| dropped.record_dropped());
    let mut frames = frames();
    for frame in &mut frames {
        match &mut frame.body {
            Body::Second(second) => second.stats.merge(&dropped),
            Body::Final(last) => (0..3).for_each(|_| last.digest += dropped.digest()),
        }
    }
    frames
}

/// All frames of the run, in the order in which they would arrive.
pub(crate) fn frames() -> Vec<Frame> {
    let mut frames = Vec::new();
    for interval in 0..2_u32 {
        let mut totals = [Stats::default(), Stats::default()];
        for offset in 0..3_u32 {
            for share in 0..2_u32 {
                let second = second(interval * 3 + offset, share);
                totals[share as usize].merge(&second.stats);
                frames.push(frame(interval, share, offset.into(), Body::Second(second)));
            }
        }
        for (share, totals) in (0..).zip(totals) {
            frames.push(frame(interval, share, 3, Body::Final(last(interval, share, &totals))));
        }
    }
    frames
}

fn frame(interval: u32, share: u32, sequence: u64, body: Body) -> Frame {
    let job = JobId { run: "golden".into(), interval, region: "local".into(), share, attempt: 0 };
    Frame { job, sequence, body }
}

fn second(second: u32, share: u32) -> Second {
    let mut chance = Chance(u64::from(second * 10 + share));
    let mut delay = Latency::default();
    for _ in 0..20 {
        delay.record(Duration::from_micros(20 + chance.below(400)));
    }
    let thread_cpu_us = vec![100_000 + chance.below(200_000), 50_000];
    let health = Health { thread_cpu_us, over_us: 1_000_000, delay };
    let users = (second * 5 + 5).min(15);
    Second { second, seconds: 1, users, stats: stats(second, &mut chance), health }
}

fn stats(second: u32, chance: &mut Chance) -> Stats {
    let mut stats = Stats::default();
    for _ in 0..40 {
        let (method, name) = NAMES[usize::try_from(chance.below(4)).unwrap()];
        let micros = 1_000 + chance.below(30_000) * (1 + chance.below(10) / 9 * 20);
        let mut phases = Phases::default();
        phases.add(Phase::Waiting, Duration::from_micros(micros - 500));
        phases.add(Phase::Receiving, Duration::from_micros(400));
        let failed = chance.below(12) == 0;
        let elapsed = Duration::from_micros(micros);
        stats.record(&Sample {
            method,
            name,
            status: (method != "RPC").then_some(if failed { 500 } else { 200 }),
            elapsed,
            from_intended: (method == "POST").then_some(elapsed + Duration::from_millis(2)),
            phases,
            bytes: 100 + chance.below(5_000),
            outcome: if failed {
                Outcome::Failed("expected status 200,\n got 500")
            } else {
                Outcome::Passed
            },
            met: (method == "GET").then_some(!failed),
        });
    }
    if second == 4 {
        stats.record_exception("Shopper.buy", "no \"item\",\nnothing");
    }
    at_fixed_times(&stats, STARTED_MS + u64::from(second) * 1000)
}

/// Failures are stamped with the clock; here, with `ms`.
fn at_fixed_times(stats: &Stats, ms: u64) -> Stats {
    let mut value = serde_json::to_value(stats).unwrap();
    for list in ["failures", "exceptions"] {
        for pair in value.get_mut(list).and_then(|list| list.as_array_mut()).into_iter().flatten() {
            pair[1]["first_ms"] = (ms + 100).into();
            pair[1]["last_ms"] = (ms + 900).into();
        }
    }
    serde_json::from_value(value).unwrap()
}

fn last(interval: u32, share: u32, totals: &Stats) -> Final {
    let from = Duration::from_micros(u64::from(interval * 3_004_000 + share * 250));
    let to = Duration::from_micros(u64::from((interval + 1) * 3_000_000 + share * 100));
    let continuing = if interval == 0 {
        Continuing::default()
    } else {
        Continuing {
            users: 15,
            late: share,
            latest: Duration::from_micros(u64::from(share) * 1_500),
        }
    };
    let ending = GeneratorEnding {
        load: Some(LoadTimes { from, to }),
        users: 15,
        continuing,
        cut_off: share.into(),
        resent: 0,
        stopped_early: false,
    };
    Final { digest: totals.digest(), ending, deliveries: Vec::new() }
}

pub(crate) fn absorbed(frames: &[Frame]) -> Totals {
    let mut totals = Totals::default();
    frames.iter().cloned().for_each(|frame| totals.absorb(frame));
    totals
}

pub(crate) fn completed() -> End {
    End::new(Ending::Completed, vec!["an invocation was throttled once".into()])
}

/// A run's folder, its `run.json` the same every time, with plan and frames.
pub(crate) fn folder(root: &Path, frames: &[Frame]) -> RunFolder {
    folder_of(&root.join("run"), "golden", 0, frames)
}

/// The same at `path`, of a run of that id which started so many milliseconds later.
pub(crate) fn folder_of(path: &Path, id: &str, later_ms: u64, frames: &[Frame]) -> RunFolder {
    fs::create_dir(path).unwrap();
    let started_ms = STARTED_MS + later_ms;
    // All of them start in this minute.
    let (seconds, ms) = (started_ms % 60_000 / 1000, started_ms % 1000);
    let run = serde_json::json!({
        "id": id, "test": TEST, "started": format!("2026-11-21T07:53:{seconds:02}.{:02}Z", ms / 10),
        "started_epoch_ms": started_ms, "version": "0.1.0", "machine": "laptop",
    });
    fs::write(path.join("run.json"), run.to_string()).unwrap();
    let folder = RunFolder::open(path).unwrap();
    folder.write_plan(&plan()).unwrap();
    let mut journal = folder.journal().unwrap();
    for frame in frames {
        let mut frame = frame.clone();
        frame.job.run = id.into();
        journal.frame(&frame.into()).unwrap();
    }
    folder
}

/// Compares with a golden file; `UPDATE_GOLDEN=1` writes it instead.
pub(crate) fn assert_golden(name: &str, text: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read(&path).unwrap_or_default();
    let (found, golden) = (String::from_utf8_lossy(text), String::from_utf8_lossy(&golden));
    let differs = found.lines().zip(golden.lines()).find(|(found, golden)| found != golden);
    assert!(found == golden, "{name} differs (UPDATE_GOLDEN=1 writes it anew): {differs:#?}");
}
