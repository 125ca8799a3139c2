//! A small HTTP server that notes when each request came.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod https;
pub(crate) mod jobs;
pub(crate) mod web;

use engine::{
    debug::walk,
    environment::Environment,
    files::Files,
    observer::{Observer, Seen},
    scenario::Scenario,
    stats::Stats,
    yaml,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    rc::Rc,
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

/// Answers `200` with a JSON body to everything, on a port of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<(String, Instant)>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(&stream.unwrap(), &seen));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths and times of all requests so far.
    pub(crate) fn requests(&self) -> Vec<(String, Instant)> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<(String, Instant)>>) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line).is_err() || line == "\r\n" {
                break;
            }
            if let Some((_, value)) =
                line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        std::io::Read::read_exact(&mut reader, &mut body).unwrap();
        seen.lock().unwrap().push((path, Instant::now()));
        let body = r#"{"userId": 7, "token": "abc"}"#;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if (&*stream).write_all(format!("{head}{body}").as_bytes()).is_err() {
            return;
        }
        line.clear();
    }
}

/// Sees nothing.
pub(crate) struct Blind;

impl Observer for Blind {
    fn began(&self, _: &str) {}
    fn requested(&self, _: &Seen<'_>) {}
    fn captured(&self, _: &str, _: &Value) {}
    fn failed(&self, _: &str, _: &str) {}
}

/// One user of each class does everything once.
pub(crate) fn once(host: &str, scenario: &str) -> Stats {
    once_with(host, scenario, &Files::default())
}

/// The same, with the files that the scenario names.
pub(crate) fn once_with(host: &str, scenario: &str, files: &Files) -> Stats {
    let data = json!({"shop": {"id": 7, "name": "Anna & Co"}});
    let environment = Environment { name: "test".into(), host: Some(host.into()), data };
    let scenario = yaml::read("scenario.yml", scenario, &environment, files)
        .unwrap_or_else(|problems| panic!("{}", problems[0]));
    walk(&scenario, environment, Rc::new(Blind)).unwrap()
}

/// One user of each class does everything once, where the scenario says.
pub(crate) fn walked(scenario: &Scenario) -> Stats {
    walk(scenario, Environment::default(), Rc::new(Blind)).unwrap()
}

/// The reasons for which requests failed.
pub(crate) fn reasons(stats: &Stats) -> Vec<String> {
    stats.failures().iter().map(|(failure, _)| failure.reason.clone()).collect()
}
