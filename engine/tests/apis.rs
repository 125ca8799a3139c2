//! APIs: their requests, called by name, and whether they are healthy.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{cell::RefCell, rc::Rc, sync::LazyLock};

use engine::{
    api::{self, Api, ApiVersion, Healthcheck},
    debug::walk,
    environment::Environment,
    files::Files,
    http::Response,
    observer::{Observer, Seen},
    scenario::{Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    user::{ApiClient, User},
    yaml,
};
use serde_json::{Value, json};
use support::web::{Answer, Asked, Web};

/// What users do, seen from outside.
#[derive(Default)]
struct Told {
    failures: RefCell<Vec<String>>,
    variables: RefCell<Vec<String>>,
}

impl Observer for Told {
    fn began(&self, _name: &str) {}

    fn requested(&self, seen: &Seen<'_>) {
        let failure = seen.failure.map(|why| format!("{}: {why}", seen.request.name));
        self.failures.borrow_mut().extend(failure);
    }

    fn captured(&self, variable: &str, value: &Value) {
        self.variables.borrow_mut().push(format!("{variable}={value}"));
    }

    fn failed(&self, name: &str, message: &str) {
        self.failures.borrow_mut().push(format!("{name}: {message}"));
    }
}

fn environment(web: &Web) -> Environment {
    let data = json!({"key": "sub-4711", "hosts": {"other": format!("{}/v2", web.url())}});
    Environment { name: "test".into(), host: Some(web.url()), data }
}

fn read(web: &Web, scenario: &str) -> Scenario {
    yaml::read("s.yml", scenario, &environment(web), &Files::default())
        .unwrap_or_else(|problems| panic!("{}", problems[0]))
}

/// One user does everything once.
fn once(web: &Web, scenario: &Scenario) -> Told {
    let told = Rc::new(Told::default());
    walk(scenario, environment(web), Rc::clone(&told) as Rc<dyn Observer>).unwrap();
    Rc::into_inner(told).unwrap()
}

fn web() -> Web {
    Web::start(|asked: &Asked| match asked.path.as_str() {
        "/health" => Answer::body(r#"{"build": {"version": "1.4.2\n"}}"#),
        "/sick" => Answer::status(503),
        _ => Answer::body(r#"{"id": 7, "price": 3}"#),
    })
}

const APIS: &str = "
apis:
  shop:
    headers: {X-Key: '${env.key}', X-User: 'user-${user.id}'}
    requests:
      list: {get: /products}
      product:
        parameters: [id]
        get:
          path: /products/${id}
          name: a product
          headers: {x-user: 'nobody'}
          expect: {status: 200, json: {id: '${id}'}}
      buy: {parameters: [id, count], post: {path: /cart, json: {id: '${id}', count: '${count}'}}}
  other:
    host: ${env.hosts.other}
    requests:
      look: {get: /look}
";

#[test]
fn a_call_makes_the_request_of_its_api() {
    let web = web();
    let steps = "
users:
  User:
    tasks:
      all:
        - set: {id: 1, seven: 7}
        - call: shop.list
        - call: {request: shop.product, with: {id: '${seven}'}, capture: {price: {json: $.price}}}
        - get: /own/${id}
        - parallel:
            - call: {request: shop.buy, with: {id: 'x${id}', count: '${price}'}}
        - call: other.look
";
    let told = once(&web, &read(&web, &format!("{APIS}{steps}")));
    assert_eq!(*told.failures.borrow(), [""; 0]);
    assert_eq!(*told.variables.borrow(), ["id=1", "seven=7", "price=3"]);
    let lines = ["GET /products", "GET /products/7", "GET /own/1", "POST /cart", "GET /v2/look"];
    assert_eq!(web.lines(), lines);
    let asked = web.asked();
    let headers = |at: usize| (asked[at].header("x-key"), asked[at].header("x-user"));
    assert_eq!(headers(0), (Some("sub-4711"), Some("user-0")));
    assert_eq!(headers(1), (Some("sub-4711"), Some("nobody")));
    assert_eq!(headers(2), (None, None));
    assert_eq!(headers(4), (None, None));
    assert_eq!(asked[3].body, r#"{"id":"x1","count":3}"#);
}

#[test]
fn a_call_may_say_otherwise_what_is_expected_and_how_it_counts() {
    let web = web();
    let steps = "
users:
  User:
    tasks:
      all:
        - call: {request: shop.product, with: {id: 8}}
        - call: {request: shop.product, with: {id: 8}, name: wrong, expect: {status: 404}}
        - call: {request: shop.product, with: {id: 7}, interrupt_flow: true}
";
    let told = once(&web, &read(&web, &format!("{APIS}{steps}")));
    let failures = told.failures.borrow();
    assert!(failures[0].starts_with("a product: "), "{failures:?}");
    assert!(failures[1].starts_with("wrong: expected status 404, got 200"), "{failures:?}");
    assert_eq!(failures.len(), 2);
}

#[test]
fn what_is_wrong_with_a_call_is_told_with_its_place() {
    let environment = Environment {
        host: Some("http://127.0.0.1".into()),
        data: json!({"key": "k", "hosts": {"other": "http://127.0.0.1"}}),
        ..Environment::default()
    };
    for (step, expected) in [
        (
            "call: shpo.list",
            "s.yml:21:23: users.U.tasks.t[0].call: there is no API `shpo`; did you mean `shop`?",
        ),
        (
            "call: shop.lst",
            "s.yml:21:23: users.U.tasks.t[0].call: `shop` has no request `lst`; did you mean `list`?",
        ),
        ("call: shop", "`shop` names no request, expected one of list, product, buy"),
        (
            "call: {request: shop.product}",
            "users.U.tasks.t[0].call.with: `shop.product` needs id: `with: {..}` gives it",
        ),
        (
            "call: {request: shop.buy, with: {id: 1, cnt: 2}}",
            "users.U.tasks.t[0].call.with.cnt: `shop.buy` has no parameter `cnt`, expected one of id, count",
        ),
        (
            "call: {request: shop.list, with: {id: 1}}",
            "`shop.list` has no parameter `id`, and no other",
        ),
        ("call: {request: shop.list, expct: {}}", "unknown key; did you mean `expect`?"),
        (
            "call: {request: shop.list, expect: {status: x}}",
            "users.U.tasks.t[0].call.expect.status: found the text `x`",
        ),
        ("call: 7", "expected a request such as shop.product"),
        // A parameter is no variable of the user.
        ("get: '/x/${id}'", "no variable `id` is set or captured"),
    ] {
        let text = format!("{APIS}users:\n  U:\n    tasks: {{t: [{step}]}}\n");
        let problems = yaml::read("s.yml", &text, &environment, &Files::default());
        let problems = problems.err().unwrap_or_default();
        let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|told| told.contains(expected)), "{step}: {all:?}");
    }
}

#[test]
fn what_is_wrong_with_an_api_is_told_once() {
    let text = "
apis:
  shop:
    host: nowhere
    requests:
      a: {get: {path: '/x/${nobody}', expct: {}}}
      b: {parameters: [id], get: '/${idd}'}
      c: {get: /x, post: /x}
      d: {}
      e: {parameters: [a-b], get: /x}
    healthcheck: {get: '/h/${user_name}', version: {json: '$['}}
users: {U: {tasks: {t: [call: shop.a, call: shop.b, {call: {request: shop.b, with: {id: 1}}}, set: {user_name: 1}]}}}
";
    let problems = yaml::read("s.yml", text, &Environment::default(), &Files::default());
    let first = |problem: String| problem.lines().next().unwrap_or_default().to_owned();
    let told: Vec<_> =
        problems.err().unwrap().iter().map(|problem| first(problem.to_string())).collect();
    for (place, expected) in [
        ("s.yml:4:11: apis.shop.host: ", "expected one such as"),
        ("s.yml:6:24: apis.shop.requests.a.get.path: ", "no variable `nobody`"),
        ("s.yml:6:39: apis.shop.requests.a.get.expct: ", "did you mean `expect`?"),
        ("s.yml:7:34: apis.shop.requests.b.get: ", "no variable `idd`"),
        ("s.yml:8:10: apis.shop.requests.c: ", "expected one method"),
        ("s.yml:9:10: apis.shop.requests.d: ", "expected one method"),
        ("s.yml:10:10: apis.shop.requests.e.parameters", "names of parameters"),
        (
            "s.yml:11:18: apis.shop.healthcheck: ",
            "`${user_name}` has no value; a healthcheck is made before there is any user",
        ),
        ("s.yml:11:60: apis.shop.healthcheck.version", "is not a JSON path"),
    ] {
        let found: Vec<_> = told.iter().filter(|told| told.contains(expected)).collect();
        assert!(!found.is_empty(), "{expected} is not in {told:#?}");
        let is_at = |told: &&&String| told.contains(place.split(": ").nth(1).unwrap());
        assert_eq!(found.iter().filter(is_at).count(), 1, "{expected}: {told:#?}");
    }
}

static SHOP: LazyLock<Api> = LazyLock::new(|| {
    Api::new("shop")
        .header("X-Key", "${env.key}")
        .healthcheck(Healthcheck::get("/health").version("$.build.version"))
});

struct Shop<'a>(ApiClient<'a>);

struct Products<'a>(ApiClient<'a>);

