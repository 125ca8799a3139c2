//! A virtual user, as its tasks see it.

mod api_client;
mod context;
mod kept;
mod measure;
mod outgoing;
mod parallel;
mod recording;
mod sending;
mod signing;
mod telling;
mod transaction;

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

pub(crate) use self::telling::Telling;
pub use self::{
    api_client::ApiClient, context::Context, measure::Measure, outgoing::Outgoing,
    transaction::Transaction,
};
use self::{kept::Kept, transaction::OpenTransactions};
use crate::{
    environment::Environment,
    feeder::Exhausted,
    http::{Client, Request, Target},
    random::Random,
    run::stop::{End, Stop},
    scenario::{TaskError, UserClass},
    secret::mask,
    sign_in::Access,
    template::Scope,
    variables::Variables,
};

/// A virtual user: an identity, variables, random choices, and an HTTP client of its own.
pub struct User {
    id: u32,
    /// Which of its lives this is, from 0.
    life: u32,
    class: Arc<UserClass>,
    iteration: u64,
    random: Random,
    variables: Variables,
    /// How many rows of each of the test's data it has taken; empty before the first.
    taken: Vec<u64>,
    /// The transactions that it is in.
    transactions: OpenTransactions,
    /// What its tasks keep from one to the next.
    kept: Kept,
    http: Rc<Client>,
    /// What it shows as somebody who has signed in, if its class says so.
    access: Option<Rc<Access>>,
    context: Rc<Context>,
    /// When its load ends.
    stop: Stop,
    /// When the current task was meant to begin; taken by its first request.
    intended: Option<Instant>,
    phase: Phase,
}

/// Where in its life a user is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// It begins nothing new once the load ends.
    Running,
    /// It cleans up after itself, while the load ends.
    Stopping,
}

impl User {
    pub(crate) fn new(
        id: u32,
        class: Arc<UserClass>,
        base: Option<Target>,
        random: Random,
        context: Rc<Context>,
    ) -> Self {
        Self {
            id,
            life: 0,
            access: Self::access(&class, &context),
            class,
            iteration: 0,
            random,
            variables: Variables::default(),
            taken: Vec::new(),
            transactions: OpenTransactions::default(),
            kept: Kept::default(),
            http: Rc::new(Client::new(Rc::clone(&context.http), base)),
            stop: context.stop.clone(),
            context,
            intended: None,
            phase: Phase::Running,
        }
    }

    /// The same in another life, with an end of its own.
    pub(crate) fn living(self, life: u32, end: End) -> Self {
        Self { life, stop: self.stop.with(end), ..self }
    }

    /// Its number: unique in the test, from 0, the same in every interval.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The name of its class.
    pub fn class(&self) -> &str {
        &self.class.name
    }

