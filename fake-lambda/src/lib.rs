//! Stands in for AWS Lambda in tests.
//!
//! Outside it is what the SDK talks to: invocations, answered in one piece or streamed; what a
//! function's owner reads of it; a token service and an object store. Inside, each execution
//! environment is a real process of the function's program with an interface of its own, reused
//! when it is idle, and killed when its time is up. What goes wrong on AWS goes wrong here on
//! demand.

mod actions;
mod environment;
mod event_stream;
mod fault;
mod front;
mod invocation;
mod invoke;
mod objects;
mod reply;
mod runtime_api;
mod server;
mod settings;
mod state;
mod written;

use std::{
    collections::BTreeSet,
    env, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{net::TcpListener, runtime, select, sync::watch, time::timeout};

pub use self::{
    fault::{Fault, Rule},
    invocation::Invocation,
    objects::Objects,
    settings::Settings,
};
use self::{server::serve, state::State};

/// The stand-in, until it is dropped: then all its processes end.
pub struct FakeLambda {
    state: Arc<State>,
    reachable: watch::Sender<Reach>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reach {
    Open,
    Away,
    Over,
}

impl FakeLambda {
    /// Starts it on a free port of the loopback interface, on a thread of its own.
    ///
    /// # Errors
    ///
    /// When there is no free port, or no further thread.
    ///
    /// # Panics
    ///
    /// When its thread ends at once.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let (reachable, reach) = watch::channel(Reach::Open);
        let (sender, started) = mpsc::channel();
        let runtime =
            runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let thread = thread::Builder::new().name("fake-lambda".into()).spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
                let started = listener.and_then(|listener| {
                    let state = Arc::new(State::new(settings, listener.local_addr()?));
                    Ok((listener, state))
                });
                match started {
                    Err(error) => drop(sender.send(Err(error))),
                    Ok((listener, state)) => {
                        drop(sender.send(Ok(Arc::clone(&state))));
                        live(listener, state, reach).await;
                    }
                }
            });
        })?;
        let state = started.recv().expect("the thread says how it started")?;
        Ok(Self { state, reachable, thread: Some(thread) })
    }

    /// Where it is: for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        self.state.endpoint()
    }

    /// The account to which all belongs.
    pub fn account(&self) -> &'static str {
        state::ACCOUNT
    }

    /// Lets something go wrong.
    pub fn add(&self, rule: Rule) {
        self.state.add_rule(rule);
    }

    /// Refuses connections from now on, or takes them again. Those that are open break.
    pub fn set_away(&self, away: bool) {
        self.reachable.send_replace(if away { Reach::Away } else { Reach::Open });
    }

    /// The object store, at the same endpoint.
    pub fn objects(&self) -> Objects {
        self.state.objects.clone()
    }

    /// What those who are no functions have asked for so far, as policies call it.
    pub fn actions(&self) -> BTreeSet<&'static str> {
        self.state.actions.all()
    }

    /// What happened so far.
    pub fn invocations(&self) -> Vec<Invocation> {
        self.state.log.all()
    }

    /// The function's log: all lines that its processes have written.
    pub fn log(&self) -> Vec<String> {
        self.state.written.all()
    }

    /// How many invocations a region runs.
    pub fn running(&self, region: &str) -> usize {
        self.state.running(region)
    }

    /// The processes of all environments.
    pub fn pids(&self) -> Vec<u32> {
        let environments = self.state.environments();
        environments.iter().filter(|e| !e.is_gone()).map(|e| e.pid).collect()
    }
}

impl Drop for FakeLambda {
    fn drop(&mut self) {
        self.reachable.send_replace(Reach::Over);
        if let Some(thread) = self.thread.take() {
            // A panic there has failed the test already.
            let _ = thread.join();
        }
    }
}

async fn live(listener: TcpListener, state: Arc<State>, mut reach: watch::Receiver<Reach>) {
    let mut listener = Some(listener);
    loop {
        let now = *reach.borrow_and_update();
        match now {
            Reach::Over => break,
            Reach::Away => {
                listener = None;
                drop(reach.changed().await);
            }
            Reach::Open => {
                let open = match listener.take() {
                    Some(listener) => listener,
                    None => listen_again(state.addr).await,
                };
                let handler_state = Arc::clone(&state);
                let handler = move |request| front::answer(Arc::clone(&handler_state), request);
                select! {
                    never = serve(open, handler) => match never {},
                    _ = reach.changed() => {}
                }
            }
        }
    }
    let environments = state.environments();
    for environment in &environments {
        environment.kill();
    }
    for environment in environments {
        // One that hangs is killed when its task is dropped.
        let _ = timeout(Duration::from_secs(2), environment.ended()).await;
    }
}

/// Nobody else was given the port meanwhile, but its last connections may still be closing.
async fn listen_again(addr: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(addr).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The function's program, beside the running test.
///
/// # Panics
///
/// When it was not built.
pub fn bootstrap_path() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    // target/<profile>/deps/<test>
    let folder = test.ancestors().nth(2).expect("a test is in a folder of a profile");
    let program = folder.join("bootstrap");
    assert!(program.exists(), "{} is missing: cargo build -p generator", program.display());
    program
}
