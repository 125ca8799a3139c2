//! Listeners' secrets that are kept in AWS, and cannot be read.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use fake_lambda::{FakeLambda, Settings};

use crate::{
    account::{project, settings},
    support::project::{Finished, Project, TEST},
};

const PAIR: [&str; 2] = ["eu-west-1", "us-west-2"];

/// What is never to be seen.
const HUNTER: &str = "hunter2";

/// Where secrets are kept that nobody may read.
fn denier() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(r#"{{"__type": "AccessDeniedException", "Message": "{HUNTER}"}}"#);
    let head = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n", body.len());
    let answer = format!("{head}Connection: close\r\n\r\n{body}");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut request, mut piece) = (Vec::new(), [0; 4096]);
            // Its body is the last that comes.
            while !request.ends_with(b"}") {
                match stream.read(&mut piece) {
                    Ok(read) if read > 0 => request.extend_from_slice(&piece[..read]),
                    _ => break,
                }
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// A project with a listener whose token is kept there.
fn listening(project: Project) -> Project {
    project.profile("logging: {listeners: [Sfx]}").file(
        "config/systems_credentials.yml",
        "sfx: {realm: us1, token: {secret: team/sfx, key: token}}\n",
    )
}

/// Four functions in each of two regions.
fn small(account: &FakeLambda) -> Project {
    project(account, &PAIR, 1).runner("clients", 8).runner("hatch_rate", 100)
}

/// A run that does not start leaves nothing.
#[track_caller]
fn does_not_start(project: Project) -> Finished {
    let finished = project.run([]).expect_code(2);
    assert!(!finished.path().join("results").exists());
    assert!(!finished.stderr.contains(HUNTER), "{}", finished.stderr);
    finished
}

#[test]
fn functions_that_cannot_read_a_secret_run_nothing() {
    let denier = denier();
    let variables = vec![("AWS_ENDPOINT_URL_SECRETS_MANAGER".to_owned(), denier)];
    let account = FakeLambda::start(Settings { variables, ..settings(&PAIR) }).unwrap();
    let mut finished = does_not_start(listening(small(&account)));
    let asked = account.invocations();
    assert!(asked.iter().all(|asked| asked.payload.get("ping").is_some()), "{asked:?}");
    for region in PAIR {
        finished = finished.expect_stderr(&format!(
            "\n  {region}: Sfx cannot read key token of secret team/sfx: not allowed in {region} \
             (AccessDeniedException)\n    hint: is it there, in this region? `prepare-lambda sample \
             --upload` lets the function read it"
        ));
    }
    let finished = listening(small(&account)).call(["doctor"]).expect_code(4);
    let missing = "Sfx cannot read key token of secret team/sfx: not allowed in us-west-2";
    let finished = finished.expect_stdout(missing);
    assert!(!finished.stdout.contains(HUNTER), "{}", finished.stdout);
}

#[test]
fn a_run_here_reads_secrets_before_it_starts() {
    let project = listening(Project::new())
        .variable("AWS_ENDPOINT_URL", denier())
        .variable("AWS_ACCESS_KEY_ID", "test")
        .variable("AWS_SECRET_ACCESS_KEY", "test")
        .variable("AWS_REGION", "eu-west-1");
    does_not_start(project).expect_stderr(
        "nothing was started:\n  Sfx cannot read key token of secret team/sfx: not allowed in \
         eu-west-1 (AccessDeniedException)",
    );
}

#[test]
fn a_plan_tells_who_hears_nothing() {
    let project = Project::new().profile("logging: {listeners: [CloudWatch]}");
    project.call(["plan", TEST]).expect_code(0).expect_stdout(
        "the listener CloudWatch hears nothing: functions write into their log, and this run has \
         none",
    );
}
