//! What a new project's files say.

use super::registration::quoted;

pub(super) fn common(host: &str) -> String {
    format!(
        "# Settings and test data of all environments; config/<env>.yml is laid over them.
# Scenarios read them as ${{env.KEY}}. A ${{NAME}} or ${{NAME:-default}} in a value here is an
# environment variable.
host: {host}
"
    )
}

pub(super) fn environment(host: &str) -> String {
    format!(
        "# Laid over config/common.yml by profiles whose `env` is this file's name.\nhost: {host}\n"
    )
}

pub(super) fn profile(name: &str, env: Option<&str>) -> String {
    let env = match env {
        Some(env) => format!("  env: {}  # config/{env}.yml\n", quoted(env)),
        None => "  # env: staging      # config/staging.yml, laid over config/common.yml\n".into(),
    };
    format!(
        "# How much load, and when. `load-test plan {name}` shows what it comes to.
test_header:
  name: {0}
  description: What this test is for
{env}  # location: us-west-2 # an AWS region, or a list, for `--backend lambda`
profile:
  # backend: lambda   # functions in these regions instead of this machine, see docs/aws.md
  runner:
    clients: 10         # users at the height of the test
    hatch_rate: 2       # users started per second
    duration: 1m        # 20 (seconds), 20s, 3m, 2h, 1h20m
    # step_load: true   # rise by step_clients every step_duration
    # step_duration: 20s
    # step_clients: 5
    # `stages` or an `arrival_rate` say it otherwise: docs/writing-tests.md, load shapes
  test:
    scenario: tests/{name}/scenario.yml
  logging:
    loglevel: INFO      # DEBUG, INFO, WARNING, ERROR, CRITICAL
    listeners: []       # any of Sfx, Splunk, Otlp, Prometheus, CloudWatch, Debug
",
        quoted(name)
    )
}

pub(super) fn scenario() -> String {
    SCENARIO.to_owned()
}

/// It runs as it is against the demo API.
const SCENARIO: &str = r#"# What a user does. As it stands it runs against `load-test demo-api`.
users:
  Visitor:                          # a class of users; several may be given, each with a weight
    weight: 1
    wait_time: {between: [1s, 3s]}  # between tasks; or {constant: 1s}, {constant_pacing: 2s}
    on_start:                       # once, when the user starts
      - post:
          path: /login
          json: {user: "user-${user.id}", password: secret}
          expect: {status: 200}
          capture: {token: {json: $.token}}
    tasks:                          # again and again, one at random by weight
      browse:
        weight: 3
        steps:
          - get: /products
          - get:
              path: /products/1
              name: a product       # its name in the statistics
              expect: {status: 200, text: price}
      look:                         # a plain list of steps is a task of weight 1
        - get: /products
"#;
