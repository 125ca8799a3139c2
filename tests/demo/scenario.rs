//! The shop of the demo API, in Rust. `scenario.yml` beside this is the same in YAML.

use std::{sync::Arc, time::Duration};

use engine::{
    capture::{Capture, From},
    expected::Expected,
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};
use serde_json::json;

const OK: http::StatusCode = http::StatusCode::OK;

/// Most people look around; one in four signs in and buys.
pub(crate) fn scenario() -> Scenario {
    let wait = WaitTime::Between(Duration::from_millis(300), Duration::from_secs(1));
    let visitor = TaskSet::weighted([
        Task::new("browse", browse).weight(5),
        Task::new("search", search).weight(2),
        Task::new("not_for_sale", not_for_sale),
    ]);
    let customer = TaskSet::weighted([
        Task::new("buy", buy).weight(3),
        Task::new("look_at_the_lamp", look_at_the_lamp),
    ]);
    Scenario::new([
        UserClass::new("Visitor", visitor).weight(3).wait_time(wait),
        UserClass::new("Customer", customer)
            .wait_time(wait)
            .on_start(sign_in)
            .on_stop(empty_the_cart),
    ])
}

async fn browse(user: &mut User) -> TaskResult {
    let page = user.random().between(1, 5);
    let expected = Expected::status([OK]);
    let products = user.get("/products").query("page", &page).expect(expected).send().await?;
    // A response that is missing is counted as failed; the user goes on with the next task.
    let Some(products) = products else { return Ok(()) };
    let id = products.json().ok().and_then(|list| list[0]["id"].as_u64()).unwrap_or(1);
    let expected = Expected::status([OK]).text("price");
    user.get(&format!("/products/{id}")).name("a product").expect(expected).send().await?;
    Ok(())
}

async fn search(user: &mut User) -> TaskResult {
    let expected = Expected::status([OK]).text("red lamp");
    user.get("/products").name("search").query("search", &"lamp").expect(expected).send().await?;
    Ok(())
}

/// What is not for sale must not be found: a 404 is the right answer.
async fn not_for_sale(user: &mut User) -> TaskResult {
    let path = format!("/products/{}", user.random().between(1000, 2000));
    let expected = Expected::status([http::StatusCode::NOT_FOUND]);
    user.get(&path).name("not for sale").expect(expected).send().await?;
    Ok(())
}

async fn sign_in(user: &mut User) -> TaskResult {
    let credentials = json!({"user": format!("user-{}", user.id()), "password": "secret"});
    let token = Capture { variable: "token".into(), from: From::Json("$.token".parse()?) };
    user.post("/login").json(&credentials).capture([token]).interrupt_flow().send().await?;
    Ok(())
}

/// The header with the token that `sign_in` captured.
fn authorization(user: &User) -> String {
    let token = user.variable("token").and_then(|token| token.as_str()).unwrap_or_default();
    format!("Bearer {token}")
}

async fn buy(user: &mut User) -> TaskResult {
    let product = user.random().between(1, 100);
    let name: Arc<str> = "a product".into();
    user.get(&format!("/products/{product}")).name(name).send().await?;
    let order = json!({"productId": product, "quantity": user.random().between(1, 3)});
    let authorization = authorization(user);
    let expected = Expected::status([http::StatusCode::CREATED]);
    let cart = user.post("/cart").header("authorization", authorization);
    cart.json(&order).expect(expected).send().await?;
    Ok(())
}

async fn look_at_the_lamp(user: &mut User) -> TaskResult {
    let expected = Expected::status([OK]).json(json!({"name": "red lamp"}));
    user.get("/products/1").name("a product").expect(expected).send().await?;
    Ok(())
}

async fn empty_the_cart(user: &mut User) -> TaskResult {
    let authorization = authorization(user);
    let expected = Expected::status([http::StatusCode::NO_CONTENT]);
    user.delete("/cart").header("authorization", authorization).expect(expected).send().await?;
    Ok(())
}
