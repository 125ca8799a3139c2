//! What is wrong about listeners is told at once, before anything starts.

use crate::support::project::Project;

#[test]
fn all_that_is_wrong_about_listeners_is_told_at_once() {
    let logging = "listeners: [Splunk, Sfx, Otlp, Splnk], emit_from: nonsense, traceparent: 200%";
    let credentials = "splunk: {host: 'http://127.0.0.1:9', token: a, idex: b, body_bytes: 1MB}
otlp: {endpoit: 'http://127.0.0.1:9'}
promtheus: {listen: 9464}
";
    let finished = Project::new().heard_by(logging, credentials).run([]).expect_code(2);
    let stderr = &finished.stderr;
    for part in [
        "profile.logging.listeners: found the text `Splnk`: no such listener, expected any of Sfx, Splunk, Debug, Otlp, \
         Prometheus, CloudWatch; did you mean `Splunk`?",
        "profile.logging.emit_from: found the text `nonsense`, expected generators or controller",
        "profile.logging.traceparent: ",
        "up to 100%",
        "profile.logging.listeners: Sfx needs the section `sfx` in config/systems_credentials.yml",
        "splunk.idex: unknown key; did you mean `index`?",
        "splunk.body_bytes: expected",
        "otlp.endpoint: missing",
        "otlp.endpoit: unknown key; did you mean `endpoint`?",
        "promtheus: unknown key; did you mean `prometheus`?",
    ] {
        assert!(stderr.contains(part), "no {part:?} in:\n{stderr}");
    }
    // They have sections, which are told of as what they are.
    for part in ["Splunk needs the section", "Otlp needs the section"] {
        assert!(!stderr.contains(part), "{part:?} in:\n{stderr}");
    }
    assert!(!finished.path().join("results").exists());
}
