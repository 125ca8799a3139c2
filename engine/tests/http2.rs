//! HTTP/2, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpListener,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use engine::{
    http::{
        Addresses, Client, HttpSettings, Redirects, Request, Scratch, Shared, Target, TlsSettings,
        Version, tls_config,
    },
    scenario::{Scenario, Task, TaskSet, UserClass},
    stats::Phase,
    user::User,
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderValue, Method, Response};
use support::{
    https::{Authority, Came, Server, Speaks},
    once, reasons,
    web::{Answer, Web},
};
use tokio::sync::Barrier;

fn client(base: &str, settings: HttpSettings) -> Client {
    let shared = Shared {
        addresses: Addresses::default(),
        tls: tls_config(&settings).unwrap(),
        scratch: Scratch::default(),
        unexpected_body: 0,
        tracer: None,
        settings,
    };
    Client::new(Rc::new(shared), Some(Target::parse(base).unwrap()))
}

/// A client that speaks HTTP/2 without asking.
fn knowing(server: &Server) -> Client {
    let version = Version::Http2PriorKnowledge;
    let base = format!("http://{}", server.address);
    client(&base, HttpSettings { version, ..HttpSettings::default() })
}

fn get(path: &str) -> Request {
    Request { keep_response: true, ..Request::new(Method::GET, path) }
}

async fn text(client: &Client, request: &Request) -> String {
    match client.execute(request).await.result {
        Ok(response) => format!("{} {}", response.status.as_u16(), response.text()),
        Err(error) => error.to_string(),
    }
}

fn answer(body: impl Into<Bytes>) -> Response<http_body_util::Full<Bytes>> {
    Response::new(body.into().into())
}

const ASK: &str = "users: {U: {tasks: {t: [get: /a, post: {path: /b, json: {a: 1}}, get: /c]}}}";

/// What the server saw of three requests, with a version in the settings.
fn versions(protocols: &[&str], version: &str) -> Vec<(usize, String, Option<String>)> {
    let authority = Authority::new();
    let server = Server::plain(Speaks::tls(&authority, protocols, None));
    let settings = format!("{}, tls: {{verify: false}}, version: {version}", server.resolve());
    let stats = once("https://shop.example", &format!("http: {{{settings}}}\n{ASK}"));
    assert_eq!(reasons(&stats), [""; 0]);
    let came = server.came();
    assert!(came.iter().all(|came| came.host == "shop.example"));
    assert_eq!(came[1].body, "{\"a\":1}");
    let seen =
        |came: &Came| (came.connection, format!("{:?}", came.version), came.tls.protocol.clone());
    came.iter().map(seen).collect()
}

#[test]
fn the_server_chooses_the_version_in_the_handshake() {
    let both = &["h2", "http/1.1"][..];
    let three = |version: &str, protocol: Option<&str>| {
        vec![(0, version.to_owned(), protocol.map(str::to_owned)); 3]
    };
    assert_eq!(versions(both, "2"), three("HTTP/2.0", Some("h2")));
    assert_eq!(versions(both, "2_prior_knowledge"), three("HTTP/2.0", Some("h2")));
    assert_eq!(versions(both, "1.1"), three("HTTP/1.1", Some("http/1.1")));
    assert_eq!(versions(&["http/1.1"], "2"), three("HTTP/1.1", Some("http/1.1")));
    assert_eq!(versions(&[], "2"), three("HTTP/1.1", None));
}

#[test]
fn without_tls_only_who_knows_speaks_http2() {
    let server = Server::plain(Speaks::http2());
    let ask = |version: &str| {
        let scenario = format!("http: {{version: {version}}}\n{ASK}");
        reasons(&once(&format!("http://{}", server.address), &scenario))
    };
    assert_eq!(ask("2_prior_knowledge"), [""; 0]);
    assert_eq!(server.came().len(), 3);
    assert!(server.came().iter().all(|came| came.connection == 0));
    assert!(!ask("2").is_empty(), "it speaks HTTP/1.1, which the server does not");
}

