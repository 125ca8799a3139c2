//! Being told to stop: Ctrl-C, or a polite kill.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use tokio::{
    runtime::Builder,
    select,
    signal::unix::{Signal, SignalKind, signal},
};

/// Hears interrupts, one after the other.
#[derive(Debug)]
pub struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupts {
    /// Listens from now on: an interrupt no longer ends the process by itself.
    ///
    /// # Errors
    ///
    /// The system does not let it listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns at the next interrupt.
    pub async fn next(&mut self) {
        select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Notes whether an interrupt has come, also while no run listens: between one and the next.
#[derive(Clone, Debug)]
pub struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    /// Listens from now on, on a thread of its own.
    ///
    /// # Errors
    ///
    /// The system does not let it listen.
    pub fn listen() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut interrupts = runtime.block_on(async { Interrupts::listen() })?;
        let noted = Self(Arc::default());
        let note = noted.clone();
        thread::Builder::new().name("interrupts".into()).spawn(move || {
            runtime.block_on(interrupts.next());
            note.0.store(true, Ordering::Relaxed);
        })?;
        Ok(noted)
    }

    /// Whether one has come.
    pub fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
