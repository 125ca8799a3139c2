//! Invocations as a caller makes them.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::sleep,
};
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::{
    environment::{Delivery, Environment},
    event_stream::{chunk, complete},
    fault::Fault,
    front::{aws_error, not_found},
    invocation::Invocation,
    reply::{Failure, Reply},
    server::{Answer, HangUp, json as answer_json},
    state::{Reserved, State},
};

/// How long bytes may take to leave.
const FLUSH: Duration = Duration::from_millis(50);

/// How an answer is to come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    Buffered,
    Streamed,
}

/// What a caller asks.
pub(crate) struct Call {
    pub(crate) region: String,
    pub(crate) function: String,
    pub(crate) mode: Mode,
    /// Whether the end of the log is to come with the answer.
    pub(crate) tail: bool,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(
        region: String,
        function: &str,
        mode: Mode,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let tail = headers.get("x-amz-log-type").is_some_and(|kind| kind == "Tail");
        Self { region, function: function.to_owned(), mode, tail, body }
    }
}

/// Answers a call.
pub(crate) async fn invoke(state: Arc<State>, call: Call) -> Answer {
    let settings = &state.settings;
    if call.function != settings.function || !settings.regions.contains(&call.region) {
        return Ok(not_found(&state, &call.region, &call.function));
    }
    let Ok(payload) = serde_json::from_slice::<Value>(&call.body) else {
        let kind = "InvalidRequestContentException";
        return Ok(aws_error(StatusCode::BAD_REQUEST, kind, "Could not parse request body"));
    };
    if call.mode == Mode::Streamed && settings.without_streaming.contains(&call.region) {
        let message = "Response streaming is not supported in this region";
        return Ok(aws_error(StatusCode::BAD_REQUEST, "InvalidParameterValueException", message));
    }
    let faults = state.faults(&call.region, &payload);
    let invocation = Invocation {
        region: call.region.clone(),
        request: format!("00000000-0000-4000-8000-{:012x}", state.number()),
        payload,
        streamed: call.mode == Mode::Streamed,
        arrived: SystemTime::now(),
        started: None,
        ended: None,
        pid: None,
        error: None,
    };
    let place = state.log.add(invocation.clone());
    if faults.contains(&Fault::HangUp) {
        state.log.change(place, |invocation| invocation.error = Some("hung up".into()));
        return Err(HangUp);
    }
    let place_to_run = state.reserve(&call.region).filter(|_| !faults.contains(&Fault::Throttle));
    let Some(reserved) = place_to_run else {
        let kind = "TooManyRequestsException";
        state.log.change(place, |invocation| invocation.error = Some(kind.into()));
        return Ok(aws_error(StatusCode::TOO_MANY_REQUESTS, kind, "Rate Exceeded."));
    };
    for fault in &faults {
        if let Fault::Delay(delay) = fault {
            sleep(*delay).await;
        }
    }
    let begun = Instant::now();
    let (environment, replies) =
        start(&state, &invocation, place, &call.body, &faults, reserved).await;
    let ending = Ending { environment, request: invocation.request, begun, tail: call.tail };
    match call.mode {
        Mode::Streamed => Ok(stream(ending, replies, Cut::of(&faults))),
        Mode::Buffered => Ok(whole(ending, replies, settings.largest_answer).await),
    }
}

/// Delivers an invocation, perhaps twice; the replies are those of the first delivery.
async fn start(
    state: &Arc<State>,
    invocation: &Invocation,
    place: usize,
    payload: &Bytes,
    faults: &[Fault],
    reserved: Reserved,
) -> (Option<Arc<Environment>>, UnboundedReceiver<Reply>) {
    let (sender, replies) = unbounded_channel();
    let request = &invocation.request;
    if faults.contains(&Fault::ExitAtStart) {
        let kind = "Runtime.ExitError";
        let message =
            format!("RequestId: {request} Error: Runtime exited with error: exit status 1");
        state.log.change(place, |invocation| invocation.error = Some(kind.into()));
        fail(&sender, kind, message);
        return (None, replies);
    }
    let kill_after = faults.iter().find_map(|fault| match fault {
        Fault::KillAfter(after) => Some(*after),
        _ => None,
    });
    let break_after = faults.iter().find_map(|fault| match fault {
        Fault::BreakAfter(lines) => Some(*lines),
        _ => None,
    });
    let delivery = |place, replies| Delivery {
        request: request.clone(),
        place,
        payload: payload.clone(),
        replies,
        kill_after,
        break_after,
    };
    let first = state.deliver(reserved, delivery(place, sender.clone())).await;
    if faults.contains(&Fault::Duplicate) {
        let place = state.log.add(invocation.clone());
        let (unheard, _) = unbounded_channel();
        let again = state.deliver(Reserved::beyond(&invocation.region), delivery(place, unheard));
        // If it does not start, its absence shows in the log.
        let _ = again.await;
    }
    // A program that cannot be started is an error of the function.
    let first = first
        .inspect_err(|error| fail(&sender, "Runtime.InvalidEntrypoint", error.to_string()))
        .ok();
    (first, replies)
}

fn fail(replies: &UnboundedSender<Reply>, kind: &str, message: String) {
    // The receiver is about to be read.
    let _ = replies.send(Reply::Failed(Failure::new(kind, message)));
}

/// What is said at the end of an answer.
struct Ending {
    environment: Option<Arc<Environment>>,
    request: String,
    begun: Instant,
    tail: bool,
}

