//! What the vault makes of AWS's answers: of moto's, and of scripted ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../deploy/tests/support/kept.rs"]
mod kept;
#[path = "../../deploy/tests/support/moto.rs"]
mod moto;

use std::sync::{Arc, Mutex};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use cloud::{
    hello::Access,
    vault::{AwsVault, Endpoints},
};
use listeners::{Reference, Vault};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use self::{kept::keep, moto::Moto};

const REGION: &str = "eu-west-1";
const HUNTER: &str = "hunter2";

fn vault(url: &str) -> AwsVault {
    let url = url.to_owned();
    let endpoints =
        Endpoints::of_variables(move |name| (name == "AWS_ENDPOINT_URL").then(|| url.clone()));
    let credentials = Credentials::new("AKIDTEST", "very secret", None, None, "test");
    AwsVault::new(Some(REGION.into()), Some(SharedCredentialsProvider::new(credentials)), endpoints)
}

fn secret(id: &str, key: Option<&str>) -> Reference {
    Reference::SecretsManager { id: id.into(), key: key.map(str::to_owned) }
}

fn parameter(name: &str) -> Reference {
    Reference::Parameter { name: name.into() }
}

#[tokio::test]
async fn what_is_kept_is_found() {
    let moto = Moto::start();
    let json = json!({"token": HUNTER, "pin": 1234}).to_string();
    let made = json!({"Name": "team/json", "SecretString": json});
    let arn = keep(&moto, REGION, "secretsmanager.CreateSecret", &made)["ARN"].clone();
    let made = json!({"Name": "/team/token", "Value": HUNTER, "Type": "SecureString"});
    keep(&moto, REGION, "AmazonSSM.PutParameter", &made);
    let made = json!({"Name": "far", "SecretString": HUNTER});
    let far = keep(&moto, "us-west-2", "secretsmanager.CreateSecret", &made)["ARN"].clone();
    let vault = vault(&moto.url);
    for reference in [
        secret("team/json", Some("token")),
        secret(arn.as_str().unwrap(), Some("token")),
        parameter("/team/token"),
        secret(far.as_str().unwrap(), None),
    ] {
        assert_eq!(vault.open(&reference).await.as_deref(), Ok(HUNTER), "{reference}");
    }
    assert_eq!(vault.open(&secret("team/json", Some("pin"))).await.as_deref(), Ok("1234"));
    let absent = vault.open(&secret("far", None)).await;
    assert_eq!(absent.unwrap_err(), "there is none of this name in eu-west-1");
    let absent = vault.open(&parameter("/team/none")).await;
    assert_eq!(absent.unwrap_err(), "there is none of this name in eu-west-1");
}

/// Answers requests, one after the other, as the script says; the last line of it again and again.
struct Scripted {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    async fn start(script: Vec<(u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let at = all.lock().unwrap().len().min(script.len() - 1);
                let request = answer(stream, &script[at]).await;
                all.lock().unwrap().push(request);
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Answers a request and hangs up; the request.
async fn answer(mut stream: TcpStream, (status, body): &(u16, String)) -> String {
    let mut request = String::new();
    let mut piece = [0; 4096];
    // Its body is the last that comes.
    while !request.ends_with('}') {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "half a request: {request}");
        request.push_str(std::str::from_utf8(&piece[..read]).unwrap());
    }
    let head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n", body.len());
    let answer = format!("{head}Connection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
    request
}

fn error(status: u16, code: &str) -> (u16, String) {
    (status, json!({"__type": code, "message": format!("{HUNTER} is secret")}).to_string())
}

fn found() -> (u16, String) {
    (200, json!({"SecretString": HUNTER}).to_string())
}

#[tokio::test]
async fn whoever_is_throttled_comes_again() {
    let script = vec![error(400, "ThrottlingException"), error(503, ""), found()];
    let scripted = Scripted::start(script).await;
    assert_eq!(vault(&scripted.url).open(&secret("a", None)).await.as_deref(), Ok(HUNTER));
    assert_eq!(scripted.heard().len(), 3);
}

#[tokio::test]
async fn what_was_read_is_known() {
    let scripted = Scripted::start(vec![error(400, "AccessDeniedException"), found()]).await;
    let vault = vault(&scripted.url);
    let wanted = secret("a", None);
    let denied = Access::Failed("not allowed in eu-west-1 (AccessDeniedException)".into());
    // What could not be read is tried again.
    assert_eq!(vault.look(&wanted).await, denied);
    assert_eq!(vault.look(&wanted).await, Access::Granted);
    assert_eq!(vault.open(&wanted).await.as_deref(), Ok(HUNTER));
    assert_eq!(scripted.heard().len(), 2);
}

#[tokio::test]
async fn the_service_and_the_region_that_keep_it_are_asked() {
    let parameter = json!({"Parameter": {"Value": HUNTER}}).to_string();
    let scripted = Scripted::start(vec![found(), (200, parameter)]).await;
    let vault = vault(&scripted.url);
    let arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:a-AbCdEf";
    vault.open(&secret(arn, None)).await.unwrap();
    vault.open(&self::parameter("/a")).await.unwrap();
    let heard = scripted.heard();
    let says = |at: usize, what: &str| assert!(heard[at].contains(what), "{}", heard[at]);
    says(0, "x-amz-target: secretsmanager.GetSecretValue\r\n");
    says(0, "/us-west-2/secretsmanager/aws4_request");
    says(0, &format!("{{\"SecretId\":\"{arn}\"}}"));
    says(1, "x-amz-target: AmazonSSM.GetParameter\r\n");
    says(1, "/eu-west-1/ssm/aws4_request");
    says(1, "{\"Name\":\"/a\",\"WithDecryption\":true}");
    assert!(heard.iter().all(|heard| !heard.contains("very secret")));
}

#[tokio::test]
async fn nothing_is_told_of_what_is_said() {
    for (status, code) in [(400, "AccessDeniedException"), (400, "Odd"), (500, "x"), (302, "")] {
        let script = vec![error(status, code), error(400, "Odd")];
        let scripted = Scripted::start(script).await;
        let told = vault(&scripted.url).open(&secret("a", None)).await.unwrap_err();
        assert!(!told.contains(HUNTER), "{told}");
    }
    let odd = Scripted::start(vec![(200, format!("<html>{HUNTER}"))]).await;
    let told = vault(&odd.url).open(&secret("a", None)).await.unwrap_err();
    assert_eq!(told, "something else than its service answered");
}

#[tokio::test]
async fn without_credentials_or_a_region_nobody_is_asked() {
    let nobody = AwsVault::new(Some(REGION.into()), None, Endpoints::default());
    let told = nobody.open(&secret("a", None)).await.unwrap_err();
    assert_eq!(told, "there are no AWS credentials");
    let nowhere = AwsVault::new(None, None, Endpoints::default());
    assert!(nowhere.open(&secret("a", None)).await.unwrap_err().contains("AWS_REGION"));
}
