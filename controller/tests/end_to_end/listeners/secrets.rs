//! What proves to a system who speaks is nowhere but in what the system is told.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use controller::demo_api::{DemoApi, Running};

use super::{
    CREDENTIALS, delivery,
    fake::{Answer, Asked, Fake},
    taking,
};
use crate::support::project::{Finished, Project};

const SFX: &str = "sfx-Zq7rT0k3n-4711";
const SPLUNK: &str = "5p1unk-h3c-T0k3n-4712";
const OTLP: &str = "0t1p-h34d3r-T0k3n-4713";
const PASSWORD: &str = "pr0m-p455w0rd-4714";

/// All proofs, and how the password travels.
fn secrets() -> Vec<String> {
    let basic = STANDARD.encode(format!("load-test:{PASSWORD}"));
    [SFX, SPLUNK, OTLP, PASSWORD, &basic].map(str::to_owned).into()
}

const FAILING: &str = r"
users:
  User:
    wait_time: {constant: 50ms}
    tasks:
      all:
        - get: /health
        - get: {path: /products/1000, name: missing}
";

/// A run in which some requests fail, told to a server as four systems.
fn project(api: &Running, server: &Fake) -> Project {
    let url = server.url();
    let credentials = format!(
        "stats_interval: 1
sfx: {{ingest: '{url}', token: '${{SFX_TOKEN}}'}}
splunk: {{host: '{url}', token: {SPLUNK}}}
otlp: {{endpoint: '{url}', headers: {{Authorization: Bearer {OTLP}}}}}
prometheus: {{remote_write: '{url}/write', username: load-test, password: {PASSWORD}}}
"
    );
    let logging = "loglevel: DEBUG, hyperclient_console_log_level: DEBUG, traceparent: 100%, listeners: [Sfx, Splunk, Otlp, Prometheus, Debug]";
    Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(FAILING)
        .profile("thresholds: {overall: {failure_ratio: 99%}}\n")
        .runner("duration", "2s")
        .heard_by(logging, &credentials)
        .variable("SFX_TOKEN", SFX)
}

/// Fails if a proof is in a text, or a file below a directory.
#[track_caller]
fn expect_nothing(where_: &str, text: &str) {
    for secret in secrets() {
        if let Some(at) = text.find(&secret) {
            let from = text[..at].rfind('\n').map_or(0, |line| line + 1);
            panic!("{secret} in {where_}: {}", text[from..].lines().next().unwrap());
        }
    }
}

#[track_caller]
fn expect_nothing_said(what: &str, finished: &Finished) {
    expect_nothing(&format!("stdout of {what}"), &finished.stdout);
    expect_nothing(&format!("stderr of {what}"), &finished.stderr);
}

/// How many files were looked into.
#[track_caller]
fn expect_nothing_in(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let each = entries.map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return expect_nothing_in(&path);
        }
        let bytes = fs::read(&path).unwrap();
        expect_nothing(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
        1
    });
    each.sum()
}

/// Each system was told its own proof, so that there was something to be found.
fn proven(asked: &[Asked]) -> Vec<bool> {
    let basic = format!("Basic {}", secrets()[4]);
    let has = |path: &str, header: &str, value: &str| {
        asked.iter().any(|asked| asked.path == path && asked.header(header) == Some(value))
    };
    vec![
        has("/v2/event", "x-sf-token", SFX),
        has("/services/collector/event", "authorization", &format!("Splunk {SPLUNK}")),
        has("/v1/metrics", "authorization", &format!("Bearer {OTLP}")),
        has("/write", "authorization", &basic),
    ]
}

