//! What AWS cannot do just now, what it refuses, and what comes of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use deploy::{
    build::zip::Package,
    change::Mode,
    deployment::{Architecture, Deployment},
    destroy::Destroy,
    error::Error,
    progress::Progress,
    upload::{Outcome, upload},
};

use self::support::{Written, clients, deployment, double::Double, pace};

const CODE: &str = "PUT /functions/shop/code";
const CREATE: &str = "POST /functions /lambda/";
const STATE: &str = "GET /functions/shop/configuration";
const CONFLICT: (u16, &str, &str) =
    (409, "ResourceConflictException", "An update is in progress for resource: shop");
const NO_ROLE: (u16, &str, &str) = (
    400,
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
);

fn one_region() -> Deployment {
    Deployment { regions: vec!["eu-west-1".into()], ..deployment() }
}

async fn deploy(
    double: &Double,
    wanted: &Deployment,
    code: &str,
) -> (Result<Vec<Outcome>, Error>, String) {
    let package = Package::pack(code.as_bytes()).unwrap();
    let (clients, shown) = (clients(&double.url).await, Written::default());
    let progress = Progress::plain(shown.clone());
    let outcomes = upload(&clients, wanted, &package, Mode::Apply, pace(), &progress).await;
    (outcomes, shown.text())
}

/// What came of the only region.
async fn region(double: &Double, wanted: &Deployment, code: &str) -> (Outcome, String) {
    let (outcomes, shown) = deploy(double, wanted, code).await;
    (outcomes.unwrap().pop().unwrap(), shown)
}

#[tokio::test]
async fn a_conflict_is_waited_for() {
    let double = Double::start().await;
    region(&double, &one_region(), "one").await;
    double.fails(CODE, 2, CONFLICT);
    let wanted = Deployment { architecture: Architecture::Arm64, memory_mb: 256, ..one_region() };
    let (outcome, shown) = region(&double, &wanted, "two").await;
    assert!(outcome.error.is_none(), "{outcome:?}");
    assert_eq!(double.asked(CODE), 3);
    assert_eq!(double.asked("/functions/shop/code \"Architectures\":[\"arm64\"]"), 3);
    assert_eq!(double.asked("PUT /functions/shop/configuration \"MemorySize\":256"), 1);
    // It is told once, however often it is tried.
    let waiting = "eu-west-1: waiting: another change of the function is under way\n";
    assert_eq!(shown.matches(waiting).count(), 1, "{shown}");
}

