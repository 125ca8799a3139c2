//! Loops, conditions, choices, and requests side by side.

use std::time::Duration;

use engine::{
    http::Request,
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};
use http::Method;

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("browse", browse)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Visitor", tasks).wait_time(wait)])
}

async fn browse(user: &mut User) -> TaskResult {
    let mut products = Vec::new();
    for page in 1..=2 {
        let Some(list) = user.get("/products").query("page", &page).send().await? else { continue };
        products = list.json().ok().and_then(|list| list.as_array().cloned()).unwrap_or_default();
    }
    for product in products.iter().take(3) {
        user.get(&format!("/products/{}", product["id"])).name("a product").send().await?;
        let think = user.random().between(200, 1000).unsigned_abs();
        user.wait(Duration::from_millis(think)).await?;
    }
    let search = if user.random().below(4) < 3 { "lamp" } else { "chair" };
    user.get("/products").query("search", &search).send().await?;
    let page = ["/products/2", "/products/3", "/products/4"];
    user.parallel(&page.map(|path| Request::new(Method::GET, path))).await?;
    Ok(())
}
