//! Deploying into an account, and taking all of it away again, with moto as AWS.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use aws_sdk_lambda::types::Architecture as Built;
use deploy::{
    build::zip::Package,
    change::Mode,
    deployment::Deployment,
    destroy::Destroy,
    error::Error,
    progress::Progress,
    upload::{Outcome, upload},
};
use listeners::Reference;
use percent_encoding::percent_decode_str;

use self::support::{ACCOUNT, Moto, REGIONS, clients, config, deployment, pace};

async fn deploy(moto: &Moto, deployment: &Deployment, package: &Package) -> Vec<String> {
    with(moto, deployment, package, Mode::Apply).await.unwrap().iter().map(line).collect()
}

async fn with(
    moto: &Moto,
    deployment: &Deployment,
    package: &Package,
    mode: Mode,
) -> Result<Vec<Outcome>, Error> {
    let clients = clients(&moto.url).await;
    upload(&clients, deployment, package, mode, pace(), &Progress::none()).await
}

fn line(outcome: &Outcome) -> String {
    assert!(outcome.error.is_none(), "{outcome:?}");
    format!("{}: {}", outcome.place, outcome.changes)
}

async fn destroyer(moto: &Moto, test: &str) -> Destroy {
    let named = REGIONS.map(String::from);
    let clients = clients(&moto.url).await;
    Destroy::new(clients, test, &named, pace(), Progress::none()).await.unwrap()
}

fn package(code: &str) -> Package {
    Package::pack(code.as_bytes()).unwrap()
}

fn everywhere(text: &str) -> Vec<String> {
    ["role"].iter().chain(&REGIONS).map(|place| format!("{place}: {text}")).collect()
}

#[tokio::test]
async fn a_second_deployment_changes_nothing() {
    let moto = Moto::start();
    let mut wanted = deployment();
    wanted.reserved_concurrency = Some(50);
    let first = deploy(&moto, &wanted, &package("one")).await;
    assert_eq!(first[0], "role: create role shop");
    for (line, region) in first[1..].iter().zip(REGIONS) {
        assert_eq!(
            *line,
            format!(
                "{region}: create bucket load-test-{ACCOUNT}-{region}, \
                 create log group /aws/lambda/shop, create function shop (x86_64, 1769 MB)"
            )
        );
    }
    assert_eq!(deploy(&moto, &wanted, &package("one")).await, everywhere("unchanged"));
}

#[tokio::test]
async fn the_function_is_as_wanted() {
    let moto = Moto::start();
    deploy(&moto, &deployment(), &package("one")).await;
    let config = config(&moto.url).await;
    let lambda = aws_sdk_lambda::Client::new(&config);
    let function = lambda.get_function().function_name("shop").send().await.unwrap();
    let is = function.configuration().unwrap();
    assert_eq!(is.code_sha256(), Some(package("one").sha256().as_str()));
    assert_eq!(is.runtime().unwrap().as_str(), "provided.al2023");
    assert_eq!((is.handler(), is.timeout()), (Some("bootstrap"), Some(900)));
    assert_eq!((is.memory_size(), is.architectures()), (Some(1769), &[Built::X8664][..]));
    assert_eq!(is.role(), Some("arn:aws:iam::123456789012:role/load-test/shop"));
    let tags = function.tags().unwrap();
    assert_eq!((tags["load-test"].as_str(), tags["team"].as_str()), ("shop", "orders"));
    let invoked = lambda.get_function_event_invoke_config().function_name("shop").send().await;
    assert_eq!(invoked.unwrap().maximum_retry_attempts(), Some(0));

    let logs = aws_sdk_cloudwatchlogs::Client::new(&config);
    let groups = logs.describe_log_groups().send().await.unwrap();
    assert_eq!(groups.log_groups()[0].retention_in_days(), Some(7));

    let s3 = aws_sdk_s3::Client::new(&config);
    let bucket = format!("load-test-{ACCOUNT}-us-east-1");
    let block = s3.get_public_access_block().bucket(&bucket).send().await.unwrap();
    let block = block.public_access_block_configuration().unwrap().clone();
    assert_eq!(block.restrict_public_buckets(), Some(true));
    let rules = s3.get_bucket_lifecycle_configuration().bucket(&bucket).send().await.unwrap();
    assert_eq!(rules.rules()[0].expiration().unwrap().days(), Some(1));

    let iam = aws_sdk_iam::Client::new(&config);
    let policy = iam.get_role_policy().role_name("shop").policy_name("load-test").send().await;
    let policy = policy.unwrap();
    assert!(
        policy.policy_document().contains("load-test-123456789012-%2A/runs/%2A")
            || policy.policy_document().contains("load-test-123456789012-*/runs/*"),
        "{policy:?}"
    );
}

