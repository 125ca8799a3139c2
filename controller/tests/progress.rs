//! A running test in plain lines.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use controller::{
    progress::Progress,
    reporter::{Moment, Reporter},
    totals::Totals,
};
use engine::run::Signal;

use self::support::sample_run::{absorbed, frames, open_frames, plan};

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn look(progress: &mut Progress, elapsed: Duration, totals: &Totals) {
    let plan = plan();
    progress.tick(&Moment {
        plan: &plan,
        load: &plan.load,
        changes: &[],
        elapsed,
        totals,
        cost: None,
        signal: Signal::Run,
    });
}

#[test]
fn a_line_comes_at_the_first_second_every_five_and_at_the_last() {
    let out = Shared::default();
    let mut progress = Progress::plain(&plan(), Box::new(out.clone()));
    let frames = frames();
    for tick in 0..35_u64 {
        let arrived = frames.len() * usize::try_from(tick).unwrap() / 35;
        look(&mut progress, Duration::from_millis(tick * 200), &absorbed(&frames[..arrived]));
        if tick == 20 {
            progress.note("region local\u{1b}[2J: throttled");
        }
    }
    progress.finish();
    progress.finish();
    support::sample_run::assert_golden("progress.txt", &out.0.lock().unwrap());
}

#[test]
fn what_is_dropped_is_told() {
    let out = Shared::default();
    let mut progress = Progress::plain(&plan(), Box::new(out.clone()));
    look(&mut progress, Duration::from_secs(6), &absorbed(&open_frames()));
    progress.finish();
    let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains(" failed  60 dropped\n"), "{text}");
}

#[test]
fn a_terminal_that_is_none_does_no_harm() {
    let mut progress = Progress::new(&plan(), true);
    look(&mut progress, Duration::from_secs(1), &absorbed(&frames()));
    progress.note("a message");
    progress.finish();
}
