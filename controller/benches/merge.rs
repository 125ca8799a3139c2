//! Whether one core keeps up with what a thousand functions and more send each second: their
//! lines are read, kept in a run folder, and merged.
//!
//! A loop and the processor's clock, as what matters is a rate over minutes and the memory at
//! their end, which no harness measures.

#![allow(clippy::print_stdout, reason = "it prints what it measures")]
#![allow(clippy::unwrap_used, reason = "a benchmark fails where it cannot go on")]
#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

mod support;

use std::time::{Duration, SystemTime};

use controller::{
    invoke::Arrived,
    run_folder::{Journal, RunFolder},
    totals::Totals,
};

use self::support::{REQUESTS, TRANSACTIONS, cpu, resident_mb, second};

/// Different seconds; what functions send differs in names and numbers, not in shape.
const DIFFERENT: usize = 100;

const REGIONS: [&str; 4] = ["eu-west-1", "us-east-1", "ap-southeast-2", "sa-east-1"];

fn main() {
    let seconds: Vec<Measured> = (0..DIFFERENT as u64).map(Measured::new).collect();
    println!("{TRANSACTIONS} transactions, {REQUESTS} requests a second and function, one thread");
    for (functions, length) in [(1000, 30), (2000, 30)] {
        let mut bench = Bench::new();
        for second in 0..length {
            for function in 0..functions {
                bench.line(&line(&seconds, function, second));
            }
        }
        bench.print(&format!("{functions} functions, {length} s, second by second"), functions);
    }
    // Answers that do not stream come as a whole, one function's after another's.
    let (functions, length) = (100, 300);
    let mut bench = Bench::new();
    for function in 0..functions {
        for second in 0..length {
            bench.line(&line(&seconds, function, second));
        }
    }
    bench.print(&format!("{functions} functions, {length} s, one after another"), functions);
}

struct Bench {
    totals: Totals,
    journal: Journal,
    _root: tempfile::TempDir,
    lines: u32,
    bytes: usize,
    read: Duration,
    kept: Duration,
    merged: Duration,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(root.path(), "bench", SystemTime::UNIX_EPOCH).unwrap();
        Self {
            totals: Totals::default(),
            journal: folder.journal().unwrap(),
            _root: root,
            lines: 0,
            bytes: 0,
            read: Duration::ZERO,
            kept: Duration::ZERO,
            merged: Duration::ZERO,
        }
    }

    fn line(&mut self, line: &str) {
        let begun = cpu();
        let frame = Arrived::read(line.as_bytes().to_vec()).unwrap();
        let read = cpu();
        self.journal.frame(&frame).unwrap();
        let kept = cpu();
        self.totals.absorb(frame.into_frame());
        self.merged += cpu() - kept;
        self.kept += kept - read;
        self.read += read - begun;
        self.lines += 1;
        self.bytes += line.len();
    }

    fn print(&self, title: &str, functions: u32) {
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(self.lines);
        let all = self.read + self.kept + self.merged;
        let rate = f64::from(self.lines) / all.as_secs_f64();
        println!("{title}: {} frames of {:.1} kB", self.lines, self.kilobytes());
        println!(
            "  {rate:.0} frames/s, {:.2} times real time, {:.0} MB resident",
            rate / f64::from(functions),
            resident_mb(),
        );
        println!(
            "  a frame: {:.0} us; read {:.0}, kept {:.0}, merged {:.0}",
            micros(all),
            micros(self.read),
            micros(self.kept),
            micros(self.merged),
        );
        assert_eq!(self.totals.requests(), u64::from(self.lines) * REQUESTS as u64);
        assert!(self.totals.is_consistent());
    }

    fn kilobytes(&self) -> f64 {
        self.bytes as f64 / 1000.0 / f64::from(self.lines)
    }
}

/// What a function measured in a second, as JSON.
struct Measured {
    stats: String,
    health: String,
}

impl Measured {
    fn new(seed: u64) -> Self {
        let (stats, health) = second(seed);
        let json = |value| serde_json::to_string(&value).unwrap();
        let stats = serde_json::to_value(&stats).unwrap();
        Self { stats: json(stats), health: json(serde_json::to_value(&health).unwrap()) }
    }
}

fn line(seconds: &[Measured], function: u32, second: u32) -> String {
    let Measured { stats, health } = &seconds[(function * 7 + second) as usize % seconds.len()];
    let region = REGIONS[function as usize % REGIONS.len()];
    format!(
        "{{\"job\":{{\"run\":\"2026-11-21T07-53-00Z-0123abcd\",\"interval\":0,\"region\":\"{region}\",\
         \"share\":{function},\"attempt\":0}},\"sequence\":{second},\"body\":{{\"second\":{{\
         \"second\":{second},\"seconds\":1,\"users\":500,\"stats\":{stats},\"health\":{health}}}}}}}\n"
    )
}
