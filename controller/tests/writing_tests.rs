//! What `docs/writing-tests.md` shows stands in a scenario that runs.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{cell::RefCell, collections::BTreeSet, ffi::OsStr, fs, path::Path, rc::Rc};

use controller::{
    config::Profile,
    demo_api::DemoApi,
    plan::{Header, Plan},
};
use engine::{
    debug::walk,
    document::{Problems, Source, parse},
    environment::Environment,
    generator::make_scenario,
    job::ScenarioSource,
    observer::{Observer, Seen},
};
use serde_json::{Value, json};

/// A fenced block: its language, the file it is taken from, and its lines.
struct Block {
    language: String,
    file: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn blocks() -> Vec<Block> {
    let page = fs::read_to_string(root().join("docs/writing-tests.md")).unwrap();
    let fenced = page.split("\n```").skip(1).step_by(2);
    let block = |block: &str| {
        let (info, text) = block.split_once('\n').unwrap();
        let (language, file) = info.split_once(' ').unwrap_or((info, ""));
        Block { language: language.into(), file: file.into(), text: text.into() }
    };
    fenced.map(block).filter(|block| ["yaml", "rust"].contains(&&*block.language)).collect()
}

#[test]
fn each_example_is_part_of_a_scenario() {
    let blocks = blocks();
    assert!(blocks.len() >= 2);
    for Block { language, file, text } in blocks {
        assert!(!file.is_empty(), "a {language} block names no file:\n{text}");
        let whole = fs::read_to_string(root().join(&file)).expect(&file);
        assert!(whole.contains(text.trim_end()), "not in {file} as it stands:\n{text}");
    }
}

/// Each guide scenario runs; those that this page shows are among them.
#[test]
fn each_scenario_runs_against_the_demo_api() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    let mut run = BTreeSet::new();
    let mut files: Vec<_> = fs::read_dir(root().join("tests/guide")).unwrap().collect();
    files.sort_by_key(|entry| entry.as_ref().unwrap().path());
    for path in files.into_iter().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let source = match path.extension().and_then(OsStr::to_str) {
            Some("yml") => {
                let text = fs::read_to_string(&path).unwrap();
                ScenarioSource::yaml(path.display().to_string(), text)
            }
            Some("rs") => ScenarioSource::Linked(format!("guide-{name}")),
            _ => continue,
        };
        run_once(&path, &source, &host);
        run.insert(format!("tests/guide/{}", path.file_name().unwrap().display()));
    }
    for Block { file, .. } in blocks().into_iter().filter(|b| b.file.starts_with("tests/guide/")) {
        assert!(file.starts_with(PROFILES) || run.contains(&file), "{file} was not run");
    }
}

/// Where this page's profiles are.
const PROFILES: &str = "tests/guide/profiles/";

#[test]
fn each_profile_can_be_planned() {
    let mut shown = 0;
    for file in fs::read_dir(root().join(PROFILES)).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let node = parse(&Source::file(&path.display().to_string(), &text), &text).unwrap();
        let problems = Problems::default();
        let profile = Profile::read(node, &problems);
        let profile = problems.finish(profile).unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
        });
        let plan = Plan::new(Header::default(), &profile.runner);
        assert!(plan.warnings.is_empty(), "{}: {:?}", path.display(), plan.warnings);
        assert!(plan.peak > 0, "{}", path.display());
        shown += 1;
    }
    assert!(shown > 0);
}

fn run_once(path: &Path, source: &ScenarioSource, host: &str) {
    let path = path.display();
    let key = "demo-subscription-key";
    let data = json!({"password": "secret", "subscription_key": key, "hosts": {"shop": host}});
    let environment = Environment { name: "demo".into(), host: Some(host.into()), data };
    let source =
        source.clone().with_files(&environment).unwrap_or_else(|error| panic!("{path}: {error}"));
    let scenario = make_scenario(&source, &environment, &scenarios::linked())
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    let failures = Rc::new(Failures::default());
    let stats = walk(&scenario, environment, Rc::clone(&failures) as Rc<dyn Observer>).unwrap();
    assert!(stats.aggregated().requests > 0, "{path}: no request at all");
    assert_eq!(stats.aggregated().failures, 0, "{path}: {:?}", failures.0.borrow());
    assert!(stats.exceptions().is_empty(), "{path}: {:?}", stats.exceptions());
    assert!(failures.0.borrow().is_empty(), "{path}: {:?}", failures.0.borrow());
}

#[derive(Default)]
struct Failures(RefCell<Vec<String>>);

impl Observer for Failures {
    fn began(&self, _name: &str) {}

    fn requested(&self, seen: &Seen<'_>) {
        let failure = seen.failure.map(|failure| format!("{}: {failure}", seen.request.name));
        self.0.borrow_mut().extend(failure);
    }

    fn captured(&self, _variable: &str, _value: &Value) {}

    fn failed(&self, name: &str, message: &str) {
        self.0.borrow_mut().push(format!("{name}: {message}"));
    }
}
