//! `profile.lambda`, and where it matters.

use super::*;

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