#[tokio::test]
async fn a_server_that_speaks_http1_is_told() {
    let server = Web::start(|_| Answer::status(400));
    let version = Version::Http2PriorKnowledge;
    let client = client(&server.url(), HttpSettings { version, ..HttpSettings::default() });
    let told = text(&client, &get("/")).await;
    assert!(told.contains("HTTP/2") && told.ends_with("does the server speak it?"), "{told}");
}

#[tokio::test]
async fn requests_have_the_same_headers_and_none_of_a_connection() {
    let server = Server::plain(Speaks::http2());
    let mut request = get("/a?b=c");
    for (name, value) in [
        ("connection", "close"),
        ("host", "named.example"),
        ("x-a", "1"),
        ("transfer-encoding", "chunked"),
        ("te", "trailers"),
    ] {
        request.headers.insert(name, HeaderValue::from_static(value));
    }
    let client = knowing(&server);
    assert_eq!(text(&client, &request).await, "200 HTTP/2.0 GET /a?b=c");
    let posted = Request { body: "{}".into(), ..Request::new(Method::POST, "/b") };
    assert_eq!(text(&client, &posted).await, "200 ");
    let came = server.came();
    assert_eq!(came[0].host, "named.example");
    let names: Vec<_> = came[0].headers.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["x-a", "user-agent", "accept", "accept-encoding"]);
    assert_eq!(
        (came[1].headers["content-length"].to_str().unwrap(), &*came[1].body),
        ("2", &b"{}"[..])
    );
}

