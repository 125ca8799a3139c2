//! A run's side of the page.

use std::{
    collections::VecDeque,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{curve::Change, run::Signal};

use super::{board::Board, files};
use crate::{
    exit_code::ExitCode,
    plan::Plan,
    price::Usd,
    report::Report,
    reporter::{Moment, Reporter},
    run_folder::Run,
    totals::Totals,
    view::{Live, Note, RunView, State, ThresholdView, View},
};

/// How many notes are shown; the run's log has all of them.
const MOST_NOTES: usize = 200;

/// The time between two looks at a run.
const EVERY: Duration = Duration::from_millis(950);

/// Shows a run on the page while it goes on. If nobody looks, it costs next to nothing.
pub struct Watcher {
    board: Arc<Board>,
    run: RunView,
    message: Option<String>,
    notes: VecDeque<Note>,
    /// When was last looked at the run, and what its generators were told then.
    looked: Option<(Instant, Signal)>,
    /// When a view was last made.
    shown: Option<Instant>,
    elapsed: Duration,
    cost: Option<Usd>,
    changes: Vec<Change>,
}

/// What became of a run.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// All that has arrived.
    pub totals: &'a Totals,
    /// What was found.
    pub report: &'a Report,
    /// What the shell is told.
    pub code: ExitCode,
}

impl Watcher {
    /// Shows a run that has its folder, and begins in a while.
    pub(super) fn begin(board: Arc<Board>, plan: &Plan, run: &Run, folder: &Path) -> Self {
        board.turn_to(Live::new(plan), folder.to_owned());
        let run = RunView::new(run, plan, folder);
        let message = Some("the generators get ready".to_owned());
        let mut watcher = Self {
            board,
            run,
            message,
            notes: VecDeque::new(),
            looked: None,
            shown: None,
            elapsed: Duration::ZERO,
            cost: None,
            changes: Vec::new(),
        };
        watcher.show(&Moment {
            plan,
            load: &plan.load,
            changes: &[],
            elapsed: Duration::ZERO,
            totals: &Totals::default(),
            cost: None,
            signal: Signal::Run,
        });
        watcher.message = None;
        watcher.looked = None;
        watcher
    }

    /// The end of the run, with all that came late.
    pub(super) fn end(self, outcome: &Outcome<'_>) -> Option<View> {
        let Outcome { plan, totals, report, code } = *outcome;
        let folder = self.board.folder()?;
        let (elapsed, cost, changes) = (self.elapsed, self.cost, &*self.changes);
        let load = &plan.load_changed(changes);
        let length = Duration::try_from_secs_f64(report.summary.duration_s).unwrap_or_default();
        let mut live = Live::ended(plan, load, totals);
        let signal = Signal::Run;
        let view = live.look(&Moment { plan, load, changes, elapsed, totals, cost, signal });
        let view = View {
            state: State::Ended,
            verdict: Some(report.verdict.clone()),
            exit_code: Some(code.code()),
            thresholds: report.thresholds.iter().map(ThresholdView::from).collect(),
            files: files::list(&folder),
            ..self.dressed(view.averaged(length))
        };
        self.board.turn_to(live, folder);
        Some(view)
    }

    /// That the run broke, so that there is no report of it.
    pub(super) fn broke(self, why: &str) -> View {
        let folder = self.board.folder();
        View {
            state: State::Ended,
            message: Some(why.to_owned()),
            files: folder.map(|folder| files::list(&folder)).unwrap_or_default(),
            ..self.dressed(View::default())
        }
    }

    /// Looks, and shows what is seen.
    fn show(&mut self, now: &Moment<'_>) {
        let Some(view) = self.look(|live| live.look(now)) else { return };
        self.looked = Some((Instant::now(), now.signal));
        self.shown = self.looked.map(|(at, _)| at);
        self.board.show(&self.dressed(view));
    }

    /// Keeps up without showing anything.
    fn keep_up(&mut self, now: &Moment<'_>) {
        if self.look(|live| live.keep_up(now)).is_some() {
            self.looked = Some((Instant::now(), now.signal));
        }
    }

    /// None while someone who draws a chart is at it: the next tick comes soon.
    fn look<T>(&self, how: impl FnOnce(&mut Live) -> T) -> Option<T> {
        self.board.live()?.as_mut().map(how)
    }

    fn dressed(&self, view: View) -> View {
        View {
            message: self.message.clone(),
            run: Some(self.run.clone()),
            notes: self.notes.iter().cloned().collect(),
            ..view
        }
    }
}

impl Reporter for Watcher {
    fn tick(&mut self, now: &Moment<'_>) {
        (self.elapsed, self.cost) = (now.elapsed, now.cost);
        if self.changes.len() < now.changes.len() {
            self.changes = now.changes.to_vec();
        }
        let is_due = |at: Option<Instant>| at.is_none_or(|at| at.elapsed() >= EVERY);
        let is_told = self.looked.is_some_and(|(_, signal)| signal != now.signal);
        if self.board.is_watched() && (is_told || is_due(self.shown)) {
            self.show(now);
        } else if is_due(self.looked.map(|(at, _)| at)) {
            self.keep_up(now);
        }
    }

    fn note(&mut self, message: &str) {
        if self.notes.len() == MOST_NOTES {
            self.notes.pop_front();
        }
        self.notes.push_back(Note { at_s: self.elapsed.as_secs(), text: message.to_owned() });
    }
}
