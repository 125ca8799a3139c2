//! Targets that speak TLS.

mod server;

use controller::demo_api::DemoApi;
use serde_json::Value;

use self::server::TlsServer;
use crate::support::project::Project;

fn project(server: &TlsServer, host: &str) -> Project {
    Project::new()
        .host(server.url(host))
        .scenario("users: {User: {wait_time: {constant: 50ms}, tasks: {ask: [get: /x]}}}")
}

/// The one reason for which all requests failed.
#[track_caller]
fn only_reason(report: &Value) -> &str {
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0]["count"], report["summary"]["requests"]);
    failures[0]["reason"].as_str().unwrap()
}

#[test]
fn an_authority_may_be_trusted() {
    let server = TlsServer::spawn();
    let project = project(&server, "localhost").file("authority.pem", server.authority());
    let authority = project.path().join("authority.pem");
    let report = project.variable("SSL_CERT_FILE", authority).run([]).expect_code(0).report();
    assert!(report["summary"]["requests"].as_u64().unwrap() > 2);
    assert_eq!(report["failures"], serde_json::json!([]));
    assert_eq!(report["transactions"][0]["phases"]["tls"]["count"], 1);
}

#[test]
fn an_unknown_authority_is_not() {
    let server = TlsServer::spawn();
    let report = project(&server, "localhost").run([]).expect_code(0).report();
    let reason = only_reason(&report);
    assert!(reason.starts_with("TLS handshake failed: the certificate's issuer is not trusted"));
}

#[test]
fn a_certificate_must_be_the_hosts() {
    let server = TlsServer::spawn();
    let project = project(&server, "127.0.0.1").file("authority.pem", server.authority());
    let authority = project.path().join("authority.pem");
    let report = project.variable("SSL_CERT_FILE", authority).run([]).expect_code(0).report();
    let reason = "TLS handshake failed: the certificate is not for this host's name";
    assert_eq!(only_reason(&report), reason);
}

#[test]
fn a_target_without_tls_is_told_from_one_that_is_not_trusted() {
    let api = DemoApi::spawn().unwrap();
    let report = Project::new()
        .host(format!("https://{}", api.addr()))
        .scenario("users: {User: {wait_time: {constant: 50ms}, tasks: {ask: [get: /x]}}}")
        .run([])
        .expect_code(0)
        .report();
    let reason = "TLS handshake failed: the server does not speak TLS; is it an http address?";
    assert_eq!(only_reason(&report), reason);
}
