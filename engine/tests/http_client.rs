//! The HTTP client against servers that do as they like.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use engine::{
    http::{
        Addresses, Client, Exchange, HttpSettings, Request, RequestError, Scratch, Shared, Target,
        tls_config,
    },
    stats::Phase,
};
use http::{HeaderValue, Method};
use rustix::time::{ClockId, clock_gettime};
use tokio::task::coop::{consume_budget, has_budget_remaining};

/// A server that gives each connection, and its number from 0, to a function.
struct Server {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    fn start(serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let (count, serve) = (Arc::clone(&accepted), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                let (number, serve) = (count.fetch_add(1, Ordering::SeqCst), Arc::clone(&serve));
                stream.set_nodelay(true).unwrap();
                thread::spawn(move || serve(number, stream));
            }
        });
        Self { address, accepted }
    }

    /// Answers every request with its connection's number.
    fn answering(head: &'static str) -> Self {
        Self::start(move |number, mut stream| {
            while !read_request(&mut stream).is_empty() {
                write(&mut stream, &format!("{head}\r\ncontent-length: 1\r\n\r\n{number}"));
            }
        })
    }

    fn client(&self) -> Client {
        let shared = Shared {
            settings: HttpSettings::default(),
            addresses: Addresses::default(),
            tls: tls_config(&HttpSettings::default()).unwrap(),
            scratch: Scratch::default(),
            unexpected_body: 0,
            tracer: None,
        };
        let base = Target::parse(&format!("http://{}/", self.address)).unwrap();
        Client::new(Rc::new(shared), Some(base))
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

const OK: &str = "HTTP/1.1 200 OK";
const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst";

/// A request's bytes up to the end of its head, and its body if it has a length.
fn read_request(stream: &mut TcpStream) -> String {
    let head = read_head(stream);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    head + str::from_utf8(&body).unwrap()
}

fn read_head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}

/// The client may have gone.
fn write(stream: &mut TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes());
}

/// Waits until the client has gone.
fn hold(mut stream: TcpStream) {
    while stream.read(&mut [0]).is_ok_and(|read| read > 0) {}
}

fn get() -> Request {
    Request { keep_response: true, ..Request::new(Method::GET, "/") }
}

fn upload() -> Request {
    let body = Bytes::from(vec![b'a'; 16 * 1024 * 1024]);
    Request { body, timeout: Some(Duration::from_secs(5)), ..Request::new(Method::POST, "/") }
}

fn text(exchange: &Exchange) -> String {
    match &exchange.result {
        Ok(response) => format!("{} {}", response.status.as_u16(), response.text()),
        Err(error) => error.to_string(),
    }
}

