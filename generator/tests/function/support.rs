//! A caller, its jobs, and what comes back.

use std::time::{Duration, Instant, SystemTime};

use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{
    Client,
    config::Credentials,
    error::SdkError,
    operation::invoke_with_response_stream::InvokeWithResponseStreamError,
    primitives::Blob,
    types::{
        InvokeWithResponseStreamCompleteEvent, InvokeWithResponseStreamResponseEvent, LogType,
    },
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use cloud::{
    ask::{Ask, Reply, Run},
    hello::Hello,
    lease::{Lease, Leased, lease_key},
};
use controller::demo_api::Running;
use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    frame::{Body, Frame},
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    load::Load,
    run::Signal,
    scenario::Only,
    share::Share,
    stats::Stats,
    window::Window,
};
use fake_lambda::{FakeLambda, Settings};
use listeners::Listening;

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "tests";
pub(crate) const FUNCTION: &str = "load-test";

const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {between: [20ms, 60ms]}
    tasks:
      look:
        - get: /products
";

pub(crate) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// A stand-in with the function in one region.
pub(crate) fn fake() -> FakeLambda {
    FakeLambda::start(Settings::in_regions(&[REGION])).unwrap()
}

/// The SDK's client, set up as that of the laptop is.
pub(crate) fn client(fake: &FakeLambda, region: &'static str) -> Client {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(Credentials::new("AKIDCALLER", "none", None, None, "test"))
        .endpoint_url(fake.endpoint())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(seconds(5.0)).build())
        .build();
    Client::from_conf(config)
}

/// Ten users for so many seconds, from a third of a second on.
pub(crate) fn job(api: &Running, run: &str, duration: f64) -> Job {
    let start = SystemTime::now() + Duration::from_millis(300);
    Job {
        id: JobId { run: run.into(), interval: 0, region: REGION.into(), share: 0, attempt: 0 },
        test: "test".into(),
        scenario: ScenarioSource::yaml("scenario.yml", SCENARIO),
        only: Only::default(),
        environment: Environment {
            name: "test".into(),
            host: Some(format!("http://{}", api.addr())),
            data: serde_json::Value::Null,
        },
        changes: Vec::new(),
        load: Load::Users(LoadCurve::plain(
            Clients::try_new(10).unwrap(),
            HatchRate::try_new(100.0).unwrap(),
            seconds(duration),
        )),
        intervals: 1,
        window: Window::try_new(Duration::ZERO, seconds(duration)).unwrap(),
        share: Share::WHOLE,
        start,
        warm_up: Duration::from_millis(200),
        stop_timeout: seconds(1.0),
        seed: 1,
        traces: None,
    }
}

pub(crate) fn run(job: Job) -> Run {
    let start_by = job.start + seconds(5.0);
    Run { job, listening: Listening::default(), start_by, lease: None, reply: Reply::Stream }
}

/// A run under a lease.
pub(crate) fn leased(job: Job, patience: f64) -> Run {
    let (every, patience) = (seconds(0.5), seconds(patience));
    let lease = Some(Leased { bucket: BUCKET.into(), every, patience });
    Run { lease, ..run(job) }
}

/// Renews the lease of a run once.
pub(crate) fn renew(fake: &FakeLambda, run: &str, renewal: u64, signal: Signal) {
    let lease = Lease { renewal, orders: signal.into() };
    fake.objects().put(BUCKET, &lease_key(run), serde_json::to_vec(&lease).unwrap());
}

pub(crate) fn payload(ask: &Ask) -> Blob {
    Blob::new(serde_json::to_vec(ask).unwrap())
}

/// What came back of a streamed answer.
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    /// The last event; none if the stream broke before it.
    pub(crate) complete: Option<InvokeWithResponseStreamCompleteEvent>,
    /// When each piece came.
    pub(crate) arrivals: Vec<Instant>,
}

pub(crate) async fn stream(
    client: &Client,
    ask: &Ask,
) -> Result<Answer, SdkError<InvokeWithResponseStreamError>> {
    let call = client.invoke_with_response_stream().function_name(FUNCTION).payload(payload(ask));
    let mut output = call.log_type(LogType::Tail).send().await?;
    let mut answer = Answer { bytes: Vec::new(), complete: None, arrivals: Vec::new() };
    while let Ok(Some(event)) = output.event_stream.recv().await {
        match event {
            InvokeWithResponseStreamResponseEvent::PayloadChunk(update) => {
                answer.bytes.extend(update.payload.unwrap().into_inner());
                answer.arrivals.push(Instant::now());
            }
            InvokeWithResponseStreamResponseEvent::InvokeComplete(complete) => {
                answer.complete = Some(complete);
            }
            other => panic!("{other:?}"),
        }
    }
    Ok(answer)
}

impl Answer {
    /// The lines after what the runtime puts before them.
    pub(crate) fn lines(&self) -> &[u8] {
        let prelude = self.bytes.windows(8).position(|bytes| bytes == [0; 8]).unwrap();
        &self.bytes[prelude + 8..]
    }

    pub(crate) fn read(&self) -> Lines {
        assert!(self.complete.as_ref().is_some_and(|end| end.error_code.is_none()));
        Lines::read(self.lines())
    }

    /// The type of the error that came instead.
    pub(crate) fn error(&self) -> &str {
        self.complete.as_ref().unwrap().error_code().unwrap()
    }
}

/// An answer's lines.
pub(crate) struct Lines {
    pub(crate) hello: Hello,
    pub(crate) frames: Vec<Frame>,
}

impl Lines {
    pub(crate) fn read(lines: &[u8]) -> Self {
        assert_eq!(lines.last(), Some(&b'\n'));
        let mut lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let hello = serde_json::from_slice(lines.next().unwrap()).unwrap();
        let frames: Vec<Frame> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
        for (frame, sequence) in frames.iter().zip(0..) {
            assert_eq!(frame.sequence, sequence);
        }
        Self { hello, frames }
    }

    /// How many requests the seconds count, once the job has told its end.
    pub(crate) fn requests(&self) -> u64 {
        assert!(matches!(self.frames.last().unwrap().body, Body::Final(_)));
        let mut merged = Stats::default();
        for frame in &self.frames {
            if let Body::Second(second) = &frame.body {
                merged.merge(&second.stats);
            }
        }
        merged.aggregated().requests
    }

    pub(crate) fn stopped_early(&self) -> bool {
        let last = serde_json::to_string(self.frames.last().unwrap()).unwrap();
        last.contains("\"stopped_early\":true")
    }
}

/// Waits until something is there.
pub(crate) async fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < seconds(15.0), "it does not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
