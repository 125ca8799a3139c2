//! All files of a project together.

use super::*;

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
         (seconds), 500ms, 3m, 2h or 1h20m",
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