#[tokio::test]
async fn a_conflict_is_not_waited_for_without_end() {
    let double = Double::start().await;
    region(&double, &one_region(), "one").await;
    double.fails(CODE, usize::MAX, CONFLICT);
    let begun = Instant::now();
    let (outcome, _) = region(&double, &one_region(), "two").await;
    let error = outcome.error.unwrap();
    assert!(matches!(&error, Error::Aws { action: "lambda:UpdateFunctionCode", .. }), "{error:?}");
    assert!(error.hint().contains("try again"), "{}", error.hint());
    assert!(double.asked(CODE) > 10 && begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_new_role_is_waited_for() {
    let double = Double::start().await;
    double.fails(CREATE, 3, NO_ROLE);
    let (outcome, shown) = region(&double, &one_region(), "one").await;
    assert!(outcome.error.is_none(), "{outcome:?}");
    assert_eq!(double.asked(CREATE), 4);
    assert!(shown.contains("waiting: the role is not known everywhere yet\n"), "{shown}");
}

#[tokio::test]
async fn a_given_role_that_cannot_be_assumed_is_told_at_once() {
    let double = Double::start().await;
    double.fails(CREATE, usize::MAX, NO_ROLE);
    let role = Some("arn:aws:iam::123456789012:role/theirs".to_owned());
    let (outcome, _) = region(&double, &Deployment { role, ..one_region() }, "one").await;
    let error = outcome.error.unwrap();
    assert!(error.to_string().contains("cannot be assumed"), "{error}");
    assert!(error.hint().contains("lambda.amazonaws.com may assume"), "{}", error.hint());
    assert_eq!(double.asked(CREATE), 1);
}

#[tokio::test]
async fn a_function_is_waited_for_until_it_is_active() {
    let double = Double::start().await;
    double.says(STATE, 3, &[("State", "Pending")]);
    let (outcome, shown) = region(&double, &one_region(), "one").await;
    assert!(outcome.error.is_none(), "{outcome:?}");
    assert!(shown.contains("eu-west-1: waiting: the function is being created\n"), "{shown}");
    assert_eq!(double.asked(STATE), 4);

    double.says(STATE, 2, &[("LastUpdateStatus", "InProgress")]);
    let (outcome, shown) = region(&double, &one_region(), "two").await;
    assert_eq!(outcome.changes.to_string(), "set the code");
    assert!(shown.contains("waiting: the function is being updated\n"), "{shown}");
    assert_eq!(double.asked(STATE), 7);
}

#[tokio::test]
async fn a_function_that_does_not_get_ready_is_told() {
    let double = Double::start().await;
    let failed = [("State", "Failed"), ("StateReason", "the subnet has no addresses left")];
    double.says(STATE, 1, &failed);
    let (outcome, _) = region(&double, &one_region(), "one").await;
    let error = outcome.error.unwrap().to_string();
    assert_eq!(
        error,
        "eu-west-1: the function did not get ready: the subnet has no addresses left"
    );

    double.says(STATE, usize::MAX, &[("LastUpdateStatus", "InProgress")]);
    let (outcome, _) = region(&double, &one_region(), "two").await;
    let error = outcome.error.unwrap().to_string();
    assert_eq!(error, "eu-west-1: the function is still being updated");
}

#[tokio::test]
async fn a_denied_action_is_named_and_the_other_regions_go_on() {
    let double = Double::start().await;
    let denied = (403, "AccessDeniedException", "no identity-based policy allows it");
    double.fails(&format!("{CREATE} eu-west-1/lambda"), 1, denied);
    let (outcomes, _) = deploy(&double, &deployment(), "one").await;
    let outcomes = outcomes.unwrap();
    let failed: Vec<_> =
        outcomes.iter().filter(|outcome| outcome.error.is_some()).map(|o| &o.place).collect();
    assert_eq!(failed, ["eu-west-1"]);
    let error = outcomes[2].error.as_ref().unwrap();
    assert!(error.to_string().contains("lambda:CreateFunction is denied"), "{error}");
    let hint = error.hint();
    assert!(hint.contains("\"Action\": \"lambda:CreateFunction\""), "{hint}");
    assert!(hint.contains("arn:aws:lambda:eu-west-1:123456789012:function:shop"), "{hint}");

    // What is missing is done when it may be.
    let (outcomes, _) = deploy(&double, &deployment(), "one").await;
    let texts: Vec<_> = outcomes.unwrap().iter().map(|o| o.changes.to_string()).collect();
    let expected =
        ["unchanged", "unchanged", "create function shop (x86_64, 1769 MB)", "unchanged"];
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_told() {
    let double = Double::start().await;
    double.fails("/sts/ GetCallerIdentity", 1, (403, "ExpiredToken", "expired"));
    let (outcomes, _) = deploy(&double, &one_region(), "one").await;
    let error = outcomes.unwrap_err();
    assert!(matches!(error, Error::Expired), "{error:?}");
    assert!(error.hint().contains("aws sso login"), "{}", error.hint());

    let unknown = (403, "UnrecognizedClientException", "The security token is invalid");
    double.fails("ap-southeast-2/logs", 1, unknown);
    let (outcomes, _) = deploy(&double, &deployment(), "one").await;
    let outcomes = outcomes.unwrap();
    let error = outcomes[3].error.as_ref().unwrap();
    assert!(matches!(error, Error::NotAccepted { .. }), "{error:?}");
    assert!(error.hint().contains("ap-southeast-2 is not enabled"), "{}", error.hint());
}

#[tokio::test]
async fn a_region_that_cannot_be_looked_into_is_told() {
    let double = Double::start().await;
    let closed = (403, "UnrecognizedClientException", "The security token is invalid");
    double.fails("me-south-1/lambda", usize::MAX, closed);
    let (clients, named) = (clients(&double.url).await, ["eu-west-1".to_owned()]);
    let destroy = Destroy::new(clients, "shop", &named, pace(), Progress::none()).await.unwrap();
    let found = destroy.look().await.unwrap();
    assert_eq!(found.closed, ["me-south-1"]);
    assert!(found.errors.is_empty(), "{found:?}");

    // One that the profile names is another matter.
    double.fails("eu-west-1/lambda", usize::MAX, closed);
    let found = destroy.look().await.unwrap();
    assert!(matches!(found.errors[..], [Error::NotAccepted { .. }]), "{found:?}");
}

#[tokio::test]
async fn what_could_not_be_removed_is_still_there() {
    let double = Double::start().await;
    deploy(&double, &deployment(), "one").await.0.unwrap();
    let denied = (403, "AccessDeniedException", "no identity-based policy allows it");
    double.fails("DELETE /functions/shop eu-west-1/lambda", 1, denied);
    let (clients, named) = (clients(&double.url).await, deployment().regions);
    let destroy = Destroy::new(clients, "shop", &named, pace(), Progress::none()).await.unwrap();
    let found = destroy.look().await.unwrap();
    let errors = destroy.remove(&found).await;
    assert!(matches!(errors[..], [Error::Denied { action: "lambda:DeleteFunction", .. }]));
    let left = destroy.look().await.unwrap();
    assert_eq!(left.regions.len(), 1);
    assert!(left.role.is_some(), "a function that is left needs its role");
    assert!(destroy.remove(&left).await.is_empty());
    assert!(!destroy.look().await.unwrap().is_some());
}

#[tokio::test]
async fn a_bucket_that_was_just_removed_is_waited_for() {
    let double = Double::start().await;
    let aborted = (409, "OperationAborted", "A conflicting conditional operation is in progress");
    double.fails("PUT /load-test-123456789012-eu-west-1 CreateBucketConfiguration", 2, aborted);
    let (outcome, _) = region(&double, &one_region(), "one").await;
    assert!(outcome.error.is_none(), "{outcome:?}");
    assert_eq!(double.asked("PUT CreateBucketConfiguration"), 3);
}

#[tokio::test]
async fn the_role_stays_while_a_region_is_unknown() {
    let double = Double::start().await;
    deploy(&double, &deployment(), "one").await.0.unwrap();
    let denied = (403, "AccessDeniedException", "no identity-based policy allows it");
    double.fails("GET /functions/shop eu-west-1/lambda", 1, denied);
    let (clients, named) = (clients(&double.url).await, deployment().regions);
    let destroy = Destroy::new(clients, "shop", &named, pace(), Progress::none()).await.unwrap();
    let found = destroy.look().await.unwrap();
    assert!(matches!(found.errors[..], [Error::Denied { .. }]), "{found:?}");
    assert!(destroy.remove(&found).await.is_empty());
    let left = destroy.look().await.unwrap();
    assert_eq!(left.role.as_deref(), Some("shop"));
    assert_eq!(left.regions[0].region, "eu-west-1");
}
