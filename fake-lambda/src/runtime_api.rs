//! The interface between Lambda and a runtime.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    environment::Environment,
    reply::Failure,
    server::{Answer, HangUp, empty, json as answer_json},
};

/// How long an exit may take to be noticed.
const EXIT: Duration = Duration::from_millis(200);

const PREFIX: &str = "/2018-06-01/runtime/";

/// Answers a runtime.
pub(crate) async fn answer(environment: Arc<Environment>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let steps: Vec<&str> = path.strip_prefix(PREFIX).unwrap_or_default().split('/').collect();
    match steps[..] {
        ["invocation", "next"] => next(&environment).await,
        ["invocation", id, _] if !environment.is_current(id) => Ok(answer_json(
            StatusCode::BAD_REQUEST,
            &json!({"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"}),
        )),
        ["invocation", _, "response"] => response(&environment, request.into_body()).await,
        ["invocation", _, "error"] => {
            let body = request.into_body().collect().await.map_err(|_| HangUp)?.to_bytes();
            environment.end(Some(Failure::reported(&body)));
            Ok(empty(StatusCode::ACCEPTED))
        }
        ["init", "error"] => Ok(empty(StatusCode::ACCEPTED)),
        _ => Ok(empty(StatusCode::NOT_FOUND)),
    }
}

async fn next(environment: &Arc<Environment>) -> Answer {
    let (request, deadline, payload) = environment.next().await.ok_or(HangUp)?;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut response = Response::new(Body::from(payload));
    let headers = response.headers_mut();
    for (name, value) in [
        ("lambda-runtime-aws-request-id", request),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", environment.arn()),
        ("lambda-runtime-trace-id", "Root=1-0-0;Sampled=0".into()),
        ("content-type", "application/json".into()),
    ] {
        headers.insert(name, HeaderValue::try_from(value).map_err(|_| HangUp)?);
    }
    Ok(response)
}

/// Passes on an answer as it comes, in one piece or streamed.
async fn response(environment: &Environment, mut body: Incoming) -> Answer {
    let mut failure = None;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            // If it broke because the program ended, that is the news.
            sleep(EXIT).await;
            failure = Some(truncated("the connection broke within the answer"));
            break;
        };
        match frame.into_data() {
            Ok(data) if environment.chunk(&data) => {}
            Ok(_) => {
                environment.end(Some(truncated("the connection was broken within the answer")));
                return Err(HangUp);
            }
            Err(frame) => failure = frame.trailers_ref().and_then(trailing),
        }
    }
    environment.end(failure);
    Ok(empty(StatusCode::ACCEPTED))
}

fn truncated(message: &str) -> Failure {
    Failure::new("Runtime.TruncatedResponse", message.into())
}

/// An error that came after the beginning of a streamed answer.
fn trailing(trailers: &HeaderMap) -> Option<Failure> {
    let kind = trailers.get("lambda-runtime-function-error-type")?.to_str().ok()?;
    let body = trailers.get("lambda-runtime-function-error-body").map(HeaderValue::as_bytes);
    let body = BASE64_STANDARD.decode(body.unwrap_or_default()).unwrap_or_default();
    let message = String::from_utf8_lossy(&Bytes::from(body)).into_owned();
    Some(Failure::new(kind, message))
}
