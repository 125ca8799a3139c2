//! Web users with and without a token. `scenario.yml` beside this is the same in YAML.

use std::time::Duration;

use engine::{
    capture::{Capture, From},
    expected::Expected,
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};
use http::StatusCode;
use serde_json::{Value, json};

/// Most only look, and some have signed in.
pub(crate) fn scenario() -> Scenario {
    let wait = WaitTime::Between(Duration::from_millis(500), Duration::from_secs(2));
    let unauthenticated = TaskSet::weighted([
        Task::new("look around", look_around).weight(4),
        Task::new("buy nothing", buy_nothing).weight(1),
    ]);
    let authenticated =
        TaskSet::weighted([Task::new("look around", look_around), Task::new("buy", buy)]);
    Scenario::new([
        UserClass::new("UnauthenticatedWebUser", unauthenticated).weight(3).wait_time(wait),
        UserClass::new("TokenAuthenticatedWebUser", authenticated)
            .weight(1)
            .wait_time(wait)
            .on_start(sign_in),
    ])
}

async fn look_around(user: &mut User) -> TaskResult {
    user.get("/products").expect(Expected::status([StatusCode::OK])).send().await?;
    Ok(())
}

/// Who has not signed in cannot buy: a 401 is the right answer.
async fn buy_nothing(user: &mut User) -> TaskResult {
    let expected = Expected::status([StatusCode::UNAUTHORIZED]);
    let cart = user.post("/cart").name("/cart without a token");
    cart.json(&one_lamp()).expect(expected).send().await?;
    Ok(())
}

async fn sign_in(user: &mut User) -> TaskResult {
    let password = user.environment().get("password").cloned();
    let credentials = json!({"user": format!("user-{}", user.id()), "password": password});
    let token = Capture { variable: "token".into(), from: From::Json("$.token".parse()?) };
    let login = user.post("/login").json(&credentials).expect(Expected::status([StatusCode::OK]));
    login.capture([token]).interrupt_flow().send().await?;
    Ok(())
}

async fn buy(user: &mut User) -> TaskResult {
    let token = user.variable("token").and_then(Value::as_str).unwrap_or_default();
    let authorization = format!("Bearer {token}");
    let cart = user.post("/cart").header("authorization", authorization);
    cart.json(&one_lamp()).expect(Expected::status([StatusCode::CREATED])).send().await?;
    Ok(())
}

fn one_lamp() -> Value {
    json!({"productId": 7, "quantity": 1})
}
