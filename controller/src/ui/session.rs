//! One run at a time: what the page asks for, and what becomes of it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::{clients::Clients, hatch_rate::HatchRate};
use futures_util::FutureExt;
use tokio::{
    sync::{Notify, mpsc},
    task::spawn_blocking,
};

use super::{Desk, Order, Outcome, TestView, Watcher, board::Board, refusal::Refusal};
use crate::{
    control::{Control, Done, Remote},
    plan::Plan,
    run_folder::Run,
    view::{State, View},
};

/// What the server and the thread of the runs have in common.
pub struct Session {
    board: Arc<Board>,
    stage: Mutex<Stage>,
    /// None if the page shows one run, and starts none.
    desk: Option<(Arc<dyn Desk>, mpsc::Sender<Order>)>,
}

/// The orders that the page has taken, one after the other.
pub struct Orders(mpsc::Receiver<Order>);

/// Whether there is room for a run.
enum Stage {
    Free,
    /// One is being checked or prepared, unless this is told.
    Taken(Arc<Notify>),
    Running(Remote),
}

impl Session {
    /// A page that starts runs.
    pub fn of_many(desk: Arc<dyn Desk>) -> (Arc<Self>, Orders) {
        let (sender, orders) = mpsc::channel(1);
        let board = Arc::new(Board::new(&View::default()));
        let session = Self { board, stage: Mutex::new(Stage::Free), desk: Some((desk, sender)) };
        (Arc::new(session), Orders(orders))
    }

    /// A page that shows a run which is being prepared.
    pub fn of_one() -> Arc<Self> {
        let view = View { state: State::Preparing, ..View::default() };
        let stage = Mutex::new(Stage::Taken(Arc::default()));
        Arc::new(Self { board: Arc::new(Board::new(&view)), stage, desk: None })
    }

    /// What is being done for a run that is not there yet.
    pub fn tell(&self, what: &str) {
        // Held, so that nothing that comes after it is shown before it.
        let stage = self.stage();
        if matches!(*stage, Stage::Taken(_)) {
            let message = Some(what.to_owned());
            self.board.show(&View { state: State::Preparing, message, ..View::default() });
        }
    }

    /// Waits until the run that is being prepared is not wanted any more.
    pub async fn cancelled(&self) {
        let told = match &*self.stage() {
            Stage::Taken(told) => Arc::clone(told),
            _ => Arc::default(),
        };
        told.notified().await;
    }

    /// Nothing came of a run that was being prepared, and why.
    pub fn refused(&self, why: &str) {
        let mut stage = self.stage();
        if matches!(*stage, Stage::Taken(_)) {
            *stage = Stage::Free;
            let message = Some(why.to_owned());
            self.board.show(&View { message, ..View::default() });
        }
    }

    /// A run has its folder, and begins. If it was stopped while it was prepared and nobody has
    /// heard of that, it hears of it now.
    pub fn begin(&self, plan: &Plan, run: &Run, folder: &Path, remote: Remote) -> Watcher {
        let mut stage = self.stage();
        if let Stage::Taken(told) = &*stage
            && told.notified().now_or_never().is_some()
        {
            remote.tell(Control::Stop);
        }
        *stage = Stage::Running(remote);
        drop(stage);
        Watcher::begin(Arc::clone(&self.board), plan, run, folder)
    }

    /// The run is over.
    pub fn end(&self, watcher: Watcher, outcome: &Outcome<'_>) {
        self.leave(watcher.end(outcome));
    }

    /// The run is over, and there is no report of it.
    pub fn broke(&self, watcher: Watcher, why: &str) {
        self.leave(Some(watcher.broke(why)));
    }

    /// Shows the last of a run, and makes room for another, of which nothing is shown before that.
    fn leave(&self, last: Option<View>) {
        let mut stage = self.stage();
        if let Some(last) = last {
            self.board.show(&last);
        }
        *stage = Stage::Free;
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the server asks.
impl Session {
    pub(super) fn board(&self) -> &Board {
        &self.board
    }

    /// The tests that can be started.
    pub(super) async fn tests(&self) -> Vec<TestView> {
        let Some((desk, _)) = &self.desk else { return Vec::new() };
        let desk = Arc::clone(desk);
        spawn_blocking(move || desk.tests()).await.unwrap_or_default()
    }

    /// What a run would be.
    pub(super) async fn plan(&self, order: Order) -> Result<Plan, Refusal> {
        let (desk, _) = self.desk.as_ref().ok_or_else(no_desk)?;
        let desk = Arc::clone(desk);
        match spawn_blocking(move || desk.plan(&order)).await {
            Ok(plan) => plan.map_err(Refusal::invalid),
            Err(error) => Err(Refusal::invalid(format!("this could not be planned: {error}"))),
        }
    }

    /// Has a run started, if it could.
    pub(super) async fn start(&self, order: Order) -> Result<(), Refusal> {
        let (_, orders) = self.desk.as_ref().ok_or_else(no_desk)?;
        let place = Place::take(self)?;
        self.plan(order.clone()).await?;
        self.tell(&format!("{} is being prepared", order.test));
        orders.try_send(order).map_err(|_| Refusal::conflict("load-test ends"))?;
        place.keep();
        Ok(())
    }

    /// Ends the run; said again, at once.
    pub(super) fn stop(&self) -> Result<(), Refusal> {
        match &*self.stage() {
            Stage::Free => return Err(nothing_runs()),
            Stage::Taken(told) => told.notify_one(),
            Stage::Running(remote) => remote.tell(Control::Stop),
        }
        Ok(())
    }

    /// Changes how many users run. Tells when, since the test's start.
    pub(super) async fn users(
        &self,
        clients: Clients,
        hatch_rate: Option<HatchRate>,
    ) -> Result<Duration, Refusal> {
        let remote = match &*self.stage() {
            Stage::Running(remote) => remote.clone(),
            Stage::Taken(_) => return Err(Refusal::conflict("the run has not begun yet")),
            Stage::Free => return Err(nothing_runs()),
        };
        match remote.ask(Control::Users { clients, hatch_rate }).await {
            Ok(Done::Changed(change)) => Ok(change.at),
            Ok(done) => Err(Refusal::conflict(done.to_string())),
            Err(refused) => Err(Refusal::conflict(refused.to_string())),
        }
    }
}

/// The place of the one run, which is free again if nothing comes of it.
struct Place<'a>(Option<&'a Session>);

impl<'a> Place<'a> {
    fn take(session: &'a Session) -> Result<Self, Refusal> {
        let mut stage = session.stage();
        match *stage {
            Stage::Free => *stage = Stage::Taken(Arc::default()),
            _ => return Err(Refusal::conflict("a run is on its way already")),
        }
        Ok(Self(Some(session)))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.0 {
            *session.stage() = Stage::Free;
        }
    }
}

fn nothing_runs() -> Refusal {
    Refusal::conflict("nothing runs")
}

fn no_desk() -> Refusal {
    Refusal::conflict("this page shows one run; `load-test ui` starts others")
}

impl Orders {
    /// The next one; none once there is no page any more.
    pub async fn next(&mut self) -> Option<Order> {
        self.0.recv().await
    }
}
