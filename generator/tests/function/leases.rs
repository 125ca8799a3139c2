//! What keeps the function running, and what it leaves behind.

use std::time::Instant;

use cloud::{
    ask::{Ask, Reply, Run},
    lease::{hand_in_key, lease_key},
    reply::unpack,
};
use controller::demo_api::DemoApi;
use engine::run::Signal;
use fake_lambda::{FakeLambda, Fault, Rule};

use crate::support::{
    Answer, BUCKET, FUNCTION, Lines, REGION, client, eventually, fake, job, leased, payload, renew,
    seconds, stream,
};

/// Starts a run, does something once its load has gone on for a second, and gives its answer and
/// how long it went on after that.
async fn meanwhile(fake: &FakeLambda, run: Run, act: impl FnOnce()) -> (Answer, f64) {
    let client = client(fake, REGION);
    let running = tokio::spawn(async move { stream(&client, &Ask::Run(Box::new(run))).await });
    eventually(|| fake.invocations().first().and_then(|invocation| invocation.started)).await;
    tokio::time::sleep(seconds(1.5)).await;
    act();
    let acted = Instant::now();
    let answer = running.await.unwrap().unwrap();
    (answer, acted.elapsed().as_secs_f64())
}

#[tokio::test]
async fn a_signal_stops_the_job_within_two_seconds() {
    for signal in [Signal::Stop, Signal::Abort] {
        let (fake, api) = (fake(), DemoApi::spawn().unwrap());
        renew(&fake, "a", 1, Signal::Run);
        let run = leased(job(&api, "a", 60.0), 30.0);
        let (answer, took) = meanwhile(&fake, run, || renew(&fake, "a", 2, signal)).await;
        assert!(took < 2.0, "{signal:?}: {took} s");
        let lines = answer.read();
        assert!(lines.stopped_early());
        let (counted, answered) = (lines.requests(), api.counters().total());
        match signal {
            Signal::Stop => assert_eq!(counted, answered),
            // Requests that were cut off may or may not have reached the target.
            _ => assert!(answered.abs_diff(counted) <= 10, "{counted} of {answered}"),
        }
    }
}

#[tokio::test]
async fn a_job_whose_lease_is_not_renewed_stops_by_itself() {
    type Act = fn(&FakeLambda);
    let acts: [(&str, Act); 3] = [
        ("as it was", |_| {}),
        ("gone", |fake| fake.objects().remove(BUCKET, &lease_key("a"))),
        ("denied", |fake| fake.objects().deny(true)),
    ];
    for (lease, act) in acts {
        let (fake, api) = (fake(), DemoApi::spawn().unwrap());
        renew(&fake, "a", 1, Signal::Run);
        let run = leased(job(&api, "a", 60.0), 3.0);
        let id = run.job.id.clone();
        let (answer, took) = meanwhile(&fake, run, || act(&fake)).await;
        // It was last renewed at the beginning, 1.5 s before.
        assert!((0.5..4.0).contains(&took), "{lease}: {took} s");
        let lines = answer.read();
        assert!(lines.stopped_early(), "{lease}");
        assert_eq!(lines.requests(), api.counters().total(), "{lease}");
        let handed_in = fake.objects().get(BUCKET, &hand_in_key(&id));
        assert_eq!(handed_in.is_some(), lease != "denied", "{lease}");
    }
}

#[tokio::test]
async fn lines_are_handed_in_after_the_answer_was_cut() {
    for fault in [Fault::CutAfter(2), Fault::StallAfter(2)] {
        let (fake, api) = (fake(), DemoApi::spawn().unwrap());
        fake.add(Rule::new(fault.clone()));
        let run = leased(job(&api, "a", 4.0), 30.0);
        let id = run.job.id.clone();
        renew(&fake, "a", 1, Signal::Run);
        let client = client(&fake, REGION);
        let ask = Ask::Run(Box::new(run));
        let answer = tokio::time::timeout(seconds(3.0), stream(&client, &ask)).await;
        let cut = answer.ok().map(|answer| answer.unwrap());
        let handed_in = eventually(|| fake.objects().get(BUCKET, &hand_in_key(&id))).await;
        let lines = unpack(&handed_in).unwrap();
        if let Some(cut) = cut {
            assert_eq!(fault, Fault::CutAfter(2));
            assert!(cut.complete.is_none());
            let arrived = cut.lines();
            assert_eq!(arrived.split_inclusive(|byte| *byte == b'\n').count(), 2);
            assert!(lines.starts_with(arrived));
        }
        let lines = Lines::read(&lines);
        assert!(!lines.stopped_early(), "{fault:?}");
        assert!(lines.requests() > 100, "{fault:?}: {}", lines.requests());
        assert_eq!(lines.requests(), api.counters().total(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_job_outlives_its_answer() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    fake.add(Rule::new(Fault::BreakAfter(2)).times(1));
    let run = leased(job(&api, "a", 4.0), 30.0);
    let id = run.job.id.clone();
    renew(&fake, "a", 1, Signal::Run);
    let client = client(&fake, REGION);
    let answer = stream(&client, &Ask::Run(Box::new(run))).await.unwrap();
    assert_eq!(answer.error(), "Runtime.TruncatedResponse");
    let lines = unpack(&fake.objects().get(BUCKET, &hand_in_key(&id)).unwrap()).unwrap();
    let lines = Lines::read(&lines);
    assert!(!lines.stopped_early());
    assert_eq!(lines.requests(), api.counters().total());
    // The process is none the worse for it.
    let ping = Ask::Ping(cloud::ask::Ping::default());
    assert!(!stream(&client, &ping).await.unwrap().read().hello.cold);
}

#[tokio::test]
async fn an_answer_in_one_piece_is_handed_in_too() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let run = Run { reply: Reply::Whole, ..leased(job(&api, "a", 2.0), 30.0) };
    let id = run.job.id.clone();
    renew(&fake, "a", 1, Signal::Run);
    let call = client(&fake, REGION).invoke().function_name(FUNCTION);
    let output = call.payload(payload(&Ask::Run(Box::new(run)))).send().await.unwrap();
    let answered = output.payload.unwrap().into_inner();
    assert_eq!(fake.objects().get(BUCKET, &hand_in_key(&id)).unwrap(), answered);
    assert_eq!(Lines::read(&unpack(&answered).unwrap()).requests(), api.counters().total());
}
