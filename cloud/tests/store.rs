//! The client for objects against a server that answers as S3 does, and against none.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{
    env,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use cloud::store::{Store, StoreError};
use http::StatusCode;

const REGION: &str = "eu-west-1";
const SECRET: &str = "a-secret-that-is-never-shown";

fn store(bucket: &str, endpoint: &str) -> Store {
    let credentials = Credentials::from_keys("AKIDTEST", SECRET, Some("a-session".into()));
    let credentials = SharedCredentialsProvider::new(credentials);
    Store::new(bucket, REGION, credentials, Some(endpoint)).unwrap()
}

/// A server of moto's, which ends with this.
struct Moto {
    process: Child,
    addr: SocketAddr,
}

impl Moto {
    fn start() -> Self {
        let target = env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
        let program: PathBuf = target.join("python/bin/moto_server");
        assert!(program.exists(), "{} is missing: run scripts/python_tools", program.display());
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let process = Command::new(program)
            .args(["-p", &port.port().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { process, addr: port };
        let began = Instant::now();
        while TcpStream::connect(moto.addr).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "moto does not start");
            thread::sleep(Duration::from_millis(20));
        }
        moto
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Making buckets is none of the client's tasks.
    fn make_bucket(&self, name: &str) {
        let mut connection = TcpStream::connect(self.addr).unwrap();
        let scope = format!("AKIDTEST/20260101/{REGION}/s3/aws4_request");
        let body = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>\
             </CreateBucketConfiguration>"
        );
        write!(
            connection,
            "PUT /{name} HTTP/1.1\r\nHost: s3.{REGION}.amazonaws.com\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, \
             Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn objects_are_put_and_read() {
    let moto = Moto::start();
    moto.make_bucket("tests");
    let store = store("tests", &moto.endpoint());

    assert_eq!(store.get("runs/a/lease.json").await.unwrap(), None);
    store.put("runs/a/lease.json", "one").await.unwrap();
    store.put("runs/a/lease.json", "two").await.unwrap();
    assert_eq!(store.get("runs/a/lease.json").await.unwrap(), Some(b"two".to_vec()));

    let key = "runs/2026-01-01T00:00:00Z/jobs/0 ü+&?.claim";
    assert!(store.put_new(key, "mine").await.unwrap());
    assert!(!store.put_new(key, "theirs").await.unwrap());
    assert_eq!(store.get(key).await.unwrap(), Some(b"mine".to_vec()));

    let large = vec![7; 3 * 1024 * 1024];
    store.put("large", large.clone()).await.unwrap();
    assert!(store.get("large").await.unwrap() == Some(large));
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_an_error() {
    let moto = Moto::start();
    let error = store("nothing", &moto.endpoint()).get("a").await.unwrap_err();
    assert_eq!(error.to_string(), "the bucket answered 404 Not Found (NoSuchBucket)");
}

/// A server that gives one answer to each connection, and the number of connections it had.
fn answering(answers: Vec<String>) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        for answer in &answers {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            assert!(connection.read(&mut request).unwrap() > 0);
            connection.write_all(answer.as_bytes()).unwrap();
        }
        answers.len()
    };
    (endpoint, thread::spawn(serve))
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let conflict = "<Error><Code>ConditionalRequestConflict</Code></Error>";
    let (endpoint, served) =
        answering(vec![answer("409 Conflict", conflict), String::new(), answer("200 OK", "")]);
    assert!(store("tests", &endpoint).put_new("a", "b").await.unwrap());
    assert_eq!(served.join().unwrap(), 3);
}

#[tokio::test]
async fn what_is_denied_is_said_once_and_without_secrets() {
    let denied = "<Error><Code>AccessDenied</Code><Message>AKIDTEST may not</Message></Error>";
    let (endpoint, served) = answering(vec![answer("403 Forbidden", denied)]);
    let error = store("tests", &endpoint).get("a").await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused { status: StatusCode::FORBIDDEN, .. }));
    assert_eq!(error.to_string(), "the bucket answered 403 Forbidden (AccessDenied)");
    let shown = format!("{error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("AKIDTEST"), "{shown}");
    assert_eq!(served.join().unwrap(), 1);
}

#[tokio::test]
async fn a_store_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let began = Instant::now();
    let error = store("tests", &endpoint).get("a").await.unwrap_err();
    assert!(matches!(error, StoreError::Timeout), "{error}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_store_that_is_away_is_unreachable() {
    let addr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let error = store("tests", &format!("http://{addr}")).get("a").await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable(_)), "{error}");
}
