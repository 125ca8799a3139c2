//! What a project's files and the command line come to, or what is said of them.

use std::{fs, time::Duration};

use cloud::ask::Reply;
use engine::{document::Problem, job::ScenarioSource, listener::ListenerKind};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    functions::{Architecture, Functions, Vpc},
    location::Location,
    plan::{Ramp, Shape},
    price::Usd,
};

const EXACT: &str = r"test_header:
  name: TPData        # name of the test and of its Lambda function
  description: Create and check treatment variants
  env: cs1            # config/<env>.yml
  location: us-west-2 # AWS region; a list too
profile:
  runner:
    clients: 50
    hatch_rate: 5
    duration: 3m
    step_load: false
    step_duration: 2m
    step_clients: 150
  test:
    locustfile: tests/TPData/locustfile.py   # our own key is `scenario`
    debug: false
  logging:
    loglevel: INFO    # DEBUG/INFO/WARNING/ERROR/CRITICAL
    final_stats: false
    listeners: [Sfx, Splunk]   # any of Sfx, Splunk, Debug
    hyperclient_console_log_level: CRITICAL
";

const SHORT: &str = "test_header: {name: shop}
profile:
  runner: {clients: 10, hatch_rate: 2, duration: 1m}
  test: {scenario: shop}
";

const REGISTRY: &str = "current: shop\nregistered:\n  shop: {profile: p.yml}\n";

/// A project on disk, and a command line.
struct Given {
    folder: TempDir,
    selection: Selection,
}

