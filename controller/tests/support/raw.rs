//! The plainest of HTTP clients: what it sends and what came back are in plain sight.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a test waits for a byte before it fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first value of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

/// Connects, with a time limit on every read.
pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).expect("something listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a timeout");
    stream
}

/// Gets a path on a connection of its own.
pub(crate) fn get(addr: SocketAddr, path: &str) -> Answer {
    send(addr, "GET", path, &[], None)
}

/// Posts JSON on a connection of its own.
pub(crate) fn post(addr: SocketAddr, path: &str, json: &str) -> Answer {
    send(addr, "POST", path, &[], Some(json))
}

/// Sends a request on a connection of its own.
pub(crate) fn send(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    json: Option<&str>,
) -> Answer {
    let length = json.unwrap_or_default().len().to_string();
    let host = addr.to_string();
    let mut all = vec![("Host", host.as_str()), ("Connection", "close")];
    all.extend_from_slice(headers);
    if json.is_some() {
        all.extend([("Content-Type", "application/json"), ("Content-Length", &length)]);
    }
    let all: String =
        all.into_iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    let body = json.unwrap_or_default();
    let request = format!("{method} {path} HTTP/1.1\r\n{all}\r\n{body}");
    parse(&exchange(addr, &request))
}

/// Sends bytes and reads until the other side closes.
pub(crate) fn exchange(addr: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = connect(addr);
    stream.write_all(request.as_bytes()).expect("the request is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer that ends");
    answer
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a header");
    let header = std::str::from_utf8(&answer[..end]).expect("a header of text");
    let mut lines = header.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").expect("a header line");
        (name.to_lowercase(), value.to_owned())
    });
    Answer {
        status: status.parse().expect("a status"),
        headers: headers.collect(),
        body: answer[end + 4..].to_vec(),
    }
}
