//! What is shown, between the run that makes it and those who look.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{sync::watch, time::timeout};

use crate::view::{Chart, Live, State, View};

/// A view of a run that is older than this is made anew before it is shown to someone who comes.
const STALE: Duration = Duration::from_millis(1_250);

/// How long a run gets for that; it looks several times a second.
const PATIENCE: Duration = Duration::from_millis(750);

const BEFORE: &[u8] = b"event: view\ndata: ";
const AFTER: &[u8] = b"\n\n";

/// The newest view of a run, and what charts of its parts are made from. The run only ever leaves
/// things here, and waits for nobody.
pub struct Board {
    shown: watch::Sender<Snapshot>,
    live: Mutex<Option<Live>>,
    folder: Mutex<Option<PathBuf>>,
}

/// A view as it travels; copies share its bytes.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    /// The event of a stream.
    event: Bytes,
    made: Instant,
    /// Whether it grows old.
    moves: bool,
    /// Whether none comes after it.
    pub(super) is_last: bool,
}

impl Board {
    /// With something to show from the start.
    pub(super) fn new(view: &View) -> Self {
        let shown = watch::Sender::new(Snapshot::of(view));
        Self { shown, live: Mutex::default(), folder: Mutex::default() }
    }

    /// Shows a view.
    pub(super) fn show(&self, view: &View) {
        self.shown.send_replace(Snapshot::of(view));
    }

    /// Tells everybody who looks that nothing more comes.
    pub(super) fn close(&self) {
        self.shown.send_modify(|snapshot| snapshot.is_last = true);
    }

    /// Whether anybody looks.
    pub(super) fn is_watched(&self) -> bool {
        self.shown.receiver_count() > 0
    }

    /// What is shown from now on, beginning with now. If nobody has looked for a while, the run
    /// makes that first.
    pub(super) async fn watch(&self) -> watch::Receiver<Snapshot> {
        let mut shown = self.shown.subscribe();
        let is_stale = shown.borrow_and_update().is_stale();
        if is_stale {
            // Without a newer one, an old one has to do.
            let _ = timeout(PATIENCE, shown.changed()).await;
        }
        shown.mark_changed();
        shown
    }

    /// A stretch of the run's charts, seconds since its start; nothing before the first run.
    pub(super) fn chart(&self, seconds: std::ops::Range<u32>, points: usize) -> Chart {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.as_ref().map(|live| live.charts().chart(seconds, points)).unwrap_or_default()
    }

    /// What charts are made from; none while someone else is at it.
    pub(super) fn live(&self) -> Option<MutexGuard<'_, Option<Live>>> {
        match self.live.try_lock() {
            Ok(live) => Some(live),
            Err(TryLockError::Poisoned(live)) => Some(live.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes another run's charts and folder in place of those of the one before.
    pub(super) fn turn_to(&self, live: Live, folder: PathBuf) {
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Some(live);
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder);
    }

    /// The folder of the run that is shown.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Snapshot {
    fn of(view: &View) -> Self {
        let json = serde_json::to_vec(view).expect("a view is valid JSON");
        Self {
            event: [BEFORE, &json, AFTER].concat().into(),
            made: Instant::now(),
            moves: matches!(view.state, State::Running | State::Stopping),
            is_last: false,
        }
    }

    /// The view as an event of a stream.
    pub(super) fn event(&self) -> Bytes {
        self.event.clone()
    }

    /// The view alone, as JSON.
    pub(super) fn json(&self) -> Bytes {
        self.event.slice(BEFORE.len()..self.event.len() - AFTER.len())
    }

    fn is_stale(&self) -> bool {
        self.moves && self.made.elapsed() > STALE
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn view(state: State, requests: u64) -> View {
        let mut view = View { state, ..View::default() };
        view.totals.requests = requests;
        view
    }

    fn requests(shown: &watch::Receiver<Snapshot>) -> u64 {
        let view: serde_json::Value = serde_json::from_slice(&shown.borrow().json()).unwrap();
        view["totals"]["requests"].as_u64().unwrap()
    }

    #[test]
    fn a_view_is_one_event() {
        let board = Board::new(&view(State::Idle, 3));
        let snapshot = board.shown.borrow().clone();
        let event = snapshot.event();
        let text = std::str::from_utf8(&event).unwrap();
        let json = text.strip_prefix("event: view\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
        assert!(!json.contains('\n'));
        assert_eq!(snapshot.json(), json);
        assert_eq!(requests(&board.shown.subscribe()), 3);
    }

    #[test]
    fn what_nobody_takes_holds_up_nobody() {
        let board = Board::new(&View::default());
        let slow: Vec<_> = (0..64).map(|_| board.shown.subscribe()).collect();
        assert!(board.is_watched());
        for requests in 0..1_000 {
            board.show(&view(State::Running, requests));
        }
        for viewer in slow {
            assert_eq!(requests(&viewer), 999);
        }
        assert!(!board.is_watched());
    }

    #[tokio::test]
    async fn who_comes_late_is_waited_for() {
        let board = Arc::new(Board::new(&view(State::Running, 1)));
        assert_eq!(requests(&board.watch().await), 1);
        board.shown.send_modify(|snapshot| snapshot.made -= STALE * 2);
        let asked = tokio::spawn({
            let board = Arc::clone(&board);
            async move { requests(&board.watch().await) }
        });
        while !board.is_watched() {
            tokio::task::yield_now().await;
        }
        board.show(&view(State::Running, 2));
        assert_eq!(asked.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_stands_still_does_not_grow_old() {
        let board = Board::new(&view(State::Ended, 1));
        board.shown.send_modify(|snapshot| snapshot.made -= STALE * 2);
        let begun = Instant::now();
        assert_eq!(requests(&board.watch().await), 1);
        assert!(begun.elapsed() < PATIENCE / 2);
    }
}