impl Given {
    fn profile(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let given = Self { folder, selection: Selection::default() };
        given.file("p.yml", text).file("config/loadtest_registry.yml", REGISTRY)
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn choice(mut self, choice: Choice) -> Self {
        self.selection.choice = choice;
        self
    }

    fn with(mut self, option: &str, value: &str) -> Self {
        self.selection.overrides.push(option, value);
        self
    }

    fn project(&self) -> Project {
        Project::new(self.folder.path())
    }

    fn load(&self) -> Result<Configuration, ConfigError> {
        let variables = |name: &str| (name == "HOST").then(|| "shop.example.org".to_owned());
        Configuration::load(&self.project(), &self.selection, &variables)
    }

    fn loaded(&self) -> Configuration {
        self.load().unwrap_or_else(|error| panic!("{}", self.shown(error.problems())))
    }

    /// The problems with paths as in the project, and without the lines that they show.
    fn problems(&self) -> Vec<String> {
        let Err(error) = self.load() else { return Vec::new() };
        let texts =
            error.problems().iter().map(|problem| self.shown(std::slice::from_ref(problem)));
        texts.map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
    }

    fn shown(&self, problems: &[Problem]) -> String {
        let text =
            problems.iter().map(|problem| format!("{problem}\n")).collect::<Vec<_>>().concat();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

#[test]
fn the_documented_profile_loads() {
    let given = Given::profile(EXACT).file("config/cs1.yml", "host: https://cs1.example.org\n");
    let configuration = given.loaded();
    let Profile { name, description, env, locations, runner, scenario, debug, logging, .. } =
        &configuration.profile;
    assert_eq!((name.as_str(), env.as_deref()), ("TPData", Some("cs1")));
    assert_eq!(description, "Create and check treatment variants");
    assert_eq!(locations, &[Location { region: "us-west-2".into(), weight: 1 }]);
    let shape = &runner.shape;
    assert_eq!((shape.clients().get(), shape.duration()), (50, Duration::from_mins(3)));
    assert!(matches!(shape, Shape::Ramp(Ramp { steps: None, .. })));
    assert_eq!((runner.interval, runner.seed), (None, 0));
    assert_eq!(runner.stop_timeout, Duration::from_secs(10));
    assert!(matches!(scenario, ScenarioRef::Locustfile { .. }));
    assert!(!debug);
    assert_eq!(logging.loglevel, LogLevel::Info);
    assert_eq!(logging.hyperclient_console_log_level, LogLevel::Critical);
    assert_eq!(configuration.listening.listeners, [ListenerKind::Sfx, ListenerKind::Splunk]);
    assert_eq!(configuration.listening.every, Duration::from_secs(5));
    let plan = configuration.plan();
    assert_eq!(plan.host.as_deref(), Some("https://cs1.example.org"));
    let expected = [
        "runs on this machine; `--backend lambda` runs it in us-west-2",
        "this version does not send statistics to Sfx and Splunk",
    ];
    assert_eq!(plan.warnings, expected);
}

#[test]
fn a_python_file_is_told_what_takes_its_place() {
    let given = Given::profile(EXACT).file("config/cs1.yml", "");
    let problem = given.loaded().profile.scenario.source(&given.project()).unwrap_err();
    let expected = "p.yml:15:17: profile.test.locustfile: found the Python file `tests/TPData/locustfile.py`, \
         which does not run here: write what its users do in YAML and set `scenario: \
         tests/TPData/scenario.yml`, or in Rust and set `scenario: NAME`\n";
    assert!(given.shown(&[problem]).starts_with(expected));
}

#[test]
fn scenarios_are_read_for_the_jobs() {
    let given = Given::profile(SHORT);
    let source = given.loaded().profile.scenario.source(&given.project());
    assert_eq!(source, Ok(ScenarioSource::Linked("shop".into())));
    let given = given.with("set", "profile.test.scenario=tests/a.yml");
    let problem = given.loaded().profile.scenario.source(&given.project()).unwrap_err();
    assert_eq!(
        given.shown(&[problem]),
        "--set: profile.test.scenario: tests/a.yml: cannot be read: there is no such file\n"
    );
    let given = given.file("tests/a.yml", "users: {}\n");
    let source = given.loaded().profile.scenario.source(&given.project()).unwrap();
    assert!(matches!(source, ScenarioSource::Yaml { text, .. } if text == "users: {}\n"));
}

/// An override, and the one problem that it makes.
const REJECTED: [(&str, &str, &str); 59] = [
    (
        "clients",
        "0",
        "--clients: profile.runner.clients: found the number 0, expected a whole number of users from 1 to 10,000,000, such as 50",
    ),
    (
        "clients",
        "5.5",
        "--clients: profile.runner.clients: found the number 5.5, expected a whole number of users from 1 to 10,000,000, such as 50",
    ),
    (
        "clients",
        "-1",
        "--clients: profile.runner.clients: found the number -1, expected a whole number of users from 1 to 10,000,000, such as 50",
    ),
    (
        "hatch-rate",
        "0",
        "--hatch-rate: profile.runner.hatch_rate: found the number 0, expected users started per second, a number above 0, such as 5 or 0.5",
    ),
    (
        "hatch-rate",
        "1e9",
        "--hatch-rate: profile.runner.hatch_rate: found the number 1000000000.0: more than 1,000,000 users per second",
    ),
    (
        "duration",
        "0",
        "--duration: profile.runner.duration: found the number 0, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "duration",
        "5 minutes",
        "--duration: profile.runner.duration: found the text `5 minutes`, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "duration",
        "721h",
        "--duration: profile.runner.duration: found the text `721h`: longer than 720h, the longest there may be",
    ),
    (
        "duration",
        "18446744073709551615",
        "--duration: profile.runner.duration: found the number 18446744073709551615: longer than 720h, the longest there may be",
    ),
    (
        "interval",
        "0s",
        "--interval: profile.runner.interval: found the text `0s`, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "interval",
        "15m",
        "--interval: profile.runner.interval: found 15m, expected at most 14m10s: a function lives 15m, and needs the rest to start, to warm up, and to stop",
    ),
    (
        "interval",
        "1ms",
        "--interval: profile.runner.interval: found 1ms, which cuts the 1m of the test into 60000 intervals, expected at most 5000 of them",
    ),
    (
        "seed",
        "-1",
        "--seed: profile.runner.seed: found the number -1, expected a whole number, 0 or more",
    ),
    (
        "set",
        "profile.runner.stop_timeout=6m",
        "--set: profile.runner.stop_timeout: found 6m, expected at most 5m",
    ),
    (
        "set",
        "profile.runner.step_duration=0",
        "--set: profile.runner.step_duration: found the number 0, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m",
    ),
    (
        "set",
        "profile.runner.step_clients=0",
        "--set: profile.runner.step_clients: found the number 0, expected a whole number of users from 1 to 10,000,000, such as 50",
    ),
    (
        "set",
        "profile.runner.step_load=maybe",
        "--set: profile.runner.step_load: found the text `maybe`, expected true or false",
    ),
    (
        "set",
        "profile.runner.clinets=5",
        "--set: profile.runner.clinets: unknown key; did you mean `clients`?",
    ),
    (
        "set",
        "test_header.name=a b",
        "--set: test_header.name: found the text `a b`, expected a name of at most 64 letters, digits, - and _, such as TPData",
    ),
    (
        "set",
        "test_header.location=Oregon",
        "--set: test_header.location: found the text `Oregon`, expected an AWS region such as us-west-2, a list of them, or weights such as {us-west-2: 3, eu-west-1: 1}",
    ),
    (
        "set",
        "test_header.location=[us-west-2, us-west-2]",
        "--set: test_header.location: the region us-west-2 is there twice",
    ),
    (
        "set",
        "test_header.location={us-west-2: 0}",
        "--set: test_header.location.us-west-2: found the number 0, expected a weight, a whole number from 1 to 1,000",
    ),
    (
        "set",
        "test_header.location={us-west-2: 1.5}",
        "--set: test_header.location.us-west-2: found the number 1.5, expected a weight, a whole number from 1 to 1,000",
    ),
    (
        "set",
        "test_header.location={Oregon: 1}",
        "--set: test_header.location: found the text `Oregon`, expected an AWS region such as us-west-2, a list of them, or weights such as {us-west-2: 3, eu-west-1: 1}",
    ),
    (
        "backend",
        "aws",
        "--backend: profile.backend: found the text `aws`, expected local or lambda",
    ),
    (
        "backend",
        "lambda",
        "p.yml:1:14: test_header.location: missing, expected an AWS region such as us-west-2, a list of them, or weights such as {us-west-2: 3, eu-west-1: 1}, as the backend is lambda",
    ),
    (
        "max-cost",
        "0",
        "--max-cost: profile.lambda.max_cost: found the number 0, expected dollars, a number above 0, such as 5 or 0.50",
    ),
    (
        "max-cost",
        "five",
        "--max-cost: profile.lambda.max_cost: found the text `five`, expected dollars, a number above 0, such as 5 or 0.50",
    ),
    (
        "set",
        "profile.lambda.memory=64",
        "--set: profile.lambda.memory: found the number 64, expected megabytes of memory, a whole number from 128 to 10,240, such as 1769 (one core)",
    ),
    (
        "set",
        "profile.lambda.memory=10241",
        "--set: profile.lambda.memory: found the number 10241, expected megabytes of memory, a whole number from 128 to 10,240, such as 1769 (one core)",
    ),
    (
        "set",
        "profile.lambda.architecture=aarch64",
        "--set: profile.lambda.architecture: found the text `aarch64`, expected x86_64 or arm64",
    ),
    (
        "set",
        "profile.lambda.users_per_function=0",
        "--set: profile.lambda.users_per_function: found the number 0, expected a whole number of users from 1 to 900, such as 500",
    ),
    (
        "set",
        "profile.lambda.users_per_function=901",
        "--set: profile.lambda.users_per_function: found the number 901, expected a whole number of users from 1 to 900, such as 500",
    ),
    (
        "set",
        "profile.lambda.role=load-test",
        "--set: profile.lambda.role: found the text `load-test`, expected the ARN of a role, such as arn:aws:iam::123456789012:role/load-test",
    ),
    (
        "set",
        "profile.lambda.role=arn:aws:iam::12345:role/load-test",
        "--set: profile.lambda.role: found the text `arn:aws:iam::12345:role/load-test`, expected the ARN of a role, such as arn:aws:iam::123456789012:role/load-test",
    ),
    (
        "set",
        "profile.lambda.log_retention_days=8",
        "--set: profile.lambda.log_retention_days: found the number 8, expected one of the numbers of days that CloudWatch takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
    ),
    (
        "set",
        "profile.lambda.tags={team: [a]}",
        "--set: profile.lambda.tags.team: found a list, expected a text of at most 256 letters, digits, spaces and _ . : / = + - @",
    ),
    (
        "set",
        "profile.lambda.tags={load-test: mine}",
        "--set: profile.lambda.tags.load-test: the tag `load-test` tells what is made for load tests, and is set already",
    ),
    (
        "set",
        "profile.lambda.tags={AWS:x: mine}",
        "--set: profile.lambda.tags.AWS:x: tags that begin with `aws:` are AWS's own",
    ),
    (
        "set",
        "profile.lambda.tags={a!: mine}",
        "--set: profile.lambda.tags.a!: no key of a tag, expected 1 to 128 of letters, digits, spaces and _ . : / = + - @",
    ),
    (
        "set",
        "profile.lambda.reserved_concurrency=0",
        "--set: profile.lambda.reserved_concurrency: found the number 0, expected a whole number of functions, 1 or more",
    ),
    (
        "set",
        "profile.lambda.vpc={subnets: subnet-1, security_groups: []}",
        "--set: profile.lambda.vpc.security_groups: found an empty list, expected a security group such as sg-0a1b2c3d, or a list of them",
    ),
    (
        "set",
        "profile.lambda.vpc={subnets: [subnet-1, vpc-2], security_groups: sg-1}",
        "--set: profile.lambda.vpc.subnets: found the text `vpc-2`, expected a subnet such as subnet-0a1b2c3d, or a list of them",
    ),
    (
        "set",
        "profile.lambda.vpc={subnets: subnet-1}",
        "--set: profile.lambda.vpc.security_groups: missing, expected a security group such as sg-0a1b2c3d, or a list of them",
    ),
    (
        "set",
        "profile.lambda.reply=streamed",
        "--set: profile.lambda.reply: found the text `streamed`, expected stream or whole",
    ),
    (
        "set",
        "profile.lambda.min_coverage=95",
        "--set: profile.lambda.min_coverage: found the number 95, expected a part from 0 to 1, such as 0.95 or 95%",
    ),
    (
        "set",
        "profile.lambda.min_coverage=101%",
        "--set: profile.lambda.min_coverage: found the text `101%`, expected a part from 0 to 1, such as 0.95 or 95%",
    ),
    (
        "set",
        "profile.lambda.memroy=512",
        "--set: profile.lambda.memroy: unknown key; did you mean `memory`?",
    ),
    (
        "set",
        "profile.test.scenario=a b",
        "--set: profile.test.scenario: found the text `a b`, expected a YAML file such as tests/shop/scenario.yml, or the name of a scenario in Rust",
    ),
    (
        "set",
        "profile.logging.loglevel=LOUD",
        "--set: profile.logging.loglevel: found the text `LOUD`, expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
    ),
    (
        "set",
        "profile.logging.listeners=[Graphite]",
        "--set: profile.logging.listeners: found the text `Graphite`, expected any of Sfx, Splunk, Debug",
    ),
    (
        "set",
        "profile.logging.listeners=Splnk",
        "--set: profile.logging.listeners: found the text `Splnk`: no such listener, expected any of Sfx, Splunk, Debug; did you mean `Splunk`?",
    ),
    (
        "set",
        "profile.runner=5",
        "--set: profile.runner: found the number 5, expected a mapping of keys",
    ),
    (
        "set",
        "clients",
        "--set: found `clients`, expected key=value, such as profile.runner.clients=50",
    ),
    (
        "set",
        "a..b=1",
        "--set: found `a..b=1`, expected key=value, such as profile.runner.clients=50",
    ),
    ("env", "cs", "--env: test_header.env: there is no config/cs.yml; did you mean `cs1`?"),
    ("env", "../p", "--env: test_header.env: there is no config/../p.yml, expected one of cs1"),
    (
        "host",
        "shop.example.org",
        "--host: host: found the text `shop.example.org`, expected an http or https address, such as https://shop.example.org",
    ),
    (
        "host",
        "http://me@shop",
        "--host: host: found the text `http://me@shop`: a host has no user name and no password",
    ),
];

#[test]
fn what_is_wrong_on_the_command_line_is_told() {
    for (option, value, expected) in REJECTED {
        let given = Given::profile(SHORT).file("config/cs1.yml", "").with(option, value);
        assert_eq!(given.problems(), [expected], "--{option} {value}");
    }
}

const LAMBDA: &str = "test_header:
  name: shop
  location: {us-west-2: 3, eu-west-1: 1}
profile:
  backend: lambda
  runner: {clients: 10, hatch_rate: 2, duration: 1m}
  test: {scenario: shop}
  lambda:
    memory: 3538
    architecture: arm64
    users_per_function: 250
    role: arn:aws-us-gov:iam::123456789012:role/teams/load-test
    log_retention_days: 30
    tags: {team: shop, cost center: 4711}
    reserved_concurrency: 20
    reply: whole
    min_coverage: 95%
    max_cost: 5.50
";

#[test]
fn functions_are_read() {
    let given = Given::profile(LAMBDA);
    let Profile { backend, locations, functions, .. } = given.loaded().profile;
    let location = |region: &str, weight| Location { region: region.into(), weight };
    assert_eq!(backend, Backend::Lambda);
    assert_eq!(locations, [location("us-west-2", 3), location("eu-west-1", 1)]);
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let expected = Functions {
        memory_mb: 3538,
        architecture: Architecture::Arm64,
        users_per_function: 250,
        role: Some("arn:aws-us-gov:iam::123456789012:role/teams/load-test".into()),
        log_retention_days: 30,
        tags: [tag("team", "shop"), tag("cost center", "4711")].into(),
        reserved_concurrency: Some(20),
        vpc: None,
        reply: Reply::Whole,
        min_coverage: Some(0.95),
        max_cost: Some(Usd(5.5)),
    };
    assert_eq!(functions, expected);
    let functions = Given::profile(SHORT).loaded().profile.functions;
    assert_eq!(functions, Functions::default());
    assert_eq!(
        functions.architecture.name(),
        if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
    );
}

#[test]
fn functions_are_changed_on_the_command_line() {
    let given = Given::profile(LAMBDA)
        .with("backend", "local")
        .with("max-cost", "7")
        .with("set", "profile.lambda.min_coverage=0.9")
        .with("set", "test_header.location=us-east-1")
        .with("set", "profile.lambda.vpc={subnets: [subnet-1, subnet-2], security_groups: sg-3}");
    let Profile { backend, functions, .. } = given.loaded().profile;
    assert_eq!((backend, functions.max_cost), (Backend::Local, Some(Usd(7.0))));
    assert_eq!(functions.min_coverage, Some(0.9));
    let vpc = Vpc {
        subnets: vec!["subnet-1".into(), "subnet-2".into()],
        security_groups: vec!["sg-3".into()],
    };
    assert_eq!(functions.vpc, Some(vpc));
}

#[test]
fn what_does_not_go_together_is_told() {
    let vpc = "profile.lambda.vpc={subnets: subnet-1, security_groups: sg-1}";
    let given = Given::profile(LAMBDA).with("set", vpc);
    let expected = "--set: profile.lambda.vpc: its subnets belong to one region, and \
                    test_header.location has 2";
    assert_eq!(given.problems(), [expected]);
    let given = Given::profile(LAMBDA).with("set", "test_header.location.us-west-2=");
    assert_eq!(given.loaded().profile.locations.len(), 1);
    let given = given.with("set", "test_header.location.eu-west-1=");
    assert_eq!(given.problems().len(), 1);
    let given = Given::profile(LAMBDA).with("set", "test_header.location=[]");
    let expected = "--set: test_header.location: missing, expected an AWS region such as us-west-2, \
                    a list of them, or weights such as {us-west-2: 3, eu-west-1: 1}, as the \
                    backend is lambda";
    assert_eq!(given.problems(), [expected]);
    let given = Given::profile(LAMBDA).with("set", "test_header.location=Oregon");
    assert_eq!(given.problems().len(), 1);
    let given = Given::profile(LAMBDA)
        .with("clients", "10000000")
        .with("set", "profile.lambda.users_per_function=100")
        .with("duration", "1h");
    let expected = "--set: profile.lambda.users_per_function: 100 users per function make up to 500,000 \
                    functions, expected at most 100,000 in the whole test";
    assert_eq!(given.problems(), [expected]);
}

#[test]
fn the_backend_decides_on_the_plan() {
    let plan = Given::profile(LAMBDA).loaded().plan();
    assert_eq!(plan.backend, Backend::Lambda);
    assert_eq!(plan.concurrency, [("us-west-2".to_owned(), 3), ("eu-west-1".to_owned(), 1)].into());
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    let plan = Given::profile(LAMBDA).with("backend", "local").loaded().plan();
    assert_eq!((plan.backend, plan.functions, plan.cost), (Backend::Local, None, None));
    let expected = "runs on this machine; `--backend lambda` runs it in us-west-2, eu-west-1";
    assert_eq!(plan.warnings, [expected]);
}

#[test]
fn what_is_missing_is_told_in_the_file() {
    let given = Given::profile(
        "test_header: {name: shop}\nprofile:\n  runner: {}\n  test:\n    debug: false\n",
    );
    let given = given.with("clients", "5").with("set", "profile.runner.step_load=true");
    let expected = [
        "p.yml:3:11: profile.runner.hatch_rate: missing, expected users started per second, a \
         number above 0, such as 5 or 0.5",
        "p.yml:3:11: profile.runner.duration: missing, expected a duration above zero, such as 20 \
         (seconds), 20s, 3m, 2h or 1h20m",
        "p.yml:3:11: profile.runner.step_duration: missing, expected a duration above zero, such \
         as 20 (seconds), 500ms, 3m, 2h or 1h20m",
        "p.yml:3:11: profile.runner.step_clients: missing, expected a whole number of users from \
         1 to 10,000,000, such as 50",
        "p.yml:5:5: profile.test.scenario: missing, expected a YAML file such as \
         tests/shop/scenario.yml, or the name of a scenario in Rust",
    ];
    assert_eq!(given.problems(), expected);
}

#[test]
fn all_files_are_checked_at_once() {
    let given = Given::profile(&EXACT.replace("clients: 50", "clients: fifty"))
        .file("config/common.yml", "hosts: {shop: x}\n")
        .file("config/cs1.yml", "host: http://cs1?a=1\n")
        .file("config/systems_credentials.yml", "stats_intervall: 5\n");
    let expected = [
        "config/cs1.yml:1:7: host: found the text `http://cs1?a=1`: a host has no query and no \
         fragment",
        "config/common.yml:1:15: hosts.shop: found the text `x`, expected an http or https \
         address, such as https://shop.example.org",
        "config/systems_credentials.yml:1:1: stats_intervall: unknown key; did you mean \
         `stats_interval`?",
        "p.yml:8:14: profile.runner.clients: found the text `fifty`, expected a whole number of \
         users from 1 to 10,000,000, such as 50",
    ];
    assert_eq!(given.problems(), expected);
    let Err(error) = given.load() else { panic!("it loaded") };
    assert_eq!(error.to_string(), "the configuration is not valid: 4 problems");
}

#[test]
fn too_many_steps_are_told() {
    let given = Given::profile(SHORT)
        .with("clients", "10000000")
        .with("duration", "720h")
        .with("set", "profile.runner.step_load=true")
        .with("set", "profile.runner.step_duration=1ms")
        .with("set", "profile.runner.step_clients=7");
    let expected = "--set: profile.runner.step_clients: found 7, which makes 1428572 steps, \
                    expected at most 5000 of them; a smooth rise is `step_load: false` with a low \
                    hatch_rate";
    assert_eq!(given.problems(), [expected]);
}

#[test]
fn the_largest_plan_is_made() {
    let given = Given::profile(SHORT)
        .with("clients", "10000000")
        .with("hatch-rate", "1000000")
        .with("duration", "720h")
        .with("interval", "520s")
        .with("set", "profile.runner.step_load=true")
        .with("set", "profile.runner.step_duration=8m")
        .with("set", "profile.runner.step_clients=2000");
    let plan = given.loaded().plan();
    assert_eq!((plan.intervals.len(), plan.peak), (4985, 10_000_000));
}

const ARRIVALS: &str = "test_header: {name: shop}
profile:
  runner:
    arrival_rate: 50
    clients: 200
    duration: 5m
  test: {scenario: shop}
";

#[test]
fn tasks_arrive_at_a_rate() {
    let plan = Given::profile(ARRIVALS).loaded().plan();
    let arrivals = plan.load.arrivals().unwrap();
    assert_eq!((arrivals.rate.total(), arrivals.pool.get(), plan.peak), (15_000, 200, 200));
    assert_eq!(
        (plan.intervals[0].warm_up, plan.duration),
        (Duration::from_secs(4), Duration::from_mins(5))
    );
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    let given = Given::profile(ARRIVALS)
        .with("clients", "300")
        .with("hatch-rate", "100")
        .with("duration", "10s")
        .with("set", "profile.runner.arrival_rate=0.5");
    let plan = given.loaded().plan();
    assert_eq!((plan.load.arrivals().unwrap().rate.total(), plan.peak), (5, 300));
    assert_eq!(plan.intervals[0].warm_up, Duration::from_secs(3));
    let stages = "[{duration: 10s, arrival_rate: 100}, {duration: 5s, arrival_rate: 100}]";
    let given = Given::profile(ARRIVALS)
        .with("set", &format!("profile.runner.stages={stages}"))
        .with("set", "profile.runner.duration=");
    let total = |given: Given| given.loaded().plan().load.arrivals().unwrap().rate.total();
    assert_eq!(total(given), 750 + 500);
    let given = Given::profile(STAGES)
        .with("set", &format!("profile.runner.stages={stages}"))
        .with("clients", "20");
    assert_eq!(total(given), 500 + 500);
}

#[test]
fn what_is_wrong_with_arrivals_is_told() {
    let rate = "tasks begun per second, a number from 0 to 1,000,000, such as 50 or 0.5";
    for (key, value, expected) in [
        ("arrival_rate", "-1", format!("found the number -1, expected {rate}")),
        ("arrival_rate", "many", format!("found the text `many`, expected {rate}")),
        ("arrival_rate", "0", "have no load, expected an arrival_rate above 0".into()),
        (
            "step_load",
            "true",
            "not together with arrival_rate; stages with arrival_rate rise in steps".into(),
        ),
        (
            "duration",
            "",
            "missing, expected a duration above zero, such as 20 (seconds), 500ms, 3m, 2h or 1h20m"
                .into(),
        ),
    ] {
        let given = Given::profile(ARRIVALS).with("set", &format!("profile.runner.{key}={value}"));
        assert_eq!(given.problems(), [format!("--set: profile.runner.{key}: {expected}")]);
    }
    let given = Given::profile(ARRIVALS)
        .with("duration", "720h")
        .with("set", "profile.runner.arrival_rate=1000000");
    let expected = "--set: profile.runner.arrival_rate: make 2592000000000 arrivals, expected at \
                    most 4,294,967,295 of them";
    assert_eq!(given.problems(), [expected]);
    let stages = "[{duration: 5s, arrival_rate: 3, clients: 7}, {duration: 5s}]";
    let given = Given::profile(ARRIVALS).with("set", &format!("profile.runner.stages={stages}"));
    let expected = [
        "p.yml:6:15: profile.runner.duration: not together with stages, which say how much load \
         there is when; remove it, or the stages",
        "--set: profile.runner.stages[0].clients: not together with arrival_rate; the size of the \
         pool is profile.runner.clients, throughout",
    ];
    let missing = format!("--set: profile.runner.stages[1].arrival_rate: missing, expected {rate}");
    assert_eq!(given.problems(), [expected[0], expected[1], &missing]);
}

const STAGES: &str = "test_header: {name: shop}
profile:
  runner:
    stages:
      - {duration: 2m, clients: 100}
      - {duration: 0s, clients: 40}
      - {duration: 1m, clients: 0}
  test: {scenario: shop}
";

#[test]
fn stages_rise_and_fall() {
    let plan = Given::profile(STAGES).loaded().plan();
    assert_eq!((plan.peak, plan.duration), (100, Duration::from_mins(3)));
    let points = plan.load.points().iter().map(|p| (p.at.as_secs(), p.level));
    let expected = [(0, 0.0), (120, 100.0), (120, 40.0), (180, 0.0)];
    assert_eq!(points.collect::<Vec<_>>(), expected);
    let given = Given::profile(SHORT)
        .with("set", "profile.runner.stages=[{duration: 5s, clients: 7}]")
        .with("set", "profile.runner.clients=")
        .with("set", "profile.runner.hatch_rate=")
        .with("set", "profile.runner.duration=");
    assert_eq!(given.loaded().plan().peak, 7);
    let given = Given::profile(STAGES)
        .with("set", "profile.runner.stages=")
        .with("clients", "5")
        .with("hatch-rate", "1")
        .with("duration", "1m");
    assert_eq!(given.loaded().plan().peak, 5);
}

#[test]
fn stages_say_all_about_the_load() {
    let beside = "not together with stages, which say how much load there is when; remove it, or \
                  the stages";
    let text = STAGES.replace("  runner:\n", "  runner:\n    clients: 5\n    step_load: false\n");
    let expected = [
        format!("p.yml:4:14: profile.runner.clients: {beside}"),
        format!("p.yml:5:16: profile.runner.step_load: {beside}"),
    ];
    assert_eq!(Given::profile(&text).problems(), expected);
    let expected = [
        "--duration: profile.runner.duration: the load is given as stages (p.yml:5:7), which this \
         does not change; --set 'profile.runner.stages=[..]' gives others, and --set \
         profile.runner.stages= none",
    ];
    assert_eq!(Given::profile(STAGES).with("duration", "1m").problems(), expected);
}

#[test]
fn what_is_wrong_with_stages_is_told() {
    for (stages, expected) in [
        (
            "5",
            "found the number 5, expected a list of stages, such as `- {duration: 2m, clients: 100}`",
        ),
        ("[]", "take no time, expected one with a duration above zero"),
        ("[{duration: 0s, clients: 5}]", "take no time, expected one with a duration above zero"),
        ("[{duration: 5s, clients: 0}]", "have no load, expected one with clients above 0"),
        (
            "[{duration: 720h, clients: 1}, {duration: 1h, clients: 1}]",
            "take 721h together, expected at most 720h",
        ),
        ("[5]", "[0]: found the number 5, expected a mapping of keys"),
        ("[~]", "[0]: found nothing, expected a stage, such as `{duration: 2m, clients: 100}`"),
        (
            "[{duration: 5s, clients: -1}]",
            "[0].clients: found the number -1, expected a whole number of users from 0 to \
             10,000,000, such as 50",
        ),
        (
            "[{duration: 5s, clients: 1}, {clients: 1}]",
            "[1].duration: missing, expected a duration, such as 20s, 3m or 1h20m; 0s is a jump",
        ),
        (
            "[{duration: 5s, clients: 1, target: 3}]",
            "[0].target: unknown key, expected one of duration, clients",
        ),
    ] {
        let given = Given::profile(STAGES).with("set", &format!("profile.runner.stages={stages}"));
        let separator = if expected.starts_with('[') { "" } else { ": " };
        let expected = format!("--set: profile.runner.stages{separator}{expected}");
        assert_eq!(given.problems(), [expected]);
    }
    let many = format!("[{}]", "{duration: 1s, clients: 1},".repeat(5001));
    let given = Given::profile(STAGES).with("set", &format!("profile.runner.stages={many}"));
    let expected = "--set: profile.runner.stages: found 5001 stages, expected at most 5000";
    assert_eq!(given.problems(), [expected]);
}

#[test]
fn overrides_win_in_their_order() {
    let given = Given::profile(SHORT)
        .with("clients", "20")
        .with("set", "profile.runner.clients=30")
        .with("clients", "40")
        .with("set", "profile.logging.listeners=[Debug, Debug]")
        .with("set", "test_header.location=eu-west-1");
    let profile = given.loaded().profile;
    assert_eq!(profile.runner.shape.clients().get(), 40);
    assert_eq!(profile.logging.listeners, [ListenerKind::Debug]);
    assert_eq!(profile.locations, [Location { region: "eu-west-1".into(), weight: 1 }]);
    let expected = "test_header:
  name: shop
  location: eu-west-1
profile:
  runner:
    clients: 40
    hatch_rate: 2
    duration: 1m
  test:
    scenario: shop
  logging:
    listeners: [Debug, Debug]
";
    assert_eq!(profile.to_yaml(), expected);
}

#[test]
fn an_empty_value_unsets_a_key() {
    let given = Given::profile(SHORT).with("interval", "10s");
    assert!(given.loaded().profile.runner.interval.is_some());
    let given = given.with("set", "profile.runner.interval=");
    assert!(given.loaded().profile.runner.interval.is_none());
}

#[test]
fn environments_are_laid_over_each_other() {
    let given = Given::profile(SHORT)
        .file("config/common.yml", "host: http://common\nusers: [a, b]\nshop: {a: 1, b: 2}\n")
        .file("config/007.yml", "host: https://${HOST}\nshop: {b: \"${PORT:-8080}\"}\n");
    let common = given.loaded().environment;
    assert_eq!((common.name.as_str(), common.host.as_deref()), ("common", Some("http://common")));
    let given = given.with("env", "007");
    let environment = given.loaded().environment;
    assert_eq!(environment.name, "007");
    assert_eq!(environment.host.as_deref(), Some("https://shop.example.org"));
    let data = serde_json::json!({
        "host": "https://shop.example.org", "users": ["a", "b"], "shop": {"a": 1, "b": "8080"},
    });
    assert_eq!(environment.data, data);
    let given = given.with("host", "http://localhost:1");
    assert_eq!(given.loaded().environment.host.as_deref(), Some("http://localhost:1"));
    assert_eq!(given.loaded().environment.get("host"), Some(&"http://localhost:1".into()));
}

#[test]
fn unset_variables_are_told_at_once_and_without_secrets() {
    let given = Given::profile(SHORT)
        .file("config/common.yml", "a: ${A}\npassword: hunter2${B}\nlist:\n  - x\n  - ${C}\n");
    let Err(error) = given.load() else { panic!("it loaded") };
    let shown = given.shown(error.problems());
    let expected = "config/common.yml:1:4: the environment variable A is not set; `${A:-text}` \
                    gives it a default\n  1 | a: ${A}\n    |    ^\n\
                    config/common.yml:2:11: the environment variable B is not set; `${B:-text}` \
                    gives it a default\n  2 | password: ***\n    |           ^\n\
                    config/common.yml:5:5: the environment variable C is not set; `${C:-text}` \
                    gives it a default\n  5 |   - ${C}\n    |     ^\n";
    assert_eq!(shown, expected);
}

#[test]
fn an_environment_must_be_a_mapping() {
    let given = Given::profile(SHORT)
        .file("config/common.yml", "- a\n")
        .file("config/cs1.yml", "host: x: y\n")
        .with("env", "cs1");
    let problems = given.problems();
    assert_eq!(problems[0], "config/common.yml:1:1: found a list, expected a mapping of keys");
    assert!(problems[1].starts_with("config/cs1.yml:1:8: not valid YAML: "), "{problems:?}");
    let given = Given::profile(SHORT).file("config/common.yml", "# nothing\n").with("env", "cs1");
    assert_eq!(
        given.problems(),
        ["--env: test_header.env: there is no config/cs1.yml, and no other environment"]
    );
}

#[test]
fn credentials_are_read() {
    let text = "stats_interval: 10s\nsfx: {realm: us1, token: abc}\nsplunk:\n  host: \
                https://splunk:8088\n  token: def\n  index: main\n";
    let given = Given::profile(SHORT).file("config/systems_credentials.yml", text);
    assert_eq!(given.loaded().listening.every, Duration::from_secs(10));
    let example = include_str!("../../../config/systems_credentials.example.yml");
    let given = Given::profile(SHORT).file("config/systems_credentials.yml", example);
    given.loaded();
}

#[test]
fn no_message_repeats_a_credential() {
    let texts = [
        "hunter2",
        "[hunter2]",
        "sfx: hunter2",
        "sfx: {realm: us1, token: [hunter2]}",
        "sfx: {realm: [hunter2], token: \"\"}",
        "sfx: {realm: us1, tokn: hunter2}",
        "splunk: {host: hunter2, token: {a: hunter2}}",
        "splunk:\n  token:\n    - hunter2\n",
        "splunk: {token: hunter2",
        "splunk:\n  token: hunter2\n  token: hunter2\n",
        "sfx:\n  token: \"hunter2\n",
    ];
    for text in texts {
        let given = Given::profile(SHORT).file("config/systems_credentials.yml", text);
        let Err(error) = given.load() else { panic!("it loaded: {text}") };
        let shown = given.shown(error.problems());
        assert!(!shown.contains("hunter2"), "{text}: {shown}");
        assert!(shown.starts_with("config/systems_credentials.yml:"), "{shown}");
    }
}

#[test]
fn load_tests_are_found_by_name() {
    let given = Given::profile(SHORT).choice(Choice::Named("shpo".into()));
    assert_eq!(given.problems(), ["NAME: `shpo` is not registered; did you mean `shop`?"]);
    let given = given.choice(Choice::Named("other".into()));
    assert_eq!(given.problems(), ["NAME: `other` is not registered, expected one of shop"]);
    let given = given.choice(Choice::Named("shop".into()));
    assert_eq!(given.loaded().profile.name, "shop");
    let path = given.folder.path().join("p.yml");
    assert_eq!(given.choice(Choice::File(path)).loaded().profile.name, "shop");
}

#[test]
fn a_registry_is_checked() {
    let cases = [
        (
            "current: shp\nregistered: {shop: {profile: p.yml}}\n",
            "config/loadtest_registry.yml:1:10: current: `shp` is not registered; did you mean `shop`?",
        ),
        (
            "current: shop\nregistered: {}\n",
            "config/loadtest_registry.yml:1:10: current: `shop` is not registered, and nothing else is",
        ),
        (
            "registered: {shop: {profile: p.yml}}\n",
            "config/loadtest_registry.yml:1:1: current: missing, expected a text",
        ),
        (
            "current: shop\nregistered: {shop: {profil: p.yml, profile: p.yml}}\n",
            "config/loadtest_registry.yml:2:21: registered.shop.profil: unknown key; did you mean `profile`?",
        ),
        (
            "current: shop\nregistered: {shop: {}}\n",
            "config/loadtest_registry.yml:2:20: registered.shop.profile: missing, expected a text",
        ),
        (
            "current: shop\nregistered: {shop: {profile: gone.yml}}\n",
            "gone.yml: cannot be read: there is no such file",
        ),
    ];
    for (text, expected) in cases {
        let given = Given::profile(SHORT).file("config/loadtest_registry.yml", text);
        assert_eq!(given.problems(), [expected], "{text}");
    }
}

#[test]
fn the_demo_needs_no_files() {
    let project = Project::new("/nowhere");
    let mut selection = Selection { choice: Choice::Demo, ..Selection::default() };
    selection.overrides.push("clients", "5");
    let configuration = Configuration::load(&project, &selection, &|_| None).ok().unwrap();
    assert_eq!(configuration.profile.runner.shape.clients().get(), 5);
    assert_eq!(configuration.environment.host.as_deref(), Some(DEMO_HOST));
    selection.overrides.push("host", "http://127.0.0.1:9");
    let configuration = Configuration::load(&project, &selection, &|_| None).ok().unwrap();
    assert_eq!(configuration.environment.host.as_deref(), Some("http://127.0.0.1:9"));
}

#[test]
fn the_projects_own_configuration_is_valid() {
    let project = Project::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let loaded = Configuration::load(&project, &Selection::default(), &|_| None);
    assert_eq!(loaded.ok().unwrap().plan().intervals.len(), 3);
}

proptest! {
    #[test]
    fn the_effective_profile_reads_as_the_same(
        description in any::<String>(),
        name in "[a-zA-Z0-9_-]{1,64}",
        clients in 1_u32..10_000_000,
        rate in 1e-3_f64..1e6,
        seconds in 1_u64..2_592_000,
        seed in any::<u64>(),
    ) {
        let quoted = serde_json::Value::from(description).to_string();
        let mut overrides = Overrides::default();
        overrides.push("set", format!("test_header.description={quoted}"));
        overrides.push("set", format!("test_header.name=\"{name}\""));
        overrides.push("clients", clients.to_string());
        overrides.push("hatch-rate", rate.to_string());
        overrides.push("duration", seconds.to_string());
        overrides.push("seed", seed.to_string());
        let problems = Problems::default();
        let tree = parse(&Source::file("p.yml", EXACT), EXACT).unwrap();
        let profile = Profile::read(overrides.apply(tree, &problems), &problems).unwrap();
        let text = profile.to_yaml();
        let again = Profile::read(parse(&Source::file("p.yml", &text), &text).unwrap(), &problems);
        let again = again.unwrap();
        prop_assert_eq!(&again.runner, &profile.runner);
        prop_assert_eq!((&again.name, &again.description), (&profile.name, &profile.description));
        prop_assert_eq!(&again.logging, &profile.logging);
        prop_assert_eq!(again.effective.to_json(), profile.effective.to_json());
        prop_assert!(problems.is_empty());
    }
}
