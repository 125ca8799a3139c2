//! How ends that the function cannot help look to its caller.

use cloud::ask::Ask;
use controller::demo_api::DemoApi;
use fake_lambda::{FakeLambda, Fault, Rule, Settings};

use crate::support::{REGION, client, fake, job, run, seconds, stream};

#[tokio::test]
async fn a_process_that_is_killed_leaves_what_had_arrived() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    fake.add(Rule::new(Fault::KillAfter(seconds(2.8))));
    let ask = Ask::Run(Box::new(run(job(&api, "a", 30.0))));
    let answer = stream(&client(&fake, REGION), &ask).await.unwrap();
    assert_eq!(answer.error(), "Runtime.ExitError");
    let lines = answer.lines().split_inclusive(|byte| *byte == b'\n').count();
    assert!((2..=3).contains(&lines), "{lines} lines");
}

#[tokio::test]
async fn a_function_without_time_for_a_job_puts_no_load_on_anything() {
    let mut settings = Settings::in_regions(&[REGION]);
    settings.timeout = seconds(1.0);
    let fake = FakeLambda::start(settings).unwrap();
    let api = DemoApi::spawn().unwrap();
    // Less than it keeps for handing over results.
    let ask = Ask::Run(Box::new(run(job(&api, "a", 30.0))));
    let answer = stream(&client(&fake, REGION), &ask).await.unwrap();
    assert!(answer.read().stopped_early());
    assert_eq!(api.counters().total(), 0);
}
