//! Users that are changed while functions make their load.

use std::{env, fs, path::PathBuf, process::Command, sync::Arc, time::Duration};

use controller::{
    aws::Account,
    control::{Control, Controls, Remote},
    emitter::Emitter,
    functions::Functions,
    invoke::Invoke,
    location::Location,
    plan::{Header, LEAD, Plan, Ramp, Runner, Shape},
    preflight::Look,
    report,
    reporter::{Moment, Reporter},
    run::{self, Intake, Order},
    run_folder::RunFolder,
};
use engine::{
    clients::Clients, environment::Environment, hatch_rate::HatchRate, job::ScenarioSource,
};
use listeners::Listening;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use crate::{
    account::{account, settings},
    level::{SCENARIO, Seen},
    support::{project::TEST, recorder::Recorder},
};

const REGIONS: [&str; 2] = ["us-west-2", "eu-west-1"];
const SECOND: Duration = Duration::from_secs(1);

/// What the child finds in its environment.
const HOST: &str = "STEERED_HOST";
const RESULTS: &str = "STEERED_RESULTS";

struct Notes(Vec<String>);

impl Reporter for Notes {
    fn tick(&mut self, _: &Moment<'_>) {}

    fn note(&mut self, message: &str) {
        self.0.push(message.into());
    }
}

/// The change comes soon after the first cut, when the functions of all intervals are on their way
/// and hear of it by the lease; the next one soon after the second cut.
#[test]
fn functions_follow_changes_across_cuts() {
    let (recorder, account) = (Recorder::start(), account(&REGIONS));
    let results = tempfile::tempdir().unwrap();
    // An account is found by the environment of a process.
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "steering::a_steered_run", "--ignored", "--nocapture"])
        .env("AWS_ENDPOINT_URL", account.endpoint())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env(HOST, recorder.url())
        .env(RESULTS, results.path())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{output}\n{}", String::from_utf8_lossy(&child.stderr));

    let folder = fs::read_dir(results.path().join(TEST)).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let requests = recorder.requests();
    assert_eq!(report["summary"]["requests"], requests.len());
    assert_eq!(report["end"]["partial"], false);
    let clients: Vec<_> = report["changes"].as_array().unwrap().iter().collect();
    assert_eq!(clients.iter().map(|change| &change["clients"]).collect::<Vec<_>>(), [12, 5]);
    let seen = Seen::new(requests, &folder);
    assert_eq!(seen.users.len(), 12);
    seen.follows_the_plan();
    seen.nobody_pauses();
    seen.nobody_is_doubled();
    // In the last instants of seconds, from all functions together.
    let users = |second: usize| report["series"][second]["users"].as_u64().unwrap();
    assert_eq!([2, 4, 5, 8].map(users), [6, 12, 12, 5]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the child of another test, in the environment of an account"]
async fn a_steered_run() {
    let results = PathBuf::from(env::var_os(RESULTS).unwrap());
    let account = Account::load().await;
    let number = account.number().await.unwrap();
    let functions = Functions { users_per_function: 3, ..Functions::default() };
    let plan = plan(&functions);
    let listening = Listening::default();
    let look = Look {
        account: &account,
        number: &number,
        plan: &plan,
        functions: plan.functions.as_ref().unwrap(),
        build: scenarios::BUILD,
        listening: &listening,
    };
    let clearance = look.at_all().await.unwrap_or_else(|troubles| panic!("{}", troubles[0]));
    let lead = LEAD + plan.intervals[0].warm_up + SECOND / 2;
    let (started, begun) = (
        clearance.preflight.clock.there(std::time::SystemTime::now() + lead),
        Instant::now() + lead,
    );
    let folder = RunFolder::create(&results, TEST, started).unwrap();
    folder.write_plan(&plan).unwrap();
    let run = folder.run().id.clone();
    let invoke: Arc<dyn Invoke> = Arc::new(clearance.lambda(&run, &listening));
    let environment = Environment { host: env::var(HOST).ok(), ..Environment::default() };
    let order = Order {
        run,
        started,
        begun,
        plan,
        scenario: ScenarioSource::yaml("scenario.yml", SCENARIO),
        environment,
    };
    let mut intake = Intake::new(folder.journal().unwrap(), Emitter::default());
    let (mut notes, mut controls) = (Notes(Vec::new()), Controls::listen().unwrap());
    let remote = controls.remote();
    let running = run::run(&order, &invoke, &mut intake, &mut notes, &mut controls);
    let (ended, ()) = tokio::join!(running, steer(&remote, begun));
    let ended = ended.unwrap();
    assert_eq!(ended.failures, [""; 0]);
    assert_eq!(notes.0.iter().filter(|note| note.contains("6 users per function")).count(), 1);
    folder.write_end(&ended.end(&order.plan)).unwrap();
    report::write_all(&folder, &intake.totals).unwrap();
}

/// Six users for nine seconds in three intervals.
fn plan(functions: &Functions) -> Plan {
    let runner = Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(6).unwrap(),
            hatch_rate: HatchRate::try_new(6.0).unwrap(),
            duration: 9 * SECOND,
            steps: None,
        }),
        interval: Some(3 * SECOND),
        stop_timeout: SECOND,
        seed: 1,
    };
    let locations = REGIONS.map(|region| Location { region: region.into(), weight: 1 });
    let header = Header { test: settings(&REGIONS).function, ..Header::default() };
    Plan::on_lambda(header, &runner, &locations, functions)
}

async fn steer(remote: &Remote, begun: Instant) {
    for (at, clients, per_second) in [(200, 12, 12.0), (3500, 5, 10.0)] {
        sleep_until(begun + Duration::from_millis(at)).await;
        let users = Control::Users {
            clients: Clients::try_new(clients).unwrap(),
            hatch_rate: HatchRate::try_new(per_second).ok(),
        };
        remote.ask(users).await.unwrap();
    }
}
