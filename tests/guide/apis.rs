//! A client of an API.

use std::sync::LazyLock;

use engine::{
    api::{Api, Healthcheck},
    expected::Expected,
    http::Response,
    scenario::{Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    user::{ApiClient, User},
};
use serde_json::json;

static SHOP: LazyLock<Api> = LazyLock::new(|| {
    Api::new("shop")
        .host("${env.hosts.shop}")
        .header("Subscription-Key", "${env.password}")
        .healthcheck(Healthcheck::get("/health").version("$.version"))
});

struct Products<'a>(ApiClient<'a>);

fn products(user: &mut User) -> Products<'_> {
    Products(user.api(&SHOP))
}

impl Products<'_> {
    async fn list(mut self) -> Result<Option<Response>, TaskError> {
        self.0.get("/products").send().await
    }

    async fn find(mut self, id: u64) -> Result<Option<Response>, TaskError> {
        let expected = Expected::default().json(json!({"id": id}));
        self.0.get(&format!("/products/{id}")).name("a product").expect(expected).send().await
    }
}

async fn look_around(user: &mut User) -> TaskResult {
    let Some(list) = products(user).list().await? else { return Ok(()) };
    let first = list.json().ok().and_then(|list| list[0]["id"].as_u64()).unwrap_or(1);
    products(user).find(first).await?;
    Ok(())
}

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("look around", look_around)]);
    Scenario::new([UserClass::new("Visitor", tasks)]).apis([SHOP.clone()])
}
