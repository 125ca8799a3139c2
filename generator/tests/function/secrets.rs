//! Whether the function finds what is kept in AWS.

use cloud::{
    ask::{Ask, Ping},
    hello::Access,
};
use fake_lambda::{FakeLambda, Settings};
use listeners::Reference;
use serde_json::json;

use crate::{
    kept::keep,
    moto::Moto,
    support::{REGION, client, stream},
};

/// What is never to be seen.
const HUNTER: &str = "hunter2";

fn secret(id: &str, key: Option<&str>) -> Reference {
    Reference::SecretsManager { id: id.into(), key: key.map(str::to_owned) }
}

fn parameter(name: &str) -> Reference {
    Reference::Parameter { name: name.into() }
}

/// What is kept in moto, in the region of most tests and in another one.
fn fill(moto: &Moto) -> String {
    let json = json!({"token": HUNTER}).to_string();
    let kept = json!({"Name": "team/json", "SecretString": json});
    keep(moto, REGION, "secretsmanager.CreateSecret", &kept);
    let kept = json!({"Name": "/team/token", "Value": HUNTER, "Type": "SecureString"});
    keep(moto, REGION, "AmazonSSM.PutParameter", &kept);
    let kept = json!({"Name": "far", "SecretString": HUNTER});
    let made = keep(moto, "us-west-2", "secretsmanager.CreateSecret", &kept);
    made["ARN"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_ping_tells_which_secrets_can_be_read_and_never_what_they_are() {
    let moto = Moto::start();
    let far = fill(&moto);
    let variables = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SSM"];
    let variables = variables.map(|name| (name.to_owned(), moto.url.clone())).to_vec();
    let fake =
        FakeLambda::start(Settings { variables, ..Settings::in_regions(&[REGION]) }).unwrap();
    let wanted = [
        (secret("team/json", Some("token")), None),
        (secret("team/json", None), None),
        (parameter("/team/token"), None),
        (secret(&far, None), None),
        (secret("far", None), Some("there is none of this name in eu-west-1")),
        (secret("team/json", Some("pin")), Some("it has no key `pin`")),
        (secret("far:away", None), Some("")),
        (parameter("/team/none"), Some("there is none of this name in eu-west-1")),
    ];
    let secrets = wanted.iter().map(|(reference, _)| reference.clone()).collect();
    let ping = Ask::Ping(Ping { secrets, ..Ping::default() });
    let answer = stream(&client(&fake, REGION), &ping).await.unwrap();
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    let hello = answer.read().hello;
    assert_eq!(hello.secrets.len(), wanted.len());
    for (told, (reference, expected)) in hello.secrets.iter().zip(&wanted) {
        assert_eq!(told.reference, *reference);
        match (&told.access, expected) {
            (Access::Granted, None) => {}
            (Access::Failed(why), Some(expected)) => assert!(why.contains(expected), "{why}"),
            other => panic!("{other:?} of {reference}"),
        }
    }
    assert!(!text.contains(HUNTER), "{text}");
    assert!(!fake.log().concat().contains(HUNTER), "{:?}", fake.log());
}
