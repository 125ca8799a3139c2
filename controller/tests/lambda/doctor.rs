//! What the doctor says of an account, and what is done about it.

use fake_lambda::{FakeLambda, Settings};

use crate::account::{account, project, settings};

const HERE: &str = "us-west-2";

#[test]
fn a_region_that_is_ready_is_well() {
    let account = account(&[HERE]);
    let finished = project(&account, &[HERE], 10).call(["doctor"]).expect_code(0);
    for subject in ["credentials", "function", "memory", "quota", "build", "lease", "clock"] {
        let line = finished.stdout.lines().find(|line| line.contains(&format!("  {subject} ")));
        assert!(line.unwrap().starts_with("ok "), "{}", finished.stdout);
    }
}

#[test]
fn a_region_that_cannot_stream_can_be_used() {
    let settings = Settings { without_streaming: vec![HERE.into()], ..settings(&[HERE]) };
    let account = FakeLambda::start(settings).unwrap();
    let finished = project(&account, &[HERE], 10).call(["doctor"]);
    finished.expect_code(0).expect_stdout("ms, as a whole, so results show only at the end");
}

#[test]
fn a_region_without_the_function_is_told_how_to_get_it() {
    let account = account(&[HERE]);
    let finished = project(&account, &["eu-west-1"], 10).call(["doctor"]);
    finished.expect_code(4).expect_stdout("`prepare-lambda sample --build --upload` makes it");
}
