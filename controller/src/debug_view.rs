//! What debug mode shows: every request and response, check and capture, without secrets.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use engine::{
    environment::Environment,
    http::Response,
    observer::{Measured, Observer, Seen},
    secret::{MASK, is_secret_name, mask, secrets},
    stats::{Phase, Phases},
};
use serde_json::Value;

use crate::{shown::shown, style::Style};

/// The most characters of a body that are shown.
const BODY_SHOWN: usize = 400;

/// Writes what a user does.
pub struct DebugView<W> {
    out: RefCell<W>,
    /// What must not be shown: secrets of the environment, and those captured on the way.
    secrets: RefCell<Vec<String>>,
    style: Style,
    /// What could not be written, to be told at the end.
    error: RefCell<Option<io::Error>>,
}

impl<W: Write> DebugView<W> {
    /// Writes to `out`, in a style that it understands.
    pub fn new(out: W, environment: &Environment, style: Style) -> Rc<Self> {
        let secrets = environment.secrets().into_iter().map(str::to_owned).collect();
        Rc::new(Self {
            out: RefCell::new(out),
            secrets: RefCell::new(secrets),
            style,
            error: RefCell::new(None),
        })
    }

    /// What could not be written, if anything. A reader that has seen enough, such as `head`, is
    /// no error.
    ///
    /// # Errors
    ///
    /// The first error of the output.
    pub fn finish(&self) -> io::Result<()> {
        let error = self.error.borrow_mut().take();
        let error = error.filter(|error| error.kind() != io::ErrorKind::BrokenPipe);
        error.map_or(Ok(()), Err)
    }

    fn line(&self, indent: usize, text: &str) {
        let text = shown(&mask(text, &self.secrets.borrow()));
        let written = writeln!(self.out.borrow_mut(), "{:indent$}{text}", "");
        if let Err(error) = written {
            self.error.borrow_mut().get_or_insert(error);
        }
    }

    /// A line whose mark is coloured: green for what passed, red for what failed.
    fn marked(&self, indent: usize, passed: bool, text: &str) {
        let text = shown(&mask(text, &self.secrets.borrow()));
        let mark = if passed { self.style.good("ok") } else { self.style.error("FAILED") };
        let written = writeln!(self.out.borrow_mut(), "{:indent$}{mark}  {text}", "");
        if let Err(error) = written {
            self.error.borrow_mut().get_or_insert(error);
        }
    }

    /// Keeps what must not be shown of a body: it may be sent on where its name does not tell.
    fn learn(&self, body: &str) {
        if let Ok(value) = serde_json::from_str::<Value>(body) {
            self.secrets.borrow_mut().extend(secrets("", &value).into_iter().map(str::to_owned));
        }
    }

    fn response(&self, response: &Response) {
        for (name, value) in response.headers.iter() {
            self.line(4, &format!("< {}", header(name, value)));
        }
        if response.received > 0 {
            let body = body(&response.body.text());
            self.line(4, &format!("< {body} ({} bytes received)", response.received));
        }
    }
}

impl<W: Write> Observer for DebugView<W> {
    fn began(&self, name: &str) {
        self.line(0, name);
    }

    fn requested(&self, seen: &Seen<'_>) {
        self.learn(&String::from_utf8_lossy(&seen.request.body));
        if let Ok(response) = seen.result {
            self.learn(&response.body.text());
        }
        let result = match seen.result {
            Ok(response) => response.status.to_string(),
            Err(_) => "no response".to_owned(),
        };
        let phases = phases(&seen.phases);
        let url = query_masked(seen.url);
        self.line(2, &format!("{} {url} -> {result}{phases}", seen.request.method));
        for (name, value) in &seen.request.headers {
            let value = if value.is_sensitive() { MASK.as_bytes() } else { value.as_bytes() };
            self.line(4, &format!("> {}", header(name.as_str(), value)));
        }
        if !seen.request.body.is_empty() {
            let text = String::from_utf8_lossy(&seen.request.body);
            self.line(4, &format!("> {}", body(&text)));
        }
        if let Ok(response) = seen.result {
            self.response(response);
        }
        for check in &seen.checks {
            self.marked(4, check.actual.is_none(), &check.to_string());
        }
        let told = seen.checks.iter().any(|check| check.actual.is_some());
        if let Some(failure) = seen.failure.filter(|_| !told) {
            self.marked(4, false, failure);
        }
    }