/// What arrives meanwhile is noticed.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::answering(OK);
    let client = server.client();
    for _ in 0..5 {
        assert_eq!(text(&client.execute(&get()).await), "200 0");
    }
    client.reset();
    assert_eq!(text(&client.execute(&get()).await), "200 1");
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_connection_ends_when_either_side_says_so() {
    for head in ["HTTP/1.0 200 OK", "HTTP/1.1 200 OK\r\nconnection: close"] {
        let server = Server::answering(head);
        let client = server.client();
        assert_eq!(text(&client.execute(&get()).await), "200 0");
        assert_eq!(text(&client.execute(&get()).await), "200 1", "{head}");
    }
    let server = Server::answering(OK);
    let client = server.client();
    let mut last = get();
    last.headers.insert("connection", HeaderValue::from_static("Close"));
    assert_eq!(text(&client.execute(&last).await), "200 0");
    assert_eq!(text(&client.execute(&get()).await), "200 1");
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_replaced() {
    let server = Server::start(|_, mut stream| {
        read_request(&mut stream);
        write(&mut stream, WHOLE);
    });
    let client = server.client();
    for _ in 0..3 {
        let exchange = client.execute(&get()).await;
        assert_eq!(text(&exchange), "200 first");
        assert_eq!(exchange.resent, 0);
        pause().await;
    }
    assert_eq!(server.accepted(), 3);
    // Nor is it mistaken for an open one by a task that has done much without a break.
    while has_budget_remaining() {
        consume_budget().await;
    }
    assert_eq!(text(&client.execute(&get()).await), "200 first");
}

#[tokio::test]
async fn bytes_behind_a_response_end_the_connection() {
    for delay in [None, Some(Duration::from_millis(10))] {
        let server = Server::start(move |number, mut stream| {
            read_request(&mut stream);
            if number > 0 {
                return write(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecond");
            }
            let stray = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray";
            match delay {
                None => write(&mut stream, &format!("{WHOLE}{stray}")),
                Some(delay) => {
                    write(&mut stream, WHOLE);
                    thread::sleep(delay);
                    write(&mut stream, stray);
                }
            }
            hold(stream);
        });
        let client = server.client();
        assert_eq!(text(&client.execute(&get()).await), "200 first");
        pause().await;
        assert_eq!(text(&client.execute(&get()).await), "200 second");
    }
}

#[tokio::test]
async fn a_long_body_may_be_answered_early() {
    for closes in [false, true] {
        let server = Server::start(move |number, mut stream| {
            read_head(&mut stream);
            if number > 0 {
                return write(&mut stream, WHOLE);
            }
            write(&mut stream, "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
            if !closes {
                thread::sleep(Duration::from_secs(10));
            }
        });
        let client = server.client();
        let begun = Instant::now();
        let exchange = client.execute(&upload()).await;
        assert_eq!(text(&exchange), "413 ", "closes: {closes}");
        assert!(begun.elapsed() < Duration::from_secs(3));
        assert_eq!(text(&client.execute(&get()).await), "200 first");
    }
}

#[tokio::test]
async fn a_long_body_arrives_whole() {
    let server = Server::start(|_, mut stream| {
        for _ in 0..2 {
            let request = read_request(&mut stream);
            let sum = request.bytes().filter(|byte| *byte == b'~').count();
            write(&mut stream, &format!("{OK}\r\ncontent-length: 7\r\n\r\n{sum:7}"));
        }
    });
    let client = server.client();
    let body = Bytes::from(vec![b'~'; 3_000_000]);
    let request = Request { body, method: Method::PUT, ..get() };
    for _ in 0..2 {
        assert_eq!(text(&client.execute(&request).await), "200 3000000");
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_response_that_came_too_late_is_not_the_next_ones() {
    let server = Server::start(|number, mut stream| {
        read_request(&mut stream);
        if number > 0 {
            return write(&mut stream, WHOLE);
        }
        write(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nlat");
        thread::sleep(Duration::from_millis(150));
        write(&mut stream, "e one");
        hold(stream);
    });
    let client = server.client();
    let timeout = Some(Duration::from_millis(100));
    let exchange = client.execute(&Request { timeout, ..get() }).await;
    assert_eq!(text(&exchange), "no complete response within 100ms");
    assert_eq!((exchange.status.unwrap().as_u16(), exchange.received), (200, 3));
    thread::sleep(Duration::from_millis(100));
    assert_eq!(text(&client.execute(&get()).await), "200 first");
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_no_connection() {
    for request in [get(), upload()] {
        let server = Server::start(|number, mut stream| {
            read_head(&mut stream);
            if number > 0 {
                return write(&mut stream, WHOLE);
            }
            thread::sleep(Duration::from_secs(10));
        });
        let client = server.client();
        let limit = Duration::from_millis(100);
        assert!(tokio::time::timeout(limit, client.execute(&request)).await.is_err());
        let next = Request { timeout: Some(Duration::from_secs(1)), ..get() };
        assert_eq!(text(&client.execute(&next).await), "200 first");
    }
}

#[tokio::test]
async fn a_head_byte_by_byte_does_not_outlast_the_timeout() {
    let server = Server::start(|_, mut stream| {
        read_request(&mut stream);
        write(&mut stream, "HTTP/1.1 200 OK\r\nx: ");
        while stream.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    let begun = Instant::now();
    let timeout = Some(Duration::from_millis(200));
    let exchange = server.client().execute(&Request { timeout, ..get() }).await;
    assert!(matches!(exchange.result, Err(RequestError::Timeout(_))));
    assert!(begun.elapsed() < Duration::from_millis(600));
}

/// What this thread has used of its processor.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

#[tokio::test]
async fn a_long_head_that_dribbles_is_cheap() {
    let server = Server::start(|_, mut stream| {
        read_request(&mut stream);
        write(&mut stream, &format!("{OK}\r\ncontent-length: 0\r\nx: {}", "a".repeat(200_000)));
        for _ in 0..3_000 {
            write(&mut stream, "a");
            thread::sleep(Duration::from_micros(50));
        }
        write(&mut stream, "\r\n\r\n");
        hold(stream);
    });
    let client = server.client();
    let begun = processor_time();
    assert_eq!(text(&client.execute(&get()).await), "200 ");
    let spent = processor_time() - begun;
    // Reading the whole head again with each byte would take several times as long.
    assert!(spent < Duration::from_millis(1_500), "{spent:?}");
}

#[tokio::test]
async fn an_endless_head_is_refused() {
    let server = Server::start(|_, mut stream| {
        read_request(&mut stream);
        write(&mut stream, &format!("{OK}\r\nx: {}\r\n\r\n", "a".repeat(1024 * 1024)));
        hold(stream);
    });
    assert_eq!(
        text(&server.client().execute(&get()).await),
        "the response is not valid HTTP: the head is longer than 256 KiB"
    );
}

#[tokio::test]
async fn phases_do_not_overlap() {
    let server = Server::answering(OK);
    let exchange = server.client().execute(&get()).await;
    let sum: Duration = Phase::ALL.iter().map(|phase| exchange.phases.get(*phase)).sum();
    assert!(sum <= exchange.result.unwrap().elapsed);
}

/// What a request looks like to the server.
async fn sent(request: Request) -> String {
    let seen = Arc::new(Mutex::new(String::new()));
    let server = Server::start({
        let seen = Arc::clone(&seen);
        move |_, mut stream| {
            *seen.lock().unwrap() = read_request(&mut stream);
            write(&mut stream, WHOLE);
        }
    });
    let exchange = server.client().execute(&request).await;
    exchange.result.unwrap();
    let seen = seen.lock().unwrap();
    seen.replace(&server.address.to_string(), "HOST")
}

const DEFAULTS: &str = concat!(
    "user-agent: load-test/",
    env!("CARGO_PKG_VERSION"),
    "\r\naccept: */*\r\naccept-encoding: gzip, deflate, br\r\n",
);

#[tokio::test]
async fn requests_are_these_bytes() {
    assert_eq!(
        sent(Request::new(Method::GET, "/a/b?c=d&e=%20")).await,
        format!("GET /a/b?c=d&e=%20 HTTP/1.1\r\nhost: HOST\r\n{DEFAULTS}\r\n")
    );
    assert_eq!(
        sent(Request::new(Method::POST, "/")).await,
        format!("POST / HTTP/1.1\r\nhost: HOST\r\n{DEFAULTS}content-length: 0\r\n\r\n")
    );
    assert_eq!(
        sent(Request::new(Method::DELETE, "/x")).await,
        format!("DELETE /x HTTP/1.1\r\nhost: HOST\r\n{DEFAULTS}\r\n")
    );
    let mut full = Request { body: "{}".into(), ..Request::new(Method::PUT, "/x") };
    for (name, value) in [
        ("x-b", "2"),
        ("content-type", "application/json"),
        ("x-a", "1"),
        ("accept", "text/html"),
        ("content-length", "99"),
        ("transfer-encoding", "chunked"),
        ("user-agent", "me"),
    ] {
        full.headers.insert(name, HeaderValue::from_static(value));
    }
    assert_eq!(
        sent(full).await,
        "PUT /x HTTP/1.1\r\nhost: HOST\r\nx-b: 2\r\ncontent-type: application/json\r\nx-a: 1\r\n\
         accept: text/html\r\nuser-agent: me\r\naccept-encoding: gzip, deflate, br\r\n\
         content-length: 2\r\n\r\n{}"
    );
}
