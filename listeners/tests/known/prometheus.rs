//! A real Prometheus, on this machine, with a storage of its own.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Prometheus {
    address: SocketAddr,
    child: Child,
    _storage: TempDir,
}

impl Prometheus {
    /// Starts one that asks the targets for metrics; none, with a word of it, where Prometheus is
    /// not installed.
    #[expect(clippy::print_stderr, reason = "a test that did nothing says so")]
    pub(crate) fn start(flags: &[&str], targets: &[SocketAddr]) -> Option<Self> {
        if Command::new("prometheus").arg("--version").output().is_err() {
            eprintln!("skipped: Prometheus is not installed (Debian: apt-get install prometheus)");
            return None;
        }
        let storage = TempDir::new().unwrap();
        let config = storage.path().join("prometheus.yml");
        let targets: Vec<_> = targets.iter().map(ToString::to_string).collect();
        let scrape = serde_json::json!({
            "scrape_configs": [{
                "job_name": "loadtest",
                "scrape_interval": "1s",
                "static_configs": [{ "targets": targets }],
            }],
        });
        fs::write(&config, scrape.to_string()).unwrap();
        let address = free();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", storage.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--web.enable-remote-write-receiver")
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { address, child, _storage: storage };
        Self::until("ready", || get(address, "/-/ready", "").is_some_and(|(head, _)| is_ok(&head)));
        Some(server)
    }

    /// Where it is written to.
    pub(crate) fn remote_write(&self) -> String {
        format!("http://{}/api/v1/write", self.address)
    }

    /// The answer to a query at an instant: labels and values.
    pub(crate) fn query(&self, query: &str, at: SystemTime) -> Vec<(Value, f64)> {
        let at = at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        let result = &self.ask("query", &[("query", query), ("time", &at.to_string())])["result"];
        let series = result.as_array().unwrap_or_else(|| panic!("{query}: {result}"));
        let number = |value: &Value| value.as_str().unwrap().parse().unwrap();
        series.iter().map(|one| (one["metric"].clone(), number(&one["value"][1]))).collect()
    }

    /// The only value of a query's answer.
    pub(crate) fn number(&self, query: &str, at: SystemTime) -> f64 {
        let found = self.query(query, at);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        found[0].1
    }

    /// The values of the only series in a query's answer, each second between two instants.
    pub(crate) fn each_second(&self, query: &str, from: SystemTime, to: SystemTime) -> Vec<f64> {
        let text =
            |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64().to_string();
        let parameters =
            [("query", query), ("start", &text(from)), ("end", &text(to)), ("step", "1")];
        let result = &self.ask("query_range", &parameters)["result"];
        let values = result[0]["values"].as_array().unwrap_or_else(|| panic!("{result}"));
        values.iter().map(|value| value[1].as_str().unwrap().parse().unwrap()).collect()
    }

    /// The traces of a query's exemplars between two instants, and how long their requests took.
    pub(crate) fn traces(
        &self,
        query: &str,
        from: SystemTime,
        to: SystemTime,
    ) -> Vec<(Value, f64)> {
        let text =
            |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64().to_string();
        let parameters = [("query", query), ("start", &text(from)), ("end", &text(to))];
        let result = self.ask("query_exemplars", &parameters);
        let exemplars = result.as_array().unwrap().iter().flat_map(|one| {
            one["exemplars"].as_array().unwrap().iter().map(|exemplar| {
                let value = exemplar["value"].as_str().unwrap().parse().unwrap();
                (exemplar["labels"]["trace_id"].clone(), value)
            })
        });
        exemplars.collect()
    }

    fn ask(&self, what: &str, parameters: &[(&str, &str)]) -> Value {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let (head, body) = get(self.address, &format!("/api/v1/{what}?{query}"), "").unwrap();
        assert!(is_ok(&head), "{parameters:?}: {head}\n{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        answer["data"].clone()
    }

    /// Waits for something, but not for ever.
    pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(30), "never {what}");
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that is free.
pub(crate) fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Asks for a page: its head, and its body if it is a text.
pub(crate) fn get(address: SocketAddr, path: &str, headers: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n{headers}\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}

fn is_ok(head: &str) -> bool {
    head.split_whitespace().nth(1) == Some("200")
}
