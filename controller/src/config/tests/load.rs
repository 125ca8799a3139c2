//! Load shapes.

use super::*;

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
            "[0].target: unknown key; here it is `clients`",
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