    fn measured(&self, seen: &Measured<'_>) {
        let Measured { kind, name, elapsed, bytes, failure } = seen;
        let result = if failure.is_some() { "failed" } else { "done" };
        let ms = elapsed.as_secs_f64() * 1e3;
        let received = if *bytes > 0 { format!(", {bytes} bytes received") } else { String::new() };
        self.line(2, &format!("{kind} {name} -> {result} ({ms:.1} ms{received})"));
        if let Some(failure) = failure {
            self.marked(4, false, failure);
        }
    }

    fn captured(&self, variable: &str, value: &Value) {
        let secret = is_secret_name(variable);
        self.secrets.borrow_mut().extend(secrets(variable, value).into_iter().map(str::to_owned));
        let shown = if secret { MASK.to_owned() } else { shorten(&masked(value).to_string()) };
        self.line(4, &format!("{variable} = {shown}"));
    }

    fn secret(&self, text: &str) {
        self.secrets.borrow_mut().push(text.to_owned());
    }

    fn failed(&self, name: &str, message: &str) {
        self.marked(2, false, &format!("{name}: {message}"));
    }
}

fn header(name: &str, value: &[u8]) -> String {
    let value = String::from_utf8_lossy(value);
    let value = if is_secret_name(name) { MASK } else { &value };
    format!("{name}: {value}")
}

fn phases(phases: &Phases) -> String {
    let happened = Phase::ALL.into_iter().filter(|phase| !phases.get(*phase).is_zero());
    let parts: Vec<_> = happened
        .map(|phase| format!("{} {:.1} ms", phase.name(), phases.get(phase).as_secs_f64() * 1e3))
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// The start of a body, its secrets masked: fields of JSON or of a form with telling names.
fn body(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => shorten(&masked(&value).to_string()),
        Err(_) if text.contains('=') && !text.contains(char::is_whitespace) => {
            shorten(&pairs_masked(text))
        }
        Err(_) => shorten(text),
    }
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let hide = is_secret_name(key) && !value.is_null();
                (key.clone(), if hide { MASK.into() } else { masked(value) })
            });
            Value::Object(entries.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(masked).collect()),
        plain => plain.clone(),
    }
}

fn pairs_masked(text: &str) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn query_masked(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{path}?{}", pairs_masked(query)),
        None => url.to_owned(),
    }
}

fn shorten(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(BODY_SHOWN).collect();
    if chars.next().is_some() { format!("{start}..") } else { start }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        assert_eq!(
            body(r#"{"user":"a","password":"b","in":[{"apiKey":1}]}"#),
            r#"{"user":"a","password":"***","in":[{"apiKey":"***"}]}"#
        );
        assert_eq!(body("user=a&password=b"), "user=a&password=***");
        assert_eq!(query_masked("http://x/?a=1&access_token=b"), "http://x/?a=1&access_token=***");
        assert_eq!(header("Authorization", b"Bearer x"), "Authorization: ***");
    }

    #[test]
    fn what_is_measured_is_shown_like_a_request() {
        let mut out = Vec::new();
        let environment = Environment { data: json!({"token": "tok-12345"}), ..<_>::default() };
        let view = DebugView::new(&mut out, &environment, Style::Plain);
        let ping = Measured {
            kind: "TCP",
            name: "PING",
            elapsed: Duration::from_micros(1250),
            bytes: 4,
            failure: None,
        };
        view.measured(&ping);
        view.measured(&Measured { bytes: 0, failure: Some("not for tok-12345"), ..ping });
        view.finish().unwrap();
        drop(view);
        let lines = "  TCP PING -> done (1.2 ms, 4 bytes received)\n  \
                     TCP PING -> failed (1.2 ms)\n    FAILED  not for ***\n";
        assert_eq!(String::from_utf8(out).unwrap(), lines);
    }

    #[test]
    fn captured_secrets_stay_secret() {
        let mut out = Vec::new();
        let view = DebugView::new(&mut out, &Environment::default(), Style::Plain);
        view.captured("token", &"tok-12345".into());
        view.captured("row", &serde_json::json!({"n": 1, "password": "row-12345"}));
        view.failed("x", "not found: tok-12345\x1b[2J, row-12345");
        view.finish().unwrap();
        drop(view);
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("-12345"), "{text}");
        assert!(!text.contains('\x1b'), "{text}");
    }
}