fn shop(user: &mut User) -> Shop<'_> {
    Shop(user.api(&SHOP))
}

impl<'a> Shop<'a> {
    fn products(self) -> Products<'a> {
        Products(self.0)
    }
}

impl Products<'_> {
    async fn find(mut self, id: u64) -> Result<Option<Response>, TaskError> {
        self.0.get(&format!("/products/{id}")).name("a product").send().await
    }
}

async fn look(user: &mut User) -> TaskResult {
    let product = shop(user).products().find(7).await?;
    assert_eq!(product.unwrap().json().unwrap()["price"], 3);
    let other = Api::new("other").host("${env.hosts.other}");
    user.api(&other).post("look").header("x-key", "own").json(&json!({})).send().await?;
    user.api(&Api::new("bad").header("a", "${nobody}")).get("/x").send().await?;
    Ok(())
}

#[test]
fn in_rust_an_api_is_what_it_is_wrapped_in() {
    let web = web();
    let tasks = TaskSet::sequence([Task::new("look", look)]);
    let told = once(&web, &Scenario::new([UserClass::new("User", tasks)]).apis([SHOP.clone()]));
    assert_eq!(*told.failures.borrow(), ["User.look: /x: `${nobody}` has no value"]);
    assert_eq!(web.lines(), ["GET /products/7", "POST /v2/look"]);
    let asked = web.asked();
    let keys = [asked[0].header("x-key"), asked[1].header("x-key")];
    assert_eq!(keys, [Some("sub-4711"), Some("own")]);
}

