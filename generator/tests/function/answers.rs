//! What the function answers.

use std::time::SystemTime;

use cloud::{
    ask::{Ask, Ping, Reply, Run},
    hello::Access,
    reply::unpack,
};
use controller::demo_api::DemoApi;
use engine::frame::Body;

use crate::support::{
    BUCKET, FUNCTION, Lines, REGION, client, fake, job, leased, payload, renew, run, seconds,
    stream,
};

#[tokio::test]
async fn a_ping_is_answered_with_who_answers() {
    let fake = fake();
    let client = client(&fake, REGION);
    let ping = Ask::Ping(Ping::default());

    let first = stream(&client, &ping).await.unwrap().read();
    assert_eq!(first.hello.build, scenarios::BUILD);
    assert!(first.hello.cold);
    assert_eq!(first.hello.memory_mb, 1769);
    assert_eq!(first.hello.bucket, None);
    assert!(first.hello.now.elapsed().unwrap() < seconds(5.0));
    assert!(first.frames.is_empty());

    let second = stream(&client, &ping).await.unwrap().read();
    assert!(!second.hello.cold);
    assert_eq!(second.hello.environment, first.hello.environment);

    let buffered = client.invoke().function_name(FUNCTION).payload(payload(&ping));
    let buffered = buffered.send().await.unwrap().payload.unwrap().into_inner();
    let prelude = buffered.windows(8).position(|bytes| bytes == [0; 8]).unwrap();
    let third = Lines::read(&buffered[prelude + 8..]);
    assert_eq!(third.hello.environment, first.hello.environment);
}

#[tokio::test]
async fn a_ping_tells_whether_a_bucket_can_be_read() {
    let fake = fake();
    let client = client(&fake, REGION);
    let ping = Ask::Ping(Ping { bucket: Some(BUCKET.into()), ..Ping::default() });
    let hello = stream(&client, &ping).await.unwrap().read().hello;
    assert_eq!(hello.bucket, Some(Access::Granted));
    fake.objects().deny(true);
    let hello = stream(&client, &ping).await.unwrap().read().hello;
    let said = "the bucket answered 403 Forbidden (AccessDenied)";
    assert_eq!(hello.bucket, Some(Access::Failed(said.into())));
}

#[tokio::test]
async fn a_job_streams_what_the_target_counts() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let answer = stream(&client, &Ask::Run(Box::new(run(job(&api, "a", 3.0))))).await.unwrap();
    let lines = answer.read();
    assert!(lines.requests() > 100, "{}", lines.requests());
    assert_eq!(lines.requests(), api.counters().total());
    assert!(!lines.stopped_early());
    // A line each second, not all at the end.
    let (first, last) = (answer.arrivals[0], answer.arrivals[answer.arrivals.len() - 1]);
    assert!(last - first > seconds(2.0), "{:?}", last - first);
}

#[tokio::test]
async fn an_answer_in_one_piece_says_the_same() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let ask = Run { reply: Reply::Whole, ..run(job(&api, "a", 3.0)) };
    let call = client.invoke().function_name(FUNCTION).payload(payload(&Ask::Run(Box::new(ask))));
    let output = call.send().await.unwrap();
    assert_eq!(output.function_error(), None);
    let lines = Lines::read(&unpack(output.payload.unwrap().as_ref()).unwrap());
    assert!(lines.requests() > 100, "{}", lines.requests());
    assert_eq!(lines.requests(), api.counters().total());
    let seconds = lines.frames.iter().filter_map(|frame| match &frame.body {
        Body::Second(second) => Some(second.seconds),
        Body::Final(_) => None,
    });
    assert!(seconds.clone().all(|seconds| seconds == 1));
    assert!(seconds.sum::<u32>() >= 3);
}

#[tokio::test]
async fn a_job_goes_on_while_its_lease_is_renewed() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let ask = Ask::Run(Box::new(leased(job(&api, "a", 4.0), 1.5)));
    let renewing = async {
        for renewal in 0.. {
            renew(&fake, "a", renewal, engine::run::Signal::Run);
            tokio::time::sleep(seconds(0.3)).await;
        }
    };
    let answer = tokio::select! {
        answer = stream(&client, &ask) => answer.unwrap(),
        () = renewing => unreachable!(),
    };
    let lines = answer.read();
    assert!(!lines.stopped_early());
    assert_eq!(lines.requests(), api.counters().total());
    assert_eq!(
        fake.objects().keys(BUCKET),
        [
            "runs/a/jobs/0-eu-west-1-0-0.claim",
            "runs/a/jobs/0-eu-west-1-0-0.lines",
            "runs/a/lease.json"
        ]
    );
}

#[tokio::test]
async fn results_get_out_before_the_function_is_killed() {
    let mut settings = fake_lambda::Settings::in_regions(&[REGION]);
    settings.timeout = seconds(6.0);
    let fake = fake_lambda::FakeLambda::start(settings).unwrap();
    let api = DemoApi::spawn().unwrap();
    let began = SystemTime::now();
    let ask = Ask::Run(Box::new(run(job(&api, "a", 60.0))));
    let lines = stream(&client(&fake, REGION), &ask).await.unwrap().read();
    let took = began.elapsed().unwrap();
    assert!((2.0..5.0).contains(&took.as_secs_f64()), "{took:?}");
    assert!(lines.stopped_early());
    assert_eq!(lines.requests(), api.counters().total());
}
