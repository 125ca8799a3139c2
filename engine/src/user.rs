//! A virtual user, as its tasks see it.

mod api_client;
mod kept;
mod measure;
mod outgoing;
mod parallel;
mod signing;
mod transaction;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

pub use self::{
    api_client::ApiClient, measure::Measure, outgoing::Outgoing, transaction::Transaction,
};
use self::{kept::Kept, transaction::OpenTransactions};
use crate::{
    environment::Environment,
    feeder::{Exhausted, Feeding},
    http::{self, Client, Exchange, Request, Response, Target},
    observer::{Observer, Seen},
    random::Random,
    run::stop::Stop,
    scenario::{TaskError, UserClass},
    secret::{is_secret_name, mask},
    sign_in::{Access, Slot},
    stats::{Latency, Outcome, Phases, Sample, Stats},
    template::Scope,
    variables::Variables,
};

/// A virtual user: an identity, variables, random choices, and an HTTP client of its own.
pub struct User {
    id: u32,
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

/// What the users of a thread share.
pub struct Context {
    /// The environment.
    pub environment: Arc<Environment>,
    /// Its values that must not be shown.
    secrets: Vec<String>,
    /// What all clients share.
    pub http: Rc<http::Shared>,
    /// The test data.
    data: Vec<Feeding>,
    /// The credentials that all users of a class share.
    slots: RefCell<Vec<(Arc<UserClass>, Rc<Slot>)>>,
    /// Where samples are counted.
    pub stats: RefCell<Stats>,
    /// By how much things happened later than they were due.
    pub delays: RefCell<Latency>,
    /// When all of them end.
    pub stop: Stop,
    /// Who sees every request, in debug mode.
    pub observer: Option<Rc<dyn Observer>>,
    /// Requests sent again on a new connection.
    pub resent: Cell<u64>,
    /// Requests that were cut off at the end.
    pub cut_off: Cell<u64>,
}

impl Context {
    /// Nothing measured yet.
    pub(crate) fn new(
        environment: Arc<Environment>,
        http: http::Shared,
        data: Vec<Feeding>,
        observer: Option<Rc<dyn Observer>>,
    ) -> Self {
        Self {
            secrets: environment.secrets().into_iter().map(str::to_owned).collect(),
            environment,
            http: Rc::new(http),
            data,
            slots: RefCell::default(),
            stats: RefCell::default(),
            delays: RefCell::default(),
            stop: Stop::default(),
            observer,
            resent: Cell::default(),
            cut_off: Cell::default(),
        }
    }
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

