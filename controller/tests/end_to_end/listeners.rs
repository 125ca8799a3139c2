//! Those who hear of a run are told what there was, and nothing of it changes for them.

#[path = "../../../listeners/tests/known/collector.rs"]
#[allow(dead_code, reason = "the listeners' own tests use the rest")]
mod collector;
mod endpoint;
#[path = "../../../listeners/tests/support/fake.rs"]
#[allow(dead_code, reason = "the listeners' own tests use the rest")]
mod fake;
mod numbers;
#[path = "../../../listeners/tests/known/prometheus.rs"]
#[allow(dead_code, reason = "the listeners' own tests use the rest")]
mod prometheus;
mod secrets;
mod settings;
mod unharmed;

use serde_json::Value;

use self::fake::{Answer, Asked, Fake};
use crate::support::project::Project;

const CREDENTIALS: &str = "config/systems_credentials.yml";

/// Each system takes what it is told.
fn taking() -> Fake {
    Fake::start(|asked, _| taken(asked))
}

fn taken(asked: &Asked) -> Answer {
    let is_splunk = asked.path.starts_with("/services/collector");
    Answer::new(200, if is_splunk { r#"{"text":"Success","code":0}"# } else { "" })
}

impl Project {
    /// Has these listeners, with these sections of the credentials.
    fn heard_by(self, logging: &str, credentials: &str) -> Self {
        self.profile(&format!("logging: {{{logging}}}\n")).file(CREDENTIALS, credentials)
    }
}

/// What a report says became of what a listener had to be told: taken, lost, and the trouble.
fn delivery(report: &Value, listener: &str) -> (u64, u64, Option<String>) {
    let all = report["listeners"].as_array().unwrap();
    let found = all.iter().find(|delivery| delivery["listener"] == listener);
    let found = found.unwrap_or_else(|| panic!("no {listener} in {all:?}"));
    let count = |key: &str| found[key].as_u64().unwrap();
    (count("sent"), count("lost"), found["trouble"].as_str().map(str::to_owned))
}
