//! What the README shows is read as what it says.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{fs, path::Path};

use engine::{
    document::{Node, Problems, Source, parse, parse_value},
    environment::Environment,
    files::Files,
    yaml,
};
use serde_json::json;

use controller::{
    config::Profile,
    functions::Functions,
    plan::{Backend, Header, Plan},
};

/// The YAML in the README that has a key of this name at its start.
fn blocks(key: &str) -> Vec<String> {
    blocks_of("README.md", key)
}

fn blocks_of(file: &str, key: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
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
        if let Err(problems) = yaml::read("README.md", &text, &environment, &Files::default()) {
            panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
        }
    }
}

/// The profile, and what it shows of others.
fn profiles() -> Vec<Node> {
    let tree = |text: &String| parse(&Source::file("README.md", text), text).unwrap();
    blocks("profile").iter().map(tree).collect()
}

/// A profile beside a key that nobody knows: the message about it names all that there are, and
/// each of them is in some block.
#[test]
fn its_profile_has_every_key() {
    let profiles = profiles();
    let node = &profiles[0];
    for section in [
        "test_header",
        "profile",
        "profile.runner",
        "profile.test",
        "profile.lambda",
        "profile.lambda.vpc",
        "profile.logging",
    ] {
        let over =
            parse_value(&Source::option("--set"), "1").under(&format!("{section}.?????????"));
        let problems = Problems::default();
        Profile::read(node.clone().overlaid(over), &problems);
        let problems = problems.finish::<()>(None).unwrap_err();
        let message = problems[0].to_string();
        let known = message.split("expected one of ").nth(1).unwrap().lines().next().unwrap();
        for key in known.split(", ").filter(|key| *key != "locustfile") {
            let path = format!("{section}.{key}");
            let written = profiles
                .iter()
                .any(|node| path.split('.').try_fold(node, |node, key| node.get(key)).is_some());
            assert!(written, "{path} is not in the README");
        }
    }
}

#[test]
fn its_other_profiles_are_valid() {
    let tree = |text: &String| parse(&Source::file("gates.md", text), text).unwrap();
    let mut others = profiles().split_off(1);
    assert!(!others.is_empty());
    let gates: Vec<_> = blocks_of("docs/gates.md", "profile").iter().map(tree).collect();
    assert_eq!(gates.len(), 1);
    others.extend(gates);
    for other in others {
        let source = Source::option("--set");
        let test = parse_value(&source, "{name: shop}").under("test_header");
        let scenario = parse_value(&source, "shop").under("profile.test.scenario");
        let problems = Problems::default();
        let profile = Profile::read(other.overlaid(test).overlaid(scenario), &problems);
        let profile = problems.finish(profile).unwrap();
        let plan = Plan::new(Header::default(), &profile.runner);
        assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
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
    assert_eq!(profile.backend, Backend::default());
    let default = Functions::default();
    let Functions { memory_mb, users_per_function, log_retention_days, reply, .. } =
        profile.functions;
    assert_eq!((memory_mb, users_per_function), (default.memory_mb, default.users_per_function));
    assert_eq!((log_retention_days, reply), (default.log_retention_days, default.reply));
}
