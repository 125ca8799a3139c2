//! Whether a day in a thousand functions fits: the memory of its totals, and the time and size of
//! its reports.
//!
//! Frames are made here and merged, without a network. A function reports `joined` seconds in one,
//! as those do that nobody hears for long: the totals are as large as with a frame a second, and
//! are there sooner. `cargo bench --bench day -- HOURS FUNCTIONS JOINED`.

#![allow(clippy::print_stdout, reason = "it prints what it measures")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails where it cannot go on")]
#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

mod support;

use std::{
    env, fs,
    ops::Range,
    time::{Duration, SystemTime},
};

use controller::{
    functions::Functions,
    location::Location,
    plan::{Header, Plan, Ramp, Runner, Shape},
    report,
    run_folder::{End, Ending, RunFolder},
    totals::Totals,
    view::Charts,
};
use engine::{
    clients::Clients,
    frame::{Body, Continuing, Ending as Over, Final, Frame, Health, LoadTimes, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    stats::{Digest, Stats},
};

use self::support::{cpu, resident_mb, second};

/// Different reports of a function.
const DIFFERENT: u64 = 100;

const USERS_PER_FUNCTION: u32 = 500;

fn main() {
    let mut numbers = env::args().skip(1).filter_map(|argument| argument.parse::<u32>().ok());
    let mut number = |default| numbers.next().unwrap_or(default);
    let (hours, functions, joined) = (number(24), number(1000), number(15));
    let plan = plan(hours, functions);
    println!("{hours} h in {functions} functions, {joined} s in a frame");
    let (mut totals, mut charts, begun) = (Totals::default(), Charts::new(&plan), cpu());
    let reports: Vec<_> = (0..DIFFERENT).map(|seed| Report::new(seed, joined)).collect();
    let mut frames = 0;
    for interval in &plan.intervals {
        let seconds = whole(interval.window.from())..whole(interval.window.to());
        frames += absorb(&mut totals, &reports, interval, seconds, joined);
        charts.look(&plan.load, &totals);
    }
    let merged = cpu() - begun;
    println!(
        "  {frames} frames merged in {:.0} s, {:.0} us each; {:.0} MB resident",
        merged.as_secs_f64(),
        merged.as_secs_f64() * 1e6 / f64::from(frames),
        resident_mb(),
    );
    drop(charts);
    write(&plan, &totals);
}

/// What a function reports again and again.
struct Report {
    stats: Stats,
    health: Health,
}

impl Report {
    fn new(seed: u64, joined: u32) -> Self {
        let (mut stats, mut health) = second(seed);
        for more in 1..joined {
            let (other, delay) = second(seed + u64::from(more) * DIFFERENT);
            stats.merge(&other);
            health.delay.merge(&delay.delay);
            health.over_us += delay.over_us;
        }
        Self { stats, health }
    }
}

fn plan(hours: u32, functions: u32) -> Plan {
    let clients = functions * USERS_PER_FUNCTION;
    let shape = Shape::Ramp(Ramp {
        clients: Clients::try_new(clients).unwrap(),
        hatch_rate: HatchRate::try_new(f64::from(clients)).unwrap(),
        duration: Duration::from_secs(u64::from(hours) * 3600),
        steps: None,
    });
    let stop_timeout = Duration::from_secs(10);
    let runner = Runner { shape, interval: None, stop_timeout, seed: 0 };
    let regions = ["eu-west-1", "us-east-1", "ap-southeast-2", "sa-east-1"];
    let locations = regions.map(|region| Location { region: region.into(), weight: 1 });
    let functions = Functions { users_per_function: USERS_PER_FUNCTION, ..Functions::default() };
    let header = Header { test: "day".into(), ..Header::default() };
    Plan::on_lambda(header, &runner, &locations, &functions)
}

/// Merges all that the functions of an interval report; returns how many frames that is.
fn absorb(
    totals: &mut Totals,
    reports: &[Report],
    interval: &controller::plan::Interval,
    seconds: Range<u32>,
    joined: u32,
) -> u32 {
    let mut digests = vec![Digest::default(); interval.shares.len()];
    let mut sequence = 0;
    for from in seconds.clone().step_by(joined as usize) {
        for (at, share) in interval.shares.iter().enumerate() {
            let report = &reports[(at * 7 + from as usize) % reports.len()];
            let body = Second {
                second: from,
                seconds: joined.min(seconds.end - from),
                users: share.users,
                stats: report.stats.clone(),
                health: report.health.clone(),
            };
            digests[at] += body.stats.digest();
            totals.absorb(frame(interval.index, share, sequence, Body::Second(body)));
        }
        sequence += 1;
    }
    for (share, digest) in interval.shares.iter().zip(digests) {
        let load = LoadTimes { from: interval.window.from(), to: interval.window.to() };
        let ending = Over {
            load: Some(load),
            users: share.users,
            continuing: Continuing::default(),
            cut_off: 0,
            resent: 0,
            stopped_early: false,
        };
        let last = Body::Final(Final { digest, ending, deliveries: Vec::new() });
        totals.absorb(frame(interval.index, share, sequence, last));
    }
    u32::try_from(sequence + 1).unwrap() * u32::try_from(interval.shares.len()).unwrap()
}

fn frame(
    interval: u32,
    share: &controller::plan::PlannedShare,
    sequence: u64,
    body: Body,
) -> Frame {
    let (run, region) = ("2026-11-21T07-53-00Z-0123abcd".into(), share.region.clone());
    let job = JobId { run, interval, region, share: share.share.index(), attempt: 0 };
    Frame { job, sequence, body }
}

fn write(plan: &Plan, totals: &Totals) {
    let root = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(root.path(), "day", SystemTime::UNIX_EPOCH).unwrap();
    folder.write_plan(plan).unwrap();
    folder
        .write_end(&End {
            how: Ending::Completed,
            messages: Vec::new(),
            aborted: None,
            deliveries: Vec::new(),
        })
        .unwrap();
    let begun = cpu();
    let written = report::write_all(&folder, totals).unwrap();
    println!(
        "  reports in {:.1} s; {:.0} MB resident; verdict {}",
        (cpu() - begun).as_secs_f64(),
        resident_mb(),
        written.report.verdict.status,
    );
    for file in &written.files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::metadata(file).unwrap().len();
        println!("  {name}: {:.1} MB", bytes as f64 / 1e6);
    }
    println!("  most memory at any time: {:.0} MB", most_resident_mb());
}

fn most_resident_mb() -> f64 {
    support::memory_mb("VmHWM:")
}

fn whole(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap()
}