#[tokio::test]
async fn only_what_differs_is_changed() {
    let moto = Moto::start();
    let mut wanted = deployment();
    deploy(&moto, &wanted, &package("one")).await;

    wanted.memory_mb = 3538;
    let lines = deploy(&moto, &wanted, &package("two")).await;
    assert_eq!(lines[0], "role: unchanged");
    for (line, region) in lines[1..].iter().zip(REGIONS) {
        assert_eq!(*line, format!("{region}: set the code, set MB of memory 1769 -> 3538"));
    }

    wanted.log_retention_days = None;
    wanted.reserved_concurrency = Some(20);
    wanted.tags.insert("team".into(), "search".into());
    let lines = deploy(&moto, &wanted, &package("two")).await;
    assert_eq!(lines[0], "role: set the role's tags");
    assert_eq!(
        lines[1],
        "us-east-1: remove days of log retention, set the log group's tags, \
         set the function's tags, set reserved concurrency to 20"
    );

    wanted.reserved_concurrency = None;
    let lines = deploy(&moto, &wanted, &package("three")).await;
    assert_eq!(lines[1], "us-east-1: set the code, remove reserved concurrency");
    assert_eq!(deploy(&moto, &wanted, &package("three")).await, everywhere("unchanged"));
}

#[tokio::test]
async fn what_someone_else_changed_is_set_right() {
    let moto = Moto::start();
    let wanted = deployment();
    deploy(&moto, &wanted, &package("one")).await;
    let config = config(&moto.url).await;
    let iam = aws_sdk_iam::Client::new(&config);
    let put = iam.put_role_policy().role_name("shop").policy_name("load-test");
    let everything = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    put.policy_document(everything).send().await.unwrap();
    let s3 = aws_sdk_s3::Client::new(&config);
    let bucket = format!("load-test-{ACCOUNT}-us-east-1");
    s3.delete_public_access_block().bucket(&bucket).send().await.unwrap();
    s3.delete_bucket_lifecycle().bucket(&bucket).send().await.unwrap();
    s3.delete_bucket_tagging().bucket(&bucket).send().await.unwrap();
    let lambda = aws_sdk_lambda::Client::new(&config);
    lambda.delete_function_event_invoke_config().function_name("shop").send().await.unwrap();

    let lines = deploy(&moto, &wanted, &package("one")).await;
    assert_eq!(lines[0], "role: set the role's policy");
    assert_eq!(
        lines[1],
        "us-east-1: set the bucket's tag, set the bucket private, \
         set when the bucket's objects expire, set no retries of asynchronous invocations"
    );
    assert_eq!(deploy(&moto, &wanted, &package("one")).await, everywhere("unchanged"));
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let moto = Moto::start();
    let wanted = deployment();
    let shown = with(&moto, &wanted, &package("one"), Mode::DryRun).await.unwrap();
    let again = with(&moto, &wanted, &package("one"), Mode::DryRun).await.unwrap();
    let [shown, again] =
        [shown, again].map(|outcomes| outcomes.iter().map(line).collect::<Vec<_>>());
    assert_eq!(shown, again);
    assert!(!destroyer(&moto, "shop").await.look().await.unwrap().is_some());
    assert_eq!(deploy(&moto, &wanted, &package("one")).await, shown);

    let shown = with(&moto, &wanted, &package("two"), Mode::DryRun).await.unwrap();
    assert_eq!(shown[1].changes.to_string(), "set the code");
    assert_eq!(deploy(&moto, &wanted, &package("one")).await, everywhere("unchanged"));
}

#[tokio::test]
async fn nothing_is_left_of_what_is_destroyed() {
    let moto = Moto::start();
    let shop = deployment();
    let other =
        Deployment { function: "other".into(), regions: vec!["eu-west-1".into()], ..deployment() };
    deploy(&moto, &shop, &package("one")).await;
    deploy(&moto, &other, &package("one")).await;
    // A bucket that holds something is removed too.
    let s3 = aws_sdk_s3::Client::new(&config(&moto.url).await);
    let bucket = format!("load-test-{ACCOUNT}-us-east-1");
    for number in 0..3 {
        let put = s3.put_object().bucket(&bucket).key(format!("runs/{number}"));
        put.body(b"{}".to_vec().into()).send().await.unwrap();
    }

    let destroy = destroyer(&moto, "shop").await;
    let found = destroy.look().await.unwrap();
    assert_eq!(
        found.to_string(),
        "  \
  ap-southeast-2  function shop
                  log group /aws/lambda/shop
                  bucket load-test-123456789012-ap-southeast-2
  eu-west-1       function shop
                  log group /aws/lambda/shop
  us-east-1       function shop
                  log group /aws/lambda/shop
                  bucket load-test-123456789012-us-east-1
  all regions     role shop
"
    );
    assert!(destroy.remove(&found).await.is_empty());
    let left = destroy.look_again().await.unwrap();
    assert!(!left.is_some() && left.errors.is_empty(), "{left:?}");
    assert!(left.looked > 30, "{left:?}");

    // The other test is as it was, and its bucket goes with it.
    assert_eq!(
        deploy(&moto, &other, &package("one")).await,
        ["role: unchanged", "eu-west-1: unchanged"]
    );
    let destroy = destroyer(&moto, "other").await;
    let found = destroy.look().await.unwrap();
    assert_eq!(found.regions[0].bucket.as_deref(), Some("load-test-123456789012-eu-west-1"));
    assert!(destroy.remove(&found).await.is_empty());
    let buckets = s3.list_buckets().send().await.unwrap();
    assert!(buckets.buckets().is_empty(), "{buckets:?}");
}

