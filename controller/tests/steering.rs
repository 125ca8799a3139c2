//! Users that are changed while generators in this process make their load.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use controller::{
    control::{Control, Controls, Done, Refused, Remote},
    emitter::Emitter,
    invoke::{Invoke, Local},
    plan::{Header, Plan, Ramp, Runner, Shape},
    report::{
        self,
        console::{self, Look},
    },
    reporter::{Moment, Reporter},
    run::{self, Intake, Order},
    run_folder::RunFolder,
};
use engine::{
    clients::Clients, curve::Change, environment::Environment, hatch_rate::HatchRate,
    job::ScenarioSource, load::Load, scenario::Linked,
};
use tokio::{
    runtime::Builder,
    time::{Instant, sleep_until},
};

use self::support::recorder::{Recorder, Request};

const SCENARIO: &str = "
users:
  User:
    wait_time: {constant_pacing: 100ms}
    tasks:
      look: [get: {path: '/user/${user.id}', name: /user}]
";

const SECOND: Duration = Duration::from_secs(1);
const PACE: Duration = Duration::from_millis(100);

/// How late a request may be seen on a busy machine.
const NOISE: Duration = Duration::from_millis(300);

#[derive(Default)]
struct Notes(Vec<String>);

impl Reporter for Notes {
    fn tick(&mut self, _: &Moment<'_>) {}

    fn note(&mut self, message: &str) {
        self.0.push(message.into());
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Four users for six seconds in two intervals.
fn plan() -> Plan {
    let runner = Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(4).unwrap(),
            hatch_rate: HatchRate::try_new(20.0).unwrap(),
            duration: 6 * SECOND,
            steps: None,
        }),
        interval: Some(3 * SECOND),
        stop_timeout: SECOND,
        seed: 1,
    };
    Plan::new(Header { test: "steered".into(), ..Header::default() }, &runner)
}

fn order(recorder: &Recorder, folder: &RunFolder, begun: (SystemTime, Instant)) -> Order {
    Order {
        run: folder.run().id.clone(),
        started: begun.0,
        begun: begun.1,
        plan: folder.plan().unwrap(),
        scenario: ScenarioSource::yaml("scenario.yml", SCENARIO),
        environment: Environment { host: Some(recorder.url()), ..Environment::default() },
    }
}

async fn ask(remote: &Remote, clients: u32, rate: Option<f64>) -> Result<Done, Refused> {
    let clients = Clients::try_new(clients).unwrap();
    let hatch_rate = rate.map(|rate| HatchRate::try_new(rate).unwrap());
    remote.ask(Control::Users { clients, hatch_rate }).await
}

/// Up, down just before the cut, and up again; more than there are descriptors for is refused.
async fn steer(remote: Remote, begun: Instant) -> Vec<Change> {
    let mut changes = Vec::new();
    for (at, clients, rate) in [(750, 10, None), (2400, 3, Some(40.0)), (4050, 8, None)] {
        sleep_until(begun + ms(at)).await;
        let Ok(Done::Changed(change)) = ask(&remote, clients, rate).await else {
            panic!("refused")
        };
        assert!(change.at >= ms(at + 300) && change.at < ms(at + 300) + NOISE, "{change:?}");
        changes.push(change);
    }
    let refused = ask(&remote, Clients::MAX, Some(1e9)).await.unwrap_err();
    assert!(refused.to_string().contains("open files are needed"), "{refused}");
    changes
}

/// The requests of each user, those of each of its lives in each interval for themselves, as each
/// of these has a connection of its own.
fn connections(requests: &[Request], start: Duration) -> BTreeMap<u32, Vec<Vec<Duration>>> {
    let mut users: BTreeMap<u32, BTreeMap<SocketAddr, Vec<Duration>>> = BTreeMap::new();
    for Request { user, connection, at } in requests {
        let own = users.entry(*user).or_default().entry(*connection).or_default();
        own.push(at.checked_sub(start).unwrap());
    }
    let in_order = |own: BTreeMap<SocketAddr, Vec<Duration>>| {
        let all: BTreeSet<Vec<Duration>> = own.into_values().collect();
        all.into_iter().collect()
    };
    users.into_iter().map(|(user, own)| (user, in_order(own))).collect()
}

