//! Keeping something in moto that is a secret in AWS.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use super::moto::Moto;

/// Keeps something, by a call such as `secretsmanager.CreateSecret`; what is answered.
pub(crate) fn keep(moto: &Moto, region: &str, target: &str, what: &Value) -> Value {
    let host = moto.url.trim_start_matches("http://");
    let service = if target.starts_with("AmazonSSM") { "ssm" } else { "secretsmanager" };
    let body = what.to_string();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {service}.{region}.amazonaws.com\r\nConnection: close\r\n\
         X-Amz-Target: {target}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}
