//! Environments and credentials.

use super::*;

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
    let example = include_str!("../../../../config/systems_credentials.example.yml");
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
