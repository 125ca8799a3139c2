//! Whether the policies that are printed suffice for what they are printed for.
//!
//! moto compares the actions, and knows of no resources: those are widened here.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use aws_credential_types::Credentials;
use deploy::{
    build::zip::Package,
    change::Mode,
    clients::Clients,
    destroy::Destroy,
    error::Error,
    policy::{self, Task},
    progress::Progress,
    upload::upload,
};
use serde_json::{Value, json};

use self::support::{Moto, clients, config, config_of, deployment, pace};

/// The clients of someone who may do what a task needs.
async fn person(moto: &Moto, task: Task) -> Clients {
    let iam = aws_sdk_iam::Client::new(&config(&moto.url).await);
    let name = format!("{task:?}");
    iam.create_user().user_name(&name).send().await.unwrap();
    let mut document = policy::person(task, &deployment());
    for statement in document["Statement"].as_array_mut().unwrap() {
        statement["Resource"] = json!("*");
        statement.as_object_mut().unwrap().remove("Condition");
    }
    let put = iam.put_user_policy().user_name(&name).policy_name("all");
    put.policy_document(document.to_string()).send().await.unwrap();
    let key = iam.create_access_key().user_name(&name).send().await.unwrap().access_key.unwrap();
    let key = Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test");
    Clients::new(config_of(&moto.url, key).await)
}

async fn deploy(clients: &Clients, code: &str, memory_mb: u32) -> Vec<Error> {
    let package = Package::pack(code.as_bytes()).unwrap();
    let reserved_concurrency = (memory_mb > 1000).then_some(20);
    let log_retention_days = reserved_concurrency;
    let tags = [("memory".to_owned(), memory_mb.to_string())].into();
    let log_retention_days = log_retention_days.map(|_| 7);
    let wanted = deploy::deployment::Deployment {
        memory_mb,
        reserved_concurrency,
        log_retention_days,
        tags,
        ..deployment()
    };
    match upload(clients, &wanted, &package, Mode::Apply, pace(), &Progress::none()).await {
        Ok(outcomes) => outcomes.into_iter().filter_map(|outcome| outcome.error).collect(),
        Err(error) => vec![error],
    }
}

#[tokio::test]
async fn each_policy_suffices_for_its_task() {
    let moto = Moto::start();
    let uploads = person(&moto, Task::Upload).await;
    let destroys = person(&moto, Task::Destroy).await;
    moto.enforce_policies();

    let errors = deploy(&destroys, "one", 1769).await;
    assert!(matches!(errors[..], [Error::Denied { action: "iam:CreateRole", .. }]), "{errors:?}");
    // Everything that is created, changed and taken back.
    for (code, memory_mb) in [("one", 1769), ("two", 512), ("two", 1769)] {
        let errors = deploy(&uploads, code, memory_mb).await;
        assert!(errors.is_empty(), "{errors:?}");
    }

    let regions = deployment().regions;
    let look = async |clients| {
        Destroy::new(clients, "shop", &regions, pace(), Progress::none()).await.unwrap()
    };
    let destroy = look(destroys).await;
    let found = destroy.look().await.unwrap();
    assert!(found.closed.is_empty() && found.errors.is_empty(), "{found:?}");
    assert!(!look(uploads).await.remove(&found).await.is_empty(), "who uploads cannot destroy");
    let errors = destroy.remove(&found).await;
    assert!(errors.is_empty(), "{errors:?}");
    assert!(!destroy.look_again().await.unwrap().is_some());
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
