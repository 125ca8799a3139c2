//! Signing in to the demo API: what it counts, and what debug mode shows.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{
    cell::RefCell,
    fs,
    num::NonZero,
    path::Path,
    rc::Rc,
    thread::available_parallelism,
    time::{Duration, SystemTime},
};

use controller::{
    debug_view::DebugView,
    demo_api::{DemoApi, Running},
    style::Style,
};
use engine::{
    clients::Clients,
    curve::LoadCurve,
    debug::walk,
    environment::Environment,
    frame::{Body, Frame},
    generator::{make_scenario, run_job},
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    load::Load,
    observer::{Observer, Seen},
    run::Orders,
    scenario::{Linked, Only},
    share::Share,
    stats::Stats,
    window::Window,
};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

fn environment(api: &Running) -> Environment {
    let host = Some(format!("http://{}", api.addr()));
    Environment { name: "demo".into(), host, data: json!({"password": "secret"}) }
}

/// Shows all to debug mode, and keeps what that must not write.
struct Spy {
    view: Rc<DebugView<Written>>,
    credentials: RefCell<Vec<String>>,
}

#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Observer for Spy {
    fn began(&self, name: &str) {
        self.view.began(name);
    }

    fn requested(&self, seen: &Seen<'_>) {
        let mut credentials = self.credentials.borrow_mut();
        for name in ["authorization", "ocp-apim-subscription-key"] {
            let value = seen.request.headers.get(name).map(|value| value.to_str().unwrap());
            // The scheme is no secret, and is long enough to be found by chance.
            credentials.extend(value.map(|value| value.rsplit(' ').next().unwrap().to_owned()));
        }
        let answer = seen.result.ok().and_then(|response| response.json().ok()).unwrap_or_default();
        for key in ["token", "access_token", "refresh_token"] {
            credentials.extend(answer[key].as_str().map(str::to_owned));
        }
        drop(credentials);
        assert_eq!(seen.failure, None, "{}", seen.request.name);
        self.view.requested(seen);
    }

    fn captured(&self, variable: &str, value: &Value) {
        if variable.contains("token") {
            self.credentials.borrow_mut().extend(value.as_str().map(str::to_owned));
        }
        self.view.captured(variable, value);
    }

    fn secret(&self, text: &str) {
        self.view.secret(text);
    }

    fn failed(&self, name: &str, message: &str) {
        panic!("{name}: {message}");
    }
}

#[test]
fn debug_mode_shows_how_users_sign_in_and_no_credential() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guide/sign_in.yml");
    let yaml = ScenarioSource::yaml("sign_in.yml", fs::read_to_string(file).unwrap());
    for source in [yaml, ScenarioSource::Linked("guide-sign_in".into())] {
        let api = DemoApi::spawn().unwrap();
        let environment = environment(&api);
        let scenario = make_scenario(&source, &environment, &scenarios::linked()).unwrap();
        let written = Written::default();
        let view = DebugView::new(written.clone(), &environment, Style::Plain);
        let spy = Rc::new(Spy { view, credentials: RefCell::default() });
        walk(&scenario, environment, Rc::clone(&spy) as Rc<dyn Observer>).unwrap();
        let text = String::from_utf8(written.0.take()).unwrap();
        for line in ["Customer.sign_in\n", "Partner.sign_in\n", "/auth/token -> 200 OK"] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        let credentials = spy.credentials.take();
        assert!(credentials.len() >= 10, "{credentials:?}");
        for credential in credentials {
            assert!(!text.contains(&credential), "{credential} is in\n{text}");
        }
    }
}

/// What so many users of the demo API do for a time.
async fn users(api: &Running, scenario: &str, users: u32, time: Duration) -> Stats {
    let (clients, rate) = (Clients::try_new(users).unwrap(), HatchRate::try_new(1000.0).unwrap());
    let job = Job {
        id: JobId { run: "t".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 },
        test: "test".into(),
        scenario: ScenarioSource::yaml("scenario.yml", scenario),
        only: Only::default(),
        environment: environment(api),
        load: Load::Users(LoadCurve::plain(clients, rate, time)),
        intervals: 1,
        changes: Vec::new(),
        window: Window::try_new(Duration::ZERO, time).unwrap(),
        share: Share::WHOLE,
        start: SystemTime::now(),
        warm_up: Duration::ZERO,
        stop_timeout: time,
        seed: 1,
        traces: None,
    };
    let (_keep, orders) = watch::channel(Orders::default());
    let (lines, mut received) = mpsc::channel(64);
    run_job(job, &Linked::default(), orders, None, lines).await.unwrap();
    let mut merged = Stats::default();
    while let Some(line) = received.recv().await {
        if let Body::Second(second) = serde_json::from_slice::<Frame>(&line).unwrap().body {
            merged.merge(&second.stats);
        }
    }
    merged
}

/// Users that share a token of one second: one request for it a second and thread, and no user
/// is ever refused.
#[tokio::test]
async fn a_shared_token_is_fetched_once_and_renewed_in_time() {
    let api = DemoApi::spawn().unwrap();
    let scenario = "
sign_in:
  partner:
    oauth2: {token_url: /auth/token?life=1000, grant: GRANT, client_id: load-test, client_secret: '${env.password}', user: u, password: '${env.password}'}
    shared: true
users: {User: {sign_in: partner, wait_time: {constant: 10ms}, tasks: {look: [get: /auth/me]}}}
";
    let scenario = scenario.replace("GRANT", "password");
    let stats = users(&api, &scenario, 30, Duration::from_millis(2500)).await;
    assert_eq!(stats.aggregated().failures, 0, "{:?}", stats.failures());
    let threads = available_parallelism().map_or(1, NonZero::get) as u64;
    assert_eq!(api.counters().of("POST", "/auth/token"), 3 * threads);
    let looked = api.counters().of("GET", "/auth/me");
    assert!(looked > 1000, "{looked}");
    assert_eq!(api.counters().total(), looked + 3 * threads);
}
