//! The load tester's Lambda function: a [`Run`](cloud::ask::Run) comes in, a
//! [`Hello`](cloud::hello::Hello) and frames go out as lines.
//!
//! What it is asked is checked before it answers; after that the load goes on whatever becomes of
//! the answer. Nothing that it keeps grows without bound: see [`memory`].

mod awaiting;
mod begun;
pub mod coarse;
mod deadline;
mod environment;
mod execution;
mod function;
mod kept;
mod leasing;
mod lines;
pub mod memory;
mod orders;
mod outbox;
mod refusal;

use std::{io, sync::Arc};

use env_logger::{Builder, Env};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use thiserror::Error;
use tokio::runtime;

use self::{awaiting::Awaiting, environment::Environment, function::Function};

/// Why the function ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// It has no event loop.
    #[error("failed to start: {0}")]
    Start(#[from] io::Error),
    /// It lost Lambda's side.
    #[error("lost the runtime interface: {0}")]
    Runtime(#[source] lambda_runtime::Error),
}

/// What is logged if `RUST_LOG` says nothing: warnings, errors, and what the listener Debug tells.
const LOGGED: &str = "warn,statistics=info";

/// Logs from now on, as `RUST_LOG` says; unless it says anything, warnings and what the listener `Debug` hears.
pub fn start_log() {
    // A second logger in one process is only met in tests; the first one stays.
    let _ = Builder::from_env(Env::default().default_filter_or(LOGGED)).try_init();
}

/// Answers invocations, one at a time, until Lambda ends the process.
///
/// # Errors
///
/// Lambda's side cannot be reached, or speaks another language.
pub fn serve() -> Result<(), ServeError> {
    let function = Arc::new(Function::new(Environment::of_process(), scenarios::linked()));
    let running = function.running();
    let handler = service_fn(move |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        async move { function.answer(event).await }
    });
    // Users have threads of their own; what is left is waiting.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let serving = async move { Runtime::new(handler).layer(Awaiting::new(running)).run().await };
    runtime.block_on(serving).map_err(ServeError::Runtime)
}