#[test]
fn generators_follow_changes_across_a_cut() {
    // It has a runtime of its own.
    let recorder = Recorder::start();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run_steered(&recorder));
}

async fn run_steered(recorder: &Recorder) {
    let root = tempfile::tempdir().unwrap();
    let lead = SECOND;
    let begun = (SystemTime::now() + lead, Instant::now() + lead);
    let folder = RunFolder::create(root.path(), "steered", begun.0).unwrap();
    folder.write_plan(&plan()).unwrap();
    let order = order(recorder, &folder, begun);
    let invoke: Arc<dyn Invoke> = Arc::new(Local::new(Linked::default()));
    let mut intake = Intake::new(folder.journal().unwrap(), Emitter::default());
    let (mut notes, mut controls) = (Notes::default(), Controls::listen().unwrap());
    let remote = controls.remote();
    let running = run::run(&order, &invoke, &mut intake, &mut notes, &mut controls);
    let (ended, changes) = tokio::join!(running, steer(remote, begun.1));
    let ended = ended.unwrap();
    assert_eq!(ended.failures, [""; 0]);
    assert_eq!(notes.0.len(), 4, "{:?}", notes.0);
    folder.write_end(&ended.end(&order.plan)).unwrap();

    let written = report::write_all(&folder, &intake.totals).unwrap();
    assert_eq!(written.report.changes, changes);
    assert_eq!(report::rebuild(folder.path()).unwrap().report, written.report);
    let text = console::text(&written.report, &[], Look::default());
    assert!(text.contains("\nUsers were changed: at 1s to 10, at 2s to 3, at 4s to 8\n"), "{text}");
    let reasons = &written.report.verdict.reasons;
    assert!(reasons.iter().all(|reason| !reason.contains("incomplete")), "{reasons:?}");

    let asked = order.plan.load_changed(&changes);
    let users = written.report.series.iter().map(|second| second.users).take(6);
    let planned = (1..=6).map(|second| u64::from(asked.users_before(second * SECOND)));
    assert_eq!(users.collect::<Vec<_>>(), planned.collect::<Vec<_>>(), "{asked:?}");
    let requests = recorder.requests();
    assert_eq!(written.report.summary.requests, requests.len() as u64);
    is_the_load(&connections(&requests, folder.run().started_since_epoch()), &asked);
}

/// Each life has one connection in each interval, and no pause in it.
#[track_caller]
fn is_the_load(seen: &BTreeMap<u32, Vec<Vec<Duration>>>, load: &Load) {
    let Load::Users(curve) = load else { panic!("{load:?}") };
    assert_eq!(seen.len(), curve.peak() as usize);
    let cut = 3 * SECOND;
    for (user, own) in seen {
        let pieces: Vec<_> = curve
            .lives_of(*user)
            .into_iter()
            .flat_map(|life| [(life.from, life.to.min(cut)), (life.from.max(cut), life.to)])
            .filter(|(from, to)| from < to)
            .collect();
        assert_eq!(own.len(), pieces.len(), "user {user}: {own:?}, not {pieces:?}");
        for (requests, (from, to)) in own.iter().zip(pieces) {
            let (first, last) = (requests[0], requests[requests.len() - 1]);
            // Instants are known to the millisecond.
            assert!(first + ms(2) >= from && first < from + PACE + NOISE, "{user}: {requests:?}");
            assert!(last <= to + NOISE && last + PACE + NOISE >= to, "{user}: {requests:?}");
            let gap = requests.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(gap < Some(2 * PACE + NOISE), "user {user}: {requests:?}");
        }
    }
}
