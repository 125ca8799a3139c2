//! What the function does not do.

use std::time::SystemTime;

use aws_sdk_lambda::Client;
use cloud::{
    ask::{Ask, Run, refusal},
    lease::claim_key,
};
use controller::demo_api::DemoApi;
use engine::{job::ScenarioSource, run::Signal};
use fake_lambda::{Fault, Rule};

use crate::support::{
    Answer, BUCKET, FUNCTION, REGION, client, eventually, fake, job, leased, payload, renew, run,
    seconds, stream,
};

async fn ask(client: &Client, run: Run) -> Answer {
    stream(client, &Ask::Run(Box::new(run))).await.unwrap()
}

#[tokio::test]
async fn one_that_arrives_late_does_nothing() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let late = Run { start_by: SystemTime::now() - seconds(0.1), ..run(job(&api, "a", 2.0)) };
    let answer = ask(&client, late).await;
    assert_eq!(answer.error(), refusal::LATE);
    assert!(answer.bytes.is_empty());
    let details = answer.complete.unwrap().error_details.unwrap();
    assert!(details.contains("job a/0/eu-west-1/0 arrived after"), "{details}");
    assert_eq!(api.counters().total(), 0);
}

#[tokio::test]
async fn one_that_is_delivered_twice_runs_once() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    fake.add(Rule::new(Fault::Duplicate));
    renew(&fake, "a", 1, Signal::Run);
    let answer = ask(&client, leased(job(&api, "a", 2.0), 30.0)).await;
    let deliveries = eventually(|| {
        let all = fake.invocations();
        all.iter().all(|delivery| delivery.ended.is_some()).then_some(all)
    });
    let deliveries = deliveries.await;
    let [first, second] = &deliveries[..] else { panic!("{deliveries:?}") };
    assert_eq!(first.request, second.request);
    assert_ne!(first.pid, second.pid);
    let errors = [&first.error, &second.error];
    assert_eq!(errors.iter().filter(|error| error.as_deref() == Some(refusal::CLAIMED)).count(), 1);
    // The caller hears from the first delivery, which may be the one that came too late.
    if first.error.is_none() {
        assert_eq!(answer.read().requests(), api.counters().total());
    } else {
        assert_eq!(answer.error(), refusal::CLAIMED);
    }
    assert!((50..2000).contains(&api.counters().total()), "{}", api.counters().total());
}

#[tokio::test]
async fn one_that_was_claimed_does_nothing() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let run = leased(job(&api, "a", 2.0), 30.0);
    fake.objects().put(BUCKET, &claim_key(&run.job.id), "another invocation");
    assert_eq!(ask(&client(&fake, REGION), run).await.error(), refusal::CLAIMED);
    assert_eq!(api.counters().total(), 0);
}

#[tokio::test]
async fn a_process_remembers_without_a_bucket() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    ask(&client, run(job(&api, "a", 1.0))).await.read();
    let requests = api.counters().total();
    assert_eq!(ask(&client, run(job(&api, "a", 1.0))).await.error(), refusal::CLAIMED);
    assert_eq!(api.counters().total(), requests);
    ask(&client, run(job(&api, "b", 1.0))).await.read();
    assert!(api.counters().total() > requests);
}

#[tokio::test]
async fn one_that_cannot_be_claimed_does_nothing() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    fake.objects().deny(true);
    let answer = ask(&client(&fake, REGION), leased(job(&api, "a", 2.0), 30.0)).await;
    assert_eq!(answer.error(), refusal::UNCLAIMED);
    assert_eq!(api.counters().total(), 0);
}

#[tokio::test]
async fn a_job_that_cannot_run_is_refused_before_the_answer_begins() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let mut unknown = run(job(&api, "a", 2.0));
    unknown.job.scenario = ScenarioSource::Linked("nobody".into());
    let mut hostless = run(job(&api, "b", 2.0));
    hostless.job.environment.host = Some("ftp://nowhere".into());
    for run in [unknown, hostless] {
        let answer = ask(&client, run).await;
        assert_eq!(answer.error(), refusal::JOB);
        assert!(answer.bytes.is_empty());
    }
}

#[tokio::test]
async fn what_is_not_understood_is_not_repeated() {
    let fake = fake();
    let client = client(&fake, REGION);
    let mut other: serde_json::Value =
        serde_json::from_slice(payload(&Ask::Ping(cloud::ask::Ping::default())).as_ref()).unwrap();
    other["ping"]["bucket"] = serde_json::json!({"password": "hunter2"});
    let other = aws_sdk_lambda::primitives::Blob::new(other.to_string());
    let output = client.invoke().function_name(FUNCTION).payload(other).send().await.unwrap();
    assert_eq!(output.function_error(), Some("Unhandled"));
    let said = String::from_utf8(output.payload.unwrap().into_inner()).unwrap();
    assert!(said.contains(refusal::UNREADABLE) && !said.contains("hunter2"), "{said}");
}
