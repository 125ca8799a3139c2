//! What the account's owner reaches: Lambda, the token service and the object store.

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;

use crate::{
    actions::by_function,
    invoke::{Call, Mode, configuration, function, invoke},
    objects::decoded,
    server::{Answer, HangUp, json as answer_json},
    state::{ACCOUNT, State},
};

/// Answers a request.
pub(crate) async fn answer(state: Arc<State>, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| HangUp)?.to_bytes();
    let region = region(&head.headers).unwrap_or_default();
    let path = head.uri.path().to_owned();
    let steps: Vec<&str> = path.trim_matches('/').split('/').collect();
    if !by_function(&head.headers) {
        state.actions.note(&head.method, &steps);
    }
    let get = head.method == Method::GET;
    match steps[..] {
        ["2015-03-31", "functions", name, "invocations"] => {
            let call = Call::new(region, &plain(name), Mode::Buffered, &head.headers, body);
            invoke(state, call).await
        }
        ["2021-11-15", "functions", name, "response-streaming-invocations"] => {
            let call = Call::new(region, &plain(name), Mode::Streamed, &head.headers, body);
            invoke(state, call).await
        }
        ["2015-03-31", "functions", name, ..] if get && !exists(&state, &region, &plain(name)) => {
            Ok(not_found(&state, &region, &plain(name)))
        }
        ["2015-03-31", "functions", _] if get => Ok(function(&state, &region)),
        ["2015-03-31", "functions", _, "configuration"] if get => {
            Ok(answer_json(StatusCode::OK, &configuration(&state, &region)))
        }
        ["2016-08-19", "account-settings"] if get => Ok(account(&state)),
        [""] if head.method == Method::POST => Ok(identity(&body)),
        _ => Ok(state.objects.answer(&head.method, &path, &head.headers, body)),
    }
}

/// The region for which a request was signed.
fn region(headers: &HeaderMap) -> Option<String> {
    let authorization = headers.get("authorization")?.to_str().ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    // The key, the day, the region.
    credential.split('/').nth(2).map(str::to_owned)
}

/// A function's name without what may stand around it.
fn plain(name: &str) -> String {
    let name = decoded(name);
    name.rsplit_once(":function:").map_or(name.as_str(), |(_, name)| name).to_owned()
}

fn exists(state: &State, region: &str, function: &str) -> bool {
    let settings = &state.settings;
    function == settings.function && settings.regions.iter().any(|own| own == region)
}

pub(crate) fn not_found(state: &State, region: &str, function: &str) -> Response<Body> {
    let arn = state.arn(region);
    let arn = arn.strip_suffix(&state.settings.function).unwrap_or_default();
    let message = format!("Function not found: {arn}{function}");
    aws_error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message)
}

/// An error as the SDK reads it.
pub(crate) fn aws_error(status: StatusCode, kind: &'static str, message: &str) -> Response<Body> {
    let mut response = answer_json(status, &json!({"Type": "User", "message": message}));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(kind));
    response
}

fn account(state: &State) -> Response<Body> {
    let concurrency = state.settings.concurrency;
    let settings = json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": concurrency,
            "UnreservedConcurrentExecutions": concurrency,
        },
        "AccountUsage": {"TotalCodeSize": 2_000_000, "FunctionCount": 1},
    });
    answer_json(StatusCode::OK, &settings)
}

fn identity(body: &[u8]) -> Response<Body> {
    if !String::from_utf8_lossy(body).contains("Action=GetCallerIdentity") {
        return aws_error(StatusCode::BAD_REQUEST, "InvalidAction", "no such action");
    }
    Response::new(Body::from(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/tester</Arn>\
         <UserId>AIDATESTER</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )))
}
