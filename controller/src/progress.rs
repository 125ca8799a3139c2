//! What a person sees while a test runs.

mod line;

use std::{
    io::{self, Write},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::line::Line;
use crate::{
    plan::Plan,
    reporter::{Moment, Reporter},
    shown::shown,
};

/// Over how many seconds rates and percentiles are taken.
const RECENT: u32 = 5;

/// Where there is no terminal, a line comes this often, in seconds.
const EVERY: u64 = 5;

/// The progress of a running test: a line that renews itself on a terminal, and one every
/// five seconds elsewhere.
pub struct Progress {
    total: Duration,
    output: Output,
    /// The second of the last tick, and what there was to say; kept for the last line.
    last: Option<(u64, Line)>,
}

enum Output {
    Terminal(ProgressBar),
    Plain {
        out: Box<dyn Write + Send>,
        /// The second of the last line that was written.
        written: Option<u64>,
    },
}

impl Progress {
    /// The progress of a run of `plan`, on standard error; `terminal` tells whether that is one.
    pub fn new(plan: &Plan, terminal: bool) -> Self {
        if terminal {
            Self::with(plan, Output::Terminal(bar(plan)))
        } else {
            Self::plain(plan, Box::new(io::stderr()))
        }
    }

    /// Plain lines, to anywhere.
    pub fn plain(plan: &Plan, out: Box<dyn Write + Send>) -> Self {
        Self::with(plan, Output::Plain { out, written: None })
    }

    fn with(plan: &Plan, output: Output) -> Self {
        Self { total: plan.duration, output, last: None }
    }

    /// Writes the last line, if it was not written yet, and leaves the terminal to others.
    pub fn finish(&mut self) {
        self.write_if(|second, written| written != Some(second));
        if let Output::Terminal(bar) = &self.output {
            bar.abandon();
        }
    }

    fn write_if(&mut self, is_due: impl Fn(u64, Option<u64>) -> bool) {
        let (Output::Plain { out, written }, Some((second, line))) = (&mut self.output, &self.last)
        else {
            return;
        };
        if is_due(*second, *written) {
            write_line(out, &line.to_string());
            *written = Some(*second);
        }
    }
}

impl Reporter for Progress {
    fn tick(&mut self, now: &Moment<'_>) {
        let elapsed = now.elapsed;
        let second = elapsed.as_secs();
        if let Output::Terminal(bar) = &self.output {
            bar.set_position(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        }
        if self.last.as_ref().is_some_and(|(last, _)| *last == second) {
            return;
        }
        let line = Line::new(elapsed.min(self.total), self.total, RECENT, now.totals);
        if let Output::Terminal(bar) = &self.output {
            bar.set_message(line.figures());
        }
        self.last = Some((second, line));
        self.write_if(|second, written| {
            written.map_or(second >= 1, |written| second / EVERY > written / EVERY)
        });
    }

    fn note(&mut self, message: &str) {
        match &mut self.output {
            // Not the bar's own `println`: that is silent where the bar is hidden.
            Output::Terminal(bar) => {
                bar.suspend(|| write_line(&mut io::stderr(), &shown(message)));
            }
            Output::Plain { out, .. } => write_line(out, &shown(message)),
        }
    }
}

/// A reader that has gone away must not stop the test.
fn write_line(out: &mut dyn Write, line: &str) {
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn bar(plan: &Plan) -> ProgressBar {
    let length = u64::try_from(plan.duration.as_millis()).unwrap_or(u64::MAX);
    let target = ProgressDrawTarget::stderr();
    let style = ProgressStyle::with_template("{bar:8} {wide_msg}").expect("the template is known");
    let bar = ProgressBar::with_draw_target(Some(length), target);
    bar.set_style(style.progress_chars("━╸ "));
    bar
}