    /// How many tasks it has begun in this interval.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// Its random choices: the same in each run of the same seed.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// The system under test.
    pub fn environment(&self) -> &Environment {
        &self.context.environment
    }

    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    /// Sets a variable.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        if let Some(observer) = &self.context.observer {
            observer.captured(name, &value);
        }
        self.variables.set(name, value);
    }

    /// Takes the user's next row of test data into the variable of the same name.
    ///
    /// # Errors
    ///
    /// [`TaskError::StopUser`] or [`TaskError::Exception`], as the data says, if no row is left;
    /// an exception if there is no such data.
    pub fn feed(&mut self, name: &str) -> Result<&Value, TaskError> {
        let context = Rc::clone(&self.context);
        let data = context.data.iter().zip(0..).find(|(data, _)| &*data.feeder().name == name);
        let (data, index) =
            data.ok_or_else(|| TaskError::exception(format!("no data `{name}`")))?;
        self.taken.resize(context.data.len(), 0);
        let Some(row) = data.row(self.id, self.life, self.taken[index], &mut self.random) else {
            return Err(match data.feeder().exhausted {
                Exhausted::Fail => TaskError::exception(format!("`{name}` has no more rows")),
                Exhausted::Stop | Exhausted::Recycle => TaskError::StopUser,
            });
        };
        self.taken[index] += 1;
        self.set_variable(&data.feeder().name, row.clone());
        Ok(self.variables.get(name).unwrap_or(&Value::Null))
    }

    /// Takes a variable away.
    pub(crate) fn take_variable(&mut self, name: &str) -> Option<Value> {
        self.variables.take(name)
    }

    /// Its HTTP client.
    pub fn http(&self) -> &Client {
        &self.http
    }

    /// A `GET` request; the others are built by [`User::request`].
    pub fn get(&mut self, url: &str) -> Outgoing<'_> {
        self.request(::http::Method::GET, url)
    }

    /// A `POST` request.
    pub fn post(&mut self, url: &str) -> Outgoing<'_> {
        self.request(::http::Method::POST, url)
    }

    /// A `PUT` request.
    pub fn put(&mut self, url: &str) -> Outgoing<'_> {
        self.request(::http::Method::PUT, url)
    }

    /// A `PATCH` request.
    pub fn patch(&mut self, url: &str) -> Outgoing<'_> {
        self.request(::http::Method::PATCH, url)
    }

    /// A `DELETE` request.
    pub fn delete(&mut self, url: &str) -> Outgoing<'_> {
        self.request(::http::Method::DELETE, url)
    }

    /// A request of any method.
    pub fn request(&mut self, method: ::http::Method, url: &str) -> Outgoing<'_> {
        Outgoing::new(self, Request::new(method, url))
    }

    /// Waits, as a person thinks.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stopped`] if the load ends meanwhile.
    pub async fn wait(&mut self, time: Duration) -> Result<(), TaskError> {
        if self.context.observer.is_some() {
            return Ok(());
        }
        self.transactions.wait(time);
        let due = Instant::now() + time;
        if self.phase == Phase::Stopping {
            tokio::time::sleep_until(due.into()).await;
            return Ok(());
        }
        self.stop.sleep_until(due).await.map_err(|_| TaskError::Stopped)
    }

    /// What templates are filled from.
    pub fn scope(&mut self) -> Scope<'_> {
        Scope {
            variables: &self.variables,
            environment: &self.context.environment,
            random: &mut self.random,
            user: self.id,
            class: &self.class.name,
            iteration: self.iteration,
        }
    }

    /// Does something with further variables, which only that sees.
    pub(crate) fn with_arguments<T>(
        &mut self,
        arguments: Vec<(Arc<str>, Value)>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let hide = |(name, value): (Arc<str>, Value)| {
            let hidden = self.variables.swap(&name, Some(value));
            (name, hidden)
        };
        let hidden: Vec<_> = arguments.into_iter().map(hide).collect();
        let done = work(self);
        for (name, value) in hidden {
            self.variables.swap(&name, value);
        }
        done
    }

    pub(crate) fn class_arc(&self) -> Arc<UserClass> {
        Arc::clone(&self.class)
    }

    pub(crate) fn context(&self) -> &Rc<Context> {
        &self.context
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(crate) fn begin_task(&mut self, intended: Option<Instant>) {
        self.transactions.clear();
        self.intended = intended;
    }

    pub(crate) fn end_task(&mut self) {
        self.intended = None;
        self.iteration += 1;
        self.http.end_iteration();
    }

    pub(crate) fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// Whether somebody looks on, in debug mode.
    pub(crate) fn is_watched(&self) -> bool {
        self.context.observer.is_some()
    }

    pub(crate) fn check_stop(&self) -> Result<(), TaskError> {
        let stopped = self.phase == Phase::Running && self.stop.is_stopped();
        if stopped { Err(TaskError::Stopped) } else { Ok(()) }
    }

    /// A reason without the secrets of the environment and of the user's variables.
    pub(crate) fn masked(&self, reason: &str) -> String {
        let reason = mask(reason, &self.context.secrets);
        let reason = mask(&reason, &self.variables.secrets());
        match self.access.as_ref().and_then(|access| access.slot.current()) {
            Some(credential) => mask(&reason, credential.secrets()),
            None => reason,
        }
    }
}
