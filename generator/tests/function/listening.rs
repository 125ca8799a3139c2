//! What the function's listeners write into its log.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use cloud::ask::{Ask, Run};
use controller::demo_api::DemoApi;
use engine::document::{Problems, Source, parse};
use listeners::{Header, Kind, Listening, System};
use serde_json::Value;

use crate::support::{REGION, client, eventually, fake, job, run, seconds, stream};

fn listening(systems: Vec<System>) -> Listening {
    let header = Header { test: "shop".into(), env: "qa".into(), ..Header::default() };
    Listening { header, systems, every: seconds(1.0), ..Listening::default() }
}

fn cloudwatch(settings: &str) -> System {
    let (source, problems) = (Source::option("test"), Problems::default());
    let node = parse(&source, settings).unwrap();
    Kind::CloudWatch.read(&node, &problems).unwrap()
}

/// What `scripts/check_emf.py` says of lines, if they are all good.
fn checked(lines: &[String]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert!(Command::new(root.join("scripts/python_tools")).status().unwrap().success());
    let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), lines.join("\n")).unwrap();
    let output = Command::new(root.join(target).join("python/bin/python"))
        .arg(root.join("scripts/check_emf.py"))
        .arg(root.join("listeners/tests/emf.schema.json"))
        .arg(file.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the function writes in a run of three seconds, how many requests it counts, and what became
/// of its listeners' words.
async fn lines(systems: Vec<System>) -> (Vec<String>, u64, String) {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let ask = Run { listening: listening(systems), ..run(job(&api, "a", 3.0)) };
    let answer = stream(&client(&fake, REGION), &Ask::Run(Box::new(ask))).await.unwrap();
    let lines = answer.read();
    let last = serde_json::to_string(lines.frames.last().unwrap()).unwrap();
    let log = eventually(|| Some(fake.log()).filter(|log| log.len() > 3)).await;
    (log, lines.requests(), last)
}

#[tokio::test]
async fn cloudwatch_reads_all_that_was_measured_in_the_log() {
    let system = Kind::CloudWatch.by_default().unwrap();
    let (lines, requests, last) = lines(vec![system]).await;
    let told = checked(&lines);
    let sum = |of: &str| told["sums"][of].as_f64();
    #[expect(clippy::cast_precision_loss, reason = "they are few")]
    let requests = requests as f64;
    assert!(requests > 100.0, "{requests}");
    for metric in ["Requests", "ResponseTime"] {
        for set in ["test,env", "test,env,method,transaction"] {
            assert_eq!(sum(&format!("{metric} by {set}")), Some(requests), "{told}");
        }
    }
    assert_eq!(sum("Failures by test,env"), Some(0.0));
    // Ten users, for about three seconds.
    let users = sum("UserSeconds by test,env").unwrap();
    assert!((20.0..=40.0).contains(&users), "{told}");
    // Three of the test, three of its only transaction, and the users.
    assert_eq!(told["metrics"], 7);
    let line: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "LoadTest");
    let texts = ["test", "env", "method", "transaction", "region", "generator", "run"];
    let values = texts.map(|name| line[name].as_str().unwrap());
    assert_eq!(values, ["shop", "qa", "GET", "/products", REGION, "0", "a"]);
    assert!(last.contains(r#""listener":"CloudWatch""#) && last.contains(r#""lost":0"#), "{last}");
}

#[tokio::test]
async fn metrics_are_told_apart_as_the_settings_say() {
    let settings = "{namespace: Team A/Load, dimensions: [[test, region], [transaction]]}";
    let (lines, requests, _) = lines(vec![cloudwatch(settings)]).await;
    let told = checked(&lines);
    assert_eq!(
        told["sums"]["Requests by test,region"].as_f64(),
        told["sums"]["Requests by transaction"].as_f64()
    );
    assert_eq!(told["sums"]["Requests by transaction"].as_u64(), None);
    assert!(requests > 100);
    assert!(lines.iter().all(|line| line.contains(r#""Namespace":"Team A/Load""#)), "{lines:?}");
}

#[tokio::test]
async fn debug_tells_a_reader_of_the_log() {
    let (lines, ..) = lines(vec![System::Debug]).await;
    let told = lines.iter().filter(|line| line.contains("shop: 10 users, GET /products: "));
    assert!(told.count() >= 2, "{lines:?}");
}