    /// The same with an end of its own, before that of the others.
    pub(crate) fn until(self, end: Option<Instant>) -> Self {
        Self { stop: self.stop.at(end), ..self }
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
    pub fn set_variable(&mut self, name: &Arc<str>, value: Value) {
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
        let Some(row) = data.row(self.id, self.taken[index], &mut self.random) else {
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

    /// Makes a request, checks what is expected, records it, and captures what is asked for.
    ///
    /// A failed request is counted and gives no response, or a response that is not as expected;
    /// the task goes on.
    ///
    /// # Errors
    ///
    /// [`TaskError::Stopped`] if the load has ended; nothing is sent then.
    /// [`TaskError::InterruptFlow`] if it failed and is to start the user's sequence over.
    pub async fn send(&mut self, request: &Request) -> Result<Option<Response>, TaskError> {
        self.check_stop()?;
        let signed = match &self.access {
            Some(_) => Box::pin(self.signed(request)).await?,
            None => None,
        };
        let request = signed.as_deref().unwrap_or(request);
        let changed = self.changed(request);
        let request = changed.as_ref().unwrap_or(request);
        let exchange = execute(&self.context, &self.http, request).await;
        let intended = self.intended.take();
        let Concluded { response, captured, interrupts } =
            self.conclude(request, exchange, intended);
        for (variable, value) in captured {
            self.set_variable(&variable, value);
        }
        if interrupts { Err(TaskError::InterruptFlow) } else { Ok(response) }
    }

    /// Checks a response, takes from it what is captured, and records and shows it.
    fn conclude(
        &mut self,
        request: &Request,
        exchange: Exchange,
        intended: Option<Instant>,
    ) -> Concluded {
        let mut failure = match &exchange.result {
            Ok(response) => request.expected.failure(response),
            Err(error) => Some(error.to_string()),
        };
        let mut captured = Vec::new();
        if failure.is_none()
            && let Ok(response) = &exchange.result
        {
            failure = capture(request, response, &mut captured).err();
        }
        // Reasons go into reports, and quote what was expected and what came.
        let failure = failure.map(|reason| self.masked(&reason));
        self.record(request, &exchange, intended, failure.as_deref());
        if exchange.status == Some(::http::StatusCode::UNAUTHORIZED) {
            self.refused(request);
        }
        self.learn(&captured);
        self.observe(request, &exchange, failure.as_deref());
        let interrupts = failure.is_some_and(|reason| {
            self.fails_transactions(request, &reason)
                || request.interrupt_flow
                || self.is_signing_in()
        });
        Concluded { response: exchange.result.ok(), captured, interrupts }
    }

    /// A request as it is sent, if that is not as it was made.
    fn changed(&self, request: &Request) -> Option<Request> {
        let expected = self.transactions.expected().filter(|_| request.expected.is_nothing());
        if self.context.observer.is_none() && expected.is_none() {
            return None;
        }
        Some(Request {
            // Whoever looks on wants to see what came, needed or not.
            keep_response: request.keep_response || self.context.observer.is_some(),
            expected: Arc::clone(expected.unwrap_or(&request.expected)),
            ..request.clone()
        })
    }

    /// Notes a failed request in the transactions around it; whether that interrupts the flow.
    fn fails_transactions(&mut self, request: &Request, reason: &str) -> bool {
        let what = || format!("{} {}", request.method, request.name);
        !self.transactions.is_empty() && self.transactions.fail(&what(), reason)
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

    fn record(
        &self,
        request: &Request,
        exchange: &Exchange,
        intended: Option<Instant>,
        failure: Option<&str>,
    ) {
        let elapsed = match &exchange.result {
            Ok(response) => response.elapsed,
            Err(_) => exchange.begun.elapsed(),
        };
        if let Some(reason) = failure {
            log::warn!(target: "hyperclient", "{} {}: {reason}", request.method, request.name);
        }
        let mut stats = self.context.stats.borrow_mut();
        if request.skip_transaction {
            if let Some(reason) = failure {
                let transaction = format!("{} {}", request.method, request.name);
                stats.record_exception(&transaction, reason);
            }
            return;
        }
        stats.record(&Sample {
            method: request.method.as_str(),
            name: &request.name,
            status: exchange.status.map(|status| status.as_u16()),
            elapsed,
            from_intended: intended.map(|at| (exchange.begun + elapsed).duration_since(at)),
            phases: exchange.phases,
            bytes: exchange.received,
            outcome: failure.map_or(Outcome::Passed, Outcome::Failed),
        });
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

    /// Whoever looks on learns what must not be shown before it sees where it came from.
    fn learn(&self, captured: &[(Arc<str>, Value)]) {
        let Some(observer) = &self.context.observer else { return };
        let secrets = captured.iter().filter(|(name, _)| is_secret_name(name));
        secrets.filter_map(|(_, value)| value.as_str()).for_each(|text| observer.secret(text));
    }

    fn observe(&self, request: &Request, exchange: &Exchange, failure: Option<&str>) {
        let Some(observer) = &self.context.observer else { return };
        let url = self.http.target(&request.url).map(|target| target.to_string());
        observer.requested(&Seen {
            request,
            url: url.as_deref().unwrap_or(&request.url),
            result: exchange.result.as_ref(),
            phases: exchange.phases,
            failure,
            checks: exchange
                .result
                .as_ref()
                .map_or_else(|_| Vec::new(), |r| request.expected.checks(r)),
        });
    }
}

/// What a request brought.
struct Concluded {
    response: Option<Response>,
    /// What was captured, by variable.
    captured: Vec<(Arc<str>, Value)>,
    /// Whether it failed and is to start the user's sequence over.
    interrupts: bool,
}

/// Makes a request; one that is dropped before its end is counted as cut off.
async fn execute(context: &Context, http: &Client, request: &Request) -> Exchange {
    let begun = Instant::now();
    let mut unfinished = Unfinished { context, request, begun, armed: true };
    let exchange = http.execute(request).await;
    unfinished.armed = false;
    context.resent.update(|resent| resent + u64::from(exchange.resent));
    exchange
}

/// Takes the values that a request captures; the first that is not there is why it failed.
fn capture(
    request: &Request,
    response: &Response,
    captured: &mut Vec<(Arc<str>, Value)>,
) -> Result<(), String> {
    for capture in request.captures.iter() {
        captured.push((Arc::clone(&capture.variable), capture.take(response)?));
    }
    Ok(())
}

/// Counts a request that is dropped before it is complete: it was sent, so it must be counted.
struct Unfinished<'a> {
    context: &'a Context,
    request: &'a Request,
    begun: Instant,
    armed: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.armed || self.request.skip_transaction {
            return;
        }
        self.context.cut_off.update(|count| count + 1);
        self.context.stats.borrow_mut().record(&Sample {
            method: self.request.method.as_str(),
            name: &self.request.name,
            status: None,
            elapsed: self.begun.elapsed(),
            from_intended: None,
            phases: Phases::default(),
            bytes: 0,
            outcome: Outcome::Failed("cut off before the response was complete"),
        });
    }
}
