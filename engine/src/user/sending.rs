//! Requests: sent, checked, recorded, and captured from.

use std::{sync::Arc, time::Instant};

use http::StatusCode;
use serde_json::Value;

use super::{
    Context, User,
    recording::{End, Unfinished, What},
};
use crate::{
    http::{Client, Exchange, Request, Response},
    observer::Seen,
    scenario::TaskError,
    secret::secrets,
    trace::Traced,
};

impl User {
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
    pub(super) fn conclude(
        &mut self,
        request: &Request,
        exchange: Exchange,
        intended: Option<Instant>,
    ) -> Concluded {
        let mut failure = match &exchange.result {
            Ok(response) => request.expected.failure(response),
            Err(error) => Some(error.to_string()),
        };
        let met = (!request.expected.is_nothing()).then_some(failure.is_none());
        let mut captured = Vec::new();
        if failure.is_none()
            && let Ok(response) = &exchange.result
        {
            failure = capture(request, response, &mut captured).err();
        }
        // Reasons go into reports, and quote what was expected and what came.
        let failure = failure.map(|reason| self.masked(&reason));
        let outcome = Checked { failure: failure.as_deref(), met };
        self.record(request, &exchange, intended, outcome);
        if let (Some(telling), Some(reason)) = (&self.context.telling, &failure) {
            telling.tell(|body| self.failed_request(request, &exchange, reason, body));
        }
        if exchange.status == Some(StatusCode::UNAUTHORIZED) {
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
    pub(super) fn changed(&self, request: &Request) -> Option<Request> {
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

    fn record(
        &self,
        request: &Request,
        exchange: &Exchange,
        intended: Option<Instant>,
        Checked { failure, met }: Checked<'_>,
    ) {
        let elapsed = match &exchange.result {
            Ok(response) => response.elapsed,
            Err(_) => exchange.begun.elapsed(),
        };
        let end = End {
            elapsed,
            from_intended: intended.map(|at| (exchange.begun + elapsed).duration_since(at)),
            status: exchange.status,
            phases: exchange.phases,
            bytes: exchange.received,
            failure,
            met,
        };
        self.context.record(what(request), &end);
        if let Some(trace) = exchange.trace.filter(|_| !request.skip_transaction) {
            let method = request.method.as_str();
            let traced = Traced { elapsed, trace };
            self.context.stats.borrow_mut().record_trace(method, &request.name, traced);
        }
    }

    /// Whoever looks on learns what must not be shown before it sees where it came from.
    fn learn(&self, captured: &[(Arc<str>, Value)]) {
        let Some(observer) = &self.context.observer else { return };
        let secrets = captured.iter().flat_map(|(name, value)| secrets(name, value));
        secrets.for_each(|text| observer.secret(text));
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

/// What was found of a response, or of its absence.
#[derive(Clone, Copy)]
struct Checked<'a> {
    /// Why the request failed, if it did; without secrets.
    failure: Option<&'a str>,
    /// Whether its expectations were met, if it had any: without a response they were not.
    met: Option<bool>,
}

/// What a request brought.
pub(super) struct Concluded {
    pub(super) response: Option<Response>,
    /// What was captured, by variable.
    pub(super) captured: Vec<(Arc<str>, Value)>,
    /// Whether it failed and is to start the user's sequence over.
    pub(super) interrupts: bool,
}

/// Makes a request; one that is dropped before its end is counted as cut off.
pub(super) async fn execute(context: &Context, http: &Client, request: &Request) -> Exchange {
    let unfinished = Unfinished::begin(context, what(request));
    let exchange = http.execute(request).await;
    unfinished.end();
    context.resent.update(|resent| resent + u64::from(exchange.resent));
    exchange
}

fn what(request: &Request) -> What<'_> {
    let kind = request.method.as_str();
    What { kind, name: &request.name, skip_transaction: request.skip_transaction }
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
