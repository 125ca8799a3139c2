//! TLS with an authority and certificates of its own, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use engine::{
    environment::Environment,
    files::Files,
    http::{HttpSettings, PemError, TlsSettings},
    yaml,
};
use serde_json::json;
use support::{
    https::{Authority, Server, Speaks},
    once_with, reasons,
};

const URL: &str = "https://shop.example";
const ASK: &str = "users: {U: {tasks: {t: [get: /x]}}}";

/// Why a request to a server fails, with these settings for TLS.
fn ask(server: &Server, tls: &str, files: &Files) -> Vec<String> {
    let scenario = format!("http: {{{}, tls: {{{tls}}}}}\n{ASK}", server.resolve());
    reasons(&once_with(URL, &scenario, files))
}

#[test]
fn an_authority_of_ones_own_is_trusted() {
    let authority = Authority::new();
    let server = Server::plain(Speaks::tls(&authority, &["h2", "http/1.1"], None));
    let files = Files::default()
        .with("ca.pem", authority.pem().into_bytes())
        .with("other.pem", Authority::new().pem().into_bytes());
    assert_eq!(ask(&server, "ca: ca.pem", &files), [""; 0]);
    let came = &server.came()[0];
    assert_eq!((&*came.line, &*came.host), ("GET /x", "shop.example"));
    assert_eq!(came.tls.host.as_deref(), Some("shop.example"));
    assert_eq!(came.tls.protocol.as_deref(), Some("http/1.1"));
    for tls in ["", "ca: other.pem", "verify: true"] {
        let reasons = ask(&server, tls, &files);
        assert!(reasons[0].contains("issuer is not trusted"), "{reasons:?}");
    }
    assert_eq!(ask(&server, "verify: false", &files), [""; 0]);
    assert_eq!(server.came().len(), 2);
}

#[test]
fn users_sign_in_with_a_certificate() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = Server::plain(Speaks::tls(&authority, &[], Some(&clients)));
    let user = clients.issue("user");
    let files = Files::default()
        .with("ca.pem", authority.pem().into_bytes())
        .with("client.pem", user.certificate.clone().into_bytes())
        .with("client.key", user.key.clone().into_bytes());
    let signed_in = "ca: ca.pem, certificate: client.pem, key: client.key";
    assert_eq!(ask(&server, signed_in, &files), [""; 0]);
    assert_eq!(server.came()[0].tls.client.as_ref(), Some(&user.der));
    let refused = ask(&server, "ca: ca.pem", &files);
    assert!(refused[0].contains("asks for a certificate"), "{refused:?}");
    assert_eq!(server.came().len(), 1);
}

/// What is said of a scenario's settings for TLS, and how they are shown.
fn read(tls: &str, key: &str, files: &Files) -> Result<String, String> {
    let data = json!({"client_key": key});
    let environment = Environment { host: Some(URL.into()), data, ..Environment::default() };
    let scenario = format!("http:\n  tls:\n{tls}\n{ASK}");
    yaml::read("s.yml", &scenario, &environment, files)
        .map(|scenario| format!("{:?}", scenario.http))
        .map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect())
}

#[test]
fn a_key_may_come_from_the_environment_and_is_never_shown() {
    let clients = Authority::new();
    let (user, other) = (clients.issue("user"), clients.issue("other"));
    let files = Files::default().with("client.pem", user.certificate.clone().into_bytes());
    let tls = "    certificate: client.pem\n    key: ${env.client_key}";
    let inner = user.key.lines().nth(1).unwrap();
    let shown = read(tls, &user.key, &files).unwrap();
    assert!(!shown.contains(inner) && !shown.contains("PRIVATE"), "{shown}");
    // As a secret may be that was copied without its first and last line.
    let told = read(tls, inner, &files).unwrap_err();
    assert!(
        told.starts_with("s.yml:4:10: http.tls.key: the environment holds neither PEM"),
        "{told}"
    );
    assert!(!told.contains(inner), "{told}");
    let told = read(tls, &other.key, &files).unwrap_err();
    assert!(told.contains("the private key is not that of the certificate"), "{told}");
    let indented = user.key.replace('\n', "\\n");
    let written = format!("    certificate: client.pem\n    key: \"{indented}\"");
    assert!(read(&written, "", &files).is_ok());
    let broken = written.replace("-----END", "-----EDN");
    let told = read(&broken, "", &files).unwrap_err();
    assert!(told.contains("http.tls.key: the text: its private key cannot be used"), "{told}");
    assert!(!told.contains(inner), "{told}");
}

#[test]
fn what_is_no_pem_is_told_with_its_place() {
    let user = Authority::new().issue("user");
    let files = Files::default()
        .with("client.pem", user.certificate.clone().into_bytes())
        .with("client.key", user.key.clone().into_bytes())
        .with("empty.pem", *b"")
        .with("broken.pem", *b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    for (tls, problem) in [
        ("ca: none.pem", "s.yml:3:9: http.tls.ca: `none.pem`: it did not travel with the job"),
        ("ca: empty.pem", "s.yml:3:9: http.tls.ca: `empty.pem`: there is no certificate in it"),
        ("ca: broken.pem", "`broken.pem`: its certificate cannot be used: a section is not Base64"),
        (
            "certificate: client.pem",
            "http.tls.key: missing, expected the `key` that belongs to the",
        ),
        ("key: client.key", "http.tls.certificate: missing"),
        (
            "certificate: client.key\n    key: client.key",
            "s.yml:3:18: http.tls.certificate: `client.key`: there is no",
        ),
        (
            "certificate: client.pem\n    key: client.pem",
            "http.tls.key: `client.pem`: there is no private key",
        ),
        ("verify: no one", "http.tls.verify: found the text `no one`, expected true or false"),
        ("authority: x", "unknown key"),
    ] {
        let told = read(&format!("    {tls}"), "", &files).unwrap_err();
        assert!(told.contains(problem), "{tls}: {told}");
    }
}

#[test]
fn rust_has_the_same_settings() {
    let authority = Authority::new();
    let user = authority.issue("user");
    let tls = TlsSettings::default().authority(authority.pem().as_bytes()).unwrap();
    let tls = tls.identity(user.certificate.as_bytes(), user.key.as_bytes()).unwrap();
    assert!(!tls.trusts_anyone() && tls.clone().trust_anyone().trusts_anyone());
    let shown = format!("{:?}", HttpSettings { tls: tls.clone(), ..HttpSettings::default() });
    assert!(!shown.contains("PRIVATE"));
    let encrypted =
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let error = tls.identity(user.certificate.as_bytes(), encrypted).unwrap_err();
    assert_eq!(error, PemError::EncryptedKey);
}
