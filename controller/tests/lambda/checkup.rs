//! What is wrong before a run: what `doctor` finds, and what a run says that does not start.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use fake_lambda::{FakeLambda, Settings, bootstrap_path};
use tempfile::TempDir;

use crate::{
    account::{account, project, settings},
    support::project::{Finished, Project},
};

const PAIR: [&str; 2] = ["eu-west-1", "us-west-2"];

/// What a user or a role must be allowed for a check-up. `deploy/tests/policy.rs` has the same.
const ACTIONS: [&str; 5] = [
    "lambda:GetAccountSettings",
    "lambda:GetFunctionConfiguration",
    "lambda:InvokeFunction",
    "s3:PutObject",
    "sts:GetCallerIdentity",
];

/// Four functions in each of two regions.
fn small(account: &FakeLambda) -> Project {
    project(account, &PAIR, 1).runner("clients", 8).runner("hatch_rate", 100)
}

fn doctor(account: &FakeLambda) -> Finished {
    small(account).call(["doctor"])
}

/// The lines of a check-up about a subject, without what is between their words.
fn lines(finished: &Finished, subject: &str) -> Vec<String> {
    let lines = finished.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let own = lines.filter(|words| words.get(2).is_some_and(|word| *word == subject));
    own.map(|words| words.join(" ")).collect()
}

/// The worst of a check-up is the same in both regions.
#[track_caller]
fn finds(finished: &Finished, health: &str, subject: &str, what: &str) {
    let found = lines(finished, subject);
    let expected = PAIR.map(|region| format!("{health} {region} {subject} {what}"));
    let as_expected = found.iter().zip(&expected).all(|(found, start)| found.starts_with(start));
    assert!(found.len() == 2 && as_expected, "{expected:?} in\n{}", finished.stdout);
    let others = finished.stdout.lines().filter(|line| line.starts_with(health)).count();
    assert_eq!(others, 2, "{}", finished.stdout);
}

/// A run that does not start leaves nothing, and has only asked functions who they are.
#[track_caller]
fn does_not_start(project: Project, account: &FakeLambda) -> Finished {
    let finished = project.run([]).expect_code(2);
    assert!(!finished.path().join("results").exists());
    let asked = account.invocations();
    let pings = asked.iter().all(|invocation| invocation.payload.get("ping").is_some());
    assert!(pings, "{asked:?}");
    assert!(!finished.stderr.contains("DispatchFailure("), "{}", finished.stderr);
    finished
}

/// The function's program as other sources would make it.
fn other_program(folder: &Path) -> Settings {
    let build = scenarios::BUILD.as_bytes();
    let mut program = fs::read(bootstrap_path()).unwrap();
    let windows = program.windows(build.len()).enumerate();
    let places: Vec<_> =
        windows.filter(|(_, bytes)| *bytes == build).map(|(place, _)| place).collect();
    assert!(!places.is_empty(), "no build in the program: cargo build -p generator");
    for place in places {
        program[place..place + build.len()].fill(b'0');
    }
    let path = folder.join("bootstrap");
    fs::write(&path, program).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Settings { program: path, ..settings(&PAIR) }
}

/// Nothing that names an account.
fn without_credentials(project: Project) -> Project {
    let home = project.path().to_owned();
    let none = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let project = none.into_iter().fold(project, |project, name| project.variable(name, ""));
    project.variable("HOME", home).variable("AWS_EC2_METADATA_DISABLED", "true")
}

#[test]
fn a_sound_account_gets_a_line_per_check() {
    let account = account(&PAIR);
    let finished = doctor(&account).expect_code(0);
    assert_eq!(
        lines(&finished, "credentials"),
        ["ok account credentials those of account 123456789012"]
    );
    let subjects = ["function", "quota", "invocation", "build", "memory", "lease", "clock"];
    for subject in subjects {
        let found = lines(&finished, subject);
        let expected = PAIR.map(|region| format!("ok {region} {subject} "));
        let as_expected =
            found.iter().zip(&expected).all(|(found, start)| found.starts_with(start));
        assert!(found.len() == 2 && as_expected, "{subject} in\n{}", finished.stdout);
    }
    assert_eq!(finished.stdout.lines().count(), 1 + 2 * subjects.len() + 2);
    assert!(finished.stdout.ends_with("\nA run can start.\n"), "{}", finished.stdout);
    assert!(!finished.stdout.contains('\x1b'));
    assert!(lines(&finished, "clock")[0].contains("give or take 0.0"), "{}", finished.stdout);
    assert_eq!(account.actions().into_iter().collect::<Vec<_>>(), ACTIONS);
}