#[tokio::test]
async fn cookies_redirects_and_encodings_are_as_in_http1() {
    let server = Server::start(Speaks::http2(), async |came| {
        if came.line == "GET /from" {
            let redirect = Response::builder().status(302).header("location", "/to");
            let body = http_body_util::Full::default();
            return redirect.header("set-cookie", "session=7").body(body).unwrap();
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(b"arrived").unwrap();
        let mut response = answer(gzip.finish().unwrap());
        response.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
        response
    });
    let exchange = knowing(&server).execute(&get("/from")).await;
    let response = exchange.result.unwrap();
    assert_eq!((response.status.as_u16(), &*response.text()), (200, "arrived"));
    assert_eq!(response.header("Content-Encoding"), Some("gzip"));
    assert!(response.received > 7 && exchange.received == response.received);
    assert_eq!(server.came()[1].headers["cookie"], "session=7");
}

#[tokio::test]
async fn long_bodies_go_both_ways_and_no_more_is_kept_than_asked_for() {
    let server = Server::start(Speaks::http2(), async |came| answer(came.body));
    let base = format!("http://{}", server.address);
    let settings = HttpSettings {
        version: Version::Http2PriorKnowledge,
        body_limit: 1000,
        ..HttpSettings::default()
    };
    let client = client(&base, settings);
    let body = Bytes::from(vec![b'~'; 10_000_000]);
    let request = Request { body: body.clone(), method: Method::PUT, ..get("/") };
    for _ in 0..2 {
        let exchange = client.execute(&request).await;
        let response = exchange.result.unwrap();
        assert_eq!((response.received, response.body.bytes().len()), (10_000_000, 1000));
        assert!(response.body.is_truncated());
        assert!(exchange.phases.get(Phase::Sending) > Duration::ZERO);
        let sum: Duration = Phase::ALL.iter().map(|phase| exchange.phases.get(*phase)).sum();
        assert!(sum <= response.elapsed);
    }
    assert!(server.came().iter().all(|came| came.body == body && came.connection == 0));
}

#[test]
fn requests_side_by_side_share_a_connection() {
    let ten = Arc::new(Barrier::new(10));
    let authority = Authority::new();
    // The six that begin before it is known what the server speaks, and four more.
    let server =
        Server::start(Speaks::tls(&authority, &["h2"], None).most_streams(10), move |came| {
            let ten = Arc::clone(&ten);
            async move {
                ten.wait().await;
                answer(came.line)
            }
        });
    let tls = TlsSettings::default().authority(authority.pem().as_bytes()).unwrap();
    let http = HttpSettings {
        version: Version::Http2,
        tls,
        resolve: engine::http::Resolve::default()
            .with("shop.example", &server.address.to_string())
            .unwrap(),
        ..HttpSettings::default()
    };
    let page = async |user: &mut User| {
        let requests: Vec<_> = (0..30).map(|number| get(&format!("/{number}"))).collect();
        let responses = user.parallel(&requests).await?;
        let bodies = responses.iter().map(|response| response.as_ref().unwrap().text());
        assert!(bodies.eq(requests.iter().map(|request| format!("GET {}", request.url))));
        Ok(())
    };
    let tasks = TaskSet::sequence([Task::new("page", page)]);
    let scenario = Scenario::new([UserClass::new("U", tasks).host("https://shop.example")]);
    let stats = support::walked(&scenario.http(http));
    assert_eq!((reasons(&stats), stats.exceptions().len()), (vec![], 0));
    assert_eq!(stats.aggregated().requests, 30);
    assert!(server.came().iter().all(|came| came.connection == 0));
}

#[test]
fn side_by_side_with_a_server_that_speaks_http1_they_do_not() {
    let authority = Authority::new();
    let server = Server::plain(Speaks::tls(&authority, &["http/1.1"], None));
    let http = HttpSettings {
        version: Version::Http2,
        tls: TlsSettings::default().trust_anyone(),
        ..HttpSettings::default()
    };
    let page = async |user: &mut User| {
        let requests: Vec<_> = (0..30).map(|number| get(&format!("/{number}"))).collect();
        user.parallel(&requests).await.map(drop)
    };
    let tasks = TaskSet::sequence([Task::new("page", page)]);
    let class = UserClass::new("U", tasks).host(format!("https://{}", server.address));
    let stats = support::walked(&Scenario::new([class]).http(http));
    assert_eq!((reasons(&stats), stats.aggregated().requests), (vec![], 30));
    let connections = server.came().iter().map(|came| came.connection).max().unwrap() + 1;
    assert!((2..=Client::MOST_CONNECTIONS).contains(&connections), "{connections}");
}

/// Counts when a response is given up.
struct GivenUp(Arc<AtomicUsize>);
impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_timeout_resets_the_stream_and_no_other() {
    let (begun, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (Arc::clone(&begun), Arc::clone(&dropped));
    let server = Server::start(Speaks::http2(), move |came| {
        let (begun, dropped) = counts.clone();
        async move {
            if came.line == "GET /slow" {
                begun.fetch_add(1, Ordering::SeqCst);
                let _given_up = GivenUp(dropped);
                std::future::pending::<()>().await;
            }
            answer(came.line)
        }
    });
    let client = knowing(&server);
    let slow = Request { timeout: Some(Duration::from_millis(200)), ..get("/slow") };
    assert_eq!(text(&client, &slow).await, "no complete response within 200ms");
    assert_eq!(text(&client, &get("/next")).await, "200 GET /next");
    let deadline = Instant::now() + Duration::from_secs(5);
    while dropped.load(Ordering::SeqCst) == 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((begun.load(Ordering::SeqCst), dropped.load(Ordering::SeqCst)), (1, 1));
    assert!(server.came().iter().all(|came| came.connection == 0));
}

/// A server that speaks HTTP/2 frame by frame: what it does with each request, by the number of
/// its connection and its own number on it.
fn h2_server(
    serve: impl Fn(usize, usize, &mut h2::server::SendResponse<Bytes>, &mut Goes)
    + Send
    + Sync
    + 'static,
) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let mut connection = h2::server::handshake(stream).await.unwrap();
                let mut requests = 0;
                let mut goes = Goes::On;
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    serve(number, requests, &mut respond, &mut goes);
                    requests += 1;
                    match goes {
                        Goes::On => {}
                        Goes::Away => connection.graceful_shutdown(),
                        Goes::AtOnce => break,
                    }
                }
            }
        });
    });
    address
}

enum Goes {
    On,
    Away,
    AtOnce,
}

fn ok(respond: &mut h2::server::SendResponse<Bytes>) {
    respond.send_response(Response::new(()), true).unwrap();
}

async fn outcomes(address: std::net::SocketAddr, requests: usize) -> Vec<(String, u32)> {
    let settings = HttpSettings {
        version: Version::Http2PriorKnowledge,
        redirects: Redirects::None,
        ..HttpSettings::default()
    };
    let client = client(&format!("http://{address}"), settings);
    let mut outcomes = Vec::new();
    for _ in 0..requests {
        let exchange = client.execute(&get("/")).await;
        let told =
            exchange.result.map_or_else(|e| e.to_string(), |r| r.status.as_u16().to_string());
        outcomes.push((told, exchange.resent));
    }
    outcomes
}

