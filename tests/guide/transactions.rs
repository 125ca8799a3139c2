//! Several requests that are one transaction.

use std::time::Duration;

use engine::{
    capture::{Capture, From},
    expected::{Expected, ExpectedStatus},
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::{Transaction, User},
    wait_time::WaitTime,
};
use http::StatusCode;
use serde_json::json;

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("buy", buy)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Customer", tasks).wait_time(wait).on_start(sign_in)])
}

async fn buy(user: &mut User) -> TaskResult {
    let lamp = Transaction::new("buy a lamp")
        .expect(Expected::status([ExpectedStatus::SUCCESS]))
        .within(Duration::from_secs(5))
        .interrupt_flow();
    user.transaction(&lamp, look_and_order).await
}

async fn look_and_order(user: &mut User) -> TaskResult {
    user.get("/products/1").name("a product").send().await?;
    user.wait(Duration::from_secs(1)).await?;
    let token = user.variable("token").and_then(|token| token.as_str()).unwrap_or_default();
    let authorization = format!("Bearer {token}");
    let order = user.post("/cart").json(&json!({"productId": 1, "quantity": 1}));
    let created = Expected::status([StatusCode::CREATED]);
    order.header("authorization", authorization).expect(created).send().await?;
    Ok(())
}

async fn sign_in(user: &mut User) -> TaskResult {
    let credentials = json!({"user": format!("user-{}", user.id()), "password": "secret"});
    let token = Capture { variable: "token".into(), from: From::Json("$.token".parse()?) };
    user.post("/login").json(&credentials).capture([token]).send().await?;
    Ok(())
}
