//! What the tests of listeners share: a load that is known, and those who hear of it.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use engine::{
    document::{Problems, Source, parse},
    frame::{Health, Second},
    job_id::JobId,
    listener::Delivery,
    stats::{Outcome, Phases, SEVERAL, Sample, Stats},
    trace::Traced,
};
use listeners::{Audience, EmitFrom, Header, Hearing, Kind, Listening, Origin};

pub(crate) mod collector;
pub(crate) mod prometheus;
pub(crate) mod server;

/// A name that every format must escape.
pub(crate) const HARD_NAME: &str = "/b \"ü\\\n";

pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
pub(crate) const TIMEOUT: &str = "no complete response within 2s";
pub(crate) const UNAVAILABLE: &str = "expected status below 400, got 503";

/// The interpreter that knows what `scripts/requirements.txt` lists.
pub(crate) fn python() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(3).unwrap().join("python/bin/python");
    assert!(program.exists(), "{} is missing: run scripts/python_tools", program.display());
    program
}

/// A file beside the tests.
pub(crate) fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Who hears, with the settings that a person would write.
pub(crate) fn listening(kind: Kind, settings: &str) -> Listening {
    let source = Source::file("credentials.yml", settings);
    let (node, problems) = (parse(&source, settings).unwrap(), Problems::default());
    let system = kind.read(&node, &problems);
    let system = problems.finish(system).unwrap();
    Listening {
        header: header(),
        systems: vec![system],
        every: Duration::from_secs(5),
        final_only: false,
        emit_from: EmitFrom::Generators,
    }
}

/// What is wrong with settings.
pub(crate) fn problems(kind: Kind, settings: &str) -> Vec<String> {
    let source = Source::file("credentials.yml", settings);
    let (node, problems) = (parse(&source, settings).unwrap(), Problems::default());
    let system = kind.read(&node, &problems);
    let problems = problems.finish(system.map(|_| ())).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

fn header() -> Header {
    let api = |name: &str, version: Option<&str>| engine::api::ApiVersion {
        name: name.into(),
        version: version.map(Into::into),
    };
    Header {
        test: "shop".into(),
        description: "before Christmas".into(),
        env: "staging".into(),
        apis: vec![api("cart", Some("1.4.2")), api("price list", None)],
    }
}

/// A generator of a run.
pub(crate) fn generator(region: &str, share: u32, interval: u32) -> Origin {
    let job = JobId { run: "run-1".into(), interval, region: region.into(), share, attempt: 0 };
    Origin::of_job(header(), &job)
}

/// All generators of a run.
pub(crate) fn run() -> Origin {
    Origin::of_run(header(), "run-1")
}

pub(crate) fn hearing(origin: Origin, start: SystemTime) -> Hearing {
    Hearing { origin, start, opens: true, speaks: true, hands_over: false, endpoint: None }
}

/// An instant some time ago, in whole seconds: so recent that servers take what is of it.
pub(crate) fn ago(seconds: u64) -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    UNIX_EPOCH + Duration::from_secs(now - seconds)
}

/// A second of a load: 40 requests of one kind, 20 of another, and two transactions of several. Of
/// the first kind two fail, in two ways. No two seconds are the same.
pub(crate) fn second(second: u32, users: u32) -> Second {
    let mut stats = Stats::default();
    for request in 0..40_u64 {
        let micros = 900 + request * request * 97 + u64::from(second) * 13;
        let outcome = match request {
            3 => Outcome::Failed(UNAVAILABLE),
            30 => Outcome::Failed(TIMEOUT),
            _ => Outcome::Passed,
        };
        stats.record(&sample("GET", "/a", micros, outcome));
        if request % 2 == 0 {
            stats.record(&sample("POST", HARD_NAME, micros * 11, Outcome::Passed));
        }
        if request % 20 == 0 {
            stats.record(&sample(SEVERAL, "check out", micros * 30, Outcome::Passed));
        }
    }
    Second { second, seconds: 1, users, stats, health: Health::default() }
}

/// The same with a request of which the trace is known.
pub(crate) fn traced(mut second: Second) -> Second {
    let elapsed = Duration::from_millis(250);
    second.stats.record_trace("GET", "/a", Traced { elapsed, trace: TRACE.parse().unwrap() });
    second
}

fn sample<'a>(method: &'a str, name: &'a str, micros: u64, outcome: Outcome<'a>) -> Sample<'a> {
    Sample {
        method,
        name,
        status: Some(200),
        elapsed: Duration::from_micros(micros),
        from_intended: None,
        phases: Phases::default(),
        bytes: 100,
        outcome,
        met: None,
    }
}

/// All seconds together.
pub(crate) fn merged(seconds: &[Second]) -> Stats {
    let mut all = Stats::default();
    for second in seconds {
        all.merge(&second.stats);
    }
    all
}

/// Lets those who hear hear some seconds; what became of it.
pub(crate) fn tell(listening: &Listening, hearing: Hearing, seconds: &[Second]) -> Vec<Delivery> {
    let mut audience = Audience::start(listening, hearing, None).unwrap().unwrap();
    for second in seconds {
        audience.hear(second);
    }
    block_on(audience.end(false))
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The only delivery, without trouble.
pub(crate) fn sent(deliveries: &[Delivery]) -> u64 {
    assert_eq!(deliveries.len(), 1, "{deliveries:?}");
    assert_eq!((deliveries[0].lost, &deliveries[0].trouble), (0, &None));
    deliveries[0].sent
}
