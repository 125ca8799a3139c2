//! The sample API, over real connections.

mod support;

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::{Duration, Instant},
};

use controller::demo_api::{Count, DemoApi, DemoApiError, Running};
use serde_json::{Value, json};

use support::raw::{self, Answer};

fn spawn() -> Running {
    DemoApi::spawn().expect("a free port")
}

fn get(api: &Running, path: &str) -> Answer {
    raw::get(api.addr(), path)
}

fn post(api: &Running, path: &str, body: &Value) -> Answer {
    raw::post(api.addr(), path, &body.to_string())
}

fn add_to_cart(api: &Running, authorization: &[(&str, &str)], product: u32) -> Answer {
    let body = json!({"productId": product, "quantity": 2}).to_string();
    raw::send(api.addr(), "POST", "/cart", authorization, Some(&body))
}

#[test]
fn signing_in_takes_the_password() {
    let api = spawn();
    let answer = post(&api, "/login", &json!({"user": "anna", "password": "secret"}));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["user"], "anna");
    assert!(answer.json()["token"].is_string());

    let answer = post(&api, "/login", &json!({"user": "anna", "password": "guess"}));
    assert_eq!(answer.status, 401);
    assert!(answer.json()["error"].is_string());
}

#[test]
fn products_come_in_pages_of_20() {
    let api = spawn();
    let products = get(&api, "/products").json();
    assert_eq!(products.as_array().map(Vec::len), Some(20));
    assert_eq!(products[0], json!({"id": 1, "name": "red lamp", "price": 37.99}));
    assert_eq!(get(&api, "/products?page=2&search=").json()[0]["id"], 21);
    assert_eq!(get(&api, "/products?page=&search=lamp").json()[1]["name"], "green lamp");
    assert_eq!(get(&api, "/products?page=0").status, 400);
    assert_eq!(get(&api, "/products?page=x").status, 400);
}

#[test]
fn a_product_is_found_by_its_id() {
    let api = spawn();
    assert_eq!(get(&api, "/products/3").json()["name"], "red table");
    for unknown in ["/products/0", "/products/101", "/products/lamp"] {
        let answer = get(&api, unknown);
        assert_eq!(answer.status, 404, "{unknown}");
        assert_eq!(answer.json(), json!({"error": "no such product"}));
    }
}

#[test]
fn the_cart_takes_things_from_those_who_signed_in() {
    let api = spawn();
    let login = post(&api, "/login", &json!({"user": "anna", "password": "secret"})).json();
    let bearer = format!("Bearer {}", login["token"].as_str().expect("a token"));
    let signed_in = [("Authorization", bearer.as_str())];

    let answer = add_to_cart(&api, &signed_in, 7);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json(), json!({"orderId": 1, "productId": 7, "quantity": 2}));
    assert_eq!(answer.header("location"), Some("/cart/1"));

    let quoted = r#"{"productId": "7", "quantity": "1"}"#;
    assert_eq!(raw::send(api.addr(), "POST", "/cart", &signed_in, Some(quoted)).status, 201);
    let wrong = r#"{"productId": "lamp", "quantity": 1}"#;
    assert_eq!(raw::send(api.addr(), "POST", "/cart", &signed_in, Some(wrong)).status, 422);

    assert_eq!(add_to_cart(&api, &signed_in, 101).status, 404);
    assert_eq!(add_to_cart(&api, &[], 7).status, 401);
    assert_eq!(add_to_cart(&api, &[("Authorization", "Bearer mine")], 7).status, 401);
    assert_eq!(raw::send(api.addr(), "DELETE", "/cart", &signed_in, None).status, 204);
}

#[test]
fn one_recommendation_in_fifty_fails() {
    let api = spawn();
    for _ in 0..100 {
        get(&api, "/recommendations");
    }
    let count = |status, count| Count {
        method: "GET".to_owned(),
        route: "/recommendations".to_owned(),
        status,
        count,
    };
    assert_eq!(api.counters().counts(), [count(200, 98), count(503, 2)]);
}

#[test]
fn health_tells_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(get(&spawn(), "/health").json(), json!({"status": "ok", "version": version}));
}

#[test]
fn test_types_are_listed_and_added() {
    let api = spawn();
    assert_eq!(
        get(&api, "/tests").json()[0],
        json!({"id": 1, "name": "unit", "type": "functional"})
    );
    let answer = post(&api, "/tests", &json!({"name": "smoke"}));
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json(), json!({"id": 5, "name": "smoke"}));
    assert_eq!(get(&api, "/tests").json()[4]["name"], "smoke");
}

