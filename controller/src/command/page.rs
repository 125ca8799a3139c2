//! The live page of a command.

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use tokio::runtime::Builder;

use super::{Error, tell};
use crate::{
    cli,
    exit_code::ExitCode,
    interrupt::Interrupts,
    ui::{Listening, Server, Session, UiError, Where, open_in_browser},
};

/// A page that is there until this is dropped.
pub(super) struct Page {
    pub(super) session: Arc<Session>,
    url: String,
    _server: Server,
}

impl Page {
    /// Serves the page, and says where it is.
    pub(super) fn open(arguments: &cli::Page, session: Arc<Session>) -> Result<Self, Error> {
        let failed = |error: UiError| {
            let code = match error {
                UiError::Start(_) | UiError::Token(_) => ExitCode::GENERATOR,
                _ => ExitCode::INVALID,
            };
            Error::of(code, &error)
        };
        let place = Where { ip: arguments.ui_bind, port: arguments.ui_port };
        let listening = Listening::begin(place).map_err(failed)?;
        let url = listening.url();
        let everywhere = listening.addr().ip().is_unspecified();
        let server = Server::start(listening, &session).map_err(failed)?;
        let note = if everywhere { " and under this machine's other addresses" } else { "" };
        tell(&format!("the page is at {url}{note}"));
        if arguments.open
            && let Err(error) = open_in_browser(&url)
        {
            tell(&format!("no browser could be opened ({error}): open it yourself"));
        }
        Ok(Self { session, url, _server: server })
    }

    /// Says what is being done for a run, on the terminal and on the page.
    pub(super) fn tell(&self, what: &str) {
        tell(what);
        self.session.tell(what);
    }

    /// Leaves the page to whoever sits at the terminal, until Ctrl-C. Without a terminal nobody
    /// could end it.
    pub(super) fn stay(&self) -> Result<(), Error> {
        if !io::stderr().is_terminal() {
            return Ok(());
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
        runtime.block_on(async {
            let mut interrupts = Interrupts::listen().map_err(Error::failed)?;
            tell(&format!("the page stays at {}; Ctrl-C ends it", self.url));
            interrupts.next().await;
            Ok(())
        })
    }
}
