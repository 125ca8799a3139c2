//! The hostile server does what it says, so that a test against it tests the client.

mod support;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use support::{
    hostile::{HUGE, Hostile, OK, Refusing},
    raw,
};

/// Sends a request that keeps its connection.
fn ask(hostile: &Hostile, path: &str) -> TcpStream {
    let mut stream = raw::connect(hostile.addr());
    request(&mut stream, path);
    stream
}

fn request(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: hostile\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the request is taken");
}

/// What comes within a third of a second.
fn read_for_a_moment(stream: &mut TcpStream) -> Vec<u8> {
    let deadline = Instant::now() + Duration::from_millis(300);
    stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
    let mut read = Vec::new();
    while Instant::now() < deadline {
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => read.extend_from_slice(&bytes[..length]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    read
}

/// Reads one answer, whose body is [`OK`], and leaves the connection as it is.
fn read_ok(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    while !answer.ends_with(OK) {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).expect("more of the answer");
        assert_ne!(length, 0, "closed after {answer:?}");
        answer += std::str::from_utf8(&bytes[..length]).expect("text");
    }
    answer
}

/// Whether the other side has closed the connection.
fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0]), Ok(0))
}

#[test]
fn ok_keeps_the_connection_and_is_counted() {
    let hostile = Hostile::spawn();
    let mut stream = ask(&hostile, "/ok?page=1");
    read_ok(&mut stream);
    let body = "POST /ok HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
    stream.write_all(body.as_bytes()).expect("the request is taken");
    read_ok(&mut stream);
    request(&mut stream, "/ok");
    read_ok(&mut stream);
    assert_eq!(hostile.requests("/ok"), 3);
    assert_eq!(hostile.requests("/500"), 0);
}

#[test]
fn errors_have_their_status() {
    let hostile = Hostile::spawn();
    let answer = read_for_a_moment(&mut ask(&hostile, "/500"));
    assert!(answer.starts_with(b"HTTP/1.1 500 Internal Server Error\r\n"));
    let answer = read_for_a_moment(&mut ask(&hostile, "/elsewhere"));
    assert!(answer.starts_with(b"HTTP/1.1 404 Not Found\r\n"));
}

#[test]
fn a_hang_says_nothing_and_does_not_close() {
    let hostile = Hostile::spawn();
    let mut stream = ask(&hostile, "/hang");
    assert!(read_for_a_moment(&mut stream).is_empty());
    assert_eq!(stream.read(&mut [0]).expect_err("open").kind(), ErrorKind::WouldBlock);
    assert_eq!(hostile.requests("/hang"), 1);
}

#[test]
fn a_reset_is_one() {
    let hostile = Hostile::spawn();
    let error = ask(&hostile, "/reset").read(&mut [0]).expect_err("reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_truncated_answer_promises_more() {
    let hostile = Hostile::spawn();
    let mut answer = String::new();
    ask(&hostile, "/truncated").read_to_string(&mut answer).expect("closed in order");
    assert!(answer.contains("Content-Length: 1000\r\n") && answer.ends_with(OK), "{answer}");
}

#[test]
fn a_huge_body_keeps_coming() {
    let hostile = Hostile::spawn();
    let mut stream = ask(&hostile, "/huge");
    let mut some = vec![0; 32 << 20];
    stream.read_exact(&mut some).expect("32 MB of it");
    assert!(some.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(String::from_utf8_lossy(&some[..200]).contains(&HUGE.to_string()));
}

#[test]
fn garbage_is_not_http() {
    let hostile = Hostile::spawn();
    let mut answer = Vec::new();
    ask(&hostile, "/garbage").read_to_end(&mut answer).expect("closed in order");
    assert!(!answer.is_empty() && !answer.starts_with(b"HTTP/"));
}

#[test]
fn a_slowloris_drips() {
    let hostile = Hostile::spawn();
    assert_eq!(read_for_a_moment(&mut ask(&hostile, "/slowloris")), b"H");
}

#[test]
fn connections_are_closed_with_and_without_a_word() {
    let hostile = Hostile::spawn();
    let mut stream = ask(&hostile, "/close");
    assert!(read_ok(&mut stream).contains("Connection: close\r\n"));
    assert!(is_closed(&mut stream));

    let mut stream = ask(&hostile, "/early-close");
    assert!(!read_ok(&mut stream).contains("Connection"));
    assert!(is_closed(&mut stream));
}

#[test]
fn a_refusing_port_refuses() {
    let refusing = Refusing::new();
    let error = TcpStream::connect(refusing.addr()).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn dropping_it_cuts_what_hangs() {
    let hostile = Hostile::spawn();
    let mut stream = ask(&hostile, "/hang");
    read_for_a_moment(&mut stream);
    drop(hostile);
    assert!(is_closed(&mut stream));
}
