//! What a person sees while things are under way.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Shows steps on standard error: a line per place that renews itself on a terminal, and a line
/// per step elsewhere.
#[derive(Clone)]
pub struct Progress(Output);

#[derive(Clone)]
enum Output {
    Terminal(MultiProgress),
    Plain(Arc<Mutex<dyn Write + Send>>),
}

/// The progress of one place, such as a region. Its line goes with it.
pub struct Line {
    name: String,
    output: LineOutput,
    /// What was shown last; a step that goes on is not shown again.
    shown: Mutex<String>,
}

enum LineOutput {
    Terminal(ProgressBar),
    Plain(Arc<Mutex<dyn Write + Send>>),
}

/// How often a line on a terminal shows that something is still under way.
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    /// As it suits standard error.
    pub fn stderr() -> Self {
        if io::stderr().is_terminal() {
            Self(Output::Terminal(MultiProgress::new()))
        } else {
            Self::plain(io::stderr())
        }
    }

    /// Shows nothing.
    pub fn none() -> Self {
        Self::plain(io::sink())
    }

    /// Plain lines, to anywhere.
    pub fn plain(out: impl Write + Send + 'static) -> Self {
        Self(Output::Plain(Arc::new(Mutex::new(out))))
    }

    /// A line for a place.
    pub fn line(&self, name: &str) -> Line {
        let output = match &self.0 {
            Output::Terminal(lines) => {
                let bar = lines.add(ProgressBar::new_spinner().with_style(look()));
                bar.set_prefix(name.to_owned());
                bar.enable_steady_tick(TICK);
                LineOutput::Terminal(bar)
            }
            Output::Plain(out) => LineOutput::Plain(Arc::clone(out)),
        };
        Line { name: name.into(), output, shown: Mutex::default() }
    }
}

impl Line {
    /// The place's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shows what is done now.
    pub fn step(&self, text: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == text {
            return;
        }
        text.clone_into(&mut shown);
        match &self.output {
            LineOutput::Terminal(bar) => bar.set_message(text.to_owned()),
            LineOutput::Plain(out) => {
                let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                // A reader that has gone away must not stop what is under way.
                let _gone = writeln!(out, "{}: {text}", self.name);
            }
        }
    }

    /// Shows what is done now where that replaces what was shown before, and nowhere else.
    pub fn detail(&self, text: &str) {
        if let LineOutput::Terminal(bar) = &self.output {
            bar.set_message(text.to_owned());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let LineOutput::Terminal(bar) = &self.output {
            bar.finish_and_clear();
        }
    }
}

fn look() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix:14} {elapsed_precise}  {wide_msg}")
        .expect("the template is known")
}
