//! A page in this process, whose runs are made by hand.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use controller::{
    control::Controls,
    plan::Plan,
    run_folder::RunFolder,
    ui::{Desk, Listening, Order, Orders, Server, Session, TestView, Watcher, Where},
};

use crate::{
    client::Client,
    support::sample_run::{TEST, plan},
};

/// A page, and what belongs to it.
pub(crate) struct Served {
    pub(crate) session: Arc<Session>,
    pub(crate) orders: Orders,
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) server: Server,
}

/// A test whose plan takes for ever.
pub(crate) const ENDLESS: &str = "endless";

/// Whether that is being planned.
pub(crate) static PLANNING: AtomicBool = AtomicBool::new(false);

/// Knows one test.
struct Scripted;

impl Desk for Scripted {
    fn tests(&self) -> Vec<TestView> {
        vec![TestView { name: TEST.into(), current: true, ..TestView::default() }]
    }

    fn plan(&self, order: &Order) -> Result<Plan, String> {
        if order.test == ENDLESS {
            PLANNING.store(true, Ordering::SeqCst);
            thread::sleep(Duration::from_mins(10));
        }
        if order.test == TEST { Ok(plan()) } else { Err("error: no such load test\n".into()) }
    }
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::at(Where { ip: None, port: Some(0) })
    }

    pub(crate) fn at(place: Where) -> Self {
        let (session, orders) = Session::of_many(Arc::new(Scripted));
        let listening = Listening::begin(place).unwrap();
        let (url, port) = (listening.url(), listening.addr().port());
        let server = Server::start(listening, &session).unwrap();
        let client = Client(([127, 0, 0, 1], port).into());
        Self { session, orders, url, client, server }
    }

    /// A run in a folder below `root`, and what it hears.
    pub(crate) fn begin(&self, root: &Path) -> (RunFolder, Watcher, Controls) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _context = runtime.enter();
        let controls = Controls::listen().unwrap();
        let folder = RunFolder::create(root, TEST, SystemTime::now()).unwrap();
        let watcher = self.session.begin(&plan(), folder.run(), folder.path(), controls.remote());
        (folder, watcher, controls)
    }
}
