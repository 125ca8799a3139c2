//! Someone who looks at the page, without a browser.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::raw::{self, Answer, connect};

/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The header of all requests that change something.
pub(crate) const MARK: (&str, &str) = ("X-Load-Test", "1");

/// A page's address.
#[derive(Clone, Copy)]
pub(crate) struct Client(pub(crate) SocketAddr);

/// The views that one who looks gets.
pub(crate) struct Events(BufReader<TcpStream>);

impl Client {
    /// Of a page whose address was printed.
    pub(crate) fn of(line: &str) -> Self {
        let (_, url) = line.split_once("http://").expect("an address");
        let (addr, _) = url.split_once('/').expect("an address with a path");
        Self(addr.parse().expect("an address of numbers"))
    }

    pub(crate) fn get(self, path: &str) -> Answer {
        raw::get(self.0, path)
    }

    pub(crate) fn post(self, path: &str, json: &Value) -> Answer {
        raw::send(self.0, "POST", path, &[MARK], Some(&json.to_string()))
    }

    /// What is shown now.
    pub(crate) fn view(self) -> Value {
        self.get("/api/view").json()
    }

    /// What is shown once it is as it should be.
    #[track_caller]
    pub(crate) fn view_when(self, is_so: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let view = self.view();
            if is_so(&view) {
                return view;
            }
            assert!(Instant::now() < deadline, "still {view}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks for the views, and reads nothing yet.
    pub(crate) fn asks_for_events(self) -> TcpStream {
        let mut stream = connect(self.0);
        // Of the old version, so that the answer comes as it is, and not in chunks.
        let request = format!("GET /api/events HTTP/1.0\r\nHost: {}\r\n\r\n", self.0);
        stream.write_all(request.as_bytes()).expect("the request is taken");
        stream
    }

    /// Looks.
    pub(crate) fn events(self) -> Events {
        let mut events = BufReader::new(self.asks_for_events());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert!(events.read_line(&mut line).expect("a header") > 0, "no header");
        }
        Events(events)
    }
}

impl Iterator for Events {
    type Item = Value;

    /// The next view; none when the server has ended the stream.
    fn next(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).expect("a line") == 0 {
                return None;
            }
            if let Some(json) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(json).expect("a view"));
            }
        }
    }
}

/// Whether a view's state is this.
pub(crate) fn is(view: &Value, state: &str) -> bool {
    view["state"] == state
}
