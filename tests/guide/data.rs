//! Test data from a file, and from a list.

use std::time::Duration;

use engine::{
    feeder::{Feeder, Order},
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};
use serde_json::{Value, json};

pub(crate) fn scenario() -> Scenario {
    let file = include_bytes!("accounts.csv");
    let accounts = Feeder::of_file("account", "accounts.csv", file).expect("rows of a file");
    let wishes = ["lamp", "chair", "table"].map(Value::from);
    let tasks = TaskSet::weighted([Task::new("search", search)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Customer", tasks).wait_time(wait).on_start(sign_in)])
        .data([accounts.order(Order::Unique), Feeder::new("wish", wishes).order(Order::Random)])
}

async fn sign_in(user: &mut User) -> TaskResult {
    let account = user.feed("account")?;
    let credentials = json!({"user": account["name"], "password": account["password"]});
    user.post("/login").json(&credentials).send().await?;
    Ok(())
}

async fn search(user: &mut User) -> TaskResult {
    let wish = user.feed("wish")?.as_str().unwrap_or_default().to_owned();
    user.get("/products").name("search").query("search", &wish).send().await?;
    Ok(())
}
