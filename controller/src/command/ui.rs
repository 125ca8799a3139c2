//! `load-test ui`: load tests from a page.

use std::{sync::Arc, thread};

use engine::scenario::Linked;
use tokio::{
    runtime::{Builder, Runtime},
    select,
    sync::oneshot,
};

use super::{
    Error, configuration,
    desk::{Desk, plain},
    launch::Prepared,
    page::Page,
    run::see_through,
    tell,
    watch::Watch,
};
use crate::{
    cli::{self, Format, Select},
    config::Project,
    exit_code::ExitCode,
    interrupt::Interrupts,
    ui::{Orders, Session},
};

pub(super) fn run(
    project: &Project,
    arguments: &cli::Ui,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let desk = Desk::try_new(project, linked, arguments.name.as_deref())?;
    let (session, orders) = Session::of_many(Arc::new(desk));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
    // Heard from now on, also while this thread is busy.
    let interrupts = runtime.block_on(async { Interrupts::listen() }).map_err(Error::failed)?;
    let page = Page::open(&arguments.page, session)?;
    tell("waiting for a start from there; Ctrl-C ends this");
    Waiting { project, linked, page, orders, interrupts, runtime }.serve()
}

/// Waits for the next test, again and again.
struct Waiting<'a> {
    project: &'a Project,
    linked: &'a Linked,
    page: Page,
    orders: Orders,
    interrupts: Interrupts,
    runtime: Runtime,
}

/// What there is to do next.
enum Next<T> {
    Go(T),
    /// It is not wanted any more.
    Leave,
    /// Ctrl-C.
    End,
}

impl Waiting<'_> {
    fn serve(mut self) -> Result<ExitCode, Error> {
        loop {
            let Next::Go(select) = self.order() else { return Ok(ExitCode::PASSED) };
            let prepared = match self.prepare(select)? {
                Next::Go(prepared) => prepared,
                Next::Leave => continue,
                Next::End => return Ok(ExitCode::INTERRUPTED),
            };
            let code = self.carry_out(prepared);
            // The Ctrl-C that has stopped a run ends the waiting as well.
            if self.is_interrupted() {
                return Ok(code);
            }
        }
    }

    fn order(&mut self) -> Next<Select> {
        let Self { orders, interrupts, runtime, .. } = self;
        let order = runtime.block_on(async {
            select! {
                () = interrupts.next() => None,
                order = orders.next() => order,
            }
        });
        order.map_or(Next::End, |order| Next::Go(Desk::select(&order)))
    }

    /// Checks everything, and looks at who is to make the load. That may take its time, so it has
    /// a thread of its own: this one hears when it is not wanted any more.
    fn prepare(&mut self, select: Select) -> Result<Next<Prepared>, Error> {
        let (project, linked) = (self.project.clone(), self.linked.clone());
        let page = Arc::clone(&self.page.session);
        let (sender, prepared) = oneshot::channel();
        let work = move || {
            // It goes on when it is not wanted any more, but is not heard of then.
            let told = |what: &str| {
                if !sender.is_closed() {
                    tell(what);
                    page.tell(what);
                }
            };
            let prepared = prepare(&project, &select, &linked, &told);
            // Who does not wait any more has no use for it.
            let _ = sender.send(prepared);
        };
        thread::Builder::new().name("prepare".into()).spawn(work).map_err(Error::failed)?;
        let Self { page, interrupts, runtime, .. } = self;
        let session = &*page.session;
        let next = runtime.block_on(async {
            select! {
                () = interrupts.next() => Next::End,
                () = session.cancelled() => Next::Leave,
                prepared = prepared => Next::Go(prepared),
            }
        });
        Ok(match next {
            Next::Go(Ok(Ok(prepared))) => Next::Go(prepared),
            Next::Go(Ok(Err(error))) => {
                error.report();
                session.refused(&plain(&error));
                Next::Leave
            }
            Next::Go(Err(_)) => {
                session.refused("the preparation broke");
                Next::Leave
            }
            Next::Leave => {
                tell("stopped before it began");
                session.refused("stopped before it began");
                Next::Leave
            }
            Next::End => Next::End,
        })
    }

    /// Runs it. What goes wrong with a run does not end the page.
    fn carry_out(&self, prepared: Prepared) -> ExitCode {
        let session = &*self.page.session;
        let launched = prepared.begin(self.project);
        let launched = launched.inspect_err(|error| session.refused(&plain(error)));
        let code = launched
            .and_then(|launch| see_through(&launch, Watch::Line, Some(session), Format::Console));
        code.unwrap_or_else(|error| error.report())
    }

    fn is_interrupted(&mut self) -> bool {
        let Self { interrupts, runtime, .. } = self;
        runtime.block_on(async {
            select! {
                biased;
                () = interrupts.next() => true,
                () = std::future::ready(()) => false,
            }
        })
    }
}

fn prepare(
    project: &Project,
    select: &Select,
    linked: &Linked,
    told: &dyn Fn(&str),
) -> Result<Prepared, Error> {
    let configuration = configuration(project, select)?;
    Prepared::new(project, select, configuration, linked, told)
}
