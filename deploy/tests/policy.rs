//! Whether the policies that are printed hold what is asked for, and no more.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use deploy::{
    build::zip::Package,
    change::Mode,
    deployment::Deployment,
    destroy::Destroy,
    policy::{self, Task},
    progress::Progress,
    upload::upload,
};
use serde_json::Value;

use self::support::{clients, config, deployment, double::Double, pace};

fn actions(task: Task) -> BTreeSet<String> {
    let policy = policy::person(task, &deployment());
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements.iter().flat_map(|statement| match &statement["Action"] {
        Value::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    });
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// Deploys with more or less of what can be set.
async fn deploy(double: &Double, package: &Package, is_rich: bool) {
    let wanted = Deployment {
        memory_mb: if is_rich { 1769 } else { 512 },
        reserved_concurrency: is_rich.then_some(20),
        log_retention_days: is_rich.then_some(7),
        tags: [("rich".to_owned(), is_rich.to_string())].into(),
        ..deployment()
    };
    let (clients, progress) = (clients(&double.url).await, Progress::none());
    let outcomes = upload(&clients, &wanted, package, Mode::Apply, pace(), &progress).await;
    let outcomes = outcomes.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.error.is_none()), "{outcomes:?}");
}

/// What someone else does to a role.
async fn meddle(double: &Double) {
    let iam = aws_sdk_iam::Client::new(&config(double.moto()).await);
    let document = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let policy = iam.create_policy().policy_name("theirs").policy_document(document);
    let policy = policy.send().await.unwrap().policy.unwrap();
    let attach = iam.attach_role_policy().role_name("shop");
    attach.set_policy_arn(policy.arn).send().await.unwrap();
    let trust = document.replace("s3:GetObject", "sts:AssumeRole");
    let trust = trust.replace(r#""Resource": "*""#, r#""Principal": {"AWS": "123456789012"}"#);
    let update = iam.update_assume_role_policy().role_name("shop").policy_document(trust);
    update.send().await.unwrap();
}

/// What is needed and not asked for by itself.
fn implied(actions: &[&str]) -> BTreeSet<String> {
    actions.iter().map(|action| (*action).to_owned()).collect()
}

#[tokio::test]
async fn the_policies_hold_what_is_asked_for_and_no_more() {
    let double = Double::start().await;
    let small = Package::pack(b"function").unwrap();
    deploy(&double, &small, true).await;
    meddle(&double).await;
    deploy(&double, &Package::new(vec![0; 50_000_001]), false).await;
    let mut asked = double.actions();
    // Nobody can be denied it.
    assert!(asked.remove("sts:GetCallerIdentity"));
    // Lambda hands a role over, tells a function's tags, and fetches large code for the caller.
    asked.extend(implied(&["iam:PassRole", "lambda:ListTags", "s3:GetObject"]));
    assert_eq!(asked, actions(Task::Upload));

    let clients = clients(&double.url).await;
    let named = deployment().regions;
    let destroy = Destroy::new(clients, "shop", &named, pace(), Progress::none()).await.unwrap();
    let found = destroy.look().await.unwrap();
    assert!(destroy.remove(&found).await.is_empty());
    assert!(!destroy.look_again().await.unwrap().is_some());
    let mut asked = double.actions();
    assert!(asked.remove("sts:GetCallerIdentity"));
    asked.extend(implied(&["lambda:ListTags"]));
    assert_eq!(asked, actions(Task::Destroy));
}

/// Whoever runs or looks asks for this, by `controller/tests/lambda`, and for its own identity, for
/// which nothing need be allowed.
#[test]
fn a_run_and_a_check_up_need_little() {
    let run = implied(&[
        "lambda:GetAccountSettings",
        "lambda:InvokeFunction",
        "s3:GetObject",
        // So that S3 tells an object that is not there from one that may not be read.
        "s3:ListBucket",
        "s3:PutObject",
    ]);
    assert_eq!(actions(Task::Run), run);
    let doctor = implied(&[
        "lambda:GetAccountSettings",
        "lambda:GetFunctionConfiguration",
        "lambda:InvokeFunction",
        "s3:PutObject",
    ]);
    assert_eq!(actions(Task::Doctor), doctor);
    let resource = |task, id: &str| {
        let policy = policy::person(task, &deployment());
        let statements = policy["Statement"].as_array().unwrap().clone();
        let own = statements.into_iter().find(|statement| statement["Sid"] == id);
        own.unwrap()["Resource"].to_string()
    };
    assert!(resource(Task::Run, "Runs").contains("/runs/*\""));
    assert!(resource(Task::Doctor, "Probe").contains("/runs/probe\""));
    assert!(resource(Task::Doctor, "Function").contains(":function:shop\""));
}

#[test]
fn what_is_known_is_in_the_policy() {
    let mut wanted = deployment();
    wanted.regions = vec!["eu-west-1".into()];
    wanted.role = Some("arn:aws-cn:iam::210987654321:role/ours".into());
    let policy = policy::person(Task::Upload, &wanted);
    let statement = |id: &str| -> Value {
        let all = policy["Statement"].as_array().unwrap();
        all.iter().find(|statement| statement["Sid"] == id).cloned().unwrap_or_default()
    };
    assert_eq!(
        statement("Function")["Resource"],
        "arn:aws-cn:lambda:eu-west-1:210987654321:function:shop"
    );
    assert_eq!(statement("Bucket")["Resource"], "arn:aws-cn:s3:::load-test-210987654321-eu-west-1");
    assert_eq!(statement("PassRole")["Resource"], "arn:aws-cn:iam::210987654321:role/ours");
    // A role that is given is not touched, so nothing of roles need be allowed.
    assert_eq!(statement("Role"), Value::Null);
    assert_eq!(statement("Network"), Value::Null);
}