#[tokio::test]
async fn a_refused_stream_is_sent_again_once() {
    let refusing = |times: usize| {
        h2_server(move |_, request, respond, _| {
            if request < times {
                respond.send_reset(h2::Reason::REFUSED_STREAM);
            } else {
                ok(respond);
            }
        })
    };
    assert_eq!(outcomes(refusing(1), 2).await, [("200".into(), 1), ("200".into(), 0)]);
    let refused = "the server reset the stream before the response (REFUSED_STREAM)";
    assert_eq!(outcomes(refusing(2), 2).await, [(refused.into(), 1), ("200".into(), 0)]);
}

#[tokio::test]
async fn a_reset_stream_is_a_failure_of_its_request_only() {
    let address = h2_server(|connection, request, respond, _| {
        assert_eq!(connection, 0);
        if request == 0 {
            respond.send_reset(h2::Reason::INTERNAL_ERROR);
        } else {
            ok(respond);
        }
    });
    let reset = "the server reset the stream before the response (INTERNAL_ERROR)";
    assert_eq!(outcomes(address, 2).await, [(reset.into(), 0), ("200".into(), 0)]);
}

#[tokio::test]
async fn a_server_that_goes_away_is_connected_to_anew() {
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&connections);
    let address = h2_server(move |connection, _, respond, goes| {
        seen.store(connection + 1, Ordering::SeqCst);
        ok(respond);
        *goes = Goes::Away;
    });
    let all = outcomes(address, 3).await;
    assert!(all.iter().all(|(told, _)| told == "200"), "{all:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_and_replaced() {
    let address = h2_server(|connection, _, respond, goes| {
        if connection == 0 {
            *goes = Goes::AtOnce;
        } else {
            ok(respond);
        }
    });
    let all = outcomes(address, 2).await;
    assert!(
        all[0].0.starts_with("the connection was ") && all[0].0.ends_with("before the response"),
        "{all:?}"
    );
    assert_eq!(all[1], ("200".into(), 0));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
    });
    let settings = HttpSettings {
        version: Version::Http2PriorKnowledge,
        timeout: Duration::from_millis(200),
        ..HttpSettings::default()
    };
    let client = client(&format!("http://{address}"), settings);
    assert_eq!(text(&client, &get("/")).await, "no complete response within 200ms");
}

#[test]
fn connections_are_used_as_long_as_the_scenario_says() {
    let tasks = "users: {U: {sequence: {a: [get: /1, get: /2], b: [get: /3]}}}";
    for (keep_alive, expected) in
        [("true", [0, 0, 0]), ("within_iteration", [0, 0, 1]), ("false", [0, 1, 2])]
    {
        let server = Server::plain(Speaks::http2());
        let http = format!("http: {{version: 2_prior_knowledge, keep_alive: {keep_alive}}}");
        let stats = once(&format!("http://{}", server.address), &format!("{http}\n{tasks}"));
        assert_eq!(reasons(&stats), [""; 0]);
        let connections: Vec<_> = server.came().iter().map(|came| came.connection).collect();
        assert_eq!(connections, expected, "{keep_alive}");
    }
}

#[test]
fn a_server_that_allows_no_request_at_all_is_asked_until_the_timeout() {
    let authority = Authority::new();
    let speaks = Speaks::tls(&authority, &["h2"], None).most_streams(0);
    let server = Server::start(speaks, |came| async move { answer(came.line) });
    let settings =
        format!("{}, tls: {{verify: false}}, version: 2, timeout: 300ms", server.resolve());
    let steps = "get: /a, parallel: [get: /b, get: /c], get: /d";
    let stats = once(
        "https://shop.example",
        &format!("http: {{{settings}}}\nusers: {{U: {{tasks: {{t: [{steps}]}}}}}}"),
    );
    let seen = stats.aggregated();
    assert_eq!((seen.requests, seen.failures, stats.exceptions().len()), (4, 4, 0));
}
