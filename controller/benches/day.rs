//! Whether a day in a thousand functions fits: the memory of its totals, and the time and size of
//! its reports.
//!
//! Frames are made here, read once as they would come over a network, and merged again and again.
//! A function reports `joined` seconds in one, as those do that nobody hears for long: the totals
//! are as large as with a frame a second, and are there sooner.
//! `cargo bench -p controller --bench day -- HOURS FUNCTIONS JOINED`.

#![allow(clippy::print_stdout, reason = "it prints what it measures")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails where it cannot go on")]
#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

mod support;

use std::{
    env, fs,
    time::{Duration, SystemTime},
};

use controller::{
    functions::Functions,
    location::Location,
    plan::{Header, Interval, Plan, PlannedShare, Ramp, Runner, Shape},
    report,
    reporter::Moment,
    run_folder::{End, Ending, RunFolder},
    totals::Totals,
    view::Live,
};
use engine::{
    clients::Clients,
    frame::{Body, Continuing, Ending as Over, Final, Frame, Health, LoadTimes, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    run::Signal,
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
    let reports = Report::different(joined);
    let before_mb = resident_mb();
    let mut day = Day::new(&plan);
    for interval in &plan.intervals {
        day.pass(&plan, &reports, interval, joined);
    }
    day.print(resident_mb(), before_mb);
    let Day { totals, .. } = day;
    write(&plan, &totals);
}

/// What a function reports again and again, as it is when it was read.
struct Report {
    stats: Stats,
    health: Health,
    digest: Digest,
}

impl Report {
    /// All of them, each written as a line and read; tells what that costs.
    fn different(joined: u32) -> Vec<Self> {
        let written = |seed| {
            let report = Self::new(seed, joined);
            serde_json::to_vec(&(&report.stats, &report.health)).unwrap()
        };
        let lines: Vec<_> = (0..DIFFERENT).map(written).collect();
        let begun = cpu();
        let read: Vec<_> = lines.iter().map(|line| Self::read(line)).collect();
        println!(
            "  a frame: {:.1} kB, read in {:.0} us",
            lines.iter().map(Vec::len).sum::<usize>() as f64 / 1e3 / DIFFERENT as f64,
            micros(cpu() - begun) / DIFFERENT as f64,
        );
        read
    }

    fn new(seed: u64, joined: u32) -> Self {
        let (mut stats, mut health) = second(seed);
        for more in 1..joined {
            let (other, delay) = second(seed + u64::from(more) * DIFFERENT);
            stats.merge(&other);
            health.delay.merge(&delay.delay);
            health.over_us += delay.over_us;
        }
        Self { digest: stats.digest(), stats, health }
    }

    fn read(line: &[u8]) -> Self {
        let (stats, health): (Stats, Health) = serde_json::from_slice(line).unwrap();
        Self { digest: stats.digest(), stats, health }
    }
}

/// A run on its way, and the time that it took.
struct Day {
    totals: Totals,
    live: Live,
    frames: u32,
    merged: Duration,
    looks: u32,
    looked: Duration,
    longest_look: Duration,
}

impl Day {
    fn new(plan: &Plan) -> Self {
        let (totals, live) = (Totals::default(), Live::new(plan));
        let (merged, looked, longest_look) = Default::default();
        Self { totals, live, frames: 0, merged, looks: 0, looked, longest_look }
    }

    /// Merges all that the functions of an interval report; a view is made as often as they do.
    fn pass(&mut self, plan: &Plan, reports: &[Report], interval: &Interval, joined: u32) {
        let seconds = whole(interval.window.from())..whole(interval.window.to());
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
                digests[at] += report.digest;
                self.merge(frame(interval.index, share, sequence, Body::Second(body)));
            }
            sequence += 1;
            self.look(plan, from + joined);
        }
        for (share, digest) in interval.shares.iter().zip(digests) {
            let last = Body::Final(last(interval, share, digest));
            self.merge(frame(interval.index, share, sequence, last));
        }
    }

    fn merge(&mut self, frame: Frame) {
        let begun = cpu();
        self.totals.absorb(frame);
        self.merged += cpu() - begun;
        self.frames += 1;
    }

    fn look(&mut self, plan: &Plan, elapsed_s: u32) {
        let begun = cpu();
        let now = Moment {
            plan,
            load: &plan.load,
            changes: &[],
            elapsed: Duration::from_secs(elapsed_s.into()),
            totals: &self.totals,
            cost: None,
            signal: Signal::Run,
        };
        drop(self.live.look(&now));
        let took = cpu() - begun;
        self.looked += took;
        self.longest_look = self.longest_look.max(took);
        self.looks += 1;
    }

    fn print(&self, resident_mb: f64, before_mb: f64) {
        println!(
            "  {} frames merged in {:.0} s, {:.0} us each",
            self.frames,
            self.merged.as_secs_f64(),
            micros(self.merged) / f64::from(self.frames),
        );
        println!(
            "  a view in {:.1} ms, at most {:.1} ms",
            micros(self.looked) / 1e3 / f64::from(self.looks),
            micros(self.longest_look) / 1e3,
        );
        let generators = self.totals.generators().count();
        println!(
            "  {resident_mb:.0} MB resident, {before_mb:.0} MB before; {generators} generators"
        );
    }
}

fn last(interval: &Interval, share: &PlannedShare, digest: Digest) -> Final {
    let load = LoadTimes { from: interval.window.from(), to: interval.window.to() };
    let ending = Over {
        load: Some(load),
        users: share.users,
        continuing: Continuing::default(),
        cut_off: 0,
        resent: 0,
        stopped_early: false,
    };
    Final { digest, ending, deliveries: Vec::new() }
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

fn frame(interval: u32, share: &PlannedShare, sequence: u64, body: Body) -> Frame {
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

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn whole(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap()
}