impl Ending {
    fn log(&self) -> Option<String> {
        let environment = self.environment.as_ref().filter(|_| self.tail)?;
        Some(BASE64_STANDARD.encode(environment.report(&self.request, self.begun.elapsed())))
    }
}

/// An answer in one piece.
async fn whole(
    ending: Ending,
    mut replies: UnboundedReceiver<Reply>,
    largest: usize,
) -> Response<Body> {
    let mut body = Vec::new();
    let mut failure = None;
    while let Some(reply) = replies.recv().await {
        match reply {
            Reply::Chunk(data) => body.extend_from_slice(&data),
            Reply::Done => break,
            Reply::Failed(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    if failure.is_none() && body.len() > largest {
        let message = format!(
            "Response payload size exceeded maximum allowed payload size ({largest} bytes)."
        );
        failure = Some(Failure::new("Function.ResponseSizeTooLarge", message));
    }
    let mut response = Response::new(match &failure {
        None => Body::from(body),
        Some(failure) => Body::from(failure.body()),
    });
    let headers = response.headers_mut();
    headers.insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
    if failure.is_some() {
        headers.insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    }
    if let Some(log) = ending.log().and_then(|log| HeaderValue::try_from(log).ok()) {
        headers.insert("x-amz-log-result", log);
    }
    with_request(response, &ending.request)
}

/// Where an answer ends for its caller.
#[derive(Clone, Copy)]
enum Cut {
    Never,
    Broken(usize),
    Silent(usize),
}

impl Cut {
    fn of(faults: &[Fault]) -> Self {
        let cut = faults.iter().find_map(|fault| match fault {
            Fault::CutAfter(lines) => Some(Self::Broken(*lines)),
            Fault::StallAfter(lines) => Some(Self::Silent(*lines)),
            _ => None,
        });
        cut.unwrap_or(Self::Never)
    }

    fn lines(self) -> usize {
        match self {
            Self::Never => usize::MAX,
            Self::Broken(lines) | Self::Silent(lines) => lines,
        }
    }
}

/// An answer as it comes.
fn stream(ending: Ending, replies: UnboundedReceiver<Reply>, cut: Cut) -> Response<Body> {
    let (sender, receiver) = unbounded_channel();
    let request = ending.request.clone();
    tokio::spawn(pass_on(ending, replies, cut, sender));
    let mut response = Response::new(Body::from_stream(UnboundedReceiverStream::new(receiver)));
    let headers = response.headers_mut();
    let content = "application/vnd.amazon.eventstream";
    headers.insert("content-type", HeaderValue::from_static(content));
    headers.insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
    with_request(response, &request)
}

async fn pass_on(
    ending: Ending,
    mut replies: UnboundedReceiver<Reply>,
    cut: Cut,
    caller: UnboundedSender<io::Result<Bytes>>,
) {
    let mut left = cut.lines();
    // A caller that is gone is not told; the program does not notice.
    let tell = |message| drop(caller.send(message));
    let mut failure = None;
    while let Some(reply) = replies.recv().await {
        match reply {
            Reply::Chunk(data) => {
                let (data, lines) = first_lines(&data, left);
                left -= lines;
                if !data.is_empty() {
                    tell(Ok(chunk(data)));
                }
                match cut {
                    Cut::Broken(_) if left == 0 => {
                        // What was said before is on its way before the connection breaks.
                        sleep(FLUSH).await;
                        return tell(Err(io::Error::other("cut on demand")));
                    }
                    Cut::Silent(_) if left == 0 => return caller.closed().await,
                    _ => {}
                }
            }
            Reply::Done => break,
            Reply::Failed(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    tell(Ok(complete(failure.as_ref(), ending.log())));
}

/// The part of some bytes up to the end of so many lines, and how many lines it ends.
fn first_lines(data: &Bytes, most: usize) -> (Bytes, usize) {
    let mut ends = data.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let ends: Vec<usize> = ends.by_ref().map(|(at, _)| at + 1).take(most).collect();
    let length = if ends.len() == most { ends.last().copied().unwrap_or(0) } else { data.len() };
    (data.slice(..length), ends.len())
}

fn with_request(mut response: Response<Body>, request: &str) -> Response<Body> {
    if let Ok(request) = HeaderValue::try_from(request) {
        response.headers_mut().insert("x-amzn-requestid", request);
    }
    response
}

/// Settings of the function, as its caller may read them.
pub(crate) fn configuration(state: &State, region: &str) -> Value {
    let settings = &state.settings;
    json!({
        "FunctionName": settings.function,
        "FunctionArn": state.arn(region),
        "Runtime": "provided.al2023",
        "Role": format!("arn:aws:iam::{}:role/load-test/{}", crate::state::ACCOUNT, settings.function),
        "Handler": "bootstrap",
        "CodeSize": 2_000_000,
        "Description": "",
        "Timeout": settings.timeout.as_secs(),
        "MemorySize": settings.memory_mb,
        "LastModified": "2026-01-01T00:00:00.000+0000",
        "CodeSha256": settings.code_sha256,
        "Version": "$LATEST",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
    })
}

/// What can be read of the function besides.
pub(crate) fn function(state: &State, region: &str) -> Response<Body> {
    let function = json!({
        "Configuration": configuration(state, region),
        "Code": {"RepositoryType": "S3", "Location": format!("{}/code.zip", state.endpoint())},
        "Tags": {"load-test": state.settings.function},
    });
    answer_json(StatusCode::OK, &function)
}