#[test]
fn no_artefact_of_a_run_has_a_proof_in_it() {
    let (api, server) = (DemoApi::spawn().unwrap(), taking());
    let project = project(&api, &server);
    let again = |arguments: [&str; 2]| {
        let command = project.again().variable("SFX_TOKEN", SFX);
        command.call(arguments)
    };
    project.write();
    for arguments in [["plan", "--json"], ["debug", "--no-color"], ["doctor", "sample"]] {
        expect_nothing_said(&arguments.join(" "), &again(arguments));
    }
    // How it ends is of no matter: where the machine is busy, thresholds let nothing out.
    let finished = project.run([]);
    assert_eq!(proven(&server.asked()), [true; 4]);
    let report = finished.report();
    assert!(report["summary"]["failures"].as_u64().unwrap() > 0);
    for listener in ["Sfx", "Splunk", "Otlp", "Prometheus"] {
        let (sent, lost, trouble) = delivery(&report, listener);
        assert!(sent > 0 && lost == 0 && trouble.is_none(), "{listener}: {lost}, {trouble:?}");
    }
    expect_nothing_said("run", &finished);
    assert!(expect_nothing_in(&finished.path().join("results")) > 10);
}

#[test]
fn who_is_refused_says_so_without_the_proof_that_the_answer_repeats() {
    let api = DemoApi::spawn().unwrap();
    let server = Fake::start(|asked, _| {
        let proof = asked.header("authorization").or_else(|| asked.header("x-sf-token")).unwrap();
        let decoded = proof.strip_prefix("Basic ").map(|basic| STANDARD.decode(basic).unwrap());
        let decoded = String::from_utf8(decoded.unwrap_or_default()).unwrap();
        Answer::new(401, &format!("who is {proof} ({decoded})?"))
    });
    let finished = project(&api, &server).run([]);
    assert_eq!(proven(&server.asked()), [true; 4]);
    let report = finished.report();
    for listener in ["Sfx", "Splunk", "Otlp", "Prometheus"] {
        let (sent, lost, trouble) = delivery(&report, listener);
        let trouble = trouble.unwrap();
        assert!(sent == 0 && lost > 0, "{listener}: {sent} sent, {lost} lost");
        assert!(trouble.starts_with("401 Unauthorized: who is "), "{listener}: {trouble}");
        assert!(trouble.contains("***"), "{listener}: {trouble}");
        assert!(finished.stdout.contains(&trouble), "{trouble} is not in {}", finished.stdout);
    }
    expect_nothing_said("run", &finished);
    assert!(expect_nothing_in(&finished.path().join("results")) > 10);
}

#[test]
fn what_is_wrong_with_the_credentials_is_told_without_them() {
    for credentials in [
        format!("sfx: {{realm: us1, token: [{SFX}]}}"),
        format!("sfx: {{realm: us1, token: {{{SFX}}}}}"),
        format!("sfx: {{realm: us1, token: {{secret: {{{SFX}: 1}}}}}}"),
        format!("sfx: {{realm: us1, tokn: {SFX}}}"),
        format!("sfx: {{realm: us1, token:{SFX}}}"),
        format!("{{sfx:{SFX}}}"),
        format!(
            "otlp: {{endpoint: 'http://127.0.0.1:9', headers: {{Authorization:Bearer {OTLP}}}}}"
        ),
        format!("sfx: {SFX}"),
        format!("sfx: {{realm: {SFX}, token: a}}"),
        format!("sfx: [{{token: {SFX}}}]"),
        format!("sfx:\n  realm: us1\n  token: {SFX}: {SFX}"),
        format!("sfx:\n  realm: us1\n token: \"{SFX}"),
        format!("sfx:\n  realm: us1\n  token: *{SFX}"),
        format!("sfx: {{realm: us1, token: a}}\nstats_interval: {SFX}"),
        format!("sfx: {{realm: us1, token: '${{UNSET}}{SFX}'}}"),
        SFX.to_owned(),
    ] {
        let finished = Project::new()
            .heard_by("listeners: [Sfx]", &credentials)
            .run([])
            .expect_code(2)
            .expect_stderr(CREDENTIALS);
        expect_nothing_said(&credentials, &finished);
    }
}