#[test]
fn the_echo_api_asks_for_a_key_and_keeps_it_to_itself() {
    let api = spawn();
    let missing = get(&api, "/echo/resource");
    assert_eq!(missing.status, 401);
    assert!(missing.header("www-authenticate").unwrap().starts_with("AzureApiManagementKey"));
    assert!(missing.json()["message"].as_str().unwrap().contains("missing subscription key"));
    let ask = |key| {
        let key = [("Ocp-Apim-Subscription-Key", key), ("X-Other", "seen")];
        raw::send(api.addr(), "PUT", "/echo/resource?a=1", &key, Some(r#"{"speed": 125}"#))
    };
    let invalid = ask("guess");
    assert_eq!(invalid.status, 401);
    assert!(invalid.json()["message"].as_str().unwrap().contains("invalid subscription key"));

    let echo = ask("demo-subscription-key").json();
    assert_eq!((&echo["method"], &echo["path"]), (&json!("PUT"), &json!("/echo/resource")));
    assert_eq!((&echo["query"], &echo["body"]), (&json!("a=1"), &json!({"speed": 125})));
    assert_eq!(echo["headers"]["x-other"], "seen");
    assert!(!echo.to_string().contains("demo-subscription-key"), "{echo}");
}

#[test]
fn plans_have_variants_for_those_who_signed_in() {
    let api = spawn();
    let login = post(&api, "/login", &json!({"user": "anna", "password": "secret"})).json();
    let bearer = format!("Bearer {}", login["token"].as_str().expect("a token"));
    let ask = |method, path: &str, body| {
        raw::send(api.addr(), method, path, &[("Authorization", &bearer)], body)
    };
    assert_eq!(ask("GET", "/tpdata/1/variants", None).status, 404);
    let plan = ask("POST", "/tpdata", Some(r#"{"name": "first"}"#));
    assert_eq!((plan.status, plan.header("location")), (201, Some("/tpdata/1")));
    assert_eq!(plan.json(), json!({"id": 1, "name": "first", "variants": 3}));
    let variants = ask("GET", "/tpdata/1/variants", None).json();
    let control = json!({"planId": 1, "name": "control", "percent": 50});
    assert_eq!((variants.as_array().map(Vec::len), &variants[0]), (Some(3), &control));
    assert_eq!(ask("GET", "/tpdata/1/variants/control", None).json(), control);
    assert_eq!(ask("GET", "/tpdata/1/variants/none", None).status, 404);
    assert_eq!(get(&api, "/tpdata/1/variants").status, 401);
    assert_eq!(post(&api, "/tpdata", &json!({"name": "second"})).status, 401);
}

#[test]
fn lines_are_answered_with_lines_after_an_upgrade() {
    let api = spawn();
    assert_eq!(get(&api, "/line").status, 426);
    let mut stream = raw::connect(api.addr());
    let upgrade =
        "GET /line HTTP/1.1\r\nHost: demo\r\nConnection: upgrade\r\nUpgrade: line\r\n\r\n";
    // What follows at once is the new protocol's already.
    stream.write_all(format!("{upgrade}PING\nECHO a  b\n").as_bytes()).expect("sent");
    stream.write_all(b"PUNG\r\nPING").expect("sent");
    stream.shutdown(Shutdown::Write).expect("no more of it");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, lines) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    assert_eq!(lines, "PONG\na  b\nERR unknown command\n");
    assert_eq!(api.counters().of("GET", "/line"), 2);
}

#[test]
fn statuses_are_as_asked_for_or_one_of_five() {
    let api = spawn();
    assert_eq!(get(&api, "/status/200").status, 200);
    let mut random: Vec<_> = (0..50).map(|_| get(&api, "/status/random").status).collect();
    random.sort_unstable();
    random.dedup();
    assert_eq!(random, [200, 201, 400, 404, 500]);
}

#[test]
fn a_redirect_leads_to_health() {
    let answer = get(&spawn(), "/redirect");
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), Some("/health"));
}

#[test]
fn slow_takes_as_long_as_asked() {
    let api = spawn();
    let start = Instant::now();
    assert_eq!(get(&api, "/slow?ms=120").json(), json!({"ms": 120}));
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert_eq!(get(&api, "/slow?ms=soon").status, 400);
}

#[test]
fn a_session_is_kept_in_a_cookie() {
    let api = spawn();
    assert_eq!(get(&api, "/cookies/check").status, 401);
    let set = get(&api, "/cookies/set");
    let cookie = set.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookies = format!("theme=dark; {}", cookie.expect("a cookie"));
    let check = raw::send(api.addr(), "GET", "/cookies/check", &[("Cookie", &cookies)], None);
    assert_eq!(check.status, 200);
}

#[test]
fn the_encodings_all_say_the_same() {
    let api = spawn();
    let gzip = get(&api, "/gzip");
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let gzip = decode(flate2::read::GzDecoder::new(gzip.body.as_slice()));
    assert_eq!(gzip["words"], 9);

    let deflate = get(&api, "/deflate");
    assert_eq!(deflate.header("content-encoding"), Some("deflate"));
    assert_eq!(decode(flate2::read::ZlibDecoder::new(deflate.body.as_slice())), gzip);

    let brotli = get(&api, "/brotli");
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert_eq!(decode(brotli_decompressor::Decompressor::new(brotli.body.as_slice(), 4096)), gzip);
}

fn decode(encoded: impl Read) -> Value {
    serde_json::from_reader(encoded).expect("encoded JSON")
}

#[test]
fn every_request_is_counted_under_its_route() {
    let api = spawn();
    get(&api, "/products/1");
    get(&api, "/products/2");
    get(&api, "/products/200");
    get(&api, "/elsewhere");
    raw::send(api.addr(), "PUT", "/health", &[], None);

    let stats = get(&api, "/_stats").json();
    let expected = json!({"total": 5, "requests": [
        {"method": "GET", "route": "(no such path)", "status": 404, "count": 1},
        {"method": "PUT", "route": "/health", "status": 405, "count": 1},
        {"method": "GET", "route": "/products/{id}", "status": 200, "count": 2},
        {"method": "GET", "route": "/products/{id}", "status": 404, "count": 1},
    ]});
    assert_eq!(stats, expected);
    assert_eq!(api.counters().of("GET", "/products/{id}"), 3);

    assert_eq!(raw::send(api.addr(), "POST", "/_stats/reset", &[], None).status, 204);
    assert_eq!(api.counters().total(), 0);
}

#[test]
fn a_client_that_hangs_up_is_counted() {
    let api = spawn();
    let mut stream = raw::connect(api.addr());
    stream.write_all(b"GET /slow?ms=10000 HTTP/1.1\r\nHost: demo\r\n\r\n").expect("sent");
    // Time to reach the handler: a request that was never begun is never counted.
    thread::sleep(Duration::from_millis(100));
    drop(stream);
    let deadline = Instant::now() + Duration::from_secs(5);
    while api.counters().total() == 0 && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(api.counters().counts()[0].status, 499);
}

#[test]
fn a_connection_serves_many_requests() {
    let api = spawn();
    let mut stream = raw::connect(api.addr());
    for _ in 0..3 {
        stream.write_all(b"GET /status/200 HTTP/1.1\r\nHost: demo\r\n\r\n").expect("sent");
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).expect("an answer");
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    assert_eq!(api.counters().total(), 3);
}

#[test]
fn a_thousand_may_connect_at_once() {
    let api = DemoApi::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    // Nobody accepts them yet, so all of them have to fit the backlog.
    let start = Instant::now();
    let streams: Vec<_> = (0..900).map(|_| TcpStream::connect(api.addr())).collect();
    assert!(streams.iter().all(Result::is_ok));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn a_taken_port_is_named() {
    let api = spawn();
    let Err(error) = DemoApi::bind(api.addr()) else { panic!("the port is taken") };
    assert!(matches!(error, DemoApiError::Taken { .. }));
    assert!(error.to_string().contains("choose another port"), "{error}");
}

#[test]
fn dropping_it_frees_the_port_at_once() {
    let api = spawn();
    let addr = api.addr();
    let mut stream = raw::connect(addr);
    stream.write_all(b"GET /slow?ms=10000 HTTP/1.1\r\nHost: demo\r\n\r\n").expect("sent");
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    drop(api);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn serving_ends_when_told() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let api = DemoApi::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let served = runtime.expect("a runtime").block_on(api.serve(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }));
    served.expect("served until told");
}
