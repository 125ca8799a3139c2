//! A double of AWS: moto, but for what a script says.

mod action;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{self, Response, header::CONTENT_LENGTH},
};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use tokio::net::TcpListener;

use super::Moto;

/// Answers instead of moto, or changes what moto says.
pub(crate) struct Double {
    pub(crate) url: String,
    shared: Arc<Shared>,
    moto: Moto,
}

struct Shared {
    moto: String,
    client: Client<HttpConnector, Full<Bytes>>,
    script: Mutex<Vec<Rule>>,
    asked: Mutex<Vec<String>>,
    actions: Mutex<BTreeSet<String>>,
}

struct Rule {
    /// All of these are in what is asked: method, address, body, and `region/service`.
    asked: Vec<String>,
    times: usize,
    answer: Answer,
}

#[derive(Clone)]
enum Answer {
    Error { status: u16, code: String, message: String },
    Changed(Vec<(String, Value)>),
}

impl Double {
    pub(crate) async fn start() -> Self {
        let moto = Moto::start();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            moto: moto.url.clone(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            script: Mutex::default(),
            asked: Mutex::default(),
            actions: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared, moto }
    }

    /// What asks for all of this (parted by spaces) fails so many times.
    pub(crate) fn fails(&self, asked: &str, times: usize, error: (u16, &str, &str)) {
        let (status, code, message) = (error.0, error.1.into(), error.2.into());
        self.add(asked, times, Answer::Error { status, code, message });
    }

    /// What asks for all of this is answered with other values so many times.
    pub(crate) fn says(&self, asked: &str, times: usize, values: &[(&str, &str)]) {
        let values = values.iter().map(|(key, value)| ((*key).into(), Value::from(*value)));
        self.add(asked, times, Answer::Changed(values.collect()));
    }

    /// How often all of this was asked for.
    pub(crate) fn asked(&self, asked: &str) -> usize {
        let all = self.shared.asked.lock().unwrap();
        all.iter().filter(|text| asked.split(' ').all(|part| text.contains(part))).count()
    }

    /// The actions that were asked for since this was called last, as policies name them.
    pub(crate) fn actions(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.shared.actions.lock().unwrap())
    }

    /// Where nothing is scripted, and nothing is noted.
    pub(crate) fn moto(&self) -> &str {
        &self.moto.url
    }

    fn add(&self, asked: &str, times: usize, answer: Answer) {
        let asked = asked.split(' ').map(String::from).collect();
        self.shared.script.lock().unwrap().push(Rule { asked, times, answer });
    }
}

impl Shared {
    /// The first rule that is not used up.
    fn rule(&self, text: &str) -> Option<Answer> {
        let mut script = self.script.lock().unwrap();
        let fits =
            |rule: &&mut Rule| rule.times > 0 && rule.asked.iter().all(|part| text.contains(part));
        let rule = script.iter_mut().find(fits)?;
        rule.times -= 1;
        Some(rule.answer.clone())
    }

    async fn forward(&self, request: Request, body: Bytes) -> Response<Bytes> {
        let (mut parts, _) = request.into_parts();
        let path = parts.uri.path_and_query().unwrap();
        parts.uri = format!("{}{path}", self.moto).parse().unwrap();
        let request = http::Request::from_parts(parts, Full::new(body));
        let answer = self.client.request(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Response::from_parts(parts, body)
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let signature = parts.headers.get("authorization").map(|value| value.to_str().unwrap());
    let text = format!(
        "{} {} {} {}",
        parts.method,
        parts.uri,
        signature.unwrap_or_default(),
        String::from_utf8_lossy(&body)
    );
    let rule = shared.rule(&text);
    shared.asked.lock().unwrap().push(text.clone());
    shared.actions.lock().unwrap().insert(action::of(&parts, &text));
    match rule {
        Some(Answer::Error { status, code, message }) => failure(&text, status, &code, &message),
        Some(Answer::Changed(values)) => {
            let answer =
                shared.forward(Request::from_parts(parts, body.clone().into()), body).await;
            let (mut parts, body) = answer.into_parts();
            let mut json: Value = serde_json::from_slice(&body).unwrap();
            for (key, value) in values {
                json[key] = value;
            }
            parts.headers.remove(CONTENT_LENGTH);
            Response::from_parts(parts, json.to_string().into())
        }
        None => {
            let request = Request::from_parts(parts, body.clone().into());
            shared.forward(request, body).await.map(Body::from)
        }
    }
}

/// An error as the service's protocol wants it.
fn failure(text: &str, status: u16, code: &str, message: &str) -> Response<Body> {
    let answer = Response::builder().status(status).header("x-amzn-errortype", code);
    let is_xml = ["/iam/", "/sts/", "/s3/"].iter().any(|service| text.contains(service));
    let body = if is_xml {
        let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        if text.contains("/s3/") {
            error
        } else {
            format!("<ErrorResponse>{error}</ErrorResponse>")
        }
    } else {
        serde_json::json!({"__type": code, "message": message}).to_string()
    };
    answer.body(body.into()).unwrap()
}
