//! Profiles, and the scenarios that they name.

use super::*;

#[test]
fn the_documented_profile_loads() {
    let given = Given::profile(EXACT)
        .file("config/cs1.yml", "host: https://cs1.example.org\n")
        .file("config/systems_credentials.yml", CREDENTIALS);
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
    let listening = &configuration.listening;
    let kinds: Vec<_> = listening.systems.iter().map(System::kind).collect();
    assert_eq!((kinds, listening.every), (vec![Kind::Sfx, Kind::Splunk], Duration::from_secs(5)));
    assert_eq!((listening.header.test.as_str(), listening.header.env.as_str()), ("TPData", "cs1"));
    let plan = configuration.plan();
    assert_eq!(plan.host.as_deref(), Some("https://cs1.example.org"));
    let expected = ["runs on this machine; `--backend lambda` runs it in us-west-2"];
    assert_eq!(plan.warnings, expected);
}

#[test]
fn a_python_file_is_told_what_takes_its_place() {
    let given = Given::profile(EXACT)
        .file("config/cs1.yml", "")
        .file("config/systems_credentials.yml", CREDENTIALS);
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
