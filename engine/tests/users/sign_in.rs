//! Users that sign in, as a server sees them.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::available_parallelism,
    time::{Duration, Instant},
};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    load::Load,
    scenario::{Linked, Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    sign_in::{SignIn, Token},
    stats::Stats,
    user::User,
    window::Window,
};
use serde_json::json;

use super::{
    SECOND, job, run,
    support::web::{Answer, Asked, Web},
};

/// What so many users do for a time.
async fn users(web: &Web, scenario: &str, users: u32, time: Duration) -> Stats {
    let (clients, rate) = (Clients::try_new(users).unwrap(), HatchRate::try_new(1000.0).unwrap());
    let load = Load::Users(LoadCurve::plain(clients, rate, time));
    let window = Window::try_new(Duration::ZERO, time).unwrap();
    let host = Some(web.url());
    let environment = Environment { host, data: json!({"pin": "pin-1234"}), ..Default::default() };
    let source = ScenarioSource::yaml("scenario.yml", scenario);
    run(&Job { load, window, environment, ..job(web, source) }, &Linked::default()).await
}

/// The requests for a path.
fn asked_for(web: &Web, path: &str) -> Vec<Asked> {
    web.asked().into_iter().filter(|asked| asked.path == path).collect()
}

/// How often a transaction passed and failed.
fn counts(stats: &Stats, name: &str) -> (u64, u64) {
    let found = stats.transactions().into_iter().find(|(key, _)| &*key.name == name);
    found.map_or((0, 0), |(_, of)| (of.requests - of.failures, of.failures))
}

fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// Gives a new token each time, and takes any.
fn token_server(life: &'static str) -> Web {
    let given = AtomicUsize::new(0);
    Web::start(move |asked| match &*asked.path {
        "/token" => {
            let number = given.fetch_add(1, Ordering::Relaxed);
            Answer::body(&format!(r#"{{"jwt": "token-{number}", "life": {life}}}"#))
        }
        _ => Answer::body("{}"),
    })
}

const BEARER: &str = "
sign_in:
  shop:
    bearer: {post: {path: /token, json: {user: '${user.id}'}}, token: {json: $.jwt}}
";

#[tokio::test]
async fn a_token_is_fetched_first_and_goes_with_what_follows() {
    let web = token_server("60");
    let scenario = format!(
        "{BEARER}
users:
  User:
    sign_in: shop
    wait_time: {{constant: 50ms}}
    on_start: [get: /start]
    tasks: {{look: [get: /look, get: {{path: /own, headers: {{Authorization: mine}}}}]}}
    on_stop: [get: /stop]
"
    );
    let stats = users(&web, &scenario, 1, SECOND).await;
    let lines = web.lines();
    assert_eq!(lines[..3], ["POST /token", "GET /start", "GET /look"]);
    assert_eq!(lines.last().unwrap(), "GET /stop");
    assert_eq!(asked_for(&web, "/token").len(), 1);
    assert_eq!(asked_for(&web, "/token")[0].header("authorization"), None);
    for asked in &web.asked()[1..] {
        let expected = if asked.path == "/own" { "mine" } else { "Bearer token-0" };
        assert_eq!(asked.header("authorization"), Some(expected), "{}", asked.path);
    }
    assert_eq!(counts(&stats, "sign in: shop"), (1, 0));
    assert_eq!(stats.aggregated().failures, 0);
}

#[tokio::test]
async fn each_user_has_a_token_of_its_own_unless_the_class_shares_one() {
    let class =
        "users: {User: {sign_in: shop, wait_time: {constant: 100ms}, tasks: {a: [get: /a]}}}";
    let web = token_server("60");
    users(&web, &format!("{BEARER}{class}"), 8, SECOND).await;
    assert_eq!(asked_for(&web, "/token").len(), 8);

    let slow = Web::start(|asked| match &*asked.path {
        "/token" => Answer::body(r#"{"jwt": "one"}"#).after(Duration::from_millis(200)),
        _ => Answer::body("{}"),
    });
    let stats = users(&slow, &format!("{BEARER}    shared: true\n{class}"), 50, SECOND).await;
    // All users start while the first one of each thread still signs in.
    assert_eq!(asked_for(&slow, "/token").len(), threads());
    let asked = asked_for(&slow, "/a");
    assert!(asked.len() >= 50);
    assert!(asked.iter().all(|asked| asked.header("authorization") == Some("Bearer one")));
    assert_eq!(stats.aggregated().failures, 0);
}

#[tokio::test]
async fn a_sign_in_that_fails_is_counted_and_tried_again_after_a_second() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&times);
    let web = Web::start(move |asked| match &*asked.path {
        "/token" => {
            let mut times = seen.lock().unwrap();
            times.push(Instant::now());
            if times.len() == 1 { Answer::status(503) } else { Answer::body(r#"{"jwt": "x-1"}"#) }
        }
        _ => Answer::status(200),
    });
    let scenario = format!(
        "{BEARER}
users: {{User: {{sign_in: shop, on_start: [get: /start], tasks: {{a: [get: /a, wait: 50ms]}}}}}}"
    );
    let stats = users(&web, &scenario, 1, SECOND * 3 / 2).await;
    assert_eq!(web.lines()[..4], ["POST /token", "POST /token", "GET /start", "GET /a"]);
    let times = times.lock().unwrap();
    assert!(times[1] - times[0] >= SECOND);
    assert_eq!(counts(&stats, "sign in: shop"), (1, 1));
    assert!(stats.exceptions().is_empty());
}

/// Users that wait for a flight do not all try again by themselves when it fails.
#[tokio::test]
async fn a_shared_sign_in_that_fails_is_no_storm() {
    let web = Web::start(|asked| match &*asked.path {
        "/token" => Answer::status(500).after(Duration::from_millis(20)),
        _ => Answer::status(200),
    });
    let class = "users: {User: {sign_in: shop, tasks: {a: [get: /a]}}}";
    let scenario = format!("{BEARER}    shared: true\n{class}");
    users(&web, &scenario, 50, SECOND * 3 / 2).await;
    assert!(asked_for(&web, "/a").is_empty());
    let attempts = asked_for(&web, "/token").len();
    assert!((threads()..=2 * threads()).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn a_response_without_a_token_is_a_failure_without_its_body() {
    let web = Web::start(|_| Answer::body(r#"{"error": "no luck"}"#));
    let class = "users: {User: {sign_in: shop, tasks: {a: [get: /a]}}}";
    let stats = users(&web, &format!("{BEARER}{class}"), 1, SECOND / 2).await;
    let failures = stats.failures();
    let reason = "could not capture `token of shop`: nothing at $.jwt in the body";
    assert_eq!(failures[0].0.reason, reason);
    assert_eq!(&*failures[0].0.name, "sign in: shop");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    let revoked = Arc::new(AtomicBool::new(false));
    let (is_revoked, given, begun) = (Arc::clone(&revoked), AtomicUsize::new(0), Instant::now());
    let web = Web::start(move |asked| {
        if asked.path == "/token" {
            let number = given.fetch_add(1, Ordering::Relaxed);
            let answer = Answer::body(&format!(r#"{{"jwt": "token-{number}"}}"#));
            return answer.after(Duration::from_millis(50));
        }
        // The first tokens are taken for more than a second.
        let token = asked.header("authorization").unwrap_or_default();
        let number: usize = token.rsplit('-').next().unwrap().parse().unwrap();
        is_revoked.store(begun.elapsed() > SECOND * 3 / 2, Ordering::Relaxed);
        let accepted = !is_revoked.load(Ordering::Relaxed) || number >= threads();
        Answer::status(if accepted { 200 } else { 401 }).after(Duration::from_millis(20))
    });
    let class =
        "users: {User: {sign_in: shop, wait_time: {constant: 10ms}, tasks: {a: [get: /a]}}}";
    let scenario = format!("{BEARER}    shared: true\n{class}");
    let stats = users(&web, &scenario, 20, SECOND * 2).await;
    assert!(revoked.load(Ordering::Relaxed));
    // One for each thread at the start, and one each after it was refused.
    assert_eq!(asked_for(&web, "/token").len(), 2 * threads());
    let (passed, refused) = counts(&stats, "/a");
    // Each user finds out at most once.
    assert!(passed > 100 && (1..=20).contains(&refused), "{passed} {refused}");
}

#[tokio::test]
async fn a_server_that_refuses_every_token_is_not_asked_for_more_than_one_a_second() {
    let web = Web::start(|asked| match &*asked.path {
        "/token" => Answer::body(r#"{"jwt": "some"}"#),
        _ => Answer::status(401).after(Duration::from_millis(1)),
    });
    let class = "users: {User: {sign_in: shop, tasks: {a: [get: /a]}}}";
    users(&web, &format!("{BEARER}{class}"), 1, SECOND * 5 / 2).await;
    let tokens = asked_for(&web, "/token").len();
    assert!((2..=3).contains(&tokens), "{tokens}");
    assert!(asked_for(&web, "/a").len() > 100);

    let expected = class.replace("get: /a", "get: {path: /a, expect: {status: 401}}");
    let web = Web::start(|asked| match &*asked.path {
        "/token" => Answer::body(r#"{"jwt": "some"}"#),
        _ => Answer::status(401).after(Duration::from_millis(1)),
    });
    users(&web, &format!("{BEARER}{expected}"), 1, SECOND * 3 / 2).await;
    assert_eq!(asked_for(&web, "/token").len(), 1);
}

#[tokio::test]
async fn a_session_that_has_ended_is_begun_again() {
    let begun = Instant::now();
    let sessions = AtomicUsize::new(0);
    let web = Web::start(move |asked| match (&*asked.method, &*asked.path) {
        ("GET", "/form") => Answer::body("<input value='c&amp;d' name=csrf type=hidden>"),
        ("POST", "/form") => {
            let session = sessions.fetch_add(1, Ordering::Relaxed);
            Answer::status(200).header("Set-Cookie", &format!("session={session}; Path=/"))
        }
        _ => {
            let ended = begun.elapsed() > SECOND * 5 / 4;
            let known = match asked.header("cookie") {
                Some("session=0") => !ended,
                Some("session=1") => true,
                _ => false,
            };
            Answer::status(if known { 200 } else { 401 })
        }
    });
    let scenario = "
sign_in:
  site:
    session:
      - get: {path: /form, capture: {csrf: {input: csrf}}}
      - post: {path: /form, form: {csrf: '${csrf}', user: 'u${user.id}'}}
users: {User: {sign_in: site, wait_time: {constant: 50ms}, tasks: {a: [get: /a]}}}
";
    let stats = users(&web, scenario, 1, SECOND * 2).await;
    let forms: Vec<_> =
        asked_for(&web, "/form").into_iter().map(|asked| asked.method + &asked.body).collect();
    assert_eq!(forms, ["GET", "POSTcsrf=c%26d&user=u0", "GET", "POSTcsrf=c%26d&user=u0"]);
    let (passed, refused) = counts(&stats, "/a");
    assert!(passed > 10 && refused == 1, "{passed} {refused}");
    // Both requests of it, each time.
    assert_eq!(counts(&stats, "sign in: site").0, 2);
}

#[tokio::test]
async fn a_sign_in_in_rust_that_panics_is_tried_again_after_a_second() {
    async fn fetch(user: &mut User) -> Result<Token, TaskError> {
        static ONCE: AtomicBool = AtomicBool::new(false);
        user.post("/token").send().await?;
        assert!(ONCE.swap(true, Ordering::Relaxed), "not yet");
        Ok(Token::new("from-rust"))
    }
    async fn look(user: &mut User) -> TaskResult {
        user.get("/a").send().await?;
        user.wait(SECOND / 10).await
    }
    fn scenario() -> Scenario {
        let tasks = TaskSet::weighted([Task::new("look", look)]);
        Scenario::new([UserClass::new("User", tasks).sign_in(SignIn::bearer("shop", fetch))])
    }
    let web = Web::start(|_| Answer::status(200));
    let linked = Linked::default().with("test", scenario);
    let job = job(&web, ScenarioSource::Linked("test".into()));
    let window = Window::try_new(Duration::ZERO, SECOND * 2).unwrap();
    let (one, rate) = (Clients::try_new(1).unwrap(), HatchRate::try_new(1000.0).unwrap());
    let load = Load::Users(LoadCurve::plain(one, rate, SECOND * 2));
    let stats = run(&Job { window, load, ..job }, &linked).await;
    assert_eq!(web.lines()[..3], ["POST /token", "POST /token", "GET /a"]);
    assert_eq!(asked_for(&web, "/token").len(), 2);
    assert_eq!(asked_for(&web, "/a")[0].header("authorization"), Some("Bearer from-rust"));
    let exceptions = stats.exceptions();
    assert_eq!(&*exceptions[0].0.task, "User.sign_in");
    assert_eq!(&*exceptions[0].0.message, "panicked: not yet");
    assert_eq!(exceptions[0].1.count, 1);
}

/// An OAuth 2 server whose tokens live for 1.2 seconds; it knows refresh tokens or not.
fn oauth2_server(refreshes: bool) -> Web {
    let given = AtomicUsize::new(0);
    Web::start(move |asked| {
        if asked.path != "/oauth" {
            return Answer::body("{}");
        }
        if asked.body.contains("grant_type=refresh_token") && !refreshes {
            return Answer::status(400).after(Duration::from_millis(100));
        }
        let number = given.fetch_add(1, Ordering::Relaxed);
        let refresh = if number == 0 { r#", "refresh_token": "renew-me""# } else { "" };
        Answer::body(&format!(
            r#"{{"access_token": "token-{number}", "expires_in": "1.2"{refresh}}}"#
        ))
        .after(Duration::from_millis(150))
    })
}

const OAUTH2: &str = "
sign_in:
  partner:
    oauth2:
      token_url: /oauth
      grant: password
      user: user-${user.id}
      password: ${env.pin}
      client_id: my client
      client_secret: ${env.pin}
      CLIENT_AUTH
      scope: read write
      audience: api
      parameters: {resource: 'https://api.example'}
users: {User: {sign_in: partner, wait_time: {constant: 20ms}, tasks: {a: [get: /a]}}}
";

#[tokio::test]
async fn an_oauth2_token_is_refreshed_before_it_expires() {
    let web = oauth2_server(true);
    let stats = users(&web, &OAUTH2.replace("CLIENT_AUTH", ""), 1, SECOND * 3).await;
    let asked = asked_for(&web, "/oauth");
    let common = "&scope=read+write&audience=api&resource=https%3A%2F%2Fapi.example";
    let user = "grant_type=password&username=user-0&password=pin-1234";
    assert_eq!(asked[0].body, format!("{user}{common}"));
    // `my+client:pin-1234`
    assert_eq!(asked[0].header("authorization"), Some("Basic bXkrY2xpZW50OnBpbi0xMjM0"));
    // Every 1.08 seconds, and as long as a flight takes.
    assert!((2..=3).contains(&asked.len()), "{}", asked.len());
    for asked in &asked[1..] {
        let refresh = "grant_type=refresh_token&refresh_token=renew-me";
        assert_eq!(asked.body, format!("{refresh}{common}"));
    }
    assert_eq!(counts(&stats, "sign in: partner"), (1, 0));
    assert_eq!(counts(&stats, "refresh: partner"), (asked.len() as u64 - 1, 0));
    let tokens: Vec<_> = asked_for(&web, "/a");
    assert_eq!(tokens[0].header("authorization"), Some("Bearer token-0"));
    let last = format!("Bearer token-{}", asked.len() - 1);
    assert_eq!(tokens.last().unwrap().header("authorization"), Some(&*last));
    // A request that waited for a token took no longer for it.
    let of_requests =
        stats.transactions().into_iter().find(|(key, _)| &*key.name == "/a").unwrap().1;
    assert!(of_requests.latency.max().unwrap() < Duration::from_millis(140));
}

#[tokio::test]
async fn a_refresh_that_fails_gives_way_to_signing_in_again() {
    let web = oauth2_server(false);
    let scenario = OAUTH2.replace("CLIENT_AUTH", "client_auth: body");
    let stats = users(&web, &scenario, 1, SECOND * 2).await;
    let bodies: Vec<_> = asked_for(&web, "/oauth").into_iter().map(|asked| asked.body).collect();
    assert!(bodies[0].starts_with("grant_type=password"));
    assert!(bodies[0].contains("&client_id=my+client&client_secret=pin-1234"), "{}", bodies[0]);
    assert!(bodies[1].starts_with("grant_type=refresh_token"));
    assert!(bodies[2].starts_with("grant_type=password"));
    assert_eq!(counts(&stats, "refresh: partner"), (0, 1));
    assert_eq!(counts(&stats, "sign in: partner"), (2, 0));
    assert_eq!(counts(&stats, "/a").1, 0);
}

#[tokio::test]
async fn credentials_stay_with_the_host_they_are_for() {
    let other = Web::start(|_| Answer::status(200));
    let elsewhere = format!("{}/there", other.url());
    let redirect = elsewhere.clone();
    let web = Web::start(move |asked| match &*asked.path {
        "/away" => Answer::status(302).header("Location", &redirect),
        _ => Answer::status(200),
    });
    for (kind, header, value) in [
        ("basic: {user: u, password: '${env.pin}'}", "authorization", "Basic dTpwaW4tMTIzNA=="),
        ("api_key: {header: X-Api, key: '${env.pin}'}", "x-api", "pin-1234"),
        (
            "aws: {service: s, region: r, access_key_id: A, secret_access_key: '${env.pin}', \
             session_token: t-123}",
            "x-amz-security-token",
            "t-123",
        ),
    ] {
        let scenario = format!(
            "
http: {{redirects: any}}
sign_in: {{way: {{{kind}}}}}
users:
  User:
    sign_in: way
    sequence:
      all: [get: /here, get: '{elsewhere}', get: /away, get: '{}/absolute', stop_user: true]
",
            web.url()
        );
        let before = (web.asked().len(), other.asked().len());
        users(&web, &scenario, 1, SECOND / 2).await;
        let (here, there) = (web.asked().split_off(before.0), other.asked().split_off(before.1));
        assert_eq!((here.len(), there.len()), (3, 2), "{kind}");
        assert!(here.iter().all(|asked| asked.header(header) == Some(value)), "{here:?}");
        for asked in there {
            assert_eq!(asked.header(header), None, "{kind}");
            assert_eq!(asked.header("authorization"), None, "{kind}");
        }
    }
}

#[tokio::test]
async fn credentials_go_to_the_hosts_that_the_sign_in_names() {
    let (api, other) = (token_server("60"), token_server("60"));
    let web = token_server("60");
    let scenario = format!(
        "{BEARER}    hosts: '{}/v1'
users:
  User:
    sign_in: shop
    sequence: {{all: [get: '{}/a', get: '{}/b', get: /c, stop_user: true]}}
",
        api.url(),
        api.url(),
        other.url()
    );
    users(&web, &scenario, 1, SECOND / 2).await;
    let token = Some("Bearer token-0".to_owned());
    let shown =
        |web: &Web, path: &str| asked_for(web, path)[0].header("authorization").map(str::to_owned);
    assert_eq!(shown(&api, "/a"), token);
    assert_eq!(shown(&other, "/b"), None);
    assert_eq!(shown(&web, "/c"), token);
}

#[tokio::test]
async fn requests_side_by_side_and_transactions_are_signed() {
    let web = token_server("60");
    let scenario = format!(
        "{BEARER}
users:
  User:
    sign_in: shop
    sequence:
      page:
        - transaction:
            name: page
            expect: {{text: '{{}}'}}
            do: [{{parallel: [get: /1, get: /2]}}, get: /3]
        - stop_user: true
"
    );
    let stats = users(&web, &scenario, 1, SECOND / 2).await;
    assert_eq!(asked_for(&web, "/token").len(), 1);
    for asked in &web.asked()[1..] {
        assert_eq!(asked.header("authorization"), Some("Bearer token-0"));
    }
    assert_eq!(stats.aggregated().failures, 0, "{:?}", stats.failures());
}

/// A token that runs out within a transaction is not of it: neither its time nor what is expected.
#[tokio::test]
async fn a_transaction_does_not_take_longer_for_a_token() {
    let web = Web::start(|asked| match &*asked.path {
        "/token" => Answer::body(r#"{"jwt": "x", "life": 0.1}"#).after(Duration::from_millis(200)),
        _ => Answer::status(201),
    });
    let scenario = "
sign_in:
  shop:
    bearer: {get: /token, token: {json: $.jwt}, expires_in: {json: $.life}, header: X-Token}
users:
  User:
    sign_in: shop
    wait_time: {constant: 200ms}
    tasks:
      buy: [transaction: {name: all, expect: {status: 201}, do: [get: /1, get: /2]}]
";
    let stats = users(&web, scenario, 1, SECOND).await;
    assert!(asked_for(&web, "/token").len() >= 2);
    assert!(asked_for(&web, "/1").iter().all(|asked| asked.header("x-token") == Some("x")));
    assert_eq!(stats.aggregated().failures, 0, "{:?}", stats.failures());
    let all = stats.transactions().into_iter().find(|(key, _)| &*key.name == "all").unwrap().1;
    assert!(all.latency.max().unwrap() < Duration::from_millis(190));
}
