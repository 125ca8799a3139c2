//! Test data, as a server sees it.

use engine::{
    clients::Clients,
    curve::LoadCurve,
    files::Files,
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    load::Load,
    scenario::Linked,
    share::Share,
};

use super::{Answer, SECOND, Web, job, run};

const SCENARIO: &str = "
data:
  account: {file: accounts.csv, order: ORDER, exhausted: EXHAUSTED}
users:
  User:
    wait_time: {constant: 10s}
    tasks:
      sign in:
        - feed: account
        - get: /${account.name}/${account.age | int + 1}
";

fn with_accounts(scenario: &str) -> ScenarioSource {
    let accounts = "name,age\nann,1\nbob,2\ncid,3\ndan,4\neve,5\n";
    let files = Files::default().with("accounts.csv", accounts.as_bytes());
    ScenarioSource::Yaml { file: "scenario.yml".into(), text: scenario.into(), files }
}

/// What `users` of them ask for, each once, from two generators that do not talk.
async fn asked(order: &str, exhausted: &str, users: u32) -> (Vec<String>, Vec<String>) {
    let web = Web::start(|_| Answer::status(200));
    let scenario = SCENARIO.replace("ORDER", order).replace("EXHAUSTED", exhausted);
    let first = job(&web, with_accounts(&scenario));
    let mut exceptions = Vec::new();
    for index in 0..2 {
        let (clients, rate) =
            (Clients::try_new(users).unwrap(), HatchRate::try_new(1000.0).unwrap());
        let load = Load::Users(LoadCurve::plain(clients, rate, SECOND / 2));
        let share = Share::try_new(index, 2).unwrap();
        let start = std::time::SystemTime::now();
        let stats = run(&Job { load, share, start, ..first.clone() }, &Linked::default()).await;
        exceptions.extend(stats.exceptions().iter().map(|(seen, _)| seen.message.clone()));
    }
    let mut lines = web.lines();
    lines.sort();
    (lines, exceptions)
}

const ALL: [&str; 5] = ["GET /ann/2", "GET /bob/3", "GET /cid/4", "GET /dan/5", "GET /eve/6"];

#[tokio::test]
async fn generators_share_rows_without_talking() {
    for order in ["sequential", "shuffled", "unique"] {
        let (lines, exceptions) = asked(order, "stop", 8).await;
        assert_eq!(lines, ALL, "{order}");
        assert!(exceptions.is_empty());
    }
}

#[tokio::test]
async fn rows_that_run_out_begin_again_or_fail() {
    let (lines, _) = asked("sequential", "recycle", 10).await;
    let mut twice = [ALL, ALL].concat();
    twice.sort_unstable();
    assert_eq!(lines, twice);
    let (lines, exceptions) = asked("unique", "fail", 6).await;
    assert_eq!(lines, ALL);
    assert_eq!(exceptions, ["`account` has no more rows"]);
}

/// What a column whose name tells of a secret holds is not in reports.
#[tokio::test]
async fn secrets_of_rows_are_not_told() {
    let web = Web::start(|_| Answer::body("hunter-2222"));
    let scenario = "
data: {account: {rows: [{name: ann, password: hunter-2222}]}}
users:
  User:
    wait_time: {constant: 10s}
    tasks:
      t:
        - feed: account
        - get: {path: /a, expect: {not_text: \"${account.password}\"}}
        - set: {n: \"${account.password | int}\"}
";
    let stats = run(&job(&web, ScenarioSource::yaml("s.yml", scenario)), &Linked::default()).await;
    let told = format!("{:?} {:?}", stats.failures(), stats.exceptions());
    assert_eq!((stats.failures().len(), stats.exceptions().len()), (1, 1), "{told}");
    assert!(!told.contains("hunter-2222"), "{told}");
}
