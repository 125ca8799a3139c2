//! A tunnel through a proxy (RFC 9110, section 9.3.6).

use http::StatusCode;
use httparse::{EMPTY_HEADER, Response, Status};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Proxy;
use crate::http::{Origin, RequestError};

/// The longest head of a proxy's answer.
const LONGEST_HEAD: usize = 16 * 1024;

/// Asks a proxy for a tunnel to an origin. From then on the stream is as one to the origin.
pub(in crate::http) async fn tunnel(
    mut stream: TcpStream,
    proxy: &Proxy,
    origin: &Origin,
) -> Result<TcpStream, RequestError> {
    let broken = |error| refused(&format!("it broke off: {}", RequestError::io_cause(&error)));
    stream.write_all(&question(proxy, origin)).await.map_err(broken)?;
    let mut head = Vec::with_capacity(1024);
    let status = loop {
        if stream.read_buf(&mut head).await.map_err(broken)? == 0 {
            return Err(refused("it closed the connection"));
        }
        if let Some(status) = status(&head).map_err(refused)? {
            break status;
        }
    };
    match status {
        status if status.is_success() => Ok(stream),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(refused(match proxy.authorization() {
            Some(_) => "407: it does not accept the user and password",
            None => "407: it wants a user and password",
        })),
        status => Err(refused(&status.to_string())),
    }
}

fn question(proxy: &Proxy, origin: &Origin) -> Vec<u8> {
    let url = origin.to_string();
    let host = url.split_once("://").map_or(&*url, |(_, host)| host);
    let mut head = format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n").into_bytes();
    if let Some(authorization) = proxy.authorization() {
        head.extend_from_slice(b"proxy-authorization: ");
        head.extend_from_slice(authorization.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The status in a proxy's answer, once the head is complete. The other side of a tunnel that
/// speaks TLS says nothing first, so that nothing may follow a success.
fn status(head: &[u8]) -> Result<Option<StatusCode>, &'static str> {
    let mut headers = [EMPTY_HEADER; 64];
    let mut response = Response::new(&mut headers);
    let invalid = "its answer is not valid HTTP";
    match response.parse(head).map_err(|_| invalid)? {
        Status::Partial if head.len() > LONGEST_HEAD => Err("its answer is too long"),
        Status::Partial => Ok(None),
        Status::Complete(length) => {
            let code = response.code.unwrap_or_default();
            let status = StatusCode::from_u16(code).map_err(|_| invalid)?;
            let is_sound = length == head.len() || !status.is_success();
            if is_sound { Ok(Some(status)) } else { Err(invalid) }
        }
    }
}

fn refused(why: &str) -> RequestError {
    RequestError::Proxy(why.into())
}