#[test]
fn a_missing_function_is_missed() {
    let account = account(&PAIR[..1]);
    let finished = doctor(&account).expect_code(4);
    finished
        .expect_stdout("FAIL  us-west-2  function     there is no function `sample`\n")
        .expect_stdout("hint: `prepare-lambda sample --build --upload` makes it\n")
        .expect_stdout("No run can start: 1 failure in 10 checks.");
    let finished = does_not_start(small(&account), &account);
    finished.expect_stderr(
        "\n  us-west-2: there is no function `sample`\n    hint: `prepare-lambda sample --build --upload`",
    );
}

#[test]
fn other_sources_are_noticed() {
    let folder = TempDir::new().unwrap();
    let account = FakeLambda::start(other_program(folder.path())).unwrap();
    let finished = doctor(&account).expect_code(4);
    finds(&finished, "FAIL", "build", "built from other sources: 0000000000000000, and here it is");
    let finished = does_not_start(small(&account), &account);
    finished.expect_stderr(
        "\n  eu-west-1, us-west-2: the function `sample` was built from other sources\n    hint: ",
    );
}

#[test]
fn another_memory_is_noticed() {
    let account = FakeLambda::start(Settings { memory_mb: 512, ..settings(&PAIR) }).unwrap();
    let finished = doctor(&account).expect_code(4);
    finds(&finished, "FAIL", "memory", "512 MB, and the profile says 1,769 MB");
    let finished = does_not_start(small(&account), &account);
    finished.expect_stderr("`sample` has 512 MB, and the profile says 1769 MB");
}

#[test]
fn a_quota_that_is_too_small_is_noticed() {
    let account = FakeLambda::start(Settings { concurrency: 3, ..settings(&PAIR) }).unwrap();
    let finished = doctor(&account).expect_code(4);
    finds(&finished, "FAIL", "quota", "3 functions at once, 4 needed");
    let finished = does_not_start(small(&account), &account);
    finished.expect_stderr("the run needs 4 functions at once, and 3 may run");
}

#[test]
fn a_life_that_is_too_short_is_noticed() {
    let timeout = Duration::from_secs(15);
    let account = FakeLambda::start(Settings { timeout, ..settings(&PAIR) }).unwrap();
    let finished = doctor(&account).expect_code(4);
    finds(&finished, "FAIL", "timeout", "it may live 15s, and this run needs 21s");
}

#[test]
fn what_a_run_can_do_without_is_a_warning() {
    let account = account(&PAIR);
    account.objects().deny_functions(true);
    let finished = doctor(&account).expect_code(0);
    finds(&finished, "warn", "lease", "load-test-123456789012-");
    finished
        .expect_stdout("cannot be used by the function: the bucket answered 403")
        .expect_stdout("\nA run can start, with 2 warnings.\n");
    account.objects().deny(true);
    doctor(&account).expect_code(0).expect_stdout("cannot be written from here: the bucket");
    let without_streaming = vec![PAIR[0].into(), PAIR[1].into()];
    let account = FakeLambda::start(Settings { without_streaming, ..settings(&PAIR) }).unwrap();
    let finished = doctor(&account).expect_code(0);
    finds(&finished, "warn", "invocation", "answers within");
}

#[test]
fn nobody_can_run_without_credentials() {
    let account = account(&PAIR);
    let what = "signing in to AWS failed: there are no credentials\n";
    let finished = without_credentials(small(&account)).call(["doctor"]).expect_code(4);
    finished.expect_stdout(what).expect_stdout("hint: set AWS_PROFILE, or");
    let finished = does_not_start(without_credentials(small(&account)), &account);
    finished.expect_stderr(what).expect_stderr("\nhint: set AWS_PROFILE, or");
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_told() {
    let account = account(&PAIR);
    let nowhere = |name| small(&account).variable(name, "http://127.0.0.1:9");
    let finished = does_not_start(nowhere("AWS_ENDPOINT_URL"), &account);
    finished
        .expect_stderr("sts:GetCallerIdentity failed: dispatch failure: ")
        .expect_stderr("Connection refused")
        .expect_stderr("\nhint: check the network, ");
    let finished = does_not_start(nowhere("AWS_ENDPOINT_URL_LAMBDA"), &account);
    finished
        .expect_stderr("\n  eu-west-1, us-west-2: ")
        .expect_stderr("Connection refused")
        .expect_stderr("\n    hint: check the network, ");
    let finished = nowhere("AWS_ENDPOINT_URL_LAMBDA").call(["doctor"]).expect_code(4);
    finds(
        &finished,
        "FAIL",
        "function",
        "lambda:GetFunctionConfiguration failed: dispatch failure",
    );
}
