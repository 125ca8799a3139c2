//! What the README shows is read as what it says.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{fs, path::Path};

use engine::{
    document::{Problems, Source, parse},
    environment::Environment,
    yaml,
};
use serde_json::json;

use controller::config::Profile;

/// The YAML in the README that has a key of this name at its start.
fn blocks(key: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(file).unwrap();
    let blocks = text.split("```yaml\n").skip(1);
    let blocks = blocks.filter_map(|block| Some(block.split_once("```")?.0.to_owned()));
    blocks.filter(|block| block.lines().any(|line| line.starts_with(&format!("{key}:")))).collect()
}

#[test]
fn its_scenarios_are_valid() {
    let data = json!({"password": "x", "hosts": {"shop": "https://shop.example.org"}});
    let environment =
        Environment { name: "staging".into(), host: Some("https://shop.example.org".into()), data };
    let scenarios = blocks("users");
    assert_eq!(scenarios.len(), 2);
    for text in scenarios {
        if let Err(problems) = yaml::read("README.md", &text, &environment) {
            panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
        }
    }
}

#[test]
fn its_profile_is_valid_and_its_defaults_are_true() {
    let profiles = blocks("test_header");
    assert_eq!(profiles.len(), 1);
    let node = parse(&Source::file("README.md", &profiles[0]), &profiles[0]).unwrap();
    let problems = Problems::default();
    let profile = Profile::read(node, &problems);
    let profile = problems.finish(profile).unwrap();
    assert_eq!(profile.runner.stop_timeout.as_secs(), 10);
    assert!(profile.runner.interval.unwrap() <= profile.runner.longest_window());
}