#[test]
fn each_api_tells_whether_it_is_healthy_and_its_version() {
    let web = web();
    let text = "
apis:
  shop:
    headers: {X-Key: '${env.key}', Authorization: 'Bearer ${token}'}
    healthcheck: {get: {path: /health, headers: {x-own: '1'}}, version: {json: $.build.version}}
  silent: {healthcheck: /anything}
  unchecked: {}
  sick: {healthcheck: /sick}
  strange: {healthcheck: {get: '/x?key=${env.key}', version: {json: $.none}}}
  gone: {host: 'http://127.0.0.1:1', healthcheck: /health}
users: {U: {tasks: {t: [set: {token: 1}]}}}
";
    let scenario = read(&web, text);
    let found = api::check(&scenario, &environment(&web)).unwrap();
    let text = |health: &api::Health| match &health.result {
        Ok(version) => version.to_string(),
        Err(why) => format!("{} at {}: {why}", health.api, health.url.replace(&web.url(), "")),
    };
    let found: Vec<_> = found.iter().map(text).collect();
    assert_eq!(
        found[..3],
        ["shop 1.4.2", "silent", "sick at /sick: expected status below 400, got 503"]
    );
    assert!(found[3].starts_with("strange at /x?key=sub-4711: could not capture `version`"));
    assert!(found[4].starts_with("gone at http://127.0.0.1:1/health: "), "{}", found[4]);
    let asked = &web.asked()[0];
    assert_eq!(asked.header("x-key"), Some("sub-4711"));
    assert_eq!(asked.header("x-own"), Some("1"));
    assert_eq!(asked.header("authorization"), None);
}

#[test]
fn an_unhealthy_api_tells_no_secrets() {
    let web = web();
    let mut environment = environment(&web);
    environment.data = json!({"api_key": "key-4711"});
    let text = "
apis: {strange: {healthcheck: {get: '/x?key=${env.api_key}', version: {json: $.none}}}}
users: {U: {tasks: {t: [wait: 1]}}}
";
    let scenario = yaml::read("s.yml", text, &environment, &Files::default())
        .unwrap_or_else(|p| panic!("{}", p[0]));
    let found = &api::check(&scenario, &environment).unwrap()[0];
    assert_eq!(found.url, format!("{}/x?key=***", web.url()));
    let version = ApiVersion { name: "shop".into(), version: Some("1".into()) };
    assert_eq!(api::listed(&[version.clone(), version]), "shop 1, shop 1");
}

#[test]
fn a_session_is_signed_into_by_a_call() {
    let web = web();
    let text = "
sign_in: {visitor: {session: [call: shop.login]}}
apis: {shop: {requests: {login: {post: {path: /login, json: {user: 'user-${user.id}'}}}}}}
users: {U: {sign_in: visitor, tasks: {t: [get: /x]}}}
";
    let told = once(&web, &read(&web, text));
    assert_eq!(*told.failures.borrow(), [""; 0]);
    assert_eq!(web.lines(), ["POST /login", "GET /x"]);
}

#[test]
fn a_healthcheck_needs_a_host() {
    let text = "
sign_in: {visitor: {basic: {user: a, password: b}}}
apis: {shop: {healthcheck: /health, requests: {list: {get: /list}}}}
users: {U: {host: 'http://127.0.0.1', tasks: {t: [call: shop.list]}}}
";
    let problems = yaml::read("s.yml", text, &Environment::default(), &Files::default());
    let problems = problems.err().unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let told = problems[0].to_string();
    assert!(told.starts_with("s.yml:3:28: apis.shop.healthcheck: a path without a host"), "{told}");
}
