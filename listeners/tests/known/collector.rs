//! A collector that takes OpenTelemetry's metrics.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use serde_json::Value;

/// Beside the listeners' tests, whichever tests use it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../listeners/tests/otlp_receiver.py");

/// A collector in Python, which reads with the official definitions. It ends with its test.
pub(crate) struct Collector {
    child: Child,
    /// What it was told, line by line: its pipe has no room for all of it.
    lines: Option<JoinHandle<Vec<String>>>,
    /// Its address.
    pub(crate) endpoint: String,
}

impl Collector {
    /// Starts one with an interpreter that knows what `scripts/requirements.txt` lists.
    pub(crate) fn start(python: &Path) -> Self {
        let mut child = Command::new(python).arg(SCRIPT).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        let lines = thread::spawn(move || lines.lines().map(Result::unwrap).collect());
        let endpoint = format!("http://127.0.0.1:{}", port.trim());
        Self { child, lines: Some(lines), endpoint }
    }

    /// All requests so far.
    pub(crate) fn told(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        let lines = self.lines.take().unwrap().join().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The metrics of a request.
pub(crate) fn metrics(told: &Value) -> &Vec<Value> {
    told["request"]["resource_metrics"][0]["scope_metrics"][0]["metrics"].as_array().unwrap()
}

/// An attribute of a point or a resource.
pub(crate) fn attribute(of: &Value, key: &str) -> Value {
    let attributes = of["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    found.map_or(Value::Null, |found| found["value"].clone())
}

/// A number of 64 bits, which JSON has as a text; none if it is 0.
pub(crate) fn number(value: &Value) -> u64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}
