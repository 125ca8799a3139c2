//! Jobs, and what becomes of them.

use std::time::{Duration, SystemTime};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    frame::{Body, Final, Frame, Second},
    generator::run_job,
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    listener::Listener,
    load::Load,
    run::Orders,
    scenario::{Linked, Only},
    share::Share,
    stats::Stats,
    window::Window,
};
use tokio::sync::{mpsc, watch};

/// A scenario in YAML.
pub(crate) fn scenario(text: &str) -> ScenarioSource {
    ScenarioSource::yaml("scenario.yml", text)
}

/// One user for a second, doing nothing, in an interval.
pub(crate) fn job(host: String, interval: u32) -> Job {
    let second = Duration::from_secs(1);
    let (one, rate) = (Clients::try_new(1).unwrap(), HatchRate::try_new(1.0).unwrap());
    Job {
        id: JobId { run: "test".into(), interval, region: "local".into(), share: 0, attempt: 0 },
        test: "test".into(),
        scenario: scenario("users: {}"),
        only: Only::default(),
        environment: Environment {
            name: "test".into(),
            host: Some(host),
            data: serde_json::Value::Null,
        },
        load: Load::Users(LoadCurve::plain(one, rate, second)),
        changes: Vec::new(),
        intervals: 1,
        window: Window::try_new(Duration::ZERO, second).unwrap(),
        share: Share::WHOLE,
        start: SystemTime::now(),
        warm_up: second,
        stop_timeout: 5 * second,
        seed: 1,
        traces: None,
    }
}

/// What a job sent.
pub(crate) struct Ran {
    /// All of its seconds.
    pub(crate) merged: Stats,
    /// Each second, and the users at its end.
    pub(crate) users: Vec<(u32, u32)>,
    pub(crate) last: Final,
    pub(crate) seconds: Vec<Second>,
}

/// Runs a job as a generator would.
pub(crate) async fn run(job: Job, orders: watch::Receiver<Orders>) -> Ran {
    heard(job, orders, None).await
}

/// The same, with somebody who hears of it.
pub(crate) async fn heard(
    job: Job,
    orders: watch::Receiver<Orders>,
    listener: Option<Box<dyn Listener>>,
) -> Ran {
    let (lines, mut received) = mpsc::channel(8);
    let running =
        tokio::spawn(
            async move { run_job(job, &Linked::default(), orders, listener, lines).await },
        );
    let (mut merged, mut seconds, mut last) = (Stats::default(), Vec::new(), None);
    let mut sequence = 0;
    while let Some(line) = received.recv().await {
        let frame: Frame = serde_json::from_slice(&line).unwrap();
        assert_eq!(frame.sequence, sequence);
        sequence += 1;
        match frame.body {
            Body::Second(second) => {
                merged.merge(&second.stats);
                seconds.push(second);
            }
            Body::Final(end) => last = Some(end),
        }
    }
    running.await.unwrap().unwrap();
    let users = seconds.iter().map(|second| (second.second, second.users)).collect();
    Ran { merged, users, last: last.unwrap(), seconds }
}