#[tokio::test]
async fn what_is_someone_elses_is_left_alone() {
    let moto = Moto::start();
    let config = config(&moto.url).await;
    let iam = aws_sdk_iam::Client::new(&config);
    let theirs = iam.create_role().role_name("shop").assume_role_policy_document("{}");
    theirs.send().await.unwrap();
    let error = with(&moto, &deployment(), &package("one"), Mode::Apply).await.unwrap_err();
    assert_eq!(error.to_string(), "IAM: there is a role shop that was not made for this load test");
    let found = destroyer(&moto, "shop").await.look().await.unwrap();
    assert!(!found.is_some(), "{found:?}");

    // With a role of one's own, that role is used and left as it is.
    let mut wanted = deployment();
    wanted.role = Some("arn:aws:iam::123456789012:role/shop".into());
    let lines = deploy(&moto, &wanted, &package("one")).await;
    assert!(lines[0].starts_with("us-east-1: create bucket"), "{lines:?}");
    let policies = iam.list_role_policies().role_name("shop").send().await.unwrap();
    assert!(policies.policy_names().is_empty());

    // A function of the same name without our tag.
    let lambda = aws_sdk_lambda::Client::new(&config);
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:shop";
    lambda.untag_resource().resource(arn).tag_keys("load-test").send().await.unwrap();
    let outcomes = with(&moto, &wanted, &package("two"), Mode::Apply).await.unwrap();
    let error = outcomes[0].error.as_ref().unwrap();
    assert!(error.to_string().contains("function shop that was not made"), "{error}");
    assert!(outcomes[1].error.is_none(), "the other regions go on: {outcomes:?}");
    let found = destroyer(&moto, "shop").await.look().await.unwrap();
    assert!(
        found.regions.iter().all(|found| found.function.is_none() == (found.region == "us-east-1"))
    );
}

#[tokio::test]
async fn a_large_zip_goes_through_the_bucket() {
    let moto = Moto::start();
    let wanted = Deployment { regions: vec!["eu-west-1".into()], ..deployment() };
    // What cannot be compressed.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    })
    .take(51_000_000)
    .collect();
    let large = Package::new(noise);
    let lines = deploy(&moto, &wanted, &large).await;
    assert!(lines[1].ends_with("create function shop (x86_64, 1769 MB)"), "{lines:?}");
    let s3 = aws_sdk_s3::Client::new(&config(&moto.url).await);
    let objects = s3.list_objects_v2().bucket("load-test-123456789012-eu-west-1").send().await;
    let objects = objects.unwrap();
    assert_eq!(objects.contents()[0].size(), Some(51_000_000));
    assert_eq!(deploy(&moto, &wanted, &large).await, ["role: unchanged", "eu-west-1: unchanged"]);
    let lines = deploy(&moto, &wanted, &package("small again")).await;
    assert_eq!(lines[1], "eu-west-1: set the code");
}

#[tokio::test]
async fn the_role_may_read_what_the_listeners_need() {
    let moto = Moto::start();
    let secret = |id: &str| Reference::SecretsManager { id: id.into(), key: Some("token".into()) };
    let mut wanted = deployment();
    wanted.secrets = vec![secret("team/splunk"), Reference::Parameter { name: "/sfx".into() }];
    let made = deploy(&moto, &wanted, &package("one")).await;
    let may_read = "which may read secret team/splunk, parameter /sfx";
    assert_eq!(made[0], format!("role: create role shop, {may_read}"));

    let iam = aws_sdk_iam::Client::new(&config(&moto.url).await);
    let policy = iam.get_role_policy().role_name("shop").policy_name("load-test");
    let policy = policy.send().await.unwrap();
    let policy = percent_decode_str(policy.policy_document()).decode_utf8().unwrap();
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    assert_eq!(statements.len(), 4, "{statements:#?}");
    let expected = serde_json::json!([
        {
            "Sid": "Secrets",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": format!("arn:aws:secretsmanager:*:{ACCOUNT}:secret:team/splunk-??????"),
        },
        {
            "Sid": "Parameters",
            "Effect": "Allow",
            "Action": "ssm:GetParameter",
            "Resource": format!("arn:aws:ssm:*:{ACCOUNT}:parameter/sfx"),
        },
    ]);
    assert_eq!(serde_json::json!(statements[2..]), expected);

    assert_eq!(deploy(&moto, &wanted, &package("one")).await, everywhere("unchanged"));
    wanted.secrets.truncate(1);
    let less = deploy(&moto, &wanted, &package("one")).await;
    assert_eq!(less[0], "role: set the role's policy, which may read secret team/splunk");
}
