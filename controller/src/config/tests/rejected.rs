//! What is not valid in a profile, key by key.

use super::*;

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
        "--set: profile.logging.listeners: found the text `Graphite`, expected any of Sfx, Splunk, Debug, Otlp, Prometheus, CloudWatch",
    ),
    (
        "set",
        "profile.logging.listeners=Splnk",
        "--set: profile.logging.listeners: found the text `Splnk`: no such listener, expected any of Sfx, Splunk, Debug, Otlp, Prometheus, CloudWatch; did you mean `Splunk`?",
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
